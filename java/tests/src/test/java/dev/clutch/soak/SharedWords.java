package dev.clutch.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.Interpreter;
import dev.clutch.Interpreters;
import dev.clutch.SharedBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Three take turns at a word of a SharedBuffer, and all add to another one: a lost notification,
 * and they stand still; a lost addition, and the sum is wrong.
 */
final class SharedWords extends Work {
  private static final int ROUNDS = 300;
  private static final String CODE =
      """
      def play(memory, mine, rounds):
          words = memory.obj
          for _ in range(rounds):
              while (turn := words.get(0)) != mine:
                  words.wait(0, turn)
              words.add(1, 1)
              words.set(0, (mine + 1) % 3)
              words.notify_all(0)
              words.add(2, mine)
      """;

  private final List<Interpreter> players = List.of(Interpreters.create(), Interpreters.create());

  SharedWords() {
    players.forEach(player -> player.run(CODE));
  }

  @Override
  void step() throws Exception {
    SharedBuffer words = SharedBuffer.allocate(4096);
    List<Background<?>> games = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      int mine = i;
      games.add(Background.start(() -> players.get(mine).call("play", words, mine, ROUNDS)));
    }
    play(words);
    for (Background<?> game : games) {
      game.get();
    }
    assertThat(words.getLong(1)).isEqualTo(3L * ROUNDS);
    assertThat(words.getLong(2)).isEqualTo((1L + 2L) * ROUNDS);
    progress(ROUNDS);
  }

  private static void play(SharedBuffer words) throws InterruptedException {
    for (int i = 0; i < ROUNDS; i++) {
      for (long turn; (turn = words.getLong(0)) != 2; ) {
        words.waitForLong(0, turn);
      }
      words.addLong(1, 1);
      words.setLong(0, 0);
      words.notifyAllLong(0);
      words.addLong(2, 2);
    }
  }

  @Override
  public void close() {
    players.forEach(Interpreter::close);
  }
}
