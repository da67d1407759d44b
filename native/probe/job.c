#define _GNU_SOURCE /* pipe2 */

#include "job.h"

#include "task.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* Of the output the end is kept, of the findings the beginning. */
#define MOST_OUTPUT ((size_t)16 << 10)
#define MOST_FINDINGS ((size_t)4 << 20)

/* For the stacks of a process whose time is over. */
#define LAST_MOMENT_NS 1500000000

int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* -- in the new process ------------------------------------------------------------------------ */

typedef struct ends {
  int output[2];
  int findings[2];
} ends;

/* Whatever the supervisor has taken is as usual again. */
static void reset_signals(void) {
  sigset_t none;
  sigemptyset(&none);
  for (int signal = 1; signal <= SIGRTMAX; signal++) {
    (void)sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
  }
  sigprocmask(SIG_SETMASK, &none, NULL);
}

/* A limit of one byte is too small for a file, and tells Linux to start no handler of dumps either,
   which 0 does not (core(5)). */
static void dump_no_core(void) {
  const struct rlimit limit = {1, 1};
  setrlimit(RLIMIT_CORE, &limit);
}

static _Noreturn void become_child(const ends *pipes, pid_t supervisor, char **argv) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != supervisor) {
    _exit(EXIT_FAILURE);
  }
  reset_signals();
  dump_no_core();
  int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing < 0) {
    _exit(EXIT_FAILURE);
  }
  /* None of the descriptors is below 4, as the supervisor keeps those that are taken. */
  dup2(nothing, STDIN_FILENO);
  dup2(pipes->output[1], STDOUT_FILENO);
  dup2(pipes->output[1], STDERR_FILENO);
  dup2(pipes->findings[1], CLUTCH_PROBE_FINDINGS);
  execv("/proc/self/exe", argv);
  _exit(EXIT_FAILURE);
}

/* -- starting ---------------------------------------------------------------------------------- */

static void close_pipe(const int *pipe) {
  close(pipe[0]);
  close(pipe[1]);
}

static int open_pipes(ends *pipes) {
  if (pipe2(pipes->output, O_CLOEXEC) != 0) {
    return -1;
  }
  if (pipe2(pipes->findings, O_CLOEXEC) != 0) {
    close_pipe(pipes->output);
    return -1;
  }
  fcntl(pipes->output[0], F_SETFL, O_NONBLOCK);
  fcntl(pipes->findings[0], F_SETFL, O_NONBLOCK);
  return 0;
}

static pid_t start_process(const ends *pipes, char **argv) {
  pid_t supervisor = getpid();
  pid_t process = fork();
  if (process == 0) {
    become_child(pipes, supervisor, argv);
  }
  if (process > 0) {
    setpgid(process, process); /* whoever comes first */
  }
  return process;
}

static job *make(const char *id, int64_t timeout_ns) {
  job *of = calloc(1, sizeof *of);
  char *copy = of == NULL ? NULL : strdup(id);
  if (copy == NULL) {
    free(of);
    return NULL;
  }
  of->id = copy;
  of->started_ns = now_ns();
  of->deadline_ns = of->started_ns + timeout_ns;
  return of;
}

job *job_start(const char *id, int64_t timeout_ns, char **argv) {
  ends pipes;
  if (open_pipes(&pipes) != 0) {
    return NULL;
  }
  job *of = make(id, timeout_ns);
  pid_t process = of == NULL ? -1 : start_process(&pipes, argv);
  int error = errno;
  close(pipes.output[1]);
  close(pipes.findings[1]);
  if (process < 0) {
    close(pipes.output[0]);
    close(pipes.findings[0]);
    if (of != NULL) {
      of->output = of->findings = -1;
      job_free(of);
    }
    errno = error;
    return NULL;
  }
  of->process = process;
  of->output = pipes.output[0];
  of->findings = pipes.findings[0];
  return of;
}

/* -- while it runs ----------------------------------------------------------------------------- */

static void keep(job *of, buffer *to, const char *bytes, size_t length) {
  if (to == &of->written) {
    buffer_append(to, bytes, length);
    if (to->length > 2 * MOST_OUTPUT) {
      buffer_drop(to, to->length - MOST_OUTPUT);
    }
  } else if (to->length < MOST_FINDINGS) {
    buffer_append(to, bytes, length);
  }
}

void job_read(job *of, int *fd, buffer *to) {
  char bytes[16384];
  /* Not for ever: one that writes without end would keep the others waiting. */
  for (int i = 0; i < 16 && *fd >= 0; i++) {
    ssize_t count = read(*fd, bytes, sizeof bytes);
    if (count > 0) {
      keep(of, to, bytes, (size_t)count);
    } else if (count == 0 || errno != EINTR) {
      if (count == 0) {
        close(*fd);
        *fd = -1;
      }
      return;
    }
  }
}

void job_read_all(job *of) {
  job_read(of, &of->output, &of->written);
  job_read(of, &of->findings, &of->found);
}

void job_kill(const job *of) {
  if (of->process != 0) {
    kill(-of->process, SIGKILL);
    kill(of->process, SIGKILL); /* it may not have its own group yet, or have left it */
  }
}

void job_enforce_deadline(job *of) {
  if (of->process == 0 || now_ns() < of->deadline_ns) {
    return;
  }
  if (of->time_is_over) {
    job_kill(of);
  } else {
    kill(of->process, CLUTCH_PROBE_TIME_IS_OVER);
    of->time_is_over = true;
  }
  of->deadline_ns = now_ns() + LAST_MOMENT_NS;
}

void job_free(job *of) {
  if (of->output >= 0) {
    close(of->output);
  }
  if (of->findings >= 0) {
    close(of->findings);
  }
  buffer_free(&of->written);
  buffer_free(&of->found);
  free(of->id);
  free(of);
}
