/** Writes a report for people and for other programs. */
@NullMarked
package dev.clutch.checker.report;

import org.jspecify.annotations.NullMarked;
