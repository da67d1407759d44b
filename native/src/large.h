/* Java arrays that cross without a buffer in between. Their content is copied on the Java stack,
   with the GIL held. */
#ifndef CLUTCH_LARGE_H
#define CLUTCH_LARGE_H

#include "interpreter.h"

/* From this many bytes on, bytes and arrays cross this way; as LARGE in Encoder.java. */
#define CLUTCH_LARGE (16u << 10)

/* How many bytes the array at an index among those that came with a request has; -1 if there is no
   array of that typecode's element size. */
int64_t clutch_large_size(jobjectArray arrays, uint32_t index, char typecode);

/* Copies so many of its bytes, which are whole elements; -1 with a Python exception set. */
int clutch_large_copy(jobjectArray arrays, uint32_t index, char typecode, size_t first,
                      size_t count, void *to);

/* Makes a byte[] that Java takes by its handle; 0 without memory. */
uint64_t clutch_large_keep(clutch_interpreter *interpreter, const void *bytes, size_t length);

int clutch_large_register(JNIEnv *env);

#endif
