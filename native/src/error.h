/* A Python exception as bytes. */
#ifndef CLUTCH_ERROR_H
#define CLUTCH_ERROR_H

#include "codec.h"

/* Takes the current exception and writes what PythonErrorInfo.java reads. -1 only for want of
   memory; whatever else goes wrong while the exception is looked at leaves a gap, not an error. */
int clutch_write_error(clutch_writer *writer, char tag);

#endif
