#include "interrupt.h"

#include "holding.h"
#include "module.h"
#include "thread_state.h"
#include "turn.h"
#include "waiting.h"

typedef clutch_thread_state node;

/* Code that swallowed an interrupt has gone back to what it did before the next one. */
#define APART_NS 10000000

/* How long code that handles an interrupt, as in a finally, is left alone. */
#define TO_CLEAN_UP_NS 1000000000

static bool is_to_end(node *each) {
  uint64_t turn = atomic_load(&each->turn);
  return turn % 2 == 1 && atomic_load(&each->interrupted) == turn;
}

/* -- raising, with the GIL --------------------------------------------------------------------- */

/* So many exceptions are looked at that were raised while another one was handled. */
#define MOST_CONTEXTS 100

static bool comes_of(PyObject *exception, PyTypeObject *type) {
  for (int i = 0; exception != NULL && exception != Py_None && i < MOST_CONTEXTS; i++) {
    if (PyObject_TypeCheck(exception, type)) {
      return true;
    }
    exception = ((PyBaseExceptionObject *)exception)->context;
  }
  return false;
}

/* Whether its code is in the except or finally that an interrupt brought it to. */
static bool is_cleaning_up(PyThreadState *state, PyTypeObject *interrupted) {
  for (const _PyErr_StackItem *each = state->exc_info; each != NULL; each = each->previous_item) {
    if (comes_of(each->exc_value, interrupted)) {
      return true;
    }
  }
  return false;
}

void clutch_interrupt_later(void) {
  node *self = clutch_this_thread_state();
  struct _PyInterpreterFrame *frame = CLUTCH_CURRENT_FRAME(PyThreadState_Get());
  if (self != NULL && frame != NULL) {
    self->receiving_frame = frame;
    self->receiving_instruction = PyUnstable_InterpreterFrame_GetLasti(frame);
  }
}

/* CPython looks for what was posted after the call that received it, before anything else. */
static bool has_message_in_hand(const node *each, struct _PyInterpreterFrame *frame) {
  return frame == each->receiving_frame &&
         PyUnstable_InterpreterFrame_GetLasti(frame) == each->receiving_instruction;
}

/* The import system takes locks where an exception between two instructions leaves them locked, and
   then nobody can import that module any more. */
static bool is_import_system(struct _PyInterpreterFrame *frame) {
  PyObject *code = PyUnstable_InterpreterFrame_GetCode(frame);
  bool is =
      PyCode_Check(code) && /* None where C code called Python, and all of that has returned */
      PyUnicode_CompareWithASCIIString(((PyCodeObject *)code)->co_filename,
                                       "<frozen importlib._bootstrap>") == 0;
  Py_DECREF(code);
  return is;
}

/* An exception would do harm there; a few instructions later it does not. */
static bool is_at_bad_place(const node *each) {
  struct _PyInterpreterFrame *frame = CLUTCH_CURRENT_FRAME(each->state);
  return frame != NULL && (has_message_in_hand(each, frame) || is_import_system(frame));
}

static bool is_due(node *each, PyObject *interrupted, int64_t now) {
  int64_t gone_by = now - each->raised_at;
  return gone_by >= TO_CLEAN_UP_NS ||
         (gone_by >= APART_NS && !is_cleaning_up(each->state, (PyTypeObject *)interrupted));
}

enum { RAISE_HERE = 1, POST_AGAIN = 2 };

/* In all but the calling one, about which it answers whether it is to be raised here. */
static int raise_in_turns(clutch_interpreter *interpreter, PyObject *interrupted) {
  int answer = 0;
  int64_t now = clutch_now();
  pthread_mutex_lock(&interpreter->lock);
  for (node *each = interpreter->thread_states; each != NULL; each = each->next_of_interpreter) {
    if (!is_to_end(each) || !is_due(each, interrupted, now)) {
      continue;
    }
    if (is_at_bad_place(each)) {
      answer |= POST_AGAIN;
      continue;
    }
    each->raised_at = now;
    if (each->state == PyThreadState_Get()) {
      answer |= RAISE_HERE;
    } else {
      PyThreadState_SetAsyncExc(each->state->thread_id, interrupted);
    }
  }
  pthread_mutex_unlock(&interpreter->lock);
  return answer;
}

