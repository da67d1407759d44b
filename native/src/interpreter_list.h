/* Which interpreters there are, those of Python code included. */
#ifndef CLUTCH_INTERPRETER_LIST_H
#define CLUTCH_INTERPRETER_LIST_H

#include "response.h"

/* Both are called with the main interpreter's GIL held or just given up by the creation of the
   interpreter named, which is enough: ids only grow. */
void clutch_note_interpreter(int64_t id);

/* The ids, in order; asked of the main interpreter. */
PyObject *clutch_list_interpreters(clutch_request *of);

#endif
