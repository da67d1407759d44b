#include "interrupt.h"

#include "holding.h"
#include "module.h"
#include "place.h"
#include "started_threads.h"
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
static bool has_message_in_hand(const node *each, struct _PyInterpreterFrame *at) {
  return at != NULL && at == each->receiving_frame &&
         PyUnstable_InterpreterFrame_GetLasti(at) == each->receiving_instruction;
}

static bool is_due(node *each, PyObject *interrupted, int64_t now) {
  int64_t gone_by = now - each->raised_at;
  return gone_by >= TO_CLEAN_UP_NS ||
         (gone_by >= APART_NS && !is_cleaning_up(each->state, (PyTypeObject *)interrupted));
}

/* Since when a turn has been there is counted from the first look that finds it there. */
static bool is_briefly_in_threading(node *each, int64_t now) {
  uint64_t turn = atomic_load(&each->turn);
  if (!clutch_is_in_threading(each->state)) {
    each->put_off_turn = 0;
    return false;
  }
  if (each->put_off_turn != turn) {
    each->put_off_turn = turn;
    each->put_off_at = now;
  }
  return now - each->put_off_at < CLUTCH_TO_LEAVE_THREADING_NS;
}

static bool is_where_it_does_harm(node *each, bool here, int64_t now) {
  return clutch_is_in_import(each->state, here) || is_briefly_in_threading(each, now);
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
    bool here = each->state == PyThreadState_Get();
    if (has_message_in_hand(each, CLUTCH_CURRENT_FRAME(each->state))) {
      answer |= POST_AGAIN;
      continue;
    }
    if (is_where_it_does_harm(each, here, now)) {
      answer |= here ? POST_AGAIN : 0;
      continue;
    }
    each->raised_at = now;
    each->put_off_turn = 0;
    if (here) {
      answer |= RAISE_HERE;
    } else {
      PyThreadState_SetAsyncExc(each->state->thread_id, interrupted);
    }
  }
  pthread_mutex_unlock(&interpreter->lock);
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
  bool in_all = atomic_exchange(&interpreter->interrupt_started_threads, false);
  if (in_all || interpreter->interrupt_later_count > 0) {
    todo |= clutch_interrupt_started_threads(interpreter, interrupted, in_all) ? RAISE_HERE : 0;
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

/* Interrupts the turns of all threads but this one, and the threads that Python code started. */
static void interrupt(clutch_interpreter *interpreter) {
  mark_turns(interpreter, pthread_self(), false);
  atomic_store(&interpreter->interrupt_started_threads, true);
  reach(interpreter);
}

/* Interrupts the innermost turn of one thread, or only that of the last look: the handle of the
   interpreter it is in, or 0. */
static int64_t interrupt_thread(int64_t java_thread, bool as_seen) {
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
  bool any = interpreter->interrupt_started_threads || interpreter->interrupt_later_count > 0;
  pthread_mutex_lock(&interpreter->lock);
  for (node *each = interpreter->thread_states; each != NULL && !any;
       each = each->next_of_interpreter) {
    any = is_to_end(each);
  }
  pthread_mutex_unlock(&interpreter->lock);
  return any;
}

/* The same again, for turns that are not over yet: false if there is none. Code that swallowed an
   interrupt gets another one; code that is cleaning up has a while for that. */
static bool interrupt_again(clutch_interpreter *interpreter) {
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
  interrupt(interpreter);
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
  bool again = interrupt_again(interpreter);
  clutch_interpreter_may_close(interpreter);
  return again;
}

static jlong native_interrupt_thread(JNIEnv *env, jclass class, jlong java_thread,
                                     jboolean as_seen) {
  (void)env;
  (void)class;
  return interrupt_thread(java_thread, as_seen);
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