static bool is_ours(clutch_interpreter *interpreter, const PyThreadState *state) {
  pthread_mutex_lock(&interpreter->lock);
  const node *each = interpreter->thread_states;
  while (each != NULL && each->state != state) {
    each = each->next_of_interpreter;
  }
  pthread_mutex_unlock(&interpreter->lock);
  return each != NULL;
}

/* The GIL keeps them from ending meanwhile. What is sent to the calling one would be raised too
   late, when it waits again. */
static int raise_in_started_threads(clutch_interpreter *interpreter, PyObject *interrupted) {
  int answer = 0;
  for (PyThreadState *each = PyInterpreterState_ThreadHead(interpreter->state); each != NULL;
       each = PyThreadState_Next(each)) {
    if (is_ours(interpreter, each)) {
      continue;
    }
    if (each == PyThreadState_Get()) {
      answer = RAISE_HERE;
    } else {
      PyThreadState_SetAsyncExc(each->thread_id, interrupted);
    }
  }
  return answer;
}

static void post(clutch_interpreter *interpreter);

/* What was posted: CPython calls it on some thread of the interpreter's. */
static int raise_posted(void *argument) {
  clutch_interpreter *interpreter = argument;
  atomic_store(&interpreter->interrupt_posted, false);
  if (PyInterpreterState_Get() != interpreter->state || interpreter->module == NULL) {
    return 0;
  }
  PyObject *interrupted = clutch_module_state_of(interpreter)->interrupted;
  int todo = raise_in_turns(interpreter, interrupted);
  if (atomic_exchange(&interpreter->interrupt_started_threads, false)) {
    todo |= raise_in_started_threads(interpreter, interrupted);
  }
  if ((todo & POST_AGAIN) != 0) {
    post(interpreter);
  }
  if ((todo & RAISE_HERE) == 0) {
    return 0;
  }
  PyThreadState_SetAsyncExc(PyThreadState_Get()->thread_id, NULL); /* once is enough */
  PyErr_SetNone(interrupted);
  return -1;
}

/* -- posting, without it ----------------------------------------------------------------------- */

/* A full queue is tried again soon. */
static void post(clutch_interpreter *interpreter) {
  if (!atomic_exchange(&interpreter->interrupt_posted, true) &&
      _PyEval_AddPendingCall(interpreter->state, raise_posted, interpreter, 0) != 0) {
    atomic_store(&interpreter->interrupt_posted, false);
  }
}

/* Of that thread, or of all but it. */
static void mark_turns(clutch_interpreter *interpreter, pthread_t thread, bool of_it) {
  pthread_mutex_lock(&interpreter->lock);
  for (node *each = interpreter->thread_states; each != NULL; each = each->next_of_interpreter) {
    uint64_t turn = atomic_load(&each->turn);
    if (turn % 2 == 1 && (pthread_equal(each->thread, thread) != 0) == of_it) {
      atomic_store(&each->interrupted, turn);
    }
  }
  pthread_mutex_unlock(&interpreter->lock);
}

static void reach(clutch_interpreter *interpreter) {
  post(interpreter);
  clutch_interrupt_waiters(interpreter);
}

void clutch_interrupt(clutch_interpreter *interpreter) {
  mark_turns(interpreter, pthread_self(), false);
  atomic_store(&interpreter->interrupt_started_threads, true);
  reach(interpreter);
}

