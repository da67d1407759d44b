package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.clutch.JavaCallable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Python calls what takes any number of arguments, and keywords. */
class JavaCallableTest extends CallbackFixture {
  @Test
  void aJavaCallableGetsArgumentsAndKeywordsInOrder() {
    JavaCallable callable =
        (args, kwargs) -> List.of(args, List.copyOf(kwargs.entrySet()).toString());
    python.set("f", callable);
    assertThat(python.eval("f()")).isEqualTo(List.of(List.of(), "[]"));
    assertThat(python.eval("f(1, 'x', b=2, a=3)"))
        .isEqualTo(List.of(List.of(1L, "x"), "[b=2, a=3]"));
    assertThat(python.eval("f(*range(300), **{'k%d' % i: i for i in (9, 1, 5)})[1]"))
        .isEqualTo("[k9=9, k1=1, k5=5]");
  }

  @Test
  void whatAJavaCallableGetsCannotBeModified() {
    List<Throwable> thrown = new ArrayList<>();
    JavaCallable callable =
        (args, kwargs) -> {
          thrown.add(catchThrowable(() -> args.add(1)));
          thrown.add(catchThrowable(() -> args.set(0, 1)));
          thrown.add(catchThrowable(() -> kwargs.put("x", 1)));
          return null;
        };
    python.set("f", callable);
    assertThat(python.eval("f(None, k=None)")).isNull();
    assertThat(python.eval("f(None)")).isNull();
    assertThat(thrown)
        .hasSize(6)
        .allSatisfy(each -> assertThat(each).isInstanceOf(UnsupportedOperationException.class));
  }

  @Test
  void keywordsMayHaveAnyName() {
    JavaCallable callable = (args, kwargs) -> kwargs;
    python.set("f", callable);
    assertThat(python.eval("f(**{'': 1, 'a b': 2, '\\u20ac': 3})"))
        .isEqualTo(Map.of("", 1L, "a b", 2L, "\u20ac", 3L));
    assertThat(python.eval("f(**{'\\ud800': 1})")).isEqualTo(Map.of("\ud800", 1L));
  }

  @Test
  void aKeywordThatIsTooDeepIsReported() {
    python.set("f", (JavaCallable) (args, kwargs) -> kwargs);
    assertThatThrownBy(() -> python.eval("f(key=deep(1100))"))
        .hasMessageContaining("key[0][0]")
        .hasMessageContaining("nested deeper");
    assertThatThrownBy(() -> python.eval("f(1, deep(1100))")).hasMessageContaining("args[1][0]");
    assertThat(python.eval("f(key=1)")).isEqualTo(Map.of("key", 1L));
  }

  @Test
  void aKeywordThatIsNoUtf8IsReportedToo() {
    python.set("f", (JavaCallable) (args, kwargs) -> kwargs);
    assertThatThrownBy(() -> python.eval("f(**{'\\ud800': deep(1100)})"))
        .hasMessageContaining("nested deeper");
    assertThat(python.eval("f(key=1)")).isEqualTo(Map.of("key", 1L));
  }
}
