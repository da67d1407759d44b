package dev.clutch.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ExamplesTest {
  @Test
  void hello() {
    assertThat(outputOf(Hello::main)).isEqualTo("Hello, Java and Python!\n");
  }

  @Test
  void parallel() {
    assertThat(outputOf(Parallel::main)).isEqualTo("9592 primes below 100,000\n");
  }

  @Test
  void errors() {
    assertThat(outputOf(Errors::main))
        .startsWith("type: ZeroDivisionError\nmessage: division by zero\nTraceback")
        .endsWith("ZeroDivisionError: division by zero\n");
  }

  @Test
  void callback() {
    assertThat(outputOf(Callback::main)).isEqualTo("8\n");
  }

  @Test
  void sharedMemory() {
    assertThat(outputOf(SharedMemory::main)).isEqualTo("1 2 3 4 \n");
  }

  /** A main method. */
  @FunctionalInterface
  private interface Program {
    void run(String[] args) throws Exception;
  }

  private static String outputOf(Program program) {
    PrintStream before = System.out;
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
    try {
      program.run(new String[0]);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    } finally {
      System.setOut(before);
    }
    return output.toString(StandardCharsets.UTF_8);
  }
}
