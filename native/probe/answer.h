/* A job that has ended, as one line of JSON:

     {"id": "7", "ended": "exited" | "killed" | "timeout" | "failed", "code": 11,
      "microseconds": 23456, "findings": "...", "output": "..."}

   code is the exit status or the number of the signal. Bytes that are not UTF-8 go through as they
   are. "failed" says that no process could be started, with errno's text as output. */
#ifndef CLUTCH_PROBE_ANSWER_H
#define CLUTCH_PROBE_ANSWER_H

#include "job.h"

/* Appends the line. */
void answer_write(buffer *to, const job *of);
void answer_write_failure(buffer *to, const char *id, const char *reason);

#endif
