/* Java arrays that cross without a buffer in between. Whatever uses JNI runs on the Java stack. */
#ifndef CLUTCH_LARGE_H
#define CLUTCH_LARGE_H

#include "interpreter.h"

/* From this many bytes on, bytes and arrays cross this way; as LARGE in Encoder.java. */
#define CLUTCH_LARGE (16u << 10)

/* How many bytes the array at an index among those that came with a request has; -1 if there is no
   array of that typecode's element size. */
int64_t clutch_large_size(jobjectArray arrays, uint32_t index, char typecode);

/* Copies the content of a byte[]. */
void clutch_large_copy(jobjectArray arrays, uint32_t index, void *to);

/* An array whose content is read where it is. The garbage collector may wait for that, and no other
   JNI function may be called meanwhile: so it is for little at a time. */
typedef struct clutch_pin {
  jobjectArray arrays;
  uint32_t index;
  jarray array;
  char *content;
} clutch_pin;

/* -1 with a Python exception set. */
int clutch_large_pin(clutch_pin *pin, jobjectArray arrays, uint32_t index);
void clutch_large_unpin(clutch_pin *pin);

/* Makes a byte[] that Java takes by its handle; 0 without memory. */
uint64_t clutch_large_keep(clutch_interpreter *interpreter, const void *bytes, size_t length);

int clutch_large_register(JNIEnv *env);

#endif
