/* One cached PyThreadState for each pair of an OS thread and an interpreter. */
#ifndef CLUTCH_THREAD_STATE_H
#define CLUTCH_THREAD_STATE_H

#include "interpreter.h"

/* A thread state and the two lists it is on: its thread's, which only that thread touches, and its
   interpreter's, which the interpreter's lock guards. The thread owns the node until it ends; then
   the interpreter does, and the node is an orphan. */
typedef struct clutch_thread_state {
  PyThreadState *state; /* NULL once the interpreter is gone; guarded by the interpreter's lock */
  clutch_interpreter *interpreter;
  uint32_t generation;
  uint32_t depth;               /* turns, one inside the other; only its thread's */
  _Atomic uint64_t turn;        /* odd while its thread runs Python code; changed by it alone */
  _Atomic uint64_t interrupted; /* the turn that is to end */
  int64_t raised_at;            /* when that was raised last; guarded by the GIL */
  uint64_t put_off_turn;        /* not interrupted, as it was in threading.py; likewise */
  int64_t put_off_at;           /* since when */
  const void *receiving_frame;  /* where it received a message last; guarded by the GIL */
  int receiving_instruction;
  pthread_t thread;
  bool orphan;
  struct clutch_thread_state *next_of_thread;
  struct clutch_thread_state *next_of_interpreter;
} clutch_thread_state;

/* Prepares the cache; called once, by Python's main thread, with the GIL held. -1 if CPython keeps
   its PyGILState where this code does not find it. */
int clutch_thread_state_setup(void);

enum clutch_attached {
  CLUTCH_ATTACHED = 0,
  CLUTCH_ATTACH_NO_MEMORY = -1,
  CLUTCH_ATTACH_HELD = -2, /* another thread holds it and has done nothing with it for too long */
};

/* Attaches this thread to an interpreter it is inside of: takes the GIL. */
int clutch_attach(clutch_interpreter *interpreter);

/* The same, but competes with a holder that is at work for the GIL: for one who comes to stop it.
 */
int clutch_attach_urgently(clutch_interpreter *interpreter);

/* Attaches to the main interpreter for a Py_NewInterpreterFromConfig, which detaches by itself. */
int clutch_attach_for_creation(clutch_interpreter *main_interpreter);

/* Gives up the GIL of whatever thread state is attached, and takes it again. */
PyThreadState *clutch_release_gil(void);
void clutch_retake_gil(PyThreadState *state);

/* Whether Python code may begin here: whether what is left of the private stack is as much as
   CPython's own limit lets code use. */
bool clutch_stack_suffices(void);

/* Records the attached thread state, which CPython made with its interpreter, as this thread's.
   -1 for want of memory. */
int clutch_thread_state_adopt(clutch_interpreter *interpreter);

/* With the interpreter attached: how many thread states it has that Clutch did not make. */
int clutch_foreign_thread_count(clutch_interpreter *interpreter);

/* Gives this thread another state in the attached interpreter, so that the one it used is deleted
   with those of other threads: what it keeps in thread-local values must go while the modules that
   their destructors need are still there. Without memory for it, nothing happens. */
void clutch_start_afresh(clutch_interpreter *interpreter);

/* With the interpreter attached and nobody else inside: deletes every other thread's state. */
void clutch_discard_other_thread_states(clutch_interpreter *interpreter);

/* Forgets this thread's state after Py_EndInterpreter destroyed it. */
void clutch_forget_thread_state(clutch_interpreter *interpreter);

/* The interpreter, if this thread has been attached to it. */
clutch_interpreter *clutch_thread_state_owner(const PyInterpreterState *state);

/* The attached one; NULL on a thread that Python started. */
clutch_thread_state *clutch_this_thread_state(void);

/* The same of an interpreter that this thread is attached to, or was. */
clutch_thread_state *clutch_thread_state_in(clutch_interpreter *interpreter);

#endif
