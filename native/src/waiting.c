#define _GNU_SOURCE /* syscall */

#include "waiting.h"

#include "holding.h"
#include "module.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <math.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000

/* -- time -------------------------------------------------------------------------------------- */

int64_t clutch_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * SECOND + time.tv_nsec;
}

int64_t clutch_deadline(int64_t nanoseconds) {
  if (nanoseconds <= 0) {
    return nanoseconds == 0 ? CLUTCH_NOT_AT_ALL : CLUTCH_FOREVER;
  }
  int64_t start = clutch_now();
  return nanoseconds < CLUTCH_FOREVER - start ? start + nanoseconds : CLUTCH_FOREVER;
}

bool clutch_is_past(int64_t deadline) {
  return deadline == CLUTCH_NOT_AT_ALL || (deadline != CLUTCH_FOREVER && clutch_now() >= deadline);
}

int64_t clutch_time_left(int64_t deadline) {
  int64_t left = deadline == CLUTCH_NOT_AT_ALL ? 0 : deadline - clutch_now();
  return left > 0 ? left : 0;
}

/* -- the futex --------------------------------------------------------------------------------- */

/* Until the word is not 0 any more, or the time is over. */
static void sleep_until(clutch_waiter *waiter, int64_t deadline) {
  struct timespec until = {deadline / SECOND, deadline % SECOND};
  long done = 0;
  while (atomic_load(&waiter->word) == 0 && !(done != 0 && errno == ETIMEDOUT)) {
    done = syscall(SYS_futex, &waiter->word, FUTEX_WAIT_BITSET_PRIVATE, 0,
                   deadline == CLUTCH_FOREVER ? NULL : &until, NULL, FUTEX_BITSET_MATCH_ANY);
  }
}

/* The waiter may have seen its word by itself and be gone: then nobody waits at that address, or
   somebody who looks again. */
