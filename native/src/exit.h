/* What happens to an interpreter before it ends. */
#ifndef CLUTCH_EXIT_H
#define CLUTCH_EXIT_H

#include "interpreter.h"

/* Runs what the threading module does before it waits for threads, of which there are none: pools
   forget their workers. */
void clutch_run_threading_exit_functions(clutch_interpreter *interpreter);

/* Runs the atexit functions of the attached interpreter, and flushes sys.stdout and sys.stderr.
   What goes wrong is reported as Python reports it, through sys.unraisablehook. */
void clutch_run_exit_functions(void);

/* From here on, starting a thread in the attached interpreter raises, as long as it is ending: code
   that still runs, destructors above all, would otherwise start one after the last look for
   threads. -1 with an exception set. */
int clutch_refuse_new_threads(clutch_interpreter *interpreter);

#endif
