/* Redirects the calls of libraries that were linked in different ways. */

#include "check.h"
#include "redirect.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

int call_lazily(void);
int call_bound_early(void);
int call_without_plt(void);

enum { ANSWER = -42 };

static int answer(void) { return ANSWER; }

/* -- mprotect, which the redirection calls, replaced for this program -------------------------- */

static bool may_protect = true;
static int last_protection;

/* NOLINTNEXTLINE: its parameters are the C library's */
int mprotect(void *address, size_t size, int protection) {
  if (!may_protect) {
    errno = EACCES;
    return -1;
  }
  last_protection = protection;
  return (int)syscall(SYS_mprotect, address, size, protection);
}

/* -- tests ------------------------------------------------------------------------------------- */

static int redirect(int (*within)(void), const char *name) {
  return clutch_redirect((clutch_function)within, name, (clutch_function)answer);
}

static void redirects_one_library(int (*within)(void), int (*other)(void)) {
  CHECK(redirect(within, "getppid") == 1);
  CHECK(within() == ANSWER);
  CHECK(other() == getppid());
}

static void lazy_calls(void) { redirects_one_library(call_lazily, call_without_plt); }

static void lazy_calls_already_bound(void) {
  CHECK(call_lazily() == getppid());
  redirects_one_library(call_lazily, call_bound_early);
}

static void calls_bound_early(void) { redirects_one_library(call_bound_early, call_lazily); }

static void calls_without_plt(void) { redirects_one_library(call_without_plt, call_lazily); }

static void read_only_again(void) {
  last_protection = -1;
  CHECK(redirect(call_bound_early, "getppid") == 1);
  CHECK(last_protection == PROT_READ);
}

static void needs_no_reference(void) {
  CHECK(redirect(call_lazily, "getpid") == 0);
  CHECK(redirect(call_lazily, "getppi") == 0);
  CHECK(call_lazily() == getppid());
}

static void fails_when_it_may_not_write(void) {
  may_protect = false;
  CHECK(redirect(call_bound_early, "getppid") == -1);
  CHECK(errno == EACCES);
  CHECK(call_bound_early() == getppid());
}

int main(int argc, char **argv) {
  static const check_test tests[] = {
      TEST(lazy_calls),
      TEST(lazy_calls_already_bound),
      TEST(calls_bound_early),
      TEST(calls_without_plt),
      TEST(read_only_again),
      TEST(needs_no_reference),
      TEST(fails_when_it_may_not_write),
      {0},
  };
  return check_run(tests, argc, argv);
}
