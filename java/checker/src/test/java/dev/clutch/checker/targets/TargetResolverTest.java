package dev.clutch.checker.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.checker.Bundles;
import dev.clutch.checker.CheckException;
import dev.clutch.checker.Distribution;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a target consists of. */
class TargetResolverTest {
  private static final String STRUCT = "_struct.cpython-314-x86_64-linux-gnu.so";

  @TempDir Path folder;
  @TempDir Path temporary;
  private TemporaryFolders unpacked;

  @BeforeEach
  void open() {
    unpacked = new TemporaryFolders(temporary);
  }

  @AfterEach
  void close() {
    unpacked.close();
  }

  private List<Subject> resolve(Path target, Path... searchPath) {
    return resolve(target.toString(), searchPath);
  }

  private List<Subject> resolve(String target, Path... searchPath) {
    return new TargetResolver(List.of(searchPath), unpacked).resolve(target);
  }

  private Path extension(String path) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.copy(Bundles.extension("3.14", STRUCT), file);
  }

  private Path write(String path, String text) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static List<String> names(List<Subject> subjects) {
    return subjects.stream().map(subject -> subject.kind() + " " + subject.module()).toList();
  }

  @Test
  void aFilesNameCountsFromTheFirstFolderThatIsNoPackage() throws Exception {
    write("top/__init__.py", "");
    write("top/sub/__init__.py", "");
    Path file = extension("top/sub/_fast.abi3.so");
    Subject subject = resolve(file).get(0);
    assertThat(subject.module()).isEqualTo("top.sub._fast");
    assertThat(subject.searchPath()).containsExactly(folder);
    assertThat(subject.files()).containsExactly(file);
  }

  @Test
  void insideAnInstallationPackagesNeedNoInit() throws Exception {
    write("google_thing-1.0.dist-info/METADATA", "Name: google-thing\nVersion: 1.0\n\nVersion: 9");
    write("google_thing-1.0.dist-info/RECORD", "google/_upb/_message.so,sha256=x,1\n");
    Path file = extension("google/_upb/_message.so");
    Subject subject = resolve(file).get(0);
    assertThat(subject.module()).isEqualTo("google._upb._message");
    assertThat(subject.distribution()).contains(new Distribution("google-thing", "1.0"));
  }

  @Test
  void librariesAreNoModules() throws Exception {
    write("demo/__init__.py", "");
    extension("demo/_core.so");
    extension("demo.libs/libblas.so");
    Path plain = folder.resolve("demo/libplain.so");
    Files.writeString(plain, "no ELF file");
    assertThat(names(resolve(folder))).containsExactly("PACKAGE demo", "EXTENSION demo._core");
  }

  @Test
  void aVirtualEnvironmentIsItsSitePackages() throws Exception {
    write("pyvenv.cfg", "home = /usr/bin\nversion = 3.14.3\n");
    write("lib/python3.14/site-packages/click/__init__.py", "");
    write(
        "lib/python3.14/site-packages/click-8.0.dist-info/METADATA", "Name: click\nVersion: 8.0\n");
    write("lib/python3.14/site-packages/click-8.0.dist-info/RECORD", "click/__init__.py,,\n");
    extension("lib/python3.14/site-packages/_cffi_backend.so");
    assertThat(names(resolve(folder)))
        .containsExactlyInAnyOrder("PURE click", "EXTENSION _cffi_backend");
  }

  @Test
  void eggInfoIsReadToo() throws Exception {
    write("old-2.5.egg-info/PKG-INFO", "Name: old\nVersion: 2.5\n");
    write("old-2.5.egg-info/top_level.txt", "oldmodule\n");
    extension("oldmodule.so");
    assertThat(resolve(folder).get(0).distribution()).contains(new Distribution("old", "2.5"));
  }

  @Test
  void aNameIsLookedForInTheSearchPath() throws Exception {
    write("demo/__init__.py", "");
    extension("demo/_core.so");
    assertThat(names(resolve("demo", folder)))
        .containsExactly("PACKAGE demo", "EXTENSION demo._core");
    assertThat(names(resolve("elsewhere.module", folder))).containsExactly("NAME elsewhere.module");
  }

  @Test
  void aWheelIsUnpackedAndLeavesNothing() throws Exception {
    byte[] module = Files.readAllBytes(Bundles.extension("3.14", STRUCT));
    Path wheel =
        zip(
            "demo-1.2-cp314-cp314-linux_x86_64.whl",
            Map.of(
                "demo/__init__.py",
                new byte[0],
                "demo/_core.so",
                module,
                "demo-1.2.data/platlib/_extra.so",
                module,
                "demo-1.2.dist-info/METADATA",
                bytes("Name: demo\nVersion: 1.2\n"),
                "demo-1.2.dist-info/RECORD",
                bytes("demo/_core.so,,\n_extra.so,,\n")));
    List<Subject> subjects = resolve(wheel);
    assertThat(names(subjects))
        .containsExactly("PACKAGE demo", "EXTENSION _extra", "EXTENSION demo._core");
    Subject core = subjects.get(2);
    assertThat(core.shown(core.files().get(0))).isEqualTo(wheel + "!demo/_core.so");
    assertThat(subjects)
        .allMatch(subject -> subject.distribution().orElseThrow().version().equals("1.2"));
    assertThat(temporary).isNotEmptyDirectory();
    unpacked.close();
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void aWheelCannotWriteElsewhere() throws Exception {
    Path wheel = zip("bad-1-py3-none-any.whl", Map.of("../../outside.py", bytes("x = 1")));
    assertThatThrownBy(() -> resolve(wheel))
        .isInstanceOf(CheckException.class)
        .hasMessageContaining("../../outside.py");
    assertThat(folder.resolve("outside.py")).doesNotExist();
  }

  @Test
  void whatIsNoTargetSaysWhatWouldBe() throws Exception {
    Path text = write("notes.txt", "");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Path broken = write("broken.whl", "no archive");
    assertRefused(text, "neither a wheel nor an extension module");
    assertRefused(empty, "no modules in it");
    assertRefused(broken, "cannot be unpacked");
    assertRefused(folder.resolve("gone.whl"), "no file or folder");
  }

  private void assertRefused(Path target, String reason) {
    assertThatThrownBy(() -> resolve(target))
        .isInstanceOf(CheckException.class)
        .hasMessageContaining(reason)
        .hasMessageContaining(target.toString());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Path zip(String name, Map<String, byte[]> entries) throws IOException {
    Path file = folder.resolve(name);
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
    return file;
  }
}
