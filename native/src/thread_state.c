#include "thread_state.h"

#include "holding.h"
#include "reference.h"
#include "stack.h"

#include <limits.h>
#include <stdlib.h>

typedef clutch_thread_state node;

/* The nodes of one thread, the last used first. */
typedef struct thread_cache {
  node *first;
} thread_cache;

static _Thread_local thread_cache *cache;
static pthread_key_t thread_end;

/* -- PyGILState ------------------------------------------------------------------------------
   CPython remembers, in a thread-specific value, the last thread state that was attached to a
   thread, and writes to it when it attaches the next one. We delete thread states of other
   threads, when an interpreter closes, and nothing in the C API clears that value of theirs: they
   would write to freed memory. So it is ours to set: the attached state while one is attached, and
   NULL otherwise. CPython does not tell its key; it is the one that PyGILState reads. */

static pthread_key_t gilstate_key;

static bool is_gilstate_key(pthread_key_t key, PyThreadState *attached) {
  static char marker;
  if (pthread_getspecific(key) != attached || pthread_setspecific(key, &marker) != 0) {
    return false;
  }
  bool found = (void *)PyGILState_GetThisThreadState() == (void *)&marker;
  pthread_setspecific(key, attached);
  return found;
}

static int find_gilstate_key(void) {
  PyThreadState *attached = PyThreadState_Get();
  for (pthread_key_t key = 0; key < PTHREAD_KEYS_MAX; key++) {
    if (is_gilstate_key(key, attached)) {
      gilstate_key = key;
      return 0;
    }
  }
  return -1;
}

PyThreadState *clutch_release_gil(void) {
  PyThreadState *state = PyEval_SaveThread();
  pthread_setspecific(gilstate_key, NULL);
  return state;
}

void clutch_retake_gil(PyThreadState *state) {
  PyEval_RestoreThread(state);
  pthread_setspecific(gilstate_key, state);
}

/* -- room on the stack ------------------------------------------------------------------------- */

/* CPython bounds how deep the code of one thread state goes, by counting C calls or by watching the
   stack, but not everywhere: nested iterators are free. So interpreters that call each other
   through Java could together use up a stack that each alone does not. */
#define NEEDED_STACK (32u << 20)

bool clutch_stack_suffices(void) {
  void *low = NULL;
  size_t size = 0;
  return !clutch_stack_bounds(&low, &size) ||
         (size_t)((char *)__builtin_frame_address(0) - (char *)low) >= NEEDED_STACK;
}

/* -- the lists -------------------------------------------------------------------------------- */

static void remove_from_interpreter(node *gone) {
  node **link = &gone->interpreter->thread_states;
  while (*link != gone) {
    link = &(*link)->next_of_interpreter;
  }
  *link = gone->next_of_interpreter;
}

/* Leaves the states for the next entrant or for close: deleting one needs the GIL, and the end of a
   thread is no place to wait for it. */
static void on_thread_end(void *argument) {
  thread_cache *ended = argument;
  clutch_give_up_forgotten();
  cache = NULL;
  for (node *each = ended->first, *next; each != NULL; each = next) {
    next = each->next_of_thread;
    clutch_interpreter *interpreter = each->interpreter;
    pthread_mutex_lock(&interpreter->lock);
    bool alive = each->state != NULL;
    if (alive) {
      each->orphan = true;
      interpreter->orphans++;
    }
    pthread_mutex_unlock(&interpreter->lock);
    if (!alive) {
      free(each);
    }
  }
  free(ended);
}

static thread_cache *this_thread(void) {
  if (cache == NULL) {
    cache = calloc(1, sizeof *cache);
    if (cache != NULL) {
      pthread_setspecific(thread_end, cache);
    }
  }
  return cache;
}

/* Frees the nodes of interpreters that are gone. */
static void sweep(thread_cache *of) {
  node **link = &of->first;
  while (*link != NULL) {
    node *each = *link;
    pthread_mutex_lock(&each->interpreter->lock);
    bool alive = each->state != NULL;
    pthread_mutex_unlock(&each->interpreter->lock);
    if (alive) {
      link = &each->next_of_thread;
    } else {
      *link = each->next_of_thread;
      free(each);
    }
  }
}

