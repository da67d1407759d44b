#define _GNU_SOURCE /* signalfd */

#include "supervisor.h"

#include "answer.h"
#include "job.h"
#include "orphans.h"
#include "request.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* Who started this one is looked for so often: another process may keep standard input open. */
#define LOOK_FOR_PARENT_MS 500

typedef struct supervisor {
  int argc;
  char **argv;
  pid_t parent;
  int children; /* of signalfd */
  job *jobs;
  int job_count;
  buffer input;
  bool input_ended;
} supervisor;

/* -- answering --------------------------------------------------------------------------------- */

/* Java always reads; if it cannot be told any more, it is gone. */
static void send_and_free(supervisor *of, buffer *line) {
  size_t done = 0;
  while (done < line->length && !of->input_ended) {
    ssize_t count = write(STDOUT_FILENO, line->bytes + done, line->length - done);
    if (count >= 0) {
      done += (size_t)count;
    } else if (errno != EINTR) {
      of->input_ended = true;
    }
  }
  buffer_free(line);
}

static void answer_failure(supervisor *of, const char *id, const char *reason) {
  buffer line = {NULL, 0, 0};
  answer_write_failure(&line, id, reason);
  send_and_free(of, &line);
}

static void answer(supervisor *of, job *ended) {
  buffer line = {NULL, 0, 0};
  job_read_all(ended);
  answer_write(&line, ended);
  send_and_free(of, &line);
}

/* -- requests ---------------------------------------------------------------------------------- */

/* The command of a child; to be freed. NULL with errno set. */
static char **join(const supervisor *of, char *const *arguments, int count) {
  size_t length = 3 + (size_t)of->argc + (size_t)count;
  char **argv = (char **)calloc(length, sizeof *argv);
  if (argv == NULL) {
    return NULL;
  }
  argv[0] = "clutch-probe";
  argv[1] = "child";
  for (int i = 0; i < of->argc; i++) {
    argv[2 + i] = of->argv[i];
  }
  for (int i = 0; i < count; i++) {
    argv[2 + of->argc + i] = arguments[i];
  }
  return argv;
}

static void start(supervisor *of, const char *id, int64_t timeout_ns, char *const *arguments,
                  int count) {
  char **argv = join(of, arguments, count);
  job *started = argv == NULL ? NULL : job_start(id, timeout_ns, argv);
  if (started == NULL) {
    answer_failure(of, id, strerror(errno));
  } else {
    started->next = of->jobs;
    of->jobs = started;
    of->job_count++;
  }
  free((void *)argv);
}

static void end(const supervisor *of, const char *id) {
  for (const job *each = of->jobs; each != NULL; each = each->next) {
    if (strcmp(each->id, id) == 0) {
      job_kill(each);
    }
  }
}

static bool serve(supervisor *of, const request *wanted) {
  if (wanted->count == 2 && strcmp(wanted->fields[0], "end") == 0) {
    end(of, wanted->fields[1]);
    return true;
  }
  if (wanted->count >= 3 && strcmp(wanted->fields[0], "ask") == 0) {
    int64_t timeout_ns = strtoll(wanted->fields[2], NULL, 10) * 1000000;
    start(of, wanted->fields[1], timeout_ns, wanted->fields + 3, wanted->count - 3);
    return true;
  }
  return false;
}

static void serve_all(supervisor *of) {
  static request wanted;
  size_t length = 0;
  int found = 0;
  while ((found = request_parse(&of->input, &wanted, &length)) == 1) {
    if (!serve(of, &wanted)) {
      found = -1;
      break;
    }
    buffer_drop(&of->input, length);
  }
  if (found < 0) {
    fputs("clutch-probe: what came on standard input is no request\n", stderr);
    of->input_ended = true;
  }
}

static void read_input(supervisor *of) {
  char bytes[16384];
  ssize_t count = read(STDIN_FILENO, bytes, sizeof bytes);
  if (count > 0) {
    buffer_append(&of->input, bytes, (size_t)count);
    serve_all(of);
  } else if (count == 0 || errno != EINTR) {
    of->input_ended = true;
  }
}

