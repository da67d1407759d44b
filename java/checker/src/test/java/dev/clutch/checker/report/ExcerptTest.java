package dev.clutch.checker.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How much of a stack a terminal shows. */
class ExcerptTest {
  private static String lines(String format, int count) {
    return IntStream.range(0, count).mapToObj(format::formatted).collect(Collectors.joining("\n"));
  }

  @Test
  void cFramesHaveNoFolder() {
    String detail =
        """
        C stack:
          /opt/python/lib/libpython3.14.so.1.0(+0x17ad78)
          /srv/a b/numpy/_core.so(PyInit__core+0x1f)
          libc.so.6(abort+0x1)
          [0x7f00]
        Output:
          /srv/app(1)""";
    assertThat(Excerpt.of(detail))
        .containsExactly(
            "C stack:",
            "  libpython3.14.so.1.0(+0x17ad78)",
            "  _core.so(PyInit__core+0x1f)",
            "  libc.so.6(abort+0x1)",
            "  [0x7f00]",
            "Output:",
            "  /srv/app(1)");
  }

  @Test
  void stacksLoseTheirOutermostFrames() {
    String detail =
        "Python stack:\n" + lines("  File %d", 14) + "\nC stack:\n" + lines("  lib(%d)", 12);
    List<String> shown = Excerpt.of(detail);
    assertThat(shown).hasSize(1 + 12 + 1 + 1 + 12).contains("  File 0", "  lib(11)");
    assertThat(shown.get(13)).isEqualTo("  ... 2 more");
    assertThat(shown).doesNotContain("  File 12");
  }

  @Test
  void tracebacksLoseTheirFirstLines() {
    List<String> shown = Excerpt.of(lines("line %d", 20) + "\nOutput:\n" + lines("  %d", 2));
    assertThat(shown)
        .startsWith("  ... 8 more", "line 8")
        .endsWith("line 19", "Output:", "  0", "  1");
  }

  @Test
  void nothingIsNothing() {
    assertThat(Excerpt.of("")).isEmpty();
  }
}
