/* Threads that Python code starts run on a stack of ours, too. */
#ifndef CLUTCH_PYTHON_THREAD_H
#define CLUTCH_PYTHON_THREAD_H

#include <stdbool.h>

/* Has CPython start its threads through us. To be called once, before CPython starts. Returns false
   when it cannot be had. */
bool clutch_python_thread_install(void);

#endif
