/* Java code called from Python. The one file that touches Java objects: everything in it that uses
   JNI runs on the Java stack, with the GIL released. */
#ifndef CLUTCH_CALLBACK_H
#define CLUTCH_CALLBACK_H

#include "interpreter.h"

int clutch_callback_register(JavaVM *vm, JNIEnv *env);

/* Every native method that may run Python code says here in which environment. */
void clutch_callback_enter(JNIEnv *env);

/* Calls the Java object, with the names of the last arguments in `keywords`, a tuple or NULL: a new
   reference, or NULL with an exception. */
PyObject *clutch_callback_call(clutch_interpreter *interpreter, uint64_t callable,
                               PyObject *const *args, size_t count, PyObject *keywords);

/* Tells Java that the object is held once more, or once less. */
void clutch_callback_retain(uint64_t object);
void clutch_callback_release(uint64_t object);

/* From this many bytes on, a bytes object and a byte[] are copied without a buffer in between. */
#define CLUTCH_LARGE (16u << 10)

/* Makes a byte[] that Java takes by its handle; 0 without memory. */
uint64_t clutch_callback_keep_bytes(clutch_interpreter *interpreter, const void *bytes,
                                    size_t length);

/* The byte[] at an index of the array that came with a request: its length, -1 if there is none;
   and a copy of its content. */
int64_t clutch_callback_length(jobjectArray large, uint32_t index);
void clutch_callback_copy(jobjectArray large, uint32_t index, void *to);

/* Has Java report that this thread has waited for the interpreter's holder, in vain so far. Without
   the GIL. */
void clutch_callback_report_wait(clutch_interpreter *interpreter, int64_t holder);

/* Hands bytes of sys.stdout (0) or sys.stderr (1) to Java. -1 with a Python exception set. */
int clutch_callback_write(clutch_interpreter *interpreter, int stream, const char *bytes,
                          size_t length);

/* The same, after Py_EndInterpreter: without a thread state. */
void clutch_callback_write_detached(clutch_interpreter *interpreter, int stream, const char *bytes,
                                    size_t length);

#endif
