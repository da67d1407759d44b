/* A question under way: its process, and what comes of it. */
#ifndef CLUTCH_PROBE_JOB_H
#define CLUTCH_PROBE_JOB_H

#include "buffer.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct job {
  struct job *next;
  char *id;
  pid_t process; /* 0: it has ended */
  int output;    /* of its standard output and error; -1 once closed */
  int findings;  /* likewise */
  int64_t started_ns;
  int64_t deadline_ns; /* when the next step of ending it is due */
  bool time_is_over;
  int status; /* as of waitpid */
  buffer written;
  buffer found;
} job;

int64_t now_ns(void);

/* Starts a process with the given arguments, those of the program's `child`. NULL with errno set.
 */
job *job_start(const char *id, int64_t timeout_ns, char **argv);

/* Reads what is there, without waiting. */
void job_read(job *of, int *fd, buffer *to);
void job_read_all(job *of);

/* If it is time: first it is told to write its stacks and end, a moment later it is killed. */
void job_enforce_deadline(job *of);

/* The process and all of its group. */
void job_kill(const job *of);

void job_free(job *of);

#endif
