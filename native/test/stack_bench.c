/* What a switch costs. Built as a shared library that stack_bench_main.c opens, because in one the
   thread-local state is found by a call, as in the glue library; in an executable it is not. */
#include "stack.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { CALLS = 5000000, ROUNDS = 11 };

static void nothing(void *arg) { __asm__ volatile("" : : "r"(arg) : "memory"); }

static void return_once(void *unused) { clutch_stack_return(nothing, unused); }

/* -- the loops --------------------------------------------------------------------------------- */

static void call_plainly(void *unused) {
  clutch_stack_fn volatile fn = nothing; /* so that the call is not inlined */
  for (int i = 0; i < CALLS; i++)
    fn(unused);
}

static void enter(void *unused) {
  for (int i = 0; i < CALLS; i++)
    clutch_stack_enter(nothing, unused);
}

static void enter_and_return(void *unused) {
  for (int i = 0; i < CALLS; i++)
    clutch_stack_enter(return_once, unused);
}

static void loop_returns(void *unused) {
  for (int i = 0; i < CALLS; i++)
    clutch_stack_return(nothing, unused);
}

static void return_alone(void *unused) { clutch_stack_enter(loop_returns, unused); }

/* ---- Threads: the first entry of each takes a stack from the free list, and its end returns it
   ---- */

enum { THREADS = 2000 };

static void *end_at_once(void *unused) { return unused; }

static void *enter_once(void *unused) {
  clutch_stack_enter(nothing, unused);
  return unused;
}

static void run_threads(void *(*body)(void *)) {
  pthread_t thread;
  for (int i = 0; i < THREADS; i++)
    if (pthread_create(&thread, NULL, body, NULL) == 0)
      pthread_join(thread, NULL);
}

static void threads_that_end_at_once(void *unused) {
  (void)unused;
  run_threads(end_at_once);
}

static void threads_that_enter_once(void *unused) {
  (void)unused;
  run_threads(enter_once);
}

/* -- the clock --------------------------------------------------------------------------------- */

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int by_value(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

static void measure(const char *name, int calls, clutch_stack_fn loop) {
  double rounds[ROUNDS];
  for (int i = 0; i < ROUNDS; i++) {
    double start = now();
    loop(NULL);
    rounds[i] = (now() - start) / calls;
  }
  qsort(rounds, ROUNDS, sizeof rounds[0], by_value);
  printf("%-40s %9.2f ns (best %.2f)\n", name, rounds[ROUNDS / 2], rounds[0]);
}

__attribute__((visibility("default"))) void stack_bench(void) {
  measure("plain call", CALLS, call_plainly);
  measure("enter, which ends where it began", CALLS, enter);
  measure("return, which resumes where it began", CALLS, return_alone);
  measure("enter with one return in it", CALLS, enter_and_return);
  measure("thread that ends at once", THREADS, threads_that_end_at_once);
  measure("thread that enters once", THREADS, threads_that_enter_once);
}
