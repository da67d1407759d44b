/* Which interpreters there are, those of Python code included. */
#ifndef CLUTCH_INTERPRETER_LIST_H
#define CLUTCH_INTERPRETER_LIST_H

#include "codec.h"

/* Both are called with the main interpreter's GIL held or just given up by the creation of the
   interpreter named, which is enough: ids only grow. */
void clutch_note_interpreter(int64_t id);

/* The ids, in order; with the main interpreter attached. */
PyObject *clutch_list_interpreters(clutch_interpreter *main_interpreter, clutch_reader *reader);

#endif
