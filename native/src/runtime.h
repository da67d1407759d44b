/* Starting CPython, once. */
#ifndef CLUTCH_RUNTIME_H
#define CLUTCH_RUNTIME_H

#include <jni.h>

int clutch_runtime_register(JNIEnv *env);

#endif
