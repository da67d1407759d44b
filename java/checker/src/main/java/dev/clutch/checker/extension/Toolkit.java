package dev.clutch.checker.extension;

/**
 * What an extension module was made with.
 *
 * @param kind which toolkit
 * @param version of the toolkit, as far as it can be read; empty if not
 */
public record Toolkit(Kind kind, String version) {

  /** The toolkits that are recognised, and where they stand. */
  public enum Kind {
    /** Declares nothing unless told to, which 3.1 made possible. */
    CYTHON(
        "Cython",
        "Cython 3.1 and later declare support where the directive subinterpreters_compatible says"
            + " so; the default is no, and earlier versions cannot."),
    /** Since 3.0 by a tag. */
    PYBIND11(
        "pybind11",
        "pybind11 3.0 and later declare support where PYBIND11_MODULE has the tag"
            + " py::multiple_interpreters::per_interpreter_gil(); earlier versions cannot."),
    /** No. */
    NANOBIND(
        "nanobind",
        "nanobind itself declares that several interpreters are not supported; before its pull"
            + " request 1059, of 2025, its modules have a single phase."),
    /** No. */
    PYO3(
        "PyO3",
        "PyO3 has no way to declare it (PyO3 issues 576 and 3451); before 0.28 its modules have a"
            + " single phase."),
    /** Through the generated code, or through its backend. */
    CFFI("cffi", "A cffi module is as good as the _cffi_backend that it imports.");

    private final String title;
    private final String stand;

    Kind(String title, String stand) {
      this.title = title;
      this.stand = stand;
    }

    /** As its authors write it. */
    public String title() {
      return title;
    }

    /** How it stands to interpreters with their own GIL. */
    public String stand() {
      return stand;
    }
  }

  @Override
  public String toString() {
    return version.isEmpty() ? kind.title : kind.title + " " + version;
  }
}
