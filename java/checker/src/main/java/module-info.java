/** Tells which extension modules can live in an interpreter with its own GIL. */
module dev.clutch.checker {
  requires transitive dev.clutch;
  requires dev.clutch.discovery;
  requires static org.jspecify;
  requires com.fasterxml.jackson.jr.ob;
  requires java.xml;
  requires net.fornwall.jelf;

  uses dev.clutch.spi.PythonLocator;

  exports dev.clutch.checker;
  exports dev.clutch.checker.probe;
  exports dev.clutch.checker.report;
}
