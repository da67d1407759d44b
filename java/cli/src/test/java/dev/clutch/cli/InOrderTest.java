package dev.clutch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InOrderTest {
  private final List<String> received = new ArrayList<>();
  private final InOrder<String> inOrder = new InOrder<>(received::add);

  @Test
  void handsOnAtOnceWhatIsDue() {
    inOrder.accept(0, "a");
    assertThat(received).containsExactly("a");
    inOrder.accept(1, "b");
    assertThat(received).containsExactly("a", "b");
  }

  @Test
  void holdsBackWhatIsEarly() {
    inOrder.accept(2, "c");
    inOrder.accept(1, "b");
    assertThat(received).isEmpty();
    inOrder.accept(0, "a");
    assertThat(received).containsExactly("a", "b", "c");
  }

  @Test
  void keepsTheOrderAmongThreads() {
    List<String> expected = IntStream.range(0, 10_000).mapToObj(String::valueOf).toList();
    IntStream.range(0, 10_000).parallel().forEach(i -> inOrder.accept(i, String.valueOf(i)));
    assertThat(received).isEqualTo(expected);
  }
}
