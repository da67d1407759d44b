#include "started_threads.h"

#include "place.h"
#include "thread_state.h"
#include "waiting.h"

#include <string.h>

static bool is_ours(clutch_interpreter *interpreter, const PyThreadState *state) {
  pthread_mutex_lock(&interpreter->lock);
  const clutch_thread_state *each = interpreter->thread_states;
  while (each != NULL && each->state != state) {
    each = each->next_of_interpreter;
  }
  pthread_mutex_unlock(&interpreter->lock);
  return each != NULL;
}

typedef struct interrupted_later {
  clutch_put_off threads[CLUTCH_INTERRUPTED_LATER];
  uint32_t count;
} interrupted_later;

/* Since when it has been put off, or 0. */
static int64_t put_off_since(const interrupted_later *list, uint64_t thread) {
  for (uint32_t i = 0; i < list->count; i++) {
    if (list->threads[i].thread == thread) {
      return list->threads[i].since;
    }
  }
  return 0;
}

static interrupted_later take_list(clutch_interpreter *interpreter) {
  interrupted_later taken = {.count = interpreter->interrupt_later_count};
  memcpy(taken.threads, interpreter->interrupt_later, sizeof taken.threads);
  interpreter->interrupt_later_count = 0;
  return taken;
}

/* False if so many are on the list already. */
static bool put_off(clutch_interpreter *interpreter, uint64_t thread, int64_t since) {
  if (interpreter->interrupt_later_count == CLUTCH_INTERRUPTED_LATER) {
    return false;
  }
  interpreter->interrupt_later[interpreter->interrupt_later_count++] =
      (clutch_put_off){.thread = thread, .since = since};
  return true;
}

static bool may_be_interrupted(const PyThreadState *started, bool here, int64_t put_off_for) {
  return !clutch_is_in_import(started, here) && clutch_has_started(started) &&
         (put_off_for >= CLUTCH_TO_LEAVE_THREADING_NS || !clutch_is_in_threading(started));
}

/* The GIL keeps them from ending meanwhile. What is sent to the calling one would be raised too
   late, when it waits again. */
bool clutch_interrupt_started_threads(clutch_interpreter *interpreter, PyObject *interrupted,
                                      bool in_all) {
  bool here_too = false;
  int64_t now = clutch_now();
  interrupted_later put_off_before = take_list(interpreter);
  for (PyThreadState *each = PyInterpreterState_ThreadHead(interpreter->state); each != NULL;
       each = PyThreadState_Next(each)) {
    uint64_t id = PyThreadState_GetID(each);
    bool here = each == PyThreadState_Get();
    int64_t since = put_off_since(&put_off_before, id);
    if (is_ours(interpreter, each) || !(in_all || since != 0)) {
      continue;
    }
    since = since != 0 ? since : now;
    if (!may_be_interrupted(each, here, now - since) && put_off(interpreter, id, since)) {
      continue;
    }
    if (here) {
      here_too = true;
    } else {
      PyThreadState_SetAsyncExc(each->thread_id, interrupted);
    }
  }
  return here_too;
}
