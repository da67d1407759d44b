#define _GNU_SOURCE /* syscall */

#include "turn.h"

#include "callback.h"

#include <linux/futex.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* -- threads ----------------------------------------------------------------------------------- */

/* A thread that has called Python. It changes its own; others look. */
typedef struct caller {
  struct caller *next; /* guarded by the lock of the list */
  pthread_t thread;
  int64_t java_thread;         /* see clutch_callback_enlist_thread; 0 without memory */
  _Atomic int64_t interpreter; /* the handle of its innermost turn's; 0 outside */
  _Atomic uint64_t steps;      /* turns begun and ended */
  uint64_t seen;               /* how many at the last look */
} caller;

static pthread_mutex_t callers_lock = PTHREAD_MUTEX_INITIALIZER;
static caller *callers;
static _Thread_local caller *this_thread;
static pthread_key_t thread_end;

static void on_thread_end(void *argument) {
  pthread_mutex_lock(&callers_lock);
  caller **link = &callers;
  while (*link != argument) {
    link = &(*link)->next;
  }
  *link = (*link)->next;
  pthread_mutex_unlock(&callers_lock);
  this_thread = NULL;
  free(argument);
}

int clutch_turn_setup(void) { return pthread_key_create(&thread_end, on_thread_end); }

/* Without memory nobody watches this thread. */
void clutch_turn_prepare(JNIEnv *env) {
  if (this_thread != NULL) {
    if (this_thread->java_thread < 0) { /* who is mounted now? */
      clutch_callback_enlist_thread(env, this_thread->java_thread);
    }
    return;
  }
  caller *made = calloc(1, sizeof *made);
  if (made == NULL || pthread_setspecific(thread_end, made) != 0) {
    free(made);
    return;
  }
  made->thread = pthread_self();
  made->java_thread = clutch_callback_enlist_thread(env, 0);
  this_thread = made;
  pthread_mutex_lock(&callers_lock);
  made->next = callers;
  callers = made;
  pthread_mutex_unlock(&callers_lock);
}

/* -- turns ------------------------------------------------------------------------------------- */

/* Set while the one who looks waits for somebody to look at. */
static _Atomic uint32_t nobody;

static void wake_looker(void) {
  if (atomic_exchange(&nobody, 0) != 0) {
    syscall(SYS_futex, &nobody, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
  }
}

/* Nobody else changes it, so no processor has to be told to keep others off. */
static void add_one(_Atomic uint64_t *to) {
  atomic_store_explicit(to, atomic_load_explicit(to, memory_order_relaxed) + 1,
                        memory_order_release);
}

static int64_t enter(int64_t interpreter) {
  caller *self = this_thread;
  if (self == NULL) {
    return 0;
  }
  int64_t outer = atomic_load_explicit(&self->interpreter, memory_order_relaxed);
  atomic_store_explicit(&self->interpreter, interpreter, memory_order_relaxed);
  add_one(&self->steps);
  if (interpreter != 0 && atomic_load_explicit(&nobody, memory_order_relaxed) != 0) {
    wake_looker();
  }
  return outer;
}

clutch_turn clutch_begin_turn(clutch_interpreter *attached) {
  clutch_thread_state *state = clutch_thread_state_in(attached);
  if (state->depth++ == 0) {
    add_one(&state->turn);
  }
  clutch_turn turn = {state, enter(clutch_interpreter_handle(attached))};
  return turn;
}

int64_t clutch_pause_turn(void) { return enter(0); }

void clutch_resume_turn(int64_t paused) { enter(paused); }

void clutch_end_turn(clutch_turn turn) {
  clutch_thread_state *state = turn.state;
  enter(turn.outer);
  if (--state->depth > 0) {
    return;
  }
  if (atomic_load(&state->interrupted) ==
      atomic_load_explicit(&state->turn, memory_order_relaxed)) {
    /* What was sent but not raised yet must not hit the next turn. */
    PyThreadState_SetAsyncExc(state->state->thread_id, NULL);
  }
  add_one(&state->turn);
}

/* -- looking ----------------------------------------------------------------------------------- */

int clutch_look_at_turns(int64_t *threads, int most) {
  int count = -1;
  pthread_mutex_lock(&callers_lock);
  for (caller *each = callers; each != NULL; each = each->next) {
    uint64_t steps = atomic_load(&each->steps);
    bool inside = atomic_load(&each->interpreter) != 0;
    count = inside && count < 0 ? 0 : count;
    if (inside && steps == each->seen && each->java_thread != 0 && count < most) {
      threads[count++] = each->java_thread;
    }
    each->seen = steps;
  }
  pthread_mutex_unlock(&callers_lock);
  return count;
}

static bool is_anybody_inside(void) {
  bool inside = false;
  pthread_mutex_lock(&callers_lock);
  for (caller *each = callers; each != NULL && !inside; each = each->next) {
    inside = atomic_load(&each->interpreter) != 0;
  }
  pthread_mutex_unlock(&callers_lock);
  return inside;
}

/* Who begins a turn may not see at once that somebody waits; it is seen after the second. */
void clutch_await_turn(void) {
  const struct timespec second = {1, 0};
  atomic_store(&nobody, 1);
  if (!is_anybody_inside()) {
    syscall(SYS_futex, &nobody, FUTEX_WAIT_PRIVATE, 1, &second, NULL, 0);
  }
  atomic_store(&nobody, 0);
}

int64_t clutch_interpreter_of_thread(int64_t java_thread, bool as_seen, pthread_t *thread) {
  int64_t interpreter = 0;
  pthread_mutex_lock(&callers_lock);
  for (caller *each = callers; each != NULL; each = each->next) {
    if (each->java_thread == java_thread) {
      bool same = atomic_load(&each->steps) == each->seen;
      interpreter = same || !as_seen ? atomic_load(&each->interpreter) : 0;
      *thread = each->thread;
      break;
    }
  }
  pthread_mutex_unlock(&callers_lock);
  return interpreter;
}

int64_t clutch_java_thread(pthread_t thread) {
  int64_t java_thread = 0;
  pthread_mutex_lock(&callers_lock);
  for (const caller *each = callers; each != NULL && java_thread == 0; each = each->next) {
    java_thread = pthread_equal(each->thread, thread) ? each->java_thread : 0;
  }
  pthread_mutex_unlock(&callers_lock);
  return java_thread;
}
