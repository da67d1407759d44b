/* clutch.JavaObject: a Java object in Python, callable if it is a functional interface. */
#ifndef CLUTCH_JAVA_OBJECT_H
#define CLUTCH_JAVA_OBJECT_H

#include "codec.h"

int clutch_java_object_add_type(PyObject *module);

/* Reads what follows the tag f: an object that releases the handle in the end. */
PyObject *clutch_decode_java_object(clutch_reader *reader);

bool clutch_is_java_object(clutch_interpreter *interpreter, PyObject *object);
uint64_t clutch_java_object_handle(PyObject *object);

#endif
