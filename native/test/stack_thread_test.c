/* Threads: who owns a stack, what becomes of it when its thread ends, and what happens without one.
 */
#define _GNU_SOURCE /* mincore */

#include "check.h"
#include "stack.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { STACK = 64 << 20, USABLE = 63 << 20, WARM = 64 << 10, MAX_IDLE = 16 };

/* -- looking at a stack ------------------------------------------------------------------------ */

static void note_low(void *low) {
  size_t size;
  CHECK(clutch_stack_bounds(low, &size));
  CHECK(size == USABLE);
}

/* The lowest usable address of the calling thread's stack, having entered it. */
static char *own_low(void) {
  char *low = NULL;
  CHECK(clutch_stack_enter(note_low, &low) == 0);
  return low;
}

static long page_size(void) { return sysconf(_SC_PAGESIZE); }

static bool is_mapped(char *low) {
  unsigned char page;
  return mincore(low, (size_t)page_size(), &page) == 0;
}

static size_t resident_bytes(char *low) {
  static unsigned char pages[USABLE / 4096];
  CHECK(mincore(low, USABLE, pages) == 0);
  size_t resident = 0;
  for (long i = 0; i < USABLE / page_size(); i++)
    resident += pages[i] & 1;
  return resident * (size_t)page_size();
}

/* -- running threads --------------------------------------------------------------------------- */

static void run_thread(void *(*body)(void *), void *arg) {
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, body, arg) == 0);
  CHECK(pthread_join(thread, NULL) == 0);
}

static void *enter_once(void *low) {
  *(char **)low = own_low();
  return NULL;
}

static char *low_of_a_new_thread(void) {
  char *low = NULL;
  run_thread(enter_once, &low);
  return low;
}

/* -- reuse ------------------------------------------------------------------------------------- */

static void ended_threads_stack_is_reused(void) {
  char *first = low_of_a_new_thread();
  CHECK(first != NULL);
  for (int i = 0; i < 100; i++)
    CHECK(low_of_a_new_thread() == first);
}

static void living_threads_have_their_own(void) {
  char *mine = own_low();
  CHECK(low_of_a_new_thread() != mine);
  CHECK(own_low() == mine);
}

/* -- stacks for threads to come ---------------------------------------------------------------- */

typedef struct {
  char *reserved;
  char *low; /* where it then ran */
} adoption;

static void *adopt_and_enter(void *arg) {
  adoption *self = arg;
  clutch_stack_adopt(self->reserved);
  self->low = own_low();
  return NULL;
}

static void reserved_stack_is_adopted_and_given_back(void) {
  adoption one = {clutch_stack_reserve(), NULL};
  CHECK(one.reserved != NULL);
  CHECK(low_of_a_new_thread() != one.reserved + (STACK - USABLE));
  run_thread(adopt_and_enter, &one);
  CHECK(one.low == one.reserved + (STACK - USABLE));
  CHECK(low_of_a_new_thread() == one.low);
}

static void reserved_stack_can_be_given_back_unused(void) {
  char *reserved = clutch_stack_reserve();
  CHECK(reserved != NULL);
  clutch_stack_give_back(reserved);
  CHECK(low_of_a_new_thread() == reserved + (STACK - USABLE));
}

/* -- 1,000 threads at once --------------------------------------------------------------------- */

enum { THREADS = 1000 };

static pthread_barrier_t all_entered;

static void meet_on_private_stack(void *low) {
  note_low(low);
  char *frame = __builtin_frame_address(0);
  CHECK(*(char **)low <= frame && frame < *(char **)low + USABLE);
  pthread_barrier_wait(&all_entered);
}

static void *enter_with_all(void *low) {
  CHECK(clutch_stack_enter(meet_on_private_stack, low) == 0);
  return NULL;
}

static int by_address(const void *left, const void *right) {
  uintptr_t a = *(const uintptr_t *)left, b = *(const uintptr_t *)right;
  return (a > b) - (a < b);
}

static void run_threads(char **lows) {
  static pthread_t threads[THREADS];
  pthread_barrier_init(&all_entered, NULL, THREADS);
  for (int i = 0; i < THREADS; i++)
    CHECK(pthread_create(&threads[i], NULL, enter_with_all, &lows[i]) == 0);
  for (int i = 0; i < THREADS; i++)
    CHECK(pthread_join(threads[i], NULL) == 0);
}

static void a_thousand_threads_enter(void) {
  static char *lows[THREADS];
  run_threads(lows);
  int mapped = 0;
  for (int i = 0; i < THREADS; i++)
    mapped += is_mapped(lows[i]);
  CHECK(mapped == MAX_IDLE);
  qsort(lows, THREADS, sizeof lows[0], by_address);
  for (int i = 1; i < THREADS; i++)
    CHECK(lows[i] - lows[i - 1] >= STACK);
}

/* -- memory ------------------------------------------------------------------------------------ */

static void fill_stack(void *low) {
  note_low(low);
  char *begin = *(char **)low;
  memset(begin, 1, (size_t)((char *)__builtin_frame_address(0) - begin - (64 << 10)));
  CHECK(resident_bytes(begin) > (size_t)60 << 20);
}

