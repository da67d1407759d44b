#define _GNU_SOURCE /* gettid */

#include "findings.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int fd = -1;
static pid_t process;
static _Atomic pid_t holder; /* of the lock: a thread, or 0 */

void probe_findings_open(int to) {
  fd = to;
  process = getpid();
}

int probe_findings_fd(void) { return fd; }

/* -- the lock ---------------------------------------------------------------------------------- */

bool probe_findings_lock(int patience_ms) {
  const struct timespec shortly = {0, 1000000};
  pid_t nobody = 0;
  for (int i = 0; !atomic_compare_exchange_strong(&holder, &nobody, gettid()); i++) {
    if (nobody == gettid() || i == patience_ms) {
      return false;
    }
    nobody = 0;
    nanosleep(&shortly, NULL);
  }
  return true;
}

void probe_findings_unlock(void) { holder = 0; }

/* -- putting together -------------------------------------------------------------------------- */

static size_t size_of(const char *const *fields, size_t count) {
  size_t size = 0;
  for (size_t i = 0; i < count; i++) {
    size += strlen(fields[i]) + 1;
  }
  return size;
}

static char *put(char *to, const char *field) {
  for (; *field != '\0'; field++) {
    *to = *field;
    if (*to == PROBE_FIELD_END || *to == PROBE_RECORD_END) {
      *to = '?';
    }
    to++;
  }
  *to++ = PROBE_FIELD_END;
  return to;
}

static void write_all(const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t count = write(fd, bytes, length);
    if (count < 0 && errno != EINTR) {
      return; /* nobody listens: the supervisor is about to kill this process */
    }
    bytes += count < 0 ? 0 : count;
    length -= count < 0 ? 0 : (size_t)count;
  }
}

void probe_report(const char *const *fields, size_t count) {
  size_t size = size_of(fields, count);
  char *record = getpid() == process && count > 0 ? malloc(size) : NULL;
  if (record == NULL) {
    return;
  }
  char *end = record;
  for (size_t i = 0; i < count; i++) {
    end = put(end, fields[i]);
  }
  end[-1] = PROBE_RECORD_END;
  (void)probe_findings_lock(-1);
  write_all(record, size);
  probe_findings_unlock();
  free(record);
}

void probe_fail(const char *what, const char *why) {
  char message[1000];
  snprintf(message, sizeof message, "%s%s%s", what, *why == '\0' ? "" : ": ", why);
  PROBE_REPORT("failed", message);
  _exit(EXIT_FAILURE);
}
