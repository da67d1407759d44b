/** Clutch against real CPythons, each class in a JVM of its own. */
@NullMarked
package dev.clutch.tests;

import org.jspecify.annotations.NullMarked;
