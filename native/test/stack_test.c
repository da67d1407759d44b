/* Switching: where code runs, what survives the switch, how deep it goes and what stops it. */
#define _GNU_SOURCE /* pthread_getattr_np */

#include "check.h"
#include "registers.h"
#include "stack.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <unwind.h>

/* -- where code runs --------------------------------------------------------------------------- */

static bool within(const void *low, size_t size, const void *address) {
  return (uintptr_t)address - (uintptr_t)low < size;
}

static bool on_private_stack(void) {
  void *low;
  size_t size;
  return clutch_stack_bounds(&low, &size) && within(low, size, __builtin_frame_address(0));
}

static bool on_thread_stack(void) {
  void *low, *unused;
  size_t size, unused_size;
  pthread_attr_t attributes;
  pthread_getattr_np(pthread_self(), &attributes);
  pthread_attr_getstack(&attributes, &low, &size);
  pthread_attr_destroy(&attributes);
  return !clutch_stack_bounds(&unused, &unused_size) &&
         within(low, size, __builtin_frame_address(0));
}

static bool frame_is_aligned(void) { return (uintptr_t)__builtin_frame_address(0) % 16 == 0; }

static void expect_private_stack(void *ran) {
  CHECK(on_private_stack());
  CHECK(frame_is_aligned());
  *(bool *)ran = true;
}

static void expect_thread_stack(void *ran) {
  CHECK(on_thread_stack());
  CHECK(frame_is_aligned());
  *(bool *)ran = true;
}

static void enter_runs_on_private_stack(void) {
  bool ran = false;
  CHECK(clutch_stack_enter(expect_private_stack, &ran) == 0);
  CHECK(ran);
  CHECK(on_thread_stack());
}

static void call_back(void *ran) {
  clutch_stack_return(expect_thread_stack, ran);
  CHECK(on_private_stack());
}

static void return_runs_on_thread_stack(void) {
  bool ran = false;
  CHECK(clutch_stack_enter(call_back, &ran) == 0);
  CHECK(ran);
  CHECK(on_thread_stack());
}

static void return_outside_is_a_plain_call(void) {
  bool ran = false;
  clutch_stack_return(expect_thread_stack, &ran);
  CHECK(ran);
}

static void enter_again(void *ran) {
  CHECK(clutch_stack_enter(expect_private_stack, ran) == 0);
  CHECK(on_private_stack());
}

static void enter_inside_is_a_plain_call(void) {
  bool ran = false;
  CHECK(clutch_stack_enter(enter_again, &ran) == 0);
  CHECK(ran);
  CHECK(on_thread_stack());
}

static void note_bounds(void *bounds) {
  size_t size;
  CHECK(clutch_stack_bounds(bounds, &size));
  CHECK(size == (size_t)63 << 20);
}

static void thread_keeps_its_stack(void) {
  void *first = NULL, *second = NULL;
  clutch_stack_enter(note_bounds, &first);
  clutch_stack_enter(note_bounds, &second);
  CHECK(first != NULL && first == second);
}

/* -- the bare switch --------------------------------------------------------------------------- */

static _Alignas(16) char scratch_stack[256 << 10];

static void expect_scratch_stack(void *ran) {
  CHECK(within(scratch_stack, sizeof scratch_stack, __builtin_frame_address(0)));
  CHECK(frame_is_aligned());
  *(bool *)ran = true;
}

static void switch_aligns_and_saves(void) {
  for (int misaligned = 0; misaligned < 16; misaligned++) {
    bool ran = false;
    void *saved = NULL;
    char *top = scratch_stack + sizeof scratch_stack - 16;
    clutch_stack_switch(top + misaligned, expect_scratch_stack, &ran, &saved);
    CHECK(ran);
    CHECK((uintptr_t)saved % 16 == 0);
    CHECK((char *)saved < (char *)__builtin_frame_address(0));
    CHECK((char *)__builtin_frame_address(0) - (char *)saved < 4096);
  }
}

/* -- nesting: Java -> Python -> Java -> ... ---------------------------------------------------- */

enum { LEVELS = 50 };

typedef struct {
  const char *java_frame; /* where the outermost Java frame is: the others are to be below it */
  int level;
} nest;

static void python_level(void *arg);

/* Each level's frames hold a mark that those of other levels would overwrite if they overlapped. */
static void java_level(void *arg) {
  nest *self = arg;
  volatile int mark = self->level;
  CHECK(on_thread_stack());
  CHECK((char *)__builtin_frame_address(0) < self->java_frame);
  self->level++;
  if (self->level < LEVELS)
    CHECK(clutch_stack_enter(python_level, self) == 0);
  CHECK(on_thread_stack());
  self->level--;
  CHECK(mark == self->level);
}

