package dev.clutch.discovery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;

/** The CPythons on the class path: jars of {@code org.bytedeco:cpython} for this platform. */
final class BundledPythons {
  private final ClassLoader classLoader;

  BundledPythons(ClassLoader classLoader) {
    this.classLoader = classLoader;
  }

  /** The newest minor version there is. */
  Optional<BundledPython> newest() {
    return find().findFirst();
  }

  /** The one of a minor version. */
  Optional<BundledPython> ofMinor(String minor) {
    return find().filter(bundle -> bundle.minor().equals(minor)).findFirst();
  }

  /** All of them, the newest first, and of one minor version in the order of the class path. */
  Stream<BundledPython> find() {
    return GlueVersions.MINORS.stream().flatMap(this::bundles);
  }

  private Stream<BundledPython> bundles(String minor) {
    String name = "org/bytedeco/cpython/" + Loader.getPlatform() + "/libpython" + minor + ".so.1.0";
    return resources(name).stream().map(library -> new BundledPython(minor, library));
  }

  private List<URL> resources(String name) {
    try {
      return Collections.list(classLoader.getResources(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How to get one, for a message that there is none. */
  static String howToAdd(String version) {
    return "Add the dependency dev.clutch:clutch, which brings one, or org.bytedeco:cpython in a"
        + " version "
        + version
        + " with the classifier "
        + Loader.getPlatform()
        + ".";
  }
}
