/* The table of interpreters and the gate that keeps close apart from everybody else. */
#ifndef CLUTCH_INTERPRETER_H
#define CLUTCH_INTERPRETER_H

#include "account.h"
#include "py_compat.h"

#include <jni.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct clutch_thread_state;
struct clutch_code_cache;
typedef struct clutch_references clutch_references;
struct clutch_dropped;
struct clutch_waiter;
struct clutch_dump;
struct clutch_policy;

/* Bytes of an unfinished line. */
typedef struct clutch_line {
  char *data;
  size_t length;
  size_t capacity;
} clutch_line;

/* So many threads can be starting while an interrupt comes. */
#define CLUTCH_INTERRUPTED_LATER 64

/* A thread that Python code started, which was where an interrupt would do harm. */
typedef struct clutch_put_off {
  uint64_t thread; /* PyThreadState_GetID */
  int64_t since;   /* clutch_now */
} clutch_put_off;

/* A slot of the table. A slot is never freed, so that a stale handle can always be looked at. */
typedef struct clutch_interpreter {
  uint32_t index;
  _Atomic uint32_t generation; /* the one that valid handles carry */
  _Atomic uint32_t gate;       /* the number of threads inside, and the two bits below */
  pthread_mutex_t closing;     /* held by a close that is not decided yet */
  pthread_t closer;            /* valid while a gate bit is set */

  PyInterpreterState *state;
  int64_t id;
  PyObject *globals; /* __main__.__dict__ */
  PyObject *module;  /* the interpreter's clutch module */
  struct clutch_code_cache *codes;
  clutch_references *references; /* guarded by the GIL */
  clutch_line lines[2];          /* stdout, stderr; guarded by the GIL */
  bool ending;                   /* no thread may be started any more; guarded by the GIL */
  bool watches_threads;          /* its audit hook is there; guarded by the GIL */

  struct clutch_policy *policy; /* what it may not do, or NULL; guarded by the GIL */

  bool imports_unguarded; /* somebody wished so, see import_guard.h */

  bool uses_main_obmalloc; /* its small objects are in arenas of the main interpreter's */

  struct clutch_interpreter *gil_owner; /* itself, or the main one whose GIL it shares */
  _Atomic int64_t holder;               /* Java id of the thread that holds the GIL; the owner's */
  _Atomic uint32_t holder_steps;        /* counts the holder's calls; odd while one is going on */

  pthread_mutex_t lock;                      /* guards what follows */
  pthread_cond_t let_go;                     /* holder became 0 */
  struct clutch_thread_state *thread_states; /* all that Clutch made for it */
  _Atomic uint32_t orphans;                  /* how many of them lost their thread */
  struct clutch_dropped *dropped;            /* references to release */
  struct clutch_waiter *waiters;             /* threads that wait in its Python code */
  _Atomic bool has_dropped;

  _Atomic bool interrupt_posted;          /* CPython has it, and has not called it yet */
  _Atomic bool interrupt_started_threads; /* which have no thread state of Clutch's */
  clutch_put_off interrupt_later[CLUTCH_INTERRUPTED_LATER]; /* such; guarded by the GIL */
  _Atomic uint32_t interrupt_later_count;

  clutch_account account;

  struct clutch_dump *dump; /* frames that somebody waits for; guarded by the lock */
  _Atomic bool dump_posted; /* CPython has it, and has not called it yet */
} clutch_interpreter;

/* An attempt to close is looking whether it may: those who come wait for its answer. */
#define CLUTCH_GATE_CHECKING 0x80000000u
/* It may: those who come are told that the interpreter is closed. */
#define CLUTCH_GATE_CLOSED 0x40000000u

/* What a native method returns when it is not a length; NativeInterpreter.java mirrors it. */
enum clutch_status {
  CLUTCH_CLOSED = -1,
  CLUTCH_NO_MEMORY = -2,
  CLUTCH_CLOSING = -4, /* by this very thread, which runs its exit functions */
  CLUTCH_SPILLED = -3, /* the response did not fit: its address and length are in the buffer */
};

/* The handle that Java holds: an index and a generation, never a pointer. */
jlong clutch_interpreter_handle(const clutch_interpreter *interpreter);

/* Goes inside: the interpreter stays open until clutch_interpreter_leave. NULL when the handle's
   interpreter is closed, or is being closed by this very thread. */
clutch_interpreter *clutch_interpreter_enter(jlong handle);
void clutch_interpreter_leave(clutch_interpreter *interpreter);

/* Keeps it open without being inside, so that a close does not take it for code that runs: a close
   waits until clutch_interpreter_may_close. NULL when it is closed, or being closed by this very
   thread; or, if that is not waited for, by any. */
clutch_interpreter *clutch_interpreter_keep_open(jlong handle, bool waits);
void clutch_interpreter_may_close(clutch_interpreter *interpreter);

/* For interpreter.c: slots with a closed gate. */
clutch_interpreter *clutch_interpreter_take_slot(void);
void clutch_interpreter_give_back_slot(clutch_interpreter *slot);
clutch_interpreter *clutch_interpreter_slot(jlong handle);
bool clutch_interpreter_is_current(clutch_interpreter *slot, jlong handle);
/* The slot of an interpreter that is alive; NULL if Python code made it. */
clutch_interpreter *clutch_interpreter_of_state(const PyInterpreterState *state);
/* As when an atexit function of its own calls Java. */
bool clutch_this_thread_closes(clutch_interpreter *slot);

/* Makes the main interpreter the first of the table, with the GIL held, or says why not. */
const char *clutch_interpreter_adopt_main(void);

int clutch_interpreter_register(JNIEnv *env);

#endif
