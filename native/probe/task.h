/* What the program and the library of a CPython tell each other: libclutch-probe3.X.so exports
   clutch_probe_run, and nothing else. */
#ifndef CLUTCH_PROBE_TASK_H
#define CLUTCH_PROBE_TASK_H

#include <signal.h>
#include <stddef.h>

/* What a child is asked. Strings that are not given are empty. */
typedef struct clutch_probe_task {
  const char *library; /* libpython */
  const char *runtime; /* libclutch-probe3.X.so for it */
  const char *home;
  const char *executable;
  const char *stage;
  const char *module;
  const char *exercise;
  const char *rounds; /* a number; 3 if it is less than that, or none */
  const char *const *preload;
  size_t preload_count;
  const char *const *path;
  size_t path_count;
  int findings; /* where the child tells what it finds, as it finds it (findings.h) */
} clutch_probe_task;

/* Tells a child that its time is over: it writes its stacks, and ends itself. One that no module
   is likely to use. */
#define CLUTCH_PROBE_TIME_IS_OVER SIGRTMAX

/* The descriptor of `findings`. */
#define CLUTCH_PROBE_FINDINGS 3

typedef int clutch_probe_runner(const clutch_probe_task *task);

#endif
