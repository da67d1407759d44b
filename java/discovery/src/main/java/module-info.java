/** Finds CPythons, on the class path and on the system, and opens the chosen one. */
module dev.clutch.discovery {
  requires dev.clutch;
  requires static org.jspecify;
  requires org.bytedeco.javacpp;
  requires com.sun.jna;

  provides dev.clutch.spi.PythonLocator with
      dev.clutch.discovery.DiscoveringLocator;
}
