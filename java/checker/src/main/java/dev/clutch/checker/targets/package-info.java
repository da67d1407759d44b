/** Finds the modules that a target, such as a wheel or a virtual environment, consists of. */
@NullMarked
package dev.clutch.checker.targets;

import org.jspecify.annotations.NullMarked;
