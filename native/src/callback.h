/* Java code called from Python. With large.h all that touches Java objects: whatever uses JNI runs
   on the Java stack. */
#ifndef CLUTCH_CALLBACK_H
#define CLUTCH_CALLBACK_H

#include "interpreter.h"

/* Makes the calling thread known to Java, on the Java stack: its id; or, of a thread that carries
   virtual threads, a negative number that stays the carrier's, under which Java knows the virtual
   thread that made the last call: `carrier` is that number in later calls, and 0 in the first. 0 if
   Java has no memory. */
int64_t clutch_callback_enlist_thread(JNIEnv *env, int64_t carrier);

int clutch_callback_register(JNIEnv *env);

/* Calls the Java object, with the names of the last arguments in `keywords`, a tuple or NULL: a new
   reference, or NULL with an exception. */
PyObject *clutch_callback_call(clutch_interpreter *interpreter, uint64_t callable,
                               PyObject *const *args, size_t count, PyObject *keywords);

/* Tells Java that the object is held once more, or once less. */
void clutch_callback_retain(uint64_t object);
void clutch_callback_release(uint64_t object);

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
