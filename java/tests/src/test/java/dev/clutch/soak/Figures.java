package dev.clutch.soak;

import dev.clutch.InterpreterMemory;
import dev.clutch.Interpreters;
import dev.clutch.internal.JavaObjects;
import dev.clutch.tests.ResidentSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the process has now.
 *
 * @param residentKib its resident size
 * @param threads what the operating system calls its threads, but for those that Clutch and the JVM
 *     keep or end as they like
 * @param descriptors what its descriptors are open for
 * @param interpreters how many there are, the main one included
 * @param javaObjects how many Java objects Python code holds
 * @param keptBytes {@link InterpreterMemory#kept()}
 */
record Figures(
    long residentKib,
    List<String> threads,
    List<String> descriptors,
    int interpreters,
    int javaObjects,
    long keptBytes) {

  /** Those of the JVM are what compiles; its collector is to have one only. */
  private static final String KEPT = "clutch-.*|C[12] CompilerThre.*|Attach Listener";

  static Figures now() throws IOException {
    return new Figures(
        ResidentSize.kib(),
        listThreads(),
        listDescriptors(),
        Interpreters.listAll().size(),
        JavaObjects.count(),
        InterpreterMemory.kept());
  }

  /** What there is more of than there was: in words, and nothing if there is nothing. */
  List<String> moreThan(Figures before) {
    List<String> more = new ArrayList<>();
    addMore(more, "thread", threads, before.threads);
    addMore(more, "descriptor", descriptors, before.descriptors);
    if (interpreters > 1) {
      more.add("interpreters are left: " + Interpreters.listAll());
    }
    if (javaObjects > 0) {
      more.add("Python code still holds Java objects: " + javaObjects);
    }
    return more;
  }

  private static void addMore(
      List<String> more, String what, List<String> now, List<String> before) {
    List<String> left = new ArrayList<>(now);
    before.forEach(left::remove);
    left.forEach(each -> more.add("a " + what + " is left: " + each));
  }

  /** Native ones too. */
  private static List<String> listThreads() throws IOException {
    List<String> names = new ArrayList<>();
    for (Path task : list("/proc/self/task")) {
      try {
        String name = Files.readString(task.resolve("comm")).strip();
        if (!name.matches(KEPT)) {
          names.add(name);
        }
      } catch (IOException ended) {
        // just now
      }
    }
    return names;
  }

  private static List<String> listDescriptors() throws IOException {
    List<String> open = new ArrayList<>();
    for (Path descriptor : list("/proc/self/fd")) {
      try {
        String what = Files.readSymbolicLink(descriptor).toString();
        if (!what.matches("/proc/\\d+/fd")) { // the one that lists them
          open.add(what.replaceAll(":\\[\\d+]", ""));
        }
      } catch (NoSuchFileException closed) {
        // just now
      }
    }
    return open;
  }

  private static List<Path> list(String folder) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      return files.toList();
    }
  }

  @Override
  public String toString() {
    return "%,d KiB, %d threads, %d descriptors, %d interpreters, %d Java objects, %,d bytes kept"
        .formatted(
            residentKib, threads.size(), descriptors.size(), interpreters, javaObjects, keptBytes);
  }
}
