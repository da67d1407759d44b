#include "interpreter.h"

#include "reference.h"

#include <string.h>
#include <time.h>

/* -- the table -------------------------------------------------------------------------------- */

#define MAX_INTERPRETERS 65536

static clutch_interpreter *_Atomic table[MAX_INTERPRETERS];
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER; /* for taking and freeing a slot */
static uint32_t table_size;
static uint32_t free_slots[MAX_INTERPRETERS];
static uint32_t free_count;

static clutch_interpreter *new_slot(void) {
  if (table_size == MAX_INTERPRETERS) {
    return NULL;
  }
  clutch_interpreter *slot = calloc(1, sizeof *slot);
  if (slot == NULL) {
    return NULL;
  }
  slot->index = table_size;
  slot->generation = 1;
  slot->gate = CLUTCH_GATE_CLOSED;
  pthread_mutex_init(&slot->lock, NULL);
  pthread_mutex_init(&slot->closing, NULL);
  pthread_condattr_t clock;
  pthread_condattr_init(&clock);
  pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
  pthread_cond_init(&slot->let_go, &clock);
  pthread_condattr_destroy(&clock);
  atomic_store(&table[table_size++], slot);
  return slot;
}

/* A slot that no handle reaches yet: its gate is closed. */
clutch_interpreter *clutch_interpreter_take_slot(void) {
  pthread_mutex_lock(&table_lock);
  clutch_interpreter *slot =
      free_count > 0 ? atomic_load(&table[free_slots[--free_count]]) : new_slot();
  pthread_mutex_unlock(&table_lock);
  return slot;
}

void clutch_interpreter_give_back_slot(clutch_interpreter *slot) {
  pthread_mutex_lock(&slot->lock);
  slot->generation++; /* from here on no handle reaches it */
  clutch_reference_forget_dropped(slot);
  pthread_mutex_unlock(&slot->lock);
  slot->state = NULL;
  clutch_account_close(slot);
  slot->ending = false;
  slot->watches_threads = false;
  slot->interrupt_posted = false;
  slot->interrupt_started_threads = false;
  slot->interrupt_later_count = 0;
  slot->dump_posted = false;
  for (int i = 0; i < 2; i++) {
    free(slot->lines[i].data);
    memset(&slot->lines[i], 0, sizeof slot->lines[i]);
  }
  pthread_mutex_lock(&table_lock);
  free_slots[free_count++] = slot->index;
  pthread_mutex_unlock(&table_lock);
}

jlong clutch_interpreter_handle(const clutch_interpreter *interpreter) {
  return (jlong)((uint64_t)interpreter->generation << 32 | interpreter->index);
}

clutch_interpreter *clutch_interpreter_slot(jlong handle) {
  uint32_t index = (uint32_t)handle;
  return index < MAX_INTERPRETERS ? atomic_load(&table[index]) : NULL;
}

bool clutch_interpreter_is_current(clutch_interpreter *slot, jlong handle) {
  return slot->generation == (uint32_t)((uint64_t)handle >> 32);
}

clutch_interpreter *clutch_interpreter_of_state(const PyInterpreterState *state) {
  for (uint32_t i = 0; i < MAX_INTERPRETERS; i++) {
    clutch_interpreter *slot = atomic_load(&table[i]);
    if (slot == NULL || slot->state == state) {
      return slot;
    }
  }
  return NULL;
}

/* -- the gate --------------------------------------------------------------------------------- */

/* Waits for the close that is looking whether it may. False if this thread is the one that closes:
   it runs an atexit function, or a destructor, that called Java. */
static bool wait_for_closer(clutch_interpreter *slot) {
  if (pthread_equal(slot->closer, pthread_self())) {
    return false;
  }
  pthread_mutex_lock(&slot->closing);
  pthread_mutex_unlock(&slot->closing);
  return true;
}

clutch_interpreter *clutch_interpreter_enter(jlong handle) {
  clutch_interpreter *slot = clutch_interpreter_slot(handle);
  while (slot != NULL && clutch_interpreter_is_current(slot, handle)) {
    uint32_t before = atomic_fetch_add(&slot->gate, 1);
    if ((before & (CLUTCH_GATE_CHECKING | CLUTCH_GATE_CLOSED)) == 0 &&
        clutch_interpreter_is_current(slot, handle)) {
      return slot;
    }
    atomic_fetch_sub(&slot->gate, 1);
    if ((before & CLUTCH_GATE_CLOSED) != 0 || !wait_for_closer(slot)) {
      return NULL;
    }
  }
  return NULL;
}

void clutch_interpreter_leave(clutch_interpreter *interpreter) {
  atomic_fetch_sub(&interpreter->gate, 1);
}

static bool lock_out_closers(clutch_interpreter *slot, bool waits) {
  return waits ? pthread_mutex_lock(&slot->closing) == 0
               : pthread_mutex_trylock(&slot->closing) == 0;
}

bool clutch_this_thread_closes(clutch_interpreter *slot) {
  return (slot->gate & CLUTCH_GATE_CHECKING) != 0 && pthread_equal(slot->closer, pthread_self());
}

clutch_interpreter *clutch_interpreter_keep_open(jlong handle, bool waits) {
  clutch_interpreter *slot = clutch_interpreter_slot(handle);
  if (slot == NULL || clutch_this_thread_closes(slot) || !lock_out_closers(slot, waits)) {
    return NULL;
  }
  if (clutch_interpreter_is_current(slot, handle) && (slot->gate & CLUTCH_GATE_CLOSED) == 0) {
    return slot;
  }
  pthread_mutex_unlock(&slot->closing);
  return NULL;
}

void clutch_interpreter_may_close(clutch_interpreter *interpreter) {
  pthread_mutex_unlock(&interpreter->closing);
}
