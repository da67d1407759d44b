/**
 * CPython interpreters in this JVM.
 *
 * <p>Trade-offs are settled by these priorities, in this order:
 *
 * <ol>
 *   <li>The JVM never dies because of Python code: a fault in Python is a Java exception.
 *   <li>Nothing is lost or leaked without a word.
 *   <li>Two interpreters on two cores do twice the work of one.
 *   <li>A crossing costs what CPython itself costs.
 *   <li>The code stays small and plain.
 * </ol>
 *
 * <p>Start at {@link dev.clutch.Interpreters}.
 */
@NullMarked
package dev.clutch;

import org.jspecify.annotations.NullMarked;
