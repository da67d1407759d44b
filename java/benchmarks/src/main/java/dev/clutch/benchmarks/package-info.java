/** What a crossing costs against plain C. {@code docs/benchmarks.md} says how to read it. */
package dev.clutch.benchmarks;
