/* Waiting for other threads, of Java or of any interpreter: until they signal, or until a time, or
   until the wait is interrupted. Who waits polls nothing and wakes at once. Natives of
   NativeWaiter.java. */
#ifndef CLUTCH_WAITING_H
#define CLUTCH_WAITING_H

#include "interpreter.h"

/* One thread's wait. It belongs to that thread and lives as long as the wait. */
typedef struct clutch_waiter {
  _Atomic uint32_t word;          /* a futex: 0, or the bits of clutch_waited */
  struct clutch_waiter *next;     /* on the list, which its lock guards */
  struct clutch_waiter *previous; /* likewise */
  bool listed;
  _Atomic int wake_fd;                       /* an eventfd if it waits in ppoll, else -1 */
  uint64_t key;                              /* for lists whose waiters wait for several things */
  struct clutch_waiter *next_of_interpreter; /* guarded by the interpreter's lock */
} clutch_waiter;

#define CLUTCH_NEW_WAITER                                                                          \
  { .wake_fd = -1 }

/* Gives it what it needs to wait in ppoll. 0, or -1 with errno set. */
int clutch_waiter_open(clutch_waiter *waiter);
/* Whether it was signalled or interrupted. */
bool clutch_waiter_is_woken(const clutch_waiter *waiter);
/* Nobody (NULL) is not. */
bool clutch_waiter_is_interrupted(const clutch_waiter *waiter);
/* When nobody can signal or interrupt it any more. */
void clutch_waiter_close(clutch_waiter *waiter);

/* Those who wait for the same, the first to come first; guarded by a lock of its owner's. */
typedef struct clutch_wait_list {
  clutch_waiter *first;
  clutch_waiter *last;
} clutch_wait_list;

enum clutch_waited { CLUTCH_TIMED_OUT = 0, CLUTCH_SIGNALLED = 1, CLUTCH_INTERRUPTED = 2 };

/* A time to wait until, of CLOCK_MONOTONIC in nanoseconds; or one of these. */
#define CLUTCH_NOT_AT_ALL INT64_MIN
#define CLUTCH_FOREVER INT64_MAX

int64_t clutch_now(void);
/* The time that is so many nanoseconds from now: none if 0, for ever if negative. */
int64_t clutch_deadline(int64_t nanoseconds);
bool clutch_is_past(int64_t deadline);
/* In nanoseconds; 0 if it is past. */
int64_t clutch_time_left(int64_t deadline);

void clutch_wait_list_add(clutch_wait_list *to, clutch_waiter *waiter);
void clutch_wait_list_remove(clutch_wait_list *list, clutch_waiter *waiter); /* if it is there */

/* Waits, with the lock held, which is released meanwhile. A wait that is interrupted passes the
   signal on that it may have got, to one of the same key; the waiter's word still has its bit. */
enum clutch_waited clutch_wait(clutch_wait_list *list, pthread_mutex_t *lock, clutch_waiter *waiter,
                               int64_t deadline);

/* With the lock held: takes the first off the list and signals it. It is woken by clutch_wake, when
   the lock was released, so that it finds it free. NULL if nobody waits. */
clutch_waiter *clutch_signal(clutch_wait_list *list);
void clutch_wake(clutch_waiter *signalled);

/* Both at once, of all; with the lock held. */
void clutch_wake_all(clutch_wait_list *list);
/* Of those with that key, at most so many; answers how many. */
int64_t clutch_wake_those(clutch_wait_list *list, uint64_t key, int64_t most);

/* -- in Python --------------------------------------------------------------------------------- */

/* Something that may have to wait; answers CLUTCH_INTERRUPTED or something of its own. */
typedef int (*clutch_waiting_fn)(void *argument, clutch_waiter *waiter, int64_t deadline);

/* Calls the function with the GIL released, that of an attached thread too, and again for as long
   as it is interrupted without reason. CLUTCH_INTERRUPTED if there was one: then an exception is
   set. */
int clutch_wait_in_python(clutch_interpreter *interpreter, clutch_waiting_fn function,
                          void *argument, int64_t deadline);

/* Between these two, clutch_interrupt_waiters reaches it. */
void clutch_waiter_enlist(clutch_interpreter *interpreter, clutch_waiter *waiter);
void clutch_waiter_strike_off(clutch_interpreter *interpreter, clutch_waiter *waiter);

/* Interrupts all who wait in Python code of that interpreter: they look for an exception to raise.
 */
void clutch_interrupt_waiters(clutch_interpreter *interpreter);

/* Reads a timeout in seconds, None for ever: the deadline. -1 with an exception set. */
int clutch_read_timeout(PyObject *timeout, int64_t *deadline);

int clutch_waiting_register(JNIEnv *env);

#endif
