/* Running code in an interpreter: a request in, a response out. */
#ifndef CLUTCH_EXECUTION_H
#define CLUTCH_EXECUTION_H

#include <jni.h>

int clutch_execution_register(JNIEnv *env);

#endif
