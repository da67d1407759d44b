/** Questions about extension modules, each answered by a process of its own that may die of it. */
@NullMarked
package dev.clutch.checker.probe;

import org.jspecify.annotations.NullMarked;
