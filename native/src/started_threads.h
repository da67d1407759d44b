/* Interrupts of the threads that Python code started. */
#ifndef CLUTCH_STARTED_THREADS_H
#define CLUTCH_STARTED_THREADS_H

#include "interpreter.h"

/* In all of them, or in those that were put off the last time, because they were where it would do
   harm. Answers whether the calling thread is one, in which the caller is to raise it. GIL held. */
bool clutch_interrupt_started_threads(clutch_interpreter *interpreter, PyObject *interrupted,
                                      bool in_all);

#endif
