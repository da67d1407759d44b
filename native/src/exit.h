/* What happens to an interpreter before it ends. */
#ifndef CLUTCH_EXIT_H
#define CLUTCH_EXIT_H

#include "py_compat.h"

/* Runs the atexit functions of the attached interpreter, and flushes sys.stdout and sys.stderr. What
   goes wrong is reported as Python reports it, through sys.unraisablehook. */
void clutch_run_exit_functions(void);

#endif
