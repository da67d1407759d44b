package dev.clutch.checker.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Modules of CPython's own, whose stand is known. */
class StandardLibraryTest {

  @ParameterizedTest
  @CsvSource({
    "3.12, _datetime, REFUSED",
    "3.12, _ctypes,   REFUSED",
    "3.12, readline,  REFUSED",
    "3.12, array,     OK",
    "3.12, _ssl,      OK",
    "3.13, _datetime, OK",
    "3.13, readline,  REFUSED",
    "3.13, _ctypes,   OK",
    "3.14, _datetime, OK",
    "3.14, readline,  REFUSED",
    "3.14, _ctypes,   OK",
    "3.14, sqlite3,   OK",
  })
  void anOwnGilIsRefusedToWhatDoesNotDeclareIt(String version, String module, Outcome outcome)
      throws InterruptedException {
    try (InstalledProbe probe = InstalledProbe.of(version)) {
      assertThat(probe.ask(Probes.question(module, Stage.MAIN)).outcome()).isEqualTo(Outcome.OK);
      assertThat(probe.ask(Probes.question(module, Stage.OWN)).outcome()).isEqualTo(outcome);
    }
  }

  /** On 3.13 the types of _datetime crashed there, until the main interpreter kept them alive. */
  @ParameterizedTest
  @CsvSource({
    "3.13, _datetime",
    "3.13, _zoneinfo",
    "3.14, _datetime",
    "3.12, asyncio",
    "3.14, asyncio"
  })
  void severalInterpretersImportAtOnce(String version, String module) throws InterruptedException {
    try (InstalledProbe probe = InstalledProbe.of(version)) {
      for (Stage stage : List.of(Stage.AGAIN, Stage.PARALLEL)) {
        Answer answer = probe.ask(Probes.question(module, stage));
        assertThat(answer.outcome()).as(answer.toString()).isEqualTo(Outcome.OK);
      }
    }
  }
}
