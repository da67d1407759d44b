/* What the files of the baselines share. */
#ifndef CLUTCH_BASELINE_H
#define CLUTCH_BASELINE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <jni.h>
#include <stdint.h>

/* Exported by every version, declared in internal headers only. */
extern PyInterpreterState *_PyInterpreterState_LookUpID(int64_t id);

/* The one under test. */
extern PyObject *baseline_function;

/* Takes the GIL. */
void baseline_attach(void);

/* Releases it: the result, or -1 and a Java exception if Python raised one. */
jlong baseline_finish(JNIEnv *env, int64_t result);

/* Throws: -1. */
jlong baseline_fail(JNIEnv *env);

#endif
