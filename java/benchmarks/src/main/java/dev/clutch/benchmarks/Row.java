package dev.clutch.benchmarks;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A row of the table. Of the benchmarks in the class, those whose names begin with {@code clutch}
 * are what Clutch takes, less those that begin with {@code loop}; those that begin with {@code
 * plain} are, together, what it is compared with.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@interface Row {
  /** What is done. */
  String work();

  /** What it is compared with. */
  String against();

  /** How many times as long it may take. */
  double atMost();

  /** The first minor version of CPython that has what it is compared with. */
  int since() default 12;
}