static void python_level(void *arg) {
  nest *self = arg;
  volatile int mark = self->level;
  CHECK(on_private_stack());
  clutch_stack_return(java_level, self);
  CHECK(on_private_stack());
  CHECK(mark == self->level);
}

static void *run_nest(void *unused) {
  nest self = {.java_frame = __builtin_frame_address(0)};
  CHECK(clutch_stack_enter(python_level, &self) == 0);
  CHECK(self.level == 0);
  CHECK(on_thread_stack());
  return unused;
}

/* On a thread with as much stack as the JVM gives one. */
static void nests_50_levels(void) {
  pthread_t thread;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 1 << 20);
  CHECK(pthread_create(&thread, &attributes, run_nest, NULL) == 0);
  CHECK(pthread_join(thread, NULL) == 0);
}

typedef struct {
  int level;
  char *previous_frame;
} descent;

static void descend_private(void *arg);

static void descend_java(void *arg) {
  descent *self = arg;
  if (self->level < LEVELS)
    clutch_stack_enter(descend_private, self);
}

static void descend_private(void *arg) {
  descent *self = arg;
  char *frame = __builtin_frame_address(0);
  CHECK(self->level == 0 || (frame < self->previous_frame && self->previous_frame - frame < 4096));
  self->previous_frame = frame;
  self->level++;
  clutch_stack_return(descend_java, self);
}

static void nested_entries_continue_below(void) {
  descent self = {0};
  CHECK(clutch_stack_enter(descend_private, &self) == 0);
  CHECK(self.level == LEVELS);
}

/* A stack that creeps by a few bytes with each crossing overflows in a loop of them. */
enum { PLACES = 3, TIMES = 3 };

typedef struct {
  int level;
  char *private_frames[PLACES];
  char *java_frames[PLACES];
} places;

static void expect_same(char **frame, char *here) {
  if (*frame == NULL)
    *frame = here;
  CHECK(*frame == here);
}

static void python_place(void *arg);

static void java_place(void *arg) {
  places *self = arg;
  expect_same(&self->java_frames[self->level], __builtin_frame_address(0));
  self->level++;
  for (int i = 0; i < TIMES && self->level < PLACES; i++)
    clutch_stack_enter(python_place, self);
  self->level--;
}

static void python_place(void *arg) {
  places *self = arg;
  expect_same(&self->private_frames[self->level], __builtin_frame_address(0));
  for (int i = 0; i < TIMES; i++)
    clutch_stack_return(java_place, self);
  CHECK(on_private_stack()); /* also keeps the last return from being a tail call, elsewhere */
}

static void stacks_do_not_creep(void) {
  places self = {0};
  for (int i = 0; i < TIMES; i++)
    CHECK(clutch_stack_enter(python_place, &self) == 0);
  CHECK(self.java_frames[PLACES - 1] != NULL);
}

/* -- what survives ----------------------------------------------------------------------------- */

/* Wants more values alive at once than there are callee-saved registers, so that it uses them all.
 */
__attribute__((noinline)) static uint64_t use_registers(uint64_t seed) {
  uint64_t values[24];
  for (int i = 0; i < 24; i++)
    values[i] = seed = seed * 6364136223846793005u + 1442695040888963407u;
  uint64_t sum = 0;
  for (int round = 0; round < 100; round++)
    for (int i = 0; i < 24; i++)
      sum ^= values[i] = values[i] * 31 + values[(i + 7) % 24];
  return sum;
}

static volatile uint64_t sink;

static void use_all_registers(void *unused) {
  (void)unused;
  sink = use_registers(sink);
}

static void callee_saved_registers_survive(void) {
  void *saved;
  char *top = scratch_stack + sizeof scratch_stack;
  CHECK(registers_changed(top, use_all_registers, NULL, &saved) == 0);
}

static void set_errno(void *unused) {
  (void)unused;
  errno = EDOM;
}

static void errno_crosses(void) {
  clutch_stack_enter(set_errno, NULL);
  errno = 0;
  clutch_stack_enter(set_errno, NULL);
  CHECK(errno == EDOM);
}

/* -- depth ------------------------------------------------------------------------------------- */

enum { FRAME = 4096, DEEP = 60 << 20 };

/* Returns how many levels it took. Each level writes to both ends of its frame, and reads them
   after the levels below are through. */
__attribute__((noinline)) static int recurse(const char *start, size_t depth) {
  volatile char frame[FRAME];
  frame[0] = frame[FRAME - 1] = 1;
  size_t used = (size_t)(start - (char *)__builtin_frame_address(0));
  int below = used < depth ? recurse(start, depth) : 0;
  return below + frame[0] * frame[FRAME - 1];
}

