#include "check.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PASSED = 0, FAILED = 1, SKIPPED = 77 }; /* exit statuses; ctest knows the last one too */

static atomic_int failures;

void check(bool holds, const char *expectation, const char *file, int line) {
  if (holds)
    return;
  failures++;
  fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, expectation);
}

void check_skip(const char *reason) {
  printf("        %s:\n", reason);
  exit(failures > 0 ? FAILED : SKIPPED);
}

static bool chosen(const char *name, int argc, char **argv) {
  for (int i = 1; i < argc; i++)
    if (strcmp(argv[i], name) == 0)
      return true;
  return argc == 1;
}

/* In a process of its own. Ends by exit, for what sanitizers and coverage have to say at the end.
 */
static pid_t start(const check_test *test) {
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    test->run();
    exit(failures > 0 ? FAILED : PASSED);
  }
  return child;
}

static int run(const check_test *test) {
  int status = -1;
  pid_t child = start(test);
  if (child < 0 || waitpid(child, &status, 0) != child)
    perror(test->name);
  else if (WIFSIGNALED(status))
    fprintf(stderr, "killed by signal %d (%s)\n", WTERMSIG(status), strsignal(WTERMSIG(status)));
  return WIFEXITED(status) ? WEXITSTATUS(status) : FAILED;
}

static void report(const char *name, int result) {
  const char *words = result == PASSED ? "ok" : result == SKIPPED ? "skipped" : "FAILED";
  printf("%-7s %s\n", words, name);
}

int check_run(const check_test *tests, int argc, char **argv) {
  int passed = 0, skipped = 0, failed = 0;
  for (const check_test *test = tests; test->name != NULL; test++) {
    if (!chosen(test->name, argc, argv))
      continue;
    int result = run(test);
    report(test->name, result);
    *(result == PASSED ? &passed : result == SKIPPED ? &skipped : &failed) += 1;
  }
  printf("%d passed, %d skipped, %d failed\n", passed, skipped, failed);
  if (failed > 0 || passed + skipped == 0)
    return FAILED;
  return passed > 0 ? PASSED : SKIPPED;
}
