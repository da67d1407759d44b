/* Java code called from Python. The one file that touches Java objects: everything in it that uses
   JNI runs on the Java stack, with the GIL released. */
#ifndef CLUTCH_CALLBACK_H
#define CLUTCH_CALLBACK_H

#include "interpreter.h"

int clutch_callback_register(JavaVM *vm, JNIEnv *env);

/* Calls the Java object with positional arguments: a new reference, or NULL with an exception. */
PyObject *clutch_callback_call(clutch_interpreter *interpreter, uint64_t callable, PyObject *args);

/* Tells Java that the object is held once more, or once less. */
void clutch_callback_retain(uint64_t object);
void clutch_callback_release(uint64_t object);

/* Hands bytes of sys.stdout (0) or sys.stderr (1) to Java. -1 with a Python exception set. */
int clutch_callback_write(clutch_interpreter *interpreter, int stream, const char *bytes,
                          size_t length);

/* The same, after Py_EndInterpreter: without a thread state. */
void clutch_callback_write_detached(clutch_interpreter *interpreter, int stream, const char *bytes,
                                    size_t length);

#endif
