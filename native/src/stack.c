#define _DEFAULT_SOURCE /* madvise and MAP_STACK, under -std=c11 too */

#include "stack.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>

/* Valgrind has to be told what a stack is, and that a look below the stack pointer is meant. */
#ifdef CLUTCH_VALGRIND
#include <valgrind/memcheck.h>
#else
#define VALGRIND_STACK_REGISTER(low, top) ((void)0)
#define VALGRIND_MAKE_MEM_DEFINED(from, size) ((void)0)
#endif

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif

/* -- sizes ------------------------------------------------------------------------------------- */

enum {
  /* The whole mapping, guard included. Only what Python touches becomes resident. */
  STACK_SIZE = 64 << 20,
  /* Wide, because code compiled without stack probes moves the stack pointer by a whole frame at
     once: a function with a big local array could leap over a single page into memory of others. */
  GUARD_SIZE = 1 << 20,
  /* What an idle stack keeps resident: shallow Python code then faults no page in again. */
  WARM_SIZE = 64 << 10,
  /* A stack of which more was in use than this is trimmed when Python has returned. */
  DEEP_SIZE = 256 << 10,
  /* A pool of threads that ends leaves this many stacks for the next one. The rest are unmapped. */
  MAX_IDLE = 16,
};

/* -- mapping -----------------------------------------------------------------------------------
   A stack is known by the lowest address of its mapping, where the guard begins. */

static char *low_of(char *stack) { return stack + GUARD_SIZE; }

static char *top_of(char *stack) { return stack + STACK_SIZE; }

static void unmap(char *stack) { munmap(stack, STACK_SIZE); }

/* Both calls may fail without harm. The first keeps one touched byte from costing a huge page of
   2 MiB (Linux 6.7 and later do so for MAP_STACK alone). The second names the stack in
   /proc/self/maps, on kernels that can. */
static void advise(char *stack) {
  madvise(stack, STACK_SIZE, MADV_NOHUGEPAGE);
  prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, (uintptr_t)stack, (uintptr_t)STACK_SIZE,
        (uintptr_t) "clutch stack");
}

static char *map(void) {
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK;
  char *stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (stack == MAP_FAILED)
    return NULL;
  if (mprotect(stack, GUARD_SIZE, PROT_NONE) != 0) {
    int error = errno;
    unmap(stack);
    errno = error;
    return NULL;
  }
  advise(stack);
  VALGRIND_STACK_REGISTER(low_of(stack), top_of(stack));
  return stack;
}

/* -- idle stacks: those of ended threads, for the next ones ------------------------------------ */

static struct {
  pthread_mutex_t lock; /* guards the other two, and is held for no system call */
  int count;
  char *stacks[MAX_IDLE];
} idle = {.lock = PTHREAD_MUTEX_INITIALIZER};

static char *take_idle(void) {
  pthread_mutex_lock(&idle.lock);
  char *stack = idle.count > 0 ? idle.stacks[--idle.count] : NULL;
  pthread_mutex_unlock(&idle.lock);
  return stack;
}

static bool keep_idle(char *stack) {
  pthread_mutex_lock(&idle.lock);
  bool kept = idle.count < MAX_IDLE;
  if (kept)
    idle.stacks[idle.count++] = stack;
  pthread_mutex_unlock(&idle.lock);
  return kept;
}

static void trim(char *stack) {
  madvise(low_of(stack), STACK_SIZE - GUARD_SIZE - WARM_SIZE, MADV_DONTNEED);
}

/* Trims before it lists: once listed, the stack may be another thread's already. */
static void give_back(char *stack) {
  trim(stack);
  if (!keep_idle(stack))
    unmap(stack);
}

/* -- the calling thread's stack ---------------------------------------------------------------- */

typedef struct {
  char *stack;      /* owned until the thread ends; NULL before its first entry */
  void *private_sp; /* where the next entry goes: the top, or below the frames a return suspended */
  void *java_sp;    /* where the innermost entry left the Java stack */
  bool on_private;  /* which of the two runs now */
} thread_stack;

static _Thread_local thread_stack this_thread;

/* -- thread exit ------------------------------------------------------------------------------- */

