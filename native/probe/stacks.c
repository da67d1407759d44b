#define _GNU_SOURCE /* gettid, tgkill, REG_RIP */

#include "stacks.h"

#include "findings.h"
#include "safe_output.h"
#include "task.h"
#include "worker.h"

#include <execinfo.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define MOST_FRAMES 100

/* Whoever has the lock may be a thread that is dead, or this one. */
#define LOCK_PATIENCE_MS 200

static clutch_peeker peeker;
static pid_t process;

/* Of the thread that writes, as only one can at a time. */
static _Atomic pid_t writer;

/* -- records ----------------------------------------------------------------------------------- */

/* Another record may have been under way when the signal came. */
static void begin_record(clutch_safe_output *to, const char *name) {
  clutch_safe_byte(to, PROBE_RECORD_END);
  clutch_safe_string(to, name);
  clutch_safe_byte(to, PROBE_FIELD_END);
}

static void end_record(clutch_safe_output *to) {
  clutch_safe_byte(to, PROBE_RECORD_END);
  clutch_safe_flush(to);
}

/* -- Python's stack ---------------------------------------------------------------------------- */

typedef struct chosen_thread {
  clutch_safe_output *to;
  bool wanted;
} chosen_thread;

static void begin_thread(void *context, const PyThreadState *copy) {
  chosen_thread *of = context;
  of->wanted = copy->native_thread_id == (unsigned long)gettid();
}

static void write_frame(void *context, const clutch_frame *frame) {
  const chosen_thread *of = context;
  if (of->wanted) {
    clutch_safe_frame(of->to, frame);
  }
}

static void end_thread(void *context, bool all) {
  (void)context;
  (void)all;
}

static void write_python_stack(clutch_safe_output *to, PyInterpreterState *interpreter) {
  chosen_thread of = {to, false};
  const clutch_frames_visitor visitor = {&of, MOST_FRAMES, begin_thread, write_frame, end_thread};
  begin_record(to, "python");
  if (interpreter != NULL) {
    clutch_visit_frames(&peeker, interpreter, &visitor);
  }
  end_record(to);
}

/* -- the native stack -------------------------------------------------------------------------- */

static const void *interrupted_at(const void *context) {
  const ucontext_t *of = context;
#if defined(__x86_64__)
  return (const void *)of->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
  return (const void *)of->uc_mcontext.pc;
#else
  (void)of;
  return NULL;
#endif
}

/* The handler's own frames are left out. */
static void write_native_stack(clutch_safe_output *to, const void *context) {
  void *frames[MOST_FRAMES];
  int count = backtrace(frames, MOST_FRAMES);
  int first = 0;
  const void *fault = interrupted_at(context);
  while (first < count && frames[first] != fault) {
    first++;
  }
  first = first == count ? 0 : first;
  begin_record(to, "native");
  clutch_safe_flush(to);
  backtrace_symbols_fd(frames + first, count - first, to->fd);
  end_record(to);
}

/* -- the signals ------------------------------------------------------------------------------- */

static void write_stacks(const char *what, int signal, const void *context) {
  bool locked = probe_findings_lock(LOCK_PATIENCE_MS);
  clutch_safe_output to = {.fd = probe_findings_fd(), .length = 0};
  const probe_worker *worker = probe_this_worker();
  const char *step = worker == NULL ? NULL : worker->step;
  begin_record(&to, what);
  if (signal != 0) {
    clutch_safe_number(&to, signal);
    clutch_safe_byte(&to, PROBE_FIELD_END);
  }
  clutch_safe_string(&to, step == NULL ? "" : step);
  end_record(&to);
  write_python_stack(&to, worker == NULL ? NULL : worker->interpreter);
  write_native_stack(&to, context);
  if (locked) {
    probe_findings_unlock();
  }
}

static void pause_shortly(void) {
  const struct timespec time = {0, 1000000};
  nanosleep(&time, NULL);
}

/* Waits for whoever writes. False for a thread that was at it already, and came to a fault there.
 */
static bool begin_writing(void) {
  pid_t nobody = 0;
  while (!atomic_compare_exchange_strong(&writer, &nobody, gettid())) {
    if (nobody == gettid()) {
      return false;
    }
    nobody = 0;
    pause_shortly();
  }
  return true;
}

/* The first thread that crashes ends the process; others wait for that. */
static void on_fault(int signal, siginfo_t *info, void *context) {
  (void)info;
  if (getpid() == process && begin_writing()) {
    write_stacks("crash", signal, context);
  }
  sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
  raise(signal); /* when the handler has returned */
}

static void write_if_busy(const void *context) {
  const probe_worker *worker = probe_this_worker();
  if (worker != NULL && worker->step != NULL && begin_writing()) {
    write_stacks("hang", 0, context);
    writer = 0;
  }
}

/* One after the other; one that is stuck in the kernel, or blocks signals, is not waited for long.
 */
static void ask_workers(void) {
  for (int i = 0; i < PROBE_WORKERS; i++) {
    probe_worker *worker = probe_worker_at(i);
    pid_t thread = worker->thread;
    if (thread != 0 && worker->step != NULL) {
      tgkill(process, thread, CLUTCH_PROBE_TIME_IS_OVER);
    }
  }
  for (int i = 0; i < 100 || (writer != 0 && i < 1000); i++) {
    pause_shortly();
  }
  kill(process, SIGKILL);
}

/* The process's signal comes to its first thread, which only waits for the others. */
static void on_time_is_over(int signal, siginfo_t *info, void *context) {
  (void)signal;
  (void)info;
  if (getpid() != process) {
    return;
  }
  if (gettid() == process) {
    ask_workers();
  } else {
    write_if_busy(context);
  }
}

static void take(int signal, void (*handler)(int, siginfo_t *, void *)) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigaction(signal, &action, NULL);
}

void probe_watch_signals(void) {
  static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP};
  void *frame;
  process = getpid();
  if (clutch_peeker_open(&peeker) != 0) {
    probe_fail("too many open files", "");
  }
  (void)backtrace(&frame, 1); /* the first call loads a library, which no handler may do */
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
    take(faults[i], on_fault);
  }
  take(CLUTCH_PROBE_TIME_IS_OVER, on_time_is_over);
}
