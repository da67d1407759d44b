/* How a native method that runs Python code gets into the interpreter and out again. */
#ifndef CLUTCH_PERFORM_H
#define CLUTCH_PERFORM_H

#include "response.h"

/* Reads a request of `length` bytes in the buffer and answers as response.h says. */
jlong clutch_perform(JNIEnv *env, jlong handle, jlong buffer, jint length, jint capacity,
                     jint wanted, jobjectArray large, clutch_operation operation);

/* A native method of that kind, and its line in the table. */
#define CLUTCH_NATIVE(name, operation)                                                             \
  static jlong name(JNIEnv *env, jclass class, jlong handle, jlong buffer, jint length,            \
                    jint capacity, jint wanted, jobjectArray large) {                              \
    (void)class;                                                                                   \
    return clutch_perform(env, handle, buffer, length, capacity, wanted, large, operation);        \
  }

#define CLUTCH_METHOD(java_name, function)                                                         \
  { java_name, "(JJIII[Ljava/lang/Object;)J", (void *)(function) }

#endif