/* Moves what it finds to the front. */
static node *find(thread_cache *in, clutch_interpreter *interpreter) {
  uint32_t generation = atomic_load(&interpreter->generation);
  for (node **link = &in->first; *link != NULL; link = &(*link)->next_of_thread) {
    node *each = *link;
    if (each->interpreter == interpreter && each->generation == generation) {
      *link = each->next_of_thread;
      each->next_of_thread = in->first;
      in->first = each;
      return each;
    }
  }
  return NULL;
}

static node *add(thread_cache *to, clutch_interpreter *interpreter, PyThreadState *state) {
  node *added = calloc(1, sizeof *added);
  if (added == NULL) {
    return NULL;
  }
  added->state = state;
  added->thread = pthread_self();
  added->interpreter = interpreter;
  added->generation = atomic_load(&interpreter->generation);
  added->next_of_thread = to->first;
  to->first = added;
  pthread_mutex_lock(&interpreter->lock);
  added->next_of_interpreter = interpreter->thread_states;
  interpreter->thread_states = added;
  pthread_mutex_unlock(&interpreter->lock);
  return added;
}

static node *make(thread_cache *for_thread, clutch_interpreter *interpreter) {
  sweep(for_thread);
  PyThreadState *state = PyThreadState_New(interpreter->state);
  if (state == NULL) {
    return NULL;
  }
  node *made = add(for_thread, interpreter, state);
  if (made == NULL) {
    PyThreadState_Delete(state);
  }
  return made;
}

static void delete_states(node *chain, PyThreadState *attached) {
  for (node *each = chain; each != NULL; each = each->next_of_interpreter) {
    PyThreadState_Clear(each->state);
    PyThreadState_Delete(each->state);
  }
  pthread_setspecific(gilstate_key, attached); /* the deletes cleared it */
}

static void free_nodes(node *chain) {
  while (chain != NULL) {
    node *next = chain->next_of_interpreter;
    free(chain);
    chain = next;
  }
}

/* Takes the orphans off the interpreter's list. */
static node *take_orphans(clutch_interpreter *interpreter) {
  node *taken = NULL;
  pthread_mutex_lock(&interpreter->lock);
  for (node **link = &interpreter->thread_states; *link != NULL;) {
    node *each = *link;
    if (each->orphan) {
      *link = each->next_of_interpreter;
      each->next_of_interpreter = taken;
      taken = each;
    } else {
      link = &each->next_of_interpreter;
    }
  }
  interpreter->orphans = 0;
  pthread_mutex_unlock(&interpreter->lock);
  return taken;
}

static void reap(clutch_interpreter *interpreter) {
  node *orphans = take_orphans(interpreter);
  delete_states(orphans, PyThreadState_Get());
  free_nodes(orphans);
}

/* -- attaching -------------------------------------------------------------------------------- */

int clutch_thread_state_setup(void) {
  if (pthread_key_create(&thread_end, on_thread_end) != 0) {
    return -1;
  }
  return find_gilstate_key();
}

static node *attach(clutch_interpreter *interpreter, bool urgent, int *failure) {
  thread_cache *mine = this_thread();
  node *found = mine == NULL ? NULL : find(mine, interpreter);
  if (found == NULL && mine != NULL) {
    found = make(mine, interpreter);
  }
  *failure = CLUTCH_ATTACH_NO_MEMORY;
  if (found != NULL && !clutch_wait_for_holder(interpreter->gil_owner, urgent)) {
    *failure = CLUTCH_ATTACH_HELD;
    return NULL;
  }
  if (found != NULL) {
    clutch_retake_gil(found->state);
  }
  return found;
}

int clutch_attach_for_creation(clutch_interpreter *main_interpreter) {
  int failure;
  return attach(main_interpreter, false, &failure) == NULL ? failure : CLUTCH_ATTACHED;
}