void clutch_wake(clutch_waiter *signalled) {
  if (signalled != NULL) {
    syscall(SYS_futex, &signalled->word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
  }
}

/* The same for one who may wait in ppoll: it lives as long as this takes. */
static void wake_living(clutch_waiter *waiter) {
  const uint64_t one = 1;
  int fd = atomic_load(&waiter->wake_fd);
  if (fd >= 0) {
    (void)!write(fd, &one, sizeof one); /* it fails only where it was woken often already */
  }
  clutch_wake(waiter);
}

static void interrupt(clutch_waiter *waiter) {
  atomic_fetch_or(&waiter->word, CLUTCH_INTERRUPTED);
  wake_living(waiter);
}

int clutch_waiter_open(clutch_waiter *waiter) {
  if (waiter->wake_fd < 0) {
    waiter->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  }
  return waiter->wake_fd < 0 ? -1 : 0;
}

bool clutch_waiter_is_woken(const clutch_waiter *waiter) { return atomic_load(&waiter->word) != 0; }

bool clutch_waiter_is_interrupted(const clutch_waiter *waiter) {
  return waiter != NULL && (atomic_load(&waiter->word) & CLUTCH_INTERRUPTED) != 0;
}

void clutch_waiter_close(clutch_waiter *waiter) {
  if (waiter->wake_fd >= 0) {
    close(waiter->wake_fd);
    waiter->wake_fd = -1;
  }
}

/* -- lists ------------------------------------------------------------------------------------- */

void clutch_wait_list_add(clutch_wait_list *to, clutch_waiter *waiter) {
  waiter->next = NULL;
  waiter->previous = to->last;
  *(to->last == NULL ? &to->first : &to->last->next) = waiter;
  to->last = waiter;
  waiter->listed = true;
}

static void take_off(clutch_wait_list *list, clutch_waiter *waiter) {
  *(waiter->previous == NULL ? &list->first : &waiter->previous->next) = waiter->next;
  *(waiter->next == NULL ? &list->last : &waiter->next->previous) = waiter->previous;
  waiter->listed = false;
}

void clutch_wait_list_remove(clutch_wait_list *list, clutch_waiter *waiter) {
  if (waiter->listed) {
    take_off(list, waiter);
  }
}

static clutch_waiter *signal_one(clutch_wait_list *list, clutch_waiter *waiter) {
  take_off(list, waiter);
  atomic_fetch_or(&waiter->word, CLUTCH_SIGNALLED);
  return waiter;
}

clutch_waiter *clutch_signal(clutch_wait_list *list) {
  return list->first == NULL ? NULL : signal_one(list, list->first);
}

void clutch_wake_all(clutch_wait_list *list) {
  while (list->first != NULL) {
    wake_living(clutch_signal(list));
  }
}

int64_t clutch_wake_those(clutch_wait_list *list, uint64_t key, int64_t most) {
  int64_t woken = 0;
  for (clutch_waiter *each = list->first, *next; each != NULL && woken < most; each = next) {
    next = each->next;
    if (each->key == key) {
      clutch_wake(signal_one(list, each));
      woken++;
    }
  }
  return woken;
}

enum clutch_waited clutch_wait(clutch_wait_list *list, pthread_mutex_t *lock, clutch_waiter *waiter,
                               int64_t deadline) {
  atomic_fetch_and(&waiter->word, CLUTCH_INTERRUPTED);
  clutch_wait_list_add(list, waiter);
  pthread_mutex_unlock(lock);
  clutch_suspension suspended = clutch_suspend(); /* of the GIL that it may keep between calls */
  sleep_until(waiter, deadline);
  clutch_resume(suspended);
  pthread_mutex_lock(lock);
  bool signalled = !waiter->listed;
  if (!signalled) {
    take_off(list, waiter);
  }
  if (!clutch_waiter_is_interrupted(waiter)) {
    return signalled ? CLUTCH_SIGNALLED : CLUTCH_TIMED_OUT;
  }
  if (signalled) {
    clutch_wake_those(list, waiter->key, 1);
  }
  return CLUTCH_INTERRUPTED;
}

/* -- in Python --------------------------------------------------------------------------------- */

void clutch_waiter_enlist(clutch_interpreter *interpreter, clutch_waiter *waiter) {
  pthread_mutex_lock(&interpreter->lock);
  waiter->next_of_interpreter = interpreter->waiters;
  interpreter->waiters = waiter;
  pthread_mutex_unlock(&interpreter->lock);
}

void clutch_waiter_strike_off(clutch_interpreter *interpreter, clutch_waiter *waiter) {
  pthread_mutex_lock(&interpreter->lock);
  clutch_waiter **link = &interpreter->waiters;
  while (*link != waiter) {
    link = &(*link)->next_of_interpreter;
  }
  *link = waiter->next_of_interpreter;
  pthread_mutex_unlock(&interpreter->lock);
}

/* Of which the checkpoint is no part that anybody wants to see. */
static void forget_traceback(void) {
  PyObject *raised = PyErr_GetRaisedException();
  PyException_SetTraceback(raised, Py_None);
  PyErr_SetRaisedException(raised);
}

/* An exception that was sent to this thread is raised only by bytecode. */
static int raise_what_was_sent(clutch_interpreter *interpreter) {
  PyObject *done = PyObject_CallNoArgs(clutch_module_state_of(interpreter)->checkpoint);
  if (done == NULL) {
    forget_traceback();
    return -1;
  }
  Py_DECREF(done);
  return 0;
}

/* It is on the interpreter's list before it looks for exceptions, so it misses none. */
static int wait_once(clutch_interpreter *interpreter, clutch_waiting_fn function, void *argument,
                     int64_t deadline) {
  clutch_waiter waiter = CLUTCH_NEW_WAITER;
  clutch_waiter_enlist(interpreter, &waiter);
  int result = CLUTCH_INTERRUPTED;
  if (raise_what_was_sent(interpreter) == 0) {
    clutch_suspension left = clutch_leave_python();
    result = function(argument, &waiter, deadline);
    clutch_return_to_python(interpreter, left);
  }
  clutch_waiter_strike_off(interpreter, &waiter);
  clutch_waiter_close(&waiter);
  return result;
}

int clutch_wait_in_python(clutch_interpreter *interpreter, clutch_waiting_fn function,
                          void *argument, int64_t deadline) {
  int result;
  do {
    result = wait_once(interpreter, function, argument, deadline);
  } while (result == CLUTCH_INTERRUPTED && !PyErr_Occurred());
  return result;
}

void clutch_interrupt_waiters(clutch_interpreter *interpreter) {
  pthread_mutex_lock(&interpreter->lock);
  for (clutch_waiter *each = interpreter->waiters; each != NULL; each = each->next_of_interpreter) {
    interrupt(each);
  }
  pthread_mutex_unlock(&interpreter->lock);
}

int clutch_read_timeout(PyObject *timeout, int64_t *deadline) {
  if (timeout == NULL || timeout == Py_None) {
    *deadline = CLUTCH_FOREVER;
    return 0;
  }
  double seconds = PyFloat_AsDouble(timeout);
  if (PyErr_Occurred()) {
    return -1;
  }
  if (isnan(seconds) || seconds < 0) {
    PyErr_Format(PyExc_ValueError, "timeout must not be negative, but it is %R", timeout);
    return -1;
  }
  *deadline = seconds > 9e9 ? CLUTCH_FOREVER : clutch_deadline((int64_t)ceil(seconds * SECOND));
  return 0;
}

/* -- natives ----------------------------------------------------------------------------------- */

static jlong native_create(JNIEnv *env, jclass class) {
  (void)env;
  (void)class;
  clutch_waiter *made = calloc(1, sizeof *made);
  if (made != NULL) {
    made->wake_fd = -1;
  }
  return (jlong)(intptr_t)made;
}

static void native_interrupt(JNIEnv *env, jclass class, jlong waiter) {
  (void)env;
  (void)class;
  interrupt((clutch_waiter *)(intptr_t)waiter);
}

static void native_free(JNIEnv *env, jclass class, jlong waiter) {
  (void)env;
  (void)class;
  clutch_waiter_close((clutch_waiter *)(intptr_t)waiter);
  free((void *)(intptr_t)waiter);
}

static const JNINativeMethod methods[] = {
    {"create", "()J", (void *)native_create},
    {"interrupt", "(J)V", (void *)native_interrupt},
    {"free", "(J)V", (void *)native_free},
};

int clutch_waiting_register(JNIEnv *env) {
  jclass class = (*env)->FindClass(env, "dev/clutch/internal/NativeWaiter");
  return class == NULL
             ? -1
             : (*env)->RegisterNatives(env, class, methods, sizeof methods / sizeof methods[0]);
}
