/** Asks the probe what is needed, the cheapest first, and judges the answers. */
@NullMarked
package dev.clutch.checker.stage;

import org.jspecify.annotations.NullMarked;