static int attach_inside(clutch_interpreter *interpreter, bool urgent) {
  int failure;
  node *found = attach(interpreter, urgent, &failure);
  if (found == NULL) {
    return failure;
  }
  if (interpreter->orphans > 0) {
    reap(interpreter);
  }
  if (interpreter->has_dropped) {
    clutch_reference_release_dropped(interpreter);
  }
  return CLUTCH_ATTACHED;
}

int clutch_attach(clutch_interpreter *interpreter) { return attach_inside(interpreter, false); }

int clutch_attach_urgently(clutch_interpreter *interpreter) {
  return attach_inside(interpreter, true);
}

clutch_thread_state *clutch_thread_state_in(clutch_interpreter *interpreter) {
  return find(cache, interpreter);
}

clutch_interpreter *clutch_thread_state_owner(const PyInterpreterState *state) {
  for (node *each = cache == NULL ? NULL : cache->first; each != NULL;
       each = each->next_of_thread) {
    if (each->interpreter->state == state) {
      return each->interpreter;
    }
  }
  return NULL;
}

/* The attached state is the one at the front that is not suspended in a callback: attaching moved
   it there. One that Python made for a thread of its own is not on the list. */
clutch_thread_state *clutch_this_thread_state(void) {
  PyThreadState *state = PyThreadState_Get();
  for (node *each = cache == NULL ? NULL : cache->first; each != NULL;
       each = each->next_of_thread) {
    if (each->state == state) {
      return each;
    }
  }
  return NULL;
}

int clutch_thread_state_adopt(clutch_interpreter *interpreter) {
  thread_cache *mine = this_thread();
  node *added = mine == NULL ? NULL : add(mine, interpreter, PyThreadState_Get());
  if (added == NULL) {
    return -1;
  }
  pthread_setspecific(gilstate_key, added->state);
  return 0;
}

/* -- closing ---------------------------------------------------------------------------------- */

int clutch_foreign_thread_count(clutch_interpreter *interpreter) {
  int count = 0;
  for (PyThreadState *each = PyInterpreterState_ThreadHead(interpreter->state); each != NULL;
       each = PyThreadState_Next(each)) {
    count++;
  }
  pthread_mutex_lock(&interpreter->lock);
  for (node *each = interpreter->thread_states; each != NULL; each = each->next_of_interpreter) {
    count--;
  }
  pthread_mutex_unlock(&interpreter->lock);
  return count;
}

void clutch_start_afresh(clutch_interpreter *interpreter) {
  PyThreadState *fresh = PyThreadState_New(interpreter->state);
  node *added = fresh == NULL ? NULL : add(cache, interpreter, fresh);
  if (added == NULL) {
    if (fresh != NULL) {
      PyThreadState_Delete(fresh);
    }
    return;
  }
  PyThreadState_Swap(fresh);
  pthread_setspecific(gilstate_key, fresh);
}

/* A node of a living thread stays with that thread, without its state. */
static void leave_to_threads(clutch_interpreter *interpreter, node *chain) {
  node *orphans = NULL;
  pthread_mutex_lock(&interpreter->lock);
  for (node *each = chain, *next; each != NULL; each = next) {
    next = each->next_of_interpreter;
    each->state = NULL;
    if (each->orphan) {
      each->next_of_interpreter = orphans;
      orphans = each;
    }
  }
  pthread_mutex_unlock(&interpreter->lock);
  free_nodes(orphans);
}

void clutch_discard_other_thread_states(clutch_interpreter *interpreter) {
  node *own = clutch_this_thread_state();
  pthread_mutex_lock(&interpreter->lock);
  remove_from_interpreter(own);
  node *others = interpreter->thread_states;
  own->next_of_interpreter = NULL;
  interpreter->thread_states = own;
  pthread_mutex_unlock(&interpreter->lock);
  delete_states(others, own->state);
  leave_to_threads(interpreter, others);
}

void clutch_forget_thread_state(clutch_interpreter *interpreter) {
  pthread_setspecific(gilstate_key, NULL);
  pthread_mutex_lock(&interpreter->lock);
  interpreter->thread_states->state = NULL;
  interpreter->thread_states = NULL;
  interpreter->orphans = 0;
  pthread_mutex_unlock(&interpreter->lock);
  sweep(cache);
}
