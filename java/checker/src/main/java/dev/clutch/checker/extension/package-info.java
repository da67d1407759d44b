/** What a shared object tells without being loaded. */
@NullMarked
package dev.clutch.checker.extension;

import org.jspecify.annotations.NullMarked;
