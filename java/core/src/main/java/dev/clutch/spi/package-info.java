/**
 * What the core asks of the modules that find CPythons and that map values to records. Programs
 * need nothing of it.
 */
@NullMarked
package dev.clutch.spi;

import org.jspecify.annotations.NullMarked;
