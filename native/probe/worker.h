/* The threads of a child that run Python, and what they are at. Read by signal handlers. */
#ifndef CLUTCH_PROBE_WORKER_H
#define CLUTCH_PROBE_WORKER_H

#include "py_compat.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

/* As many interpreters as PARALLEL has at once, and the thread that started CPython. */
#define PROBE_WORKERS 5

typedef struct probe_worker {
  _Atomic pid_t thread; /* 0: none */
  PyInterpreterState *_Atomic interpreter;
  const char *_Atomic step; /* NULL while it waits for others */
} probe_worker;

/* The one of this thread, or NULL if it is a thread of somebody else's. */
probe_worker *probe_this_worker(void);

/* The one with that number. */
probe_worker *probe_worker_at(int number);

/* Says, and reports, what this thread does next; `step` must be a literal. */
void probe_begin_step(const char *step);

/* Runs a function on a new thread with a stack as large as Clutch gives Python, as worker `number`.
   Whatever keeps the thread from starting ends the process. */
pthread_t probe_start_worker(int number, void (*function)(void *), void *argument);

#endif
