#include "holding.h"

#include "callback.h"
#include "thread_state.h"

#include <time.h>

/* -- waiting for a holder ---------------------------------------------------------------------- */

#define URGENT_LOOK_MS 5

static _Atomic int64_t patience_ms = 10000;

void clutch_set_hold_patience(int64_t milliseconds) { patience_ms = milliseconds; }

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void wait_until(clutch_interpreter *owner, int64_t ms) {
  struct timespec deadline = {ms / 1000, ms % 1000 * 1000000};
  pthread_mutex_lock(&owner->lock);
  if (owner->holder != 0) {
    pthread_cond_timedwait(&owner->let_go, &owner->lock, &deadline);
  }
  pthread_mutex_unlock(&owner->lock);
}

bool clutch_wait_for_holder(clutch_interpreter *owner, bool urgent) {
  uint32_t steps = owner->holder_steps;
  int64_t deadline = owner->holder == 0 ? 0 : now_ms() + patience_ms;
  while (owner->holder != 0) {
    if (urgent && owner->holder_steps % 2 == 1) {
      return true;
    }
    wait_until(owner, urgent ? now_ms() + URGENT_LOOK_MS : deadline);
    bool idle = owner->holder_steps == steps && steps % 2 == 0;
    if (owner->holder != 0 && now_ms() >= deadline) {
      if (idle) {
        return false;
      }
      steps = owner->holder_steps;
      deadline = now_ms() + patience_ms;
    }
  }
  return true;
}

/* -- holding ----------------------------------------------------------------------------------- */

/* By this thread, which now runs Java code; or NULL. */
static _Thread_local clutch_interpreter *this_thread_holds;
static _Thread_local int64_t this_java_thread;

clutch_interpreter *clutch_held(void) { return this_thread_holds; }

int64_t clutch_holder(const clutch_interpreter *interpreter) {
  return interpreter->gil_owner->holder;
}

bool clutch_is_kept_by_idle_thread(const clutch_interpreter *interpreter) {
  const clutch_interpreter *owner = interpreter->gil_owner;
  return owner->holder != 0 && owner->holder_steps % 2 == 0;
}

void clutch_hold_working(clutch_interpreter *held, bool working) {
  clutch_interpreter *owner = held->gil_owner;
  atomic_store_explicit(&owner->holder_steps, ((owner->holder_steps | 1) + 1) | working,
                        memory_order_relaxed);
}

static void set_holder(clutch_interpreter *owner, int64_t java_thread) {
  pthread_mutex_lock(&owner->lock);
  owner->holder = java_thread;
  pthread_cond_broadcast(&owner->let_go);
  pthread_mutex_unlock(&owner->lock);
}

int clutch_hold(clutch_interpreter *interpreter, int64_t java_thread) {
  int attached = clutch_attach(interpreter);
  if (attached == CLUTCH_ATTACHED) {
    this_thread_holds = interpreter;
    this_java_thread = java_thread;
    set_holder(interpreter->gil_owner, java_thread);
    clutch_hold_working(interpreter, false);
  }
  return attached;
}

/* Those who wait are woken when the GIL is free. */
void clutch_let_go(void) {
  clutch_interpreter *held = this_thread_holds;
  this_thread_holds = NULL;
  clutch_release_gil();
  set_holder(held->gil_owner, 0);
}

bool clutch_give_up_forgotten(void) {
  clutch_interpreter *forgotten = this_thread_holds;
  if (forgotten == NULL) {
    return false;
  }
  clutch_let_go();
  clutch_interpreter_leave(forgotten);
  return true;
}

static void wait_and_report(clutch_interpreter *interpreter) {
  while (!clutch_wait_for_holder(interpreter->gil_owner, false)) {
    clutch_callback_report_wait(interpreter, interpreter->gil_owner->holder);
  }
}

clutch_suspension clutch_leave_python(void) {
  clutch_suspension left = {clutch_held(), clutch_release_gil()};
  if (left.held != NULL) {
    this_thread_holds = NULL;
    set_holder(left.held->gil_owner, 0);
  }
  return left;
}

static void hold_again(clutch_interpreter *held, bool working) {
  this_thread_holds = held;
  set_holder(held->gil_owner, this_java_thread);
  clutch_hold_working(held, working);
}

bool clutch_return_to_python(clutch_interpreter *interpreter, clutch_suspension left) {
  bool forgotten = clutch_give_up_forgotten();
  wait_and_report(interpreter);
  clutch_retake_gil(left.state);
  if (left.held != NULL) {
    hold_again(left.held, true);
  }
  return forgotten;
}

clutch_suspension clutch_suspend(void) {
  return clutch_held() == NULL ? (clutch_suspension){NULL, NULL} : clutch_leave_python();
}

void clutch_resume(clutch_suspension suspended) {
  if (suspended.held != NULL) {
    wait_and_report(suspended.held);
    clutch_retake_gil(suspended.state);
    hold_again(suspended.held, false);
  }
}
