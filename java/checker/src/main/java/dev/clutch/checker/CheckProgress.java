package dev.clutch.checker;

/** Is told how a check gets on; by any thread, one at a time. */
public interface CheckProgress {
  /** Does nothing. */
  CheckProgress NONE =
      new CheckProgress() {
        @Override
        public void expected(int modules) {}

        @Override
        public void found(Finding finding) {}
      };

  /** How many findings there will be. It grows when a package turns out to load extensions. */
  void expected(int modules);

  /** There is a finding. */
  void found(Finding finding);

  /** Something went wrong that changes no finding. */
  default void warn(String message) {}
}
