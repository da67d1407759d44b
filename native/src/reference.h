/* Python objects that Java holds, as PyObject and PyFunction: by index and generation, never by
   address. All of it needs the interpreter's GIL. */
#ifndef CLUTCH_REFERENCE_H
#define CLUTCH_REFERENCE_H

#include "interpreter.h"

/* Its own reference to the object, and the handle for it; 0 with an exception set. */
uint64_t clutch_reference_new(clutch_interpreter *interpreter, PyObject *object);

/* The object, borrowed; NULL with an exception set when it was released. */
PyObject *clutch_reference_get(clutch_interpreter *interpreter, uint64_t handle);

/* Does nothing if it was released before. */
void clutch_reference_release(clutch_interpreter *interpreter, uint64_t handle);

/* Releases those whose Java objects were garbage-collected. */
void clutch_reference_release_dropped(clutch_interpreter *interpreter);

/* With the interpreter's lock held, when there is nothing left to release. */
void clutch_reference_forget_dropped(clutch_interpreter *interpreter);

/* Before the interpreter ends. Exported memory stays: Java may have a ByteBuffer of it. */
void clutch_references_free(clutch_interpreter *interpreter);

int clutch_reference_register(JNIEnv *env);

#endif
