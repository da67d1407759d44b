/* The Python frames of all threads of an interpreter, for Java: natives of NativeDump.java. */
#ifndef CLUTCH_DUMP_H
#define CLUTCH_DUMP_H

#include <jni.h>

int clutch_dump_register(JNIEnv *env);

#endif
