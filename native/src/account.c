#include "account.h"

#include "arena.h"
#include "large_block.h"
#include "thread_state.h"

#include <string.h>

/* Of interpreters that are gone. */
static _Atomic int64_t kept;

void clutch_account_keep(int64_t bytes) { atomic_fetch_add(&kept, bytes); }

/* -- the owner --------------------------------------------------------------------------------- */

static _Thread_local clutch_interpreter *creating;

/* The last one of a thread that Python started. */
static _Thread_local clutch_interpreter *last_found;

void clutch_account_begin_creation(clutch_interpreter *slot) { creating = slot; }

static bool is_of(const clutch_interpreter *slot, const PyInterpreterState *state) {
  return slot != NULL && __atomic_load_n(&slot->state, __ATOMIC_RELAXED) == state;
}

static clutch_interpreter *find_owner(PyInterpreterState *state) {
  if (creating != NULL) {
    return is_of(clutch_interpreter_slot(0), state) ? clutch_interpreter_slot(0) : creating;
  }
  clutch_interpreter *found = clutch_thread_state_owner(state);
  if (found == NULL && is_of(last_found, state)) {
    return last_found;
  }
  if (found == NULL) {
    found = clutch_interpreter_of_state(state);
    last_found = found;
  }
  return found;
}

clutch_interpreter *clutch_account_owner(void) {
  PyThreadState *attached = CLUTCH_ATTACHED_STATE();
  return attached == NULL ? NULL : find_owner(attached->interp);
}

/* By id too: one that Python code made may be where another has just been freed, whose slot does
   not know it yet. */
clutch_interpreter *clutch_account_attached(void) {
  clutch_interpreter *owner = clutch_account_owner();
  return owner == NULL || owner->id != PyInterpreterState_GetID(CLUTCH_ATTACHED_STATE()->interp)
             ? NULL
             : owner;
}

/* -- counting ---------------------------------------------------------------------------------- */

static int64_t read_tally(const clutch_tally *tally) {
  return atomic_load_explicit(&tally->here, memory_order_relaxed) +
         atomic_load_explicit(&tally->elsewhere, memory_order_relaxed);
}

static void add_to(clutch_tally *tally, int64_t amount, bool attached) {
  if (attached) {
    int64_t before = atomic_load_explicit(&tally->here, memory_order_relaxed);
    atomic_store_explicit(&tally->here, before + amount, memory_order_relaxed);
  } else {
    atomic_fetch_add_explicit(&tally->elsewhere, amount, memory_order_relaxed);
  }
}

void clutch_account_add(clutch_account *account, int64_t bytes, int64_t blocks, bool attached) {
  add_to(&account->bytes, bytes, attached);
  add_to(&account->blocks, blocks, attached);
  int64_t now = read_tally(&account->bytes);
  if (bytes > 0 && now > atomic_load_explicit(&account->peak, memory_order_relaxed)) {
    atomic_store_explicit(&account->peak, now, memory_order_relaxed);
  }
}

/* -- the limit ---------------------------------------------------------------------------------
   Code that ran into the limit has to be able to handle the MemoryError, and to say what happened;
   and whoever calls next must be able to let go of what it has. So the last parts of the memory are
   reserves: one for those that were refused something already, and one for turns that began after
   that, and for telling Java of an error. */

#define MOST_RESERVE (1 << 19)

static int64_t reserve_of(int64_t limit) {
  return limit / 16 < MOST_RESERVE ? limit / 16 : MOST_RESERVE;
}

static bool is_later_turn(const clutch_account *account) {
  const clutch_thread_state *state = clutch_this_thread_state();
  return state != NULL && (state != account->refused_in || state->turn != account->refused_turn);
}

static int64_t reserves_left(const clutch_account *account) {
  if (account->tells_error) {
    return 0;
  }
  return !account->in_reserve ? 2 : !is_later_turn(account) ? 1 : 0;
}

static void begin_reserve(clutch_account *account) {
  const clutch_thread_state *state = clutch_this_thread_state();
  account->in_reserve = true;
  account->refused_in = state;
  account->refused_turn = state == NULL ? 0 : state->turn;
}