static void *enter_and_fill(void *low) {
  CHECK(clutch_stack_enter(fill_stack, low) == 0);
  return NULL;
}

static void exit_gives_memory_back(void) {
  char *low = NULL;
  run_thread(enter_and_fill, &low);
  CHECK(resident_bytes(low) <= WARM);
  CHECK(low_of_a_new_thread() == low);
}

static void deep_use_is_given_back_at_once(void) {
  char *low = NULL;
  enter_and_fill(&low);
  CHECK(resident_bytes(low) <= WARM);
}

static void new_stack_costs_little(void) {
  char *low = own_low();
  CHECK(resident_bytes(low) <= WARM);
  *(volatile char *)low = 1;
  CHECK(resident_bytes(low) <= WARM);
}

/* -- odd exits --------------------------------------------------------------------------------- */

static void exit_thread(void *unused) {
  (void)unused;
  pthread_exit(NULL);
}

static void *exit_on_private_stack(void *low) {
  enter_once(low);
  clutch_stack_enter(exit_thread, NULL);
  CHECK(!"reached");
  return NULL;
}

/* What CPython 3.12 and 3.13 do to a thread that wants the GIL while Python is finalized. */
static void pthread_exit_gives_the_stack_back(void) {
  char *low = NULL;
  run_thread(exit_on_private_stack, &low);
  CHECK(low_of_a_new_thread() == low);
}

static pthread_key_t late_key;
static char *late_low;

static void expect_own_stack(void *low) {
  note_low(low);
  CHECK(low_of_a_new_thread() != *(char **)low);
}

static void enter_late(void *unused) {
  (void)unused;
  CHECK(clutch_stack_enter(expect_own_stack, &late_low) == 0);
}

static void *leave_a_late_destructor(void *low) {
  enter_once(low);
  CHECK(pthread_key_create(&late_key, enter_late) == 0);
  CHECK(pthread_setspecific(late_key, &late_key) == 0);
  return NULL;
}

/* Keys made later are destroyed later: enter_late finds its thread's stack given back already. */
static void destructor_may_enter(void) {
  char *low = NULL;
  run_thread(leave_a_late_destructor, &low);
  CHECK(late_low == low);
  CHECK(low_of_a_new_thread() == low);
}

/* -- no stack to be had ------------------------------------------------------------------------ */

static void set_flag(void *flag) { *(bool *)flag = true; }

static bool can_map(size_t size) {
  void *memory = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory != MAP_FAILED && munmap(memory, size) == 0;
}

static void limit_addresses(rlim_t bytes) {
  struct rlimit limit;
  getrlimit(RLIMIT_AS, &limit);
  limit.rlim_cur = bytes;
  CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
}

static void fails_without_memory(void) {
  bool ran = false;
  limit_addresses(STACK / 2);
  if (can_map(STACK))
    check_skip("the limit of addresses is not applied here (qemu ignores it)");
  errno = 0;
  CHECK(clutch_stack_enter(set_flag, &ran) == -1);
  CHECK(errno == ENOMEM);
  CHECK(!ran);
  limit_addresses(RLIM_INFINITY);
  CHECK(clutch_stack_enter(set_flag, &ran) == 0);
  CHECK(ran);
}

static void fails_without_a_key(void) {
  pthread_key_t key;
  while (pthread_key_create(&key, NULL) == 0)
    continue;
  bool ran = false;
  errno = 0;
  CHECK(clutch_stack_enter(set_flag, &ran) == -1);
  CHECK(errno == EAGAIN);
  CHECK(!ran);
}

/* -- names ------------------------------------------------------------------------------------- */

static bool is_named(char *low) {
  char line[512], expected[64];
  bool found = false;
  snprintf(expected, sizeof expected, "%lx-", (unsigned long)(uintptr_t)low);
  FILE *maps = fopen("/proc/self/maps", "r");
  while (maps != NULL && fgets(line, sizeof line, maps) != NULL)
    found |= strncmp(line, expected, strlen(expected)) == 0 && strstr(line, "clutch stack") != NULL;
  if (maps != NULL)
    fclose(maps);
  return found;
}

static bool kernel_has_names(void) {
  void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, page, 4096, "test") == 0;
}

static void stack_has_a_name(void) {
  if (!kernel_has_names())
    check_skip("the kernel does not name anonymous memory (CONFIG_ANON_VMA_NAME)");
  CHECK(is_named(own_low()));
}

int main(int argc, char **argv) {
  static const check_test tests[] = {
      TEST(ended_threads_stack_is_reused),
      TEST(living_threads_have_their_own),
      TEST(reserved_stack_is_adopted_and_given_back),
      TEST(reserved_stack_can_be_given_back_unused),
      TEST(a_thousand_threads_enter),
      TEST(exit_gives_memory_back),
      TEST(deep_use_is_given_back_at_once),
      TEST(new_stack_costs_little),
      TEST(pthread_exit_gives_the_stack_back),
      TEST(destructor_may_enter),
      TEST(fails_without_memory),
      TEST(fails_without_a_key),
      TEST(stack_has_a_name),
      {0},
  };
  return check_run(tests, argc, argv);
}
