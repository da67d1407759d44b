/* Where the Python code of a thread is, and whether an exception would do harm there that comes
   from outside. All with the GIL held, which keeps the frames of other threads as they are. */
#ifndef CLUTCH_PLACE_H
#define CLUTCH_PLACE_H

#include "interpreter.h"

/* Whether an exception might be raised inside the import system, which takes locks where one
   between two instructions leaves them locked, so that nobody can import that module any more. What
   is raised here is raised at once. In another thread 3.13 and 3.14 may raise it only when that has
   returned to the import system; it comes by here itself, sooner or later. */
bool clutch_is_in_import(const PyThreadState *state, bool here);

/* Whether a thread that Python code started has come to what it is for, which is outside of
   threading.py: who starts it waits until it has said that it has started. */
bool clutch_has_started(const PyThreadState *state);

/* Whether it is in a function of threading.py, which an exception between two instructions makes
   leave a lock locked, or release one that it has released already. */
bool clutch_is_in_threading(const PyThreadState *state);

/* How long a thread may stay there before it is interrupted nevertheless: most wait for a lock
   then, where no harm is done, and it might be for ever. */
#define CLUTCH_TO_LEAVE_THREADING_NS 200000000

#endif
