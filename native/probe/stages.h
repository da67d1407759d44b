/* What a child does with a module: a function for each of Java's Stage. */
#ifndef CLUTCH_PROBE_STAGES_H
#define CLUTCH_PROBE_STAGES_H

#include "task.h"

/* On the thread that is to be CPython's main one, as a worker. Ends the process. */
_Noreturn void probe_run_stage(const clutch_probe_task *task);

#endif
