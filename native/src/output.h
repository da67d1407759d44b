/* sys.stdout and sys.stderr: whole lines to Java. */
#ifndef CLUTCH_OUTPUT_H
#define CLUTCH_OUTPUT_H

#include "interpreter.h"

/* Appends text, and hands over what ends in a line end. -1 with a Python exception set. */
int clutch_output_write(clutch_interpreter *interpreter, int stream, const char *bytes,
                        size_t length);

/* Hands over the unfinished line too. */
int clutch_output_flush(clutch_interpreter *interpreter, int stream);

#endif