static pthread_key_t exit_key; /* holds the thread's stack, for its destructor */
static pthread_once_t exit_key_once = PTHREAD_ONCE_INIT;
static int exit_key_error;

static bool runs_on(char *stack) {
  char *here = __builtin_frame_address(0);
  return stack <= here && here < top_of(stack);
}

/* Runs on the ending thread. glibc has left the private stack by then even when Python code called
   pthread_exit; musl has not, and there the stack is lost rather than pulled from under our feet.
   A later destructor may enter once more: it finds no stack, takes one, and this runs again. */
static void on_thread_exit(void *stack) {
  this_thread = (thread_stack){0};
  if (!runs_on(stack))
    give_back(stack);
}

static void create_exit_key(void) {
  exit_key_error = pthread_key_create(&exit_key, on_thread_exit);
}

/* Returns 0 or an error number. Without the key the thread would leak its stack, so it gets none.
 */
static int give_back_on_exit(char *stack) {
  pthread_once(&exit_key_once, create_exit_key);
  return exit_key_error != 0 ? exit_key_error : pthread_setspecific(exit_key, stack);
}

/* -- first entry ------------------------------------------------------------------------------- */

static void own(thread_stack *self, char *stack) {
  self->stack = stack;
  self->private_sp = top_of(stack);
}

/* Returns 0, or -1 with errno set. */
static int find_stack(thread_stack *self) {
  char *stack = clutch_stack_reserve();
  if (stack == NULL)
    return -1;
  int error = give_back_on_exit(stack);
  if (error != 0) {
    give_back(stack);
    errno = error;
    return -1;
  }
  own(self, stack);
  return 0;
}

/* -- depth --------------------------------------------------------------------------------------
   What was never in use, or trimmed since, is zero. Recursion leaves something in every page that
   it passes, as no frame of it is that large; a few words of one page tell. */

enum { PROBES = 4, PROBE_STEP = 1032 };

__attribute__((no_sanitize_address)) static bool was_deep(const char *stack) {
  const char *at = stack + STACK_SIZE - DEEP_SIZE;
  uint64_t found = 0;
  VALGRIND_MAKE_MEM_DEFINED(at - PROBES * PROBE_STEP, (PROBES + 1) * PROBE_STEP);
  for (int i = 0; i < PROBES; i++)
    found |= *(const volatile uint64_t *)(at - (ptrdiff_t)i * PROBE_STEP);
  return found != 0;
}

/* -- exported functions ------------------------------------------------------------------------
   Each takes the address of this_thread once, because in a shared library that is a call. It stays
   true across fn: a virtual thread cannot change carriers while a native frame pins it. */

int clutch_stack_enter(clutch_stack_fn fn, void *arg) {
  thread_stack *self = &this_thread;
  if (self->on_private) {
    fn(arg);
    return 0;
  }
  if (self->stack == NULL && find_stack(self) != 0)
    return -1;
  void *outer = self->java_sp;
  self->on_private = true;
  clutch_stack_switch(self->private_sp, fn, arg, &self->java_sp);
  self->on_private = false;
  self->java_sp = outer;
  if (outer == NULL && was_deep(self->stack))
    trim(self->stack);
  return 0;
}

void clutch_stack_return(clutch_stack_fn fn, void *arg) {
  thread_stack *self = &this_thread;
  if (!self->on_private) {
    fn(arg);
    return;
  }
  void *outer = self->private_sp;
  self->on_private = false;
  clutch_stack_switch(self->java_sp, fn, arg, &self->private_sp);
  self->on_private = true;
  self->private_sp = outer;
}

char *clutch_stack_reserve(void) {
  char *stack = take_idle();
  return stack != NULL ? stack : map();
}

void clutch_stack_adopt(char *stack) {
  give_back_on_exit(stack);
  own(&this_thread, stack);
}

void clutch_stack_give_back(char *stack) { give_back(stack); }

bool clutch_stack_bounds(void **low, size_t *size) {
  thread_stack *self = &this_thread;
  if (!self->on_private)
    return false;
  *low = low_of(self->stack);
  *size = STACK_SIZE - GUARD_SIZE;
  return true;
}
