/* The C tests' own few lines of test framework. A test is a function; CHECK says what it expects.
 */
#ifndef CLUTCH_CHECK_H
#define CLUTCH_CHECK_H

#include <stdbool.h>

/* Prints the expectation and where it stands when it does not hold; the test goes on and fails. May
   be used on any thread. */
#define CHECK(expectation) check((expectation), #expectation, __FILE__, __LINE__)

void check(bool holds, const char *expectation, const char *file, int line);

/* Ends the test here, on its main thread, as one that cannot be made in this place, and says why.
 */
_Noreturn void check_skip(const char *reason);

typedef struct {
  const char *name;
  void (*run)(void);
} check_test;

/* One line each in the table of tests: CMakeLists.txt reads them to tell ctest their names. */
#define TEST(function)                                                                             \
  { #function, function }

/* Runs each test, up to the one without a name, in a process of its own, so that none inherits the
   stacks, keys or settings of another, and a crash is one failed test. Names in argv choose tests.
   Returns main's exit status: 0, or 1 when a test failed or none was chosen, or 77 when every one
   was skipped. */
int check_run(const check_test *tests, int argc, char **argv);

#endif