int64_t clutch_interrupt_thread(int64_t java_thread, bool as_seen) {
  pthread_t thread;
  int64_t handle = clutch_interpreter_of_thread(java_thread, as_seen, &thread);
  clutch_interpreter *interpreter =
      handle == 0 ? NULL : clutch_interpreter_keep_open(handle, false);
  if (interpreter == NULL) {
    return 0;
  }
  mark_turns(interpreter, thread, true);
  reach(interpreter);
  clutch_interpreter_may_close(interpreter);
  return handle;
}

static bool has_to_end(clutch_interpreter *interpreter) {
  bool any = false;
  pthread_mutex_lock(&interpreter->lock);
  for (node *each = interpreter->thread_states; each != NULL && !any;
       each = each->next_of_interpreter) {
    any = is_to_end(each);
  }
  pthread_mutex_unlock(&interpreter->lock);
  return any;
}

bool clutch_interrupt_again(clutch_interpreter *interpreter) {
  bool any = has_to_end(interpreter);
  if (any) {
    reach(interpreter);
  }
  return any;
}

/* -- registered methods ------------------------------------------------------------------------ */

static jlong native_interrupt(JNIEnv *env, jclass class, jlong handle) {
  (void)env;
  (void)class;
  clutch_interpreter *interpreter = clutch_interpreter_keep_open(handle, true);
  if (interpreter == NULL) {
    return CLUTCH_CLOSED;
  }
  clutch_interrupt(interpreter);
  clutch_interpreter_may_close(interpreter);
  return 0;
}

static jboolean native_again(JNIEnv *env, jclass class, jlong handle) {
  (void)env;
  (void)class;
  clutch_interpreter *interpreter = clutch_interpreter_keep_open(handle, false);
  if (interpreter == NULL) {
    return JNI_FALSE;
  }
  bool again = clutch_interrupt_again(interpreter);
  clutch_interpreter_may_close(interpreter);
  return again;
}

static jlong native_interrupt_thread(JNIEnv *env, jclass class, jlong java_thread,
                                     jboolean as_seen) {
  (void)env;
  (void)class;
  return clutch_interrupt_thread(java_thread, as_seen);
}

static jboolean native_is_kept_by_idle_thread(JNIEnv *env, jclass class, jlong handle) {
  (void)env;
  (void)class;
  clutch_interpreter *interpreter = clutch_interpreter_keep_open(handle, false);
  if (interpreter == NULL) {
    return JNI_FALSE;
  }
  bool kept = clutch_is_kept_by_idle_thread(interpreter);
  clutch_interpreter_may_close(interpreter);
  return kept;
}

#define MOST_THREADS 64

static jint native_look(JNIEnv *env, jclass class, jlongArray threads) {
  (void)class;
  jlong found[MOST_THREADS];
  jsize most = (*env)->GetArrayLength(env, threads);
  int count = clutch_look_at_turns(found, most < MOST_THREADS ? most : MOST_THREADS);
  if (count > 0) {
    (*env)->SetLongArrayRegion(env, threads, 0, count, found);
  }
  return count;
}

static void native_await_turn(JNIEnv *env, jclass class) {
  (void)env;
  (void)class;
  clutch_await_turn();
}

static const JNINativeMethod methods[] = {
    {"interrupt", "(J)J", (void *)native_interrupt},
    {"again", "(J)Z", (void *)native_again},
    {"interruptThread", "(JZ)J", (void *)native_interrupt_thread},
    {"isKeptByIdleThread", "(J)Z", (void *)native_is_kept_by_idle_thread},
    {"look", "([J)I", (void *)native_look},
    {"awaitTurn", "()V", (void *)native_await_turn},
};

int clutch_interrupt_register(JNIEnv *env) {
  if (clutch_turn_setup() != 0) {
    return -1;
  }
  jclass class = (*env)->FindClass(env, "dev/clutch/internal/NativeInterrupt");
  return class == NULL
             ? -1
             : (*env)->RegisterNatives(env, class, methods, sizeof methods / sizeof methods[0]);
}
