/** What the core asks of the module that finds CPythons. Programs need nothing of it. */
@NullMarked
package dev.clutch.spi;

import org.jspecify.annotations.NullMarked;
