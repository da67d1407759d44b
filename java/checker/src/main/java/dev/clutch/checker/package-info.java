/**
 * Tells which extension modules can live in an interpreter with its own GIL (PEP 684), with the
 * evidence and what to do about those that cannot.
 */
@NullMarked
package dev.clutch.checker;

import org.jspecify.annotations.NullMarked;
