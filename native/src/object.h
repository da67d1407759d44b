/* Python objects that Java holds: what PyObject and PyFunction ask of them. */
#ifndef CLUTCH_OBJECT_H
#define CLUTCH_OBJECT_H

#include "response.h"

/* The object that a request begins with, or NULL with an exception set. */
PyObject *clutch_read_object(clutch_request *of);

int clutch_object_register(JNIEnv *env);
int clutch_call_register(JNIEnv *env);

#endif
