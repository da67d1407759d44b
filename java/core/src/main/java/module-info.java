/** Real CPython in the JVM, many interpreters at once. */
module dev.clutch {
  requires transitive java.management;
  requires static transitive org.jspecify;

  exports dev.clutch;
  exports dev.clutch.spi;

  uses dev.clutch.spi.PythonLocator;
  uses dev.clutch.spi.ValueMapper;
}