/* -- children ---------------------------------------------------------------------------------- */

static void note_end(supervisor *of, pid_t process, int status) {
  for (job **place = &of->jobs; *place != NULL; place = &(*place)->next) {
    job *ended = *place;
    if (ended->process == process) {
      kill(-process, SIGKILL); /* whatever it started and left */
      ended->process = 0;
      ended->status = status;
      *place = ended->next;
      of->job_count--;
      answer(of, ended);
      job_free(ended);
      return;
    }
  }
}

static bool is_job(const void *context, pid_t process) {
  const supervisor *of = context;
  for (const job *each = of->jobs; each != NULL; each = each->next) {
    if (each->process == process) {
      return true;
    }
  }
  return false;
}

static void reap(supervisor *of) {
  struct signalfd_siginfo ignored;
  while (read(of->children, &ignored, sizeof ignored) > 0) {
  }
  int status = 0;
  for (pid_t process = waitpid(-1, &status, WNOHANG); process > 0;
       process = waitpid(-1, &status, WNOHANG)) {
    note_end(of, process, status);
  }
  orphans_kill(is_job, of);
}

/* -- the loop ---------------------------------------------------------------------------------- */

static int time_to_wait_ms(const supervisor *of) {
  int64_t soonest = now_ns() + (int64_t)LOOK_FOR_PARENT_MS * 1000000;
  for (const job *each = of->jobs; each != NULL; each = each->next) {
    soonest = each->deadline_ns < soonest ? each->deadline_ns : soonest;
  }
  int64_t left = soonest - now_ns();
  return left <= 0 ? 0 : (int)(left / 1000000 + 1);
}

/* Descriptors of jobs are polled, but looked at one by one: there are few. */
static void wait_for_events(const supervisor *of, struct pollfd *events) {
  nfds_t count = 2;
  events[0] = (struct pollfd){STDIN_FILENO, POLLIN, 0};
  events[1] = (struct pollfd){of->children, POLLIN, 0};
  for (const job *each = of->jobs; each != NULL; each = each->next) {
    events[count++] = (struct pollfd){each->output, POLLIN, 0};
    events[count++] = (struct pollfd){each->findings, POLLIN, 0};
  }
  (void)poll(events, count, time_to_wait_ms(of));
}

static void step(supervisor *of) {
  struct pollfd *events = calloc(2 + 2 * (size_t)of->job_count, sizeof *events);
  if (events == NULL) {
    of->input_ended = true;
    return;
  }
  wait_for_events(of, events);
  for (job *each = of->jobs; each != NULL; each = each->next) {
    job_read_all(each);
    job_enforce_deadline(each);
  }
  if (events[1].revents != 0) {
    reap(of);
  }
  if (events[0].revents != 0) {
    read_input(of);
  }
  free(events);
}

static void end_all(supervisor *of) {
  while (of->jobs != NULL) {
    job *each = of->jobs;
    of->jobs = each->next;
    job_kill(each);
    job_free(each);
  }
  orphans_end_all();
  buffer_free(&of->input);
}

static int watch_children(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigprocmask(SIG_BLOCK, &set, NULL);
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* So that no descriptor of a pipe is one that a child wants to use. */
static void occupy_low_descriptors(void) {
  int nothing = 0;
  do {
    nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  } while (nothing >= 0 && nothing <= 3);
  close(nothing);
}

int supervisor_run(int argc, char **argv) {
  supervisor of = {.argc = argc, .argv = argv, .parent = getppid()};
  signal(SIGPIPE, SIG_IGN);
  occupy_low_descriptors();
  orphans_adopt();
  of.children = watch_children();
  if (of.children < 0) {
    perror("clutch-probe: signalfd");
    return EXIT_FAILURE;
  }
  while (!of.input_ended && getppid() == of.parent) {
    step(&of);
  }
  end_all(&of);
  return EXIT_SUCCESS;
}
