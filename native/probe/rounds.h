/* Rounds of interpreters with their own GILs: each is made, imports the module, and is closed. */
#ifndef CLUTCH_PROBE_ROUNDS_H
#define CLUTCH_PROBE_ROUNDS_H

#include "task.h"

#include <stdbool.h>

/* So many interpreters at once, at most PROBE_WORKERS - 1, which begin the import together. On
   CPython's main thread, attached to the main interpreter. False if an exception was raised, and
   reported; else the bytes that each interpreter after the first round left behind, beyond what one
   that imports nothing leaves behind. */
bool probe_run_rounds(const clutch_probe_task *task, int width, long *growth);

#endif
