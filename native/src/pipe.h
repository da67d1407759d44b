/* Native pipes: natives of NativePipe.java. */
#ifndef CLUTCH_PIPE_H
#define CLUTCH_PIPE_H

#include "codec.h"

/* Reads what follows the tag: a file object with a descriptor of its own. */
PyObject *clutch_decode_pipe_end(clutch_reader *reader);

int clutch_pipe_register(JNIEnv *env);

#endif
