#include "orphans.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

void orphans_adopt(void) { prctl(PR_SET_CHILD_SUBREAPER, 1); }

/* A kernel that lacks the file keeps such processes; the process groups are killed everywhere. */
void orphans_kill(bool (*is_wanted)(const void *context, pid_t process), const void *context) {
  FILE *children = fopen("/proc/thread-self/children", "re");
  char number[24];
  while (children != NULL && fscanf(children, "%23s", number) == 1) {
    pid_t process = (pid_t)strtol(number, NULL, 10);
    if (process > 0 && !is_wanted(context, process)) {
      kill(process, SIGKILL);
    }
  }
  if (children != NULL) {
    fclose(children);
  }
}

static bool is_none(const void *context, pid_t process) {
  (void)context;
  (void)process;
  return false;
}

void orphans_end_all(void) {
  const struct timespec shortly = {0, 1000000};
  int ended = 0;
  for (int i = 0; i < 1000 && ended >= 0; i++) {
    orphans_kill(is_none, NULL);
    ended = waitpid(-1, NULL, WNOHANG);
    if (ended == 0) {
      nanosleep(&shortly, NULL);
    }
  }
}
