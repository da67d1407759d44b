package dev.clutch.checker.extension;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clutch.checker.Bundles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What real extension modules tell without being loaded. */
class ExtensionFileTest {
  @TempDir Path folder;

  private static StaticFacts facts(String minor, String module) throws Exception {
    String tag = "cpython-" + minor.replace(".", "") + "-x86_64-linux-gnu";
    return ExtensionFile.read(Bundles.extension(minor, module + "." + tag + ".so"));
  }

  @ParameterizedTest
  @CsvSource({"3.12", "3.13", "3.14"})
  void readsAMultiPhaseModule(String minor) throws Exception {
    StaticFacts facts = facts(minor, "_struct");
    assertThat(facts.rejection()).isEmpty();
    assertThat(facts.initFunctions()).containsExactly("PyInit__struct");
    assertThat(facts.imports()).contains("PyModuleDef_Init").doesNotContain("PyModule_Create2");
    assertThat(facts.hasStaticTypes()).isFalse();
    assertThat(facts.writableData()).isBetween(100L, 16_384L);
  }

  @Test
  void readsASinglePhaseModuleWithStaticTypes() throws Exception {
    StaticFacts facts = facts("3.12", "_datetime");
    assertThat(facts.initFunctions()).containsExactly("PyInit__datetime");
    assertThat(facts.hasStaticTypes()).isTrue();
  }

  @Test
  void seesThePyModuleCreateOfASinglePhaseModule() throws Exception {
    assertThat(facts("3.12", "_lsprof").isExtension()).isTrue();
    assertThat(facts("3.12", "readline").imports()).contains("PyModule_Create2");
  }

  @Test
  void seesCallsOfPyGilStateEnsure() throws Exception {
    assertThat(facts("3.14", "readline").usesGilState()).isTrue();
    assertThat(facts("3.14", "_struct").usesGilState()).isFalse();
  }

  @Test
  void rejectsWhatIsNoElfFileOrForAnotherMachine() throws Exception {
    Path text = Files.writeString(folder.resolve("text.so"), "not a library");
    assertThat(ExtensionFile.read(text).rejection()).contains("it is not an ELF file");
    byte[] bytes = structBytes();
    bytes[18] = (byte) 0xb7;
    Path arm = Files.write(folder.resolve("arm.so"), bytes);
    assertThat(ExtensionFile.read(arm).rejection().orElseThrow()).contains("aarch64", "x86_64");
  }

  private static byte[] structBytes() throws Exception {
    return Files.readAllBytes(Bundles.extension("3.14", "_struct.cpython-314-x86_64-linux-gnu.so"));
  }

  @Test
  void damagedFilesThrowNothing() throws Exception {
    byte[] whole = structBytes();
    Random random = new Random(6);
    Path file = folder.resolve("damaged.so");
    for (int round = 0; round < 500; round++) {
      byte[] bytes = whole.clone();
      for (int i = 0; i < 8; i++) {
        // The headers are at both ends.
        int at =
            random.nextBoolean() ? random.nextInt(64) : bytes.length - 1 - random.nextInt(2000);
        bytes[at] = (byte) random.nextInt();
      }
      Files.write(file, bytes);
      assertThat(ExtensionFile.read(file)).isNotNull();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "_cython_3_0_11, Cython 3.0.11",
    "__pybind11_internals_v5_gcc_libstdcpp_cxxabi1018__, pybind11",
    "cargo/registry/src/index/pyo3-0.22.2/src/gil.rs, PyO3 0.22.2",
    "_cffi_backend, cffi"
  })
  void recognisesToolkitsByTheirTexts(String text, String toolkit) throws Exception {
    byte[] bytes = structBytes();
    String all = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = all.indexOf("embedded null");
    assertThat(at).as("a text in .rodata to write over").isPositive();
    byte[] mark = (text + "\0").getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(mark, 0, bytes, at, mark.length);
    Path file = Files.write(folder.resolve("made.so"), bytes);
    assertThat(ExtensionFile.read(file).toolkits())
        .extracting(Toolkit::toString)
        .containsExactly(toolkit);
  }

  @ParameterizedTest
  @CsvSource({
    "_struct.cpython-314-x86_64-linux-gnu.so, 3.14.3, true",
    "_struct.cpython-313-x86_64-linux-gnu.so, 3.14.3, false",
    "_struct.cpython-314t-x86_64-linux-gnu.so, 3.14.3, false",
    "_struct.cpython-314-aarch64-linux-gnu.so, 3.14.3, false",
    "_struct.cpython-314-x86_64-linux-musl.so, 3.14.3, false",
    "_rust.abi3.so, 3.12.1, true",
    "plain.so, 3.12.1, true",
    "_struct.cp312-win_amd64.pyd, 3.12.1, false",
  })
  void theNameTellsTheAbi(String file, String python, boolean fits) {
    ModuleFileName name = ModuleFileName.parse(Path.of(file)).orElseThrow();
    assertThat(name.rejection(python).isEmpty()).isEqualTo(fits);
  }
}
