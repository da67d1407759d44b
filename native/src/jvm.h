/* The calling thread's way to the JVM. */
#ifndef CLUTCH_JVM_H
#define CLUTCH_JVM_H

#include <jni.h>

int clutch_jvm_setup(JavaVM *vm);

/* Every native method that may run Python code says here in which environment. */
void clutch_jvm_enter(JNIEnv *env);

/* For use on the Java stack only. A thread that Python started is attached as a daemon until it
   ends. NULL if that fails. */
JNIEnv *clutch_jvm_environment(void);

#endif
