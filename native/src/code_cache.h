/* Compiled code by source text, bounded. */
#ifndef CLUTCH_CODE_CACHE_H
#define CLUTCH_CODE_CACHE_H

#include "codec.h"

typedef struct clutch_code_cache clutch_code_cache;

clutch_code_cache *clutch_code_cache_new(void);

/* Drops the code objects; with the interpreter attached. */
void clutch_code_cache_free(clutch_code_cache *cache);

/* The code of the source that the reader holds next, compiled as `start` (Py_file_input or
   Py_eval_input): a new reference, or NULL with a Python exception set. */
PyObject *clutch_code_cache_get(clutch_interpreter *interpreter, clutch_reader *source, int start);

#endif
