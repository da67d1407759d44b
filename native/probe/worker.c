#define _GNU_SOURCE /* gettid */

#include "worker.h"

#include "findings.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As much as DESIGN's D1 gives every thread that runs Python. */
#define STACK_BYTES ((size_t)64 << 20)

/* For a signal handler, as a stack that ran over has no room for it. */
#define SIGNAL_STACK_BYTES ((size_t)256 << 10)

static probe_worker workers[PROBE_WORKERS];
static _Thread_local probe_worker *current;

typedef struct beginning {
  probe_worker *worker;
  void (*function)(void *);
  void *argument;
} beginning;

probe_worker *probe_this_worker(void) { return current; }

probe_worker *probe_worker_at(int number) { return &workers[number]; }

void probe_begin_step(const char *step) {
  current->step = step;
  if (step != NULL) {
    PROBE_REPORT("step", step);
  }
}

static void *run(void *argument) {
  beginning start = *(beginning *)argument;
  free(argument);
  stack_t stack = {.ss_sp = malloc(SIGNAL_STACK_BYTES), .ss_size = SIGNAL_STACK_BYTES};
  if (stack.ss_sp == NULL || sigaltstack(&stack, NULL) != 0) {
    probe_fail("no memory for the stack of a signal handler", "");
  }
  current = start.worker;
  current->thread = gettid();
  start.function(start.argument);
  current->thread = 0;
  current->interpreter = NULL;
  sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL);
  free(stack.ss_sp);
  return NULL;
}

pthread_t probe_start_worker(int number, void (*function)(void *), void *argument) {
  pthread_attr_t attributes;
  pthread_t thread;
  beginning *start = malloc(sizeof *start);
  if (start == NULL) {
    probe_fail("no memory for a thread", "");
  }
  *start = (beginning){&workers[number], function, argument};
  pthread_attr_init(&attributes);
  int error = pthread_attr_setstacksize(&attributes, STACK_BYTES);
  if (error == 0) {
    error = pthread_create(&thread, &attributes, run, start);
  }
  if (error != 0) {
    probe_fail("no thread could be started", strerror(error));
  }
  pthread_attr_destroy(&attributes);
  return thread;
}
