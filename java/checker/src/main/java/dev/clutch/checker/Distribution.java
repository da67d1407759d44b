package dev.clutch.checker;

/**
 * What a module was installed by.
 *
 * @param name as in its metadata, such as {@code numpy}
 * @param version as in its metadata
 * @see <a href="https://packaging.python.org/en/latest/specifications/core-metadata/">Core
 *     metadata</a>
 */
public record Distribution(String name, String version) {
  @Override
  public String toString() {
    return version.isEmpty() ? name : name + " " + version;
  }
}
