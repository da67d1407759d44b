/**
 * Finds CPythons and opens the chosen one.
 *
 * <ul>
 *   <li>The way in: {@link dev.clutch.discovery.DiscoveringLocator}.
 *   <li>On the class path: {@code BundledPythons} finds the jars, {@code BundleCache} extracts one,
 *       {@code StdlibCompiler} byte-compiles what was extracted.
 *   <li>On the system: {@code SearchPath} says where, {@code SystemPythons} looks there, {@code
 *       PathSelector} and {@code VirtualEnvironment} understand a path.
 *   <li>What a file is: {@code ElfHeader} and {@code LibPythonProbe} look, {@code GlueVersions}
 *       judges, {@code Prefix} knows what lies around it.
 *   <li>{@code DynamicLinker} is the only class that opens libraries.
 * </ul>
 */
@NullMarked
package dev.clutch.discovery;

import org.jspecify.annotations.NullMarked;
