/** Programs to start from. Each stands alone. */
@NullMarked
package dev.clutch.examples;

import org.jspecify.annotations.NullMarked;
