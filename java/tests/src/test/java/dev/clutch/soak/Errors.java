package dev.clutch.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.PythonException;
import java.util.List;
import java.util.Map;

/** Exceptions of all types, endless recursion among what raises them. */
final class Errors extends Work {
  private static final List<String> TYPES =
      List.of(
          "ValueError",
          "KeyboardInterrupt",
          "SystemExit",
          "StopIteration",
          "OSError",
          "MemoryError",
          "GeneratorExit",
          "AssertionError");

  private static final Map<String, String> CODES =
      Map.of(
          "1 / 0", "ZeroDivisionError",
          "nothing", "NameError",
          "x = = 1", "SyntaxError",
          "import nowhere", "ModuleNotFoundError",
          "b'\\xff'.decode()", "UnicodeDecodeError",
          "def f(): f()\nf()", "RecursionError",
          "class A:\n  def __repr__(self): return repr([self])\nrepr(A())", "RecursionError",
          "class A:\n  def __getattr__(self, n): return getattr(self, n + 'a')\nA().x",
              "RecursionError",
          "raise ExceptionGroup('two', [ValueError(1), KeyError(2)])", "ExceptionGroup");

  private final Interpreter python = Interpreters.create();

  @Override
  void step() {
    String type = TYPES.get(random.nextInt(TYPES.size()));
    assertThat(raised("raise " + type + "('mine')").typeName()).isEqualTo(type);
    CODES.forEach((code, name) -> assertThat(raised(code).typeName()).as(code).isEqualTo(name));
    PythonException chained =
        raised("try:\n  {}['a']\nexcept KeyError as e:\n  raise ValueError('b') from e");
    assertThat(chained.formattedTraceback()).contains("KeyError: 'a'", "ValueError: b");
    progress(CODES.size() + 1);
  }

  private PythonException raised(String code) {
    return catchThrowableOfType(PythonException.class, () -> python.run(code));
  }

  @Override
  public void close() {
    python.close();
  }
}
