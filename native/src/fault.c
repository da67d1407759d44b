#define _GNU_SOURCE /* gettid */

#include "fault.h"

#include "frames.h"
#include "interpreter.h"
#include "safe_output.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The JVM takes the signals of faults, and needs them: it tells null pointers by them. When one is
   fatal it writes its own report, and then calls abort, as CPython does when it gives up. So
   Clutch's report is written by a handler of SIGABRT, which the JVM does not touch, on the thread
   that the fault was in. Here nothing is called that a signal handler may not call, and no
   memory is trusted. */

/* Longer than any report takes; then the process is ended. */
#define TIME_TO_WRITE_S 10

#define MOST_FRAMES 100

static char *path;
static char *fallback; /* where the first one cannot be written; HotSpot has the same */
static const char *version;
static clutch_peeker peeker;
static pid_t process;
static struct sigaction before;

/* -- frames ------------------------------------------------------------------------------------ */

static void begin_thread(void *context, const PyThreadState *copy) {
  clutch_safe_output *to = context;
  clutch_safe_string(to, copy->native_thread_id == (unsigned long)gettid() ? "Current thread 0x"
                                                                           : "Thread 0x");
  clutch_safe_digits(to, copy->thread_id, 16, 16);
  clutch_safe_string(to, ", native id ");
  clutch_safe_number(to, (int64_t)copy->native_thread_id);
  clutch_safe_string(to, copy->_status.active ? ", attached" : "");
  clutch_safe_string(to, " (most recent call first):\n");
}

static void write_frame(void *context, const clutch_frame *frame) {
  clutch_safe_frame(context, frame);
}

static void end_thread(void *context, bool all) {
  clutch_safe_string(context, all ? "" : "  ...\n");
}

/* Also of one that is being made or closed. */
static void write_interpreters(clutch_safe_output *to) {
  const clutch_frames_visitor visitor = {to, MOST_FRAMES, begin_thread, write_frame, end_thread};
  clutch_interpreter *each = clutch_interpreter_slot(0);
  for (jlong index = 1; each != NULL; each = clutch_interpreter_slot(index++)) {
    PyInterpreterState *state = each->state;
    if (state != NULL) {
      clutch_safe_string(to, "\nInterpreter ");
      clutch_safe_number(to, each->id);
      clutch_safe_string(to, ":\n");
      clutch_safe_flush(to);
      clutch_visit_frames(&peeker, state, &visitor);
    }
  }
}

/* -- extension modules ------------------------------------------------------------------------- */

typedef struct line {
  char text[PATH_MAX + 128];
  size_t length;
} line;

/* Where a line of /proc/self/maps names a file, if that is one that Python code has loaded. */
static const char *find_module(const line *of) {
  static const char *const signs[] = {".cpython-3", ".abi3.so", "/lib-dynload/", "-packages/"};
  const char *name = strchr(of->text, '/');
  if (name == NULL || strstr(name, ".so") == NULL) {
    return NULL;
  }
  for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
    if (strstr(name, signs[i]) != NULL) {
      return name;
    }
  }
  return NULL;
}

/* Each has several lines, one after the other. */
static void write_module(clutch_safe_output *to, line *mapped, line *last) {
  mapped->text[mapped->length] = '\0';
  const char *name = find_module(mapped);
  if (name != NULL && strcmp(name, last->text) != 0) {
    memcpy(last->text, name, strlen(name) + 1); /* both have the same size */
    clutch_safe_string(to, "  ");
    clutch_safe_string(to, name);
    clutch_safe_byte(to, '\n');
  }
  mapped->length = 0;
}

static void write_modules(clutch_safe_output *to) {
  static line mapped;
  static line last;
  char bytes[1024];
  int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  clutch_safe_string(to, "\nExtension modules, and libraries of theirs:\n");
  for (ssize_t count = 0; maps >= 0 && (count = read(maps, bytes, sizeof bytes)) > 0;) {
    for (ssize_t i = 0; i < count; i++) {
      if (bytes[i] == '\n') {
        write_module(to, &mapped, &last);
      } else if (mapped.length < sizeof mapped.text - 1) {
        mapped.text[mapped.length++] = bytes[i];
      }
    }
  }
  close(maps);
}

