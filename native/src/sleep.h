/* clutch.sleep, which stands in for time.sleep: CPython's own cannot be interrupted outside its
   main thread. */
#ifndef CLUTCH_SLEEP_H
#define CLUTCH_SLEEP_H

#include "interpreter.h"

PyObject *clutch_sleep(PyObject *module, PyObject *seconds);

#endif
