/* Python objects that Java holds: what PyObject and PyFunction ask of them. */
#ifndef CLUTCH_OBJECT_H
#define CLUTCH_OBJECT_H

#include <jni.h>

int clutch_object_register(JNIEnv *env);

#endif
