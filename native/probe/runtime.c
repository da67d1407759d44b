/* The library of one CPython: what runs in a child once libpython is there. */
#include "findings.h"
#include "stacks.h"
#include "stages.h"
#include "task.h"
#include "worker.h"

#include <stdlib.h>

static void run_stage(void *argument) { probe_run_stage(argument); }

static int run(const clutch_probe_task *task) {
  probe_findings_open(task->findings);
  probe_watch_signals();
  pthread_join(probe_start_worker(0, run_stage, (void *)task), NULL);
  return EXIT_FAILURE; /* a stage ends the process */
}

__attribute__((visibility("default"))) clutch_probe_runner clutch_probe_run;

int clutch_probe_run(const clutch_probe_task *task) { return run(task); }