static void recurse_deep(void *levels) {
  *(int *)levels = recurse(__builtin_frame_address(0), DEEP);
}

static void recurses_60_mib(void) {
  int levels = 0;
  CHECK(clutch_stack_enter(recurse_deep, &levels) == 0);
  CHECK(levels > DEEP / (2 * FRAME));
}

/* -- the guard --------------------------------------------------------------------------------- */

enum { GUARD = 1 << 20, IN_GUARD = 42, ELSEWHERE = 43 };

static char *guard_end; /* a global, because the signal handler cannot ask on its own stack */

static void on_fault(int signal, siginfo_t *info, void *context) {
  (void)signal, (void)context;
  _exit(within(guard_end - GUARD, GUARD, info->si_addr) ? IN_GUARD : ELSEWHERE);
}

static void catch_faults(void) {
  stack_t handler_stack = {.ss_sp = scratch_stack, .ss_size = sizeof scratch_stack};
  sigaltstack(&handler_stack, NULL);
  struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_ONSTACK | SA_SIGINFO};
  sigaction(SIGSEGV, &action, NULL);
}

static void recurse_for_ever(void *unused) {
  (void)unused;
  size_t size;
  clutch_stack_bounds((void **)&guard_end, &size);
  sink = (uint64_t)recurse(__builtin_frame_address(0), SIZE_MAX);
}

/* Touches only the far end of its frame: what a function with a big local array may do. */
__attribute__((noinline)) static void leap(char *low) {
  volatile char frame[900 << 10];
  frame[0] = 1;
  if ((char *)frame > low - GUARD)
    leap(low);
  sink = frame[0];
}

static void leap_for_ever(void *unused) {
  (void)unused;
  size_t size;
  clutch_stack_bounds((void **)&guard_end, &size);
  leap(guard_end);
}

static int exit_status_of(clutch_stack_fn overflow) {
  pid_t child = fork();
  if (child == 0) {
    catch_faults();
    clutch_stack_enter(overflow, NULL);
    _exit(0);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void overflow_hits_the_guard(void) {
  CHECK(exit_status_of(recurse_for_ever) == IN_GUARD);
  CHECK(exit_status_of(leap_for_ever) == IN_GUARD);
}

/* -- unwinding --------------------------------------------------------------------------------- */

typedef struct {
  uintptr_t functions[64]; /* where each frame's function begins, innermost first */
  int count;
} backtrace;

static _Unwind_Reason_Code note_frame(struct _Unwind_Context *context, void *arg) {
  backtrace *trace = arg;
  if (trace->count == 64)
    return _URC_END_OF_STACK;
  trace->functions[trace->count++] = _Unwind_GetRegionStart(context);
  return _URC_NO_REASON;
}

static int frames_of(const backtrace *trace, void *function) {
  int frames = 0;
  for (int i = 0; i < trace->count; i++)
    frames += trace->functions[i] == (uintptr_t)function;
  return frames;
}

/* Each does something after its call, so that the call is no tail call and leaves a frame. */
static void trace_here(void *trace) {
  _Unwind_Backtrace(note_frame, trace);
  CHECK(on_private_stack());
}

static void trace_in_java(void *trace) {
  clutch_stack_enter(trace_here, trace);
  CHECK(on_thread_stack());
}

static void trace_in_python(void *trace) {
  clutch_stack_return(trace_in_java, trace);
  CHECK(on_private_stack());
}

__attribute__((noinline)) static void unwinds_to_the_caller(void) {
  backtrace trace = {0};
  clutch_stack_enter(trace_in_python, &trace);
  CHECK(trace.functions[0] == (uintptr_t)trace_here);
  CHECK(frames_of(&trace, clutch_stack_switch) == 3);
  CHECK(frames_of(&trace, trace_in_java) == 1);
  CHECK(frames_of(&trace, trace_in_python) == 1);
  CHECK(frames_of(&trace, unwinds_to_the_caller) == 1);
}

int main(int argc, char **argv) {
  static const check_test tests[] = {
      TEST(enter_runs_on_private_stack),
      TEST(return_runs_on_thread_stack),
      TEST(return_outside_is_a_plain_call),
      TEST(enter_inside_is_a_plain_call),
      TEST(thread_keeps_its_stack),
      TEST(switch_aligns_and_saves),
      TEST(nests_50_levels),
      TEST(nested_entries_continue_below),
      TEST(stacks_do_not_creep),
      TEST(callee_saved_registers_survive),
      TEST(errno_crosses),
      TEST(recurses_60_mib),
      TEST(overflow_hits_the_guard),
      TEST(unwinds_to_the_caller),
      {0},
  };
  return check_run(tests, argc, argv);
}