static void refuse(clutch_account *account, int64_t size) {
  if (!account->in_reserve || !is_later_turn(account)) {
    begin_reserve(account);
  }
  atomic_store(&account->refused, size);
}

static bool admits_near_limit(clutch_account *account, int64_t limit, int64_t then, int64_t size) {
  if (limit == 0 || then <= limit - reserves_left(account) * reserve_of(limit)) {
    return true;
  }
  if (!account->tells_error) {
    refuse(account, size);
  }
  return false;
}

bool clutch_account_admits(clutch_account *account, size_t size) {
  int64_t then = read_tally(&account->bytes) + (int64_t)size;
  if (then <= account->unconcerned) {
    account->in_reserve = false;
    return true;
  }
  return admits_near_limit(account, atomic_load_explicit(&account->limit, memory_order_relaxed),
                           then, (int64_t)size);
}

/* What is refused comes as large blocks, one by one. */
bool clutch_account_admits_arena(clutch_account *account, size_t size) {
  int64_t limit = atomic_load_explicit(&account->limit, memory_order_relaxed);
  return limit == 0 || read_tally(&account->bytes) + (int64_t)size <= limit - 2 * reserve_of(limit);
}

bool clutch_account_set_limit(clutch_interpreter *interpreter, int64_t limit) {
  atomic_store(&interpreter->account.limit, limit);
  interpreter->account.unconcerned = limit == 0 ? INT64_MAX : limit - 4 * reserve_of(limit);
  return limit == 0 || read_tally(&interpreter->account.bytes) <= limit - 2 * reserve_of(limit);
}

void clutch_account_use_reserves(clutch_interpreter *interpreter, bool tells_error) {
  interpreter->account.tells_error = tells_error;
}

int64_t clutch_account_take_refused(clutch_interpreter *interpreter) {
  return atomic_exchange(&interpreter->account.refused, 0);
}

/* -- the end ----------------------------------------------------------------------------------- */

/* Handles are stale by now, and so are the blocks that are left: whoever frees one counts it as
   kept no longer. */
void clutch_account_close(clutch_interpreter *slot) {
  clutch_account *account = &slot->account;
  if (!account->keeps_exports) {
    clutch_large_blocks_of_obmalloc_free(account);
  }
  clutch_arenas_close(slot);
  clutch_account_keep(read_tally(&account->bytes));
  memset(account, 0, sizeof *account);
}

/* -- hooking ----------------------------------------------------------------------------------- */

static bool counts_large_blocks;

void clutch_account_setup(void) {
  clutch_arenas_hook();
  counts_large_blocks = clutch_large_blocks_hook();
}

bool clutch_account_is_complete(void) { return counts_large_blocks; }

/* -- registered methods ------------------------------------------------------------------------ */

/* Fills six numbers: false if the interpreter is closed. */
static jboolean native_read(JNIEnv *env, jclass class, jlong handle, jlongArray into) {
  (void)class;
  clutch_interpreter *slot = clutch_interpreter_slot(handle);
  if (slot == NULL) {
    return JNI_FALSE;
  }
  const clutch_account *account = &slot->account;
  int64_t arena_bytes = atomic_load(&account->arena_bytes);
  jlong numbers[] = {atomic_load(&account->arenas), arena_bytes,
                     read_tally(&account->blocks),  read_tally(&account->bytes) - arena_bytes,
                     atomic_load(&account->peak),   atomic_load(&account->limit)};
  (*env)->SetLongArrayRegion(env, into, 0, sizeof numbers / sizeof numbers[0], numbers);
  return clutch_interpreter_is_current(slot, handle);
}

static jlong native_kept(JNIEnv *env, jclass class) {
  (void)env;
  (void)class;
  return atomic_load(&kept);
}

static const JNINativeMethod methods[] = {
    {"read", "(J[J)Z", (void *)native_read},
    {"kept", "()J", (void *)native_kept},
};

int clutch_account_register(JNIEnv *env) {
  jclass class = (*env)->FindClass(env, "dev/clutch/internal/NativeAccount");
  return class == NULL
             ? -1
             : (*env)->RegisterNatives(env, class, methods, sizeof methods / sizeof methods[0]);
}
