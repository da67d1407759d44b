/** The soak test: everything at once, for as long as one likes. */
@NullMarked
package dev.clutch.soak;

import org.jspecify.annotations.NullMarked;