/* -- the report -------------------------------------------------------------------------------- */

static void write_report(clutch_safe_output *to) {
  clutch_safe_string(
      to, "# A fault in native code, or a call of abort(), ends this process.\n"
          "# What Python was at, by Clutch; the JVM's own report, if it was the JVM that\n"
          "# found the fault, is hs_err_pid");
  clutch_safe_number(to, process);
  clutch_safe_string(to, ".log, or where -XX:ErrorFile has it.\n\nCPython ");
  clutch_safe_string(to, version);
  clutch_safe_string(to, "\nThread ");
  clutch_safe_number(to, gettid());
  clutch_safe_string(to, "\n");
  write_interpreters(to);
  write_modules(to);
  clutch_safe_flush(to);
}

static int open_report(const char **where) {
  *where = path;
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) { /* anybody may have made a file there */
    *where = fallback;
    fd = open(fallback, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  }
  return fd;
}

static void tell(const char *where) {
  clutch_safe_output to = {.fd = STDERR_FILENO, .length = 0};
  clutch_safe_string(&to, "# What Python was at, by Clutch:\n# ");
  clutch_safe_string(&to, where);
  clutch_safe_string(&to, "\n");
  clutch_safe_flush(&to);
}

/* -- the signal -------------------------------------------------------------------------------- */

static void die_in_time(void) {
  sigset_t set;
  struct sigaction action = {.sa_handler = SIG_DFL};
  sigaction(SIGALRM, &action, NULL);
  sigemptyset(&set);
  sigaddset(&set, SIGALRM);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
  alarm(TIME_TO_WRITE_S);
}

static void report(void) {
  const char *where = NULL;
  clutch_safe_output to = {.fd = open_report(&where), .length = 0};
  if (to.fd >= 0) {
    write_report(&to);
    close(to.fd);
    tell(where);
  }
}

/* As if Clutch had never been there. */
static void hand_on(int signal, siginfo_t *info, void *context) {
  sigaction(SIGABRT, &before, NULL);
  if ((before.sa_flags & SA_SIGINFO) != 0) {
    before.sa_sigaction(signal, info, context);
  } else if (before.sa_handler == SIG_DFL) {
    raise(SIGABRT); /* when the handler has returned */
  } else {
    before.sa_handler(signal);
  }
}

/* False on a thread that was at it already, and came to a fault there. Another one that aborts at
   the same time waits for its end. */
static bool begin_report(void) {
  static _Atomic pid_t reporter;
  pid_t nobody = 0;
  if (atomic_compare_exchange_strong(&reporter, &nobody, gettid())) {
    return true;
  }
  while (nobody != gettid()) {
    pause();
  }
  return false;
}

/* A process that was forked has nothing to report. */
static void on_abort(int signal, siginfo_t *info, void *context) {
  if (getpid() == process && begin_report()) {
    die_in_time();
    report();
    alarm(0);
  }
  hand_on(signal, info, context);
}

/* -- registered methods ------------------------------------------------------------------------ */

/* Paths as UTF-8 that ends in NUL. False if there are no descriptors or memory left, or who started
   the JVM ignores the signal. */
static jboolean native_install(JNIEnv *env, jclass class, jlong to, jlong or_else) {
  (void)env;
  (void)class;
  struct sigaction action = {.sa_sigaction = on_abort, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  path = strdup((const char *)(intptr_t)to);
  fallback = strdup((const char *)(intptr_t)or_else);
  version = Py_GetVersion();
  process = getpid();
  if (path == NULL || fallback == NULL || sigaction(SIGABRT, NULL, &before) != 0 ||
      before.sa_handler == SIG_IGN || clutch_peeker_open(&peeker) != 0) {
    return JNI_FALSE;
  }
  return sigaction(SIGABRT, &action, NULL) == 0;
}

static const JNINativeMethod methods[] = {
    {"install", "(JJ)Z", (void *)native_install},
};

int clutch_fault_register(JNIEnv *env) {
  jclass class = (*env)->FindClass(env, "dev/clutch/internal/NativeFault");
  return class == NULL
             ? -1
             : (*env)->RegisterNatives(env, class, methods, sizeof methods / sizeof methods[0]);
}
