/* Reads files of extension modules: sound ones, damaged ones, and what is none. */
#define _GNU_SOURCE

#include "extension_file.h"

#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* -- sound ones -------------------------------------------------------------------------------- */

static void names_of_a_single_phase_module(void) {
  CHECK(clutch_extension_file_kind(SINGLE_PHASE) == CLUTCH_EXTENSION_SINGLE_PHASE);
  CHECK(clutch_extension_file_kind(NOT_ASCII) == CLUTCH_EXTENSION_SINGLE_PHASE);
}

static void names_of_a_multi_phase_module(void) {
  CHECK(clutch_extension_file_kind(MULTI_PHASE) == CLUTCH_EXTENSION_MULTI_PHASE);
  CHECK(clutch_extension_file_kind(MODULE_EXPORT) == CLUTCH_EXTENSION_MULTI_PHASE);
}

static void names_of_another_library(void) {
  CHECK(clutch_extension_file_kind(OTHER_LIBRARY) == CLUTCH_EXTENSION_WITHOUT_INIT);
}

/* Its string table is longer than what is read at once, and the name lies anywhere in it. */
static void a_name_among_very_many(void) {
  CHECK(clutch_extension_file_kind(MANY_NAMES) == CLUTCH_EXTENSION_MULTI_PHASE);
}

/* -- what is none ------------------------------------------------------------------------------ */

static bool is_unreadable(const char *path) {
  return clutch_extension_file_kind(path) == CLUTCH_EXTENSION_UNREADABLE;
}

static void files_that_are_no_library(void) {
  CHECK(is_unreadable("/nowhere/at/all.so"));
  CHECK(is_unreadable("/tmp"));
  CHECK(is_unreadable("/dev/zero"));
  CHECK(is_unreadable(__FILE__));
  CHECK(is_unreadable(""));
}

/* Opening one waits for a writer, unless one says otherwise. */
static void a_pipe_without_a_writer(void) {
  char path[] = "/tmp/extension_file_testXXXXXX";
  CHECK(mkdtemp(path) != NULL);
  char name[sizeof path + 8];
  snprintf(name, sizeof name, "%s/fifo", path);
  CHECK(mkfifo(name, 0600) == 0);
  CHECK(is_unreadable(name));
  unlink(name);
  rmdir(path);
}

/* -- damaged ones ------------------------------------------------------------------------------ */

enum { MOST = 1 << 17, ROUNDS = 20000 };

static unsigned char sound[MOST];
static size_t length;
static char damaged[32];
static int descriptor;

static void begin_damage(void) {
  int from = open(MULTI_PHASE, O_RDONLY);
  length = (size_t)read(from, sound, sizeof sound);
  close(from);
  descriptor = memfd_create("damaged", 0);
  snprintf(damaged, sizeof damaged, "/proc/self/fd/%d", descriptor);
  CHECK(length > 0 && descriptor >= 0);
}

static bool survives(const unsigned char *bytes, size_t count) {
  return ftruncate(descriptor, 0) == 0 && pwrite(descriptor, bytes, count, 0) == (ssize_t)count &&
         clutch_extension_file_kind(damaged) <= CLUTCH_EXTENSION_MULTI_PHASE;
}

static void files_cut_off_anywhere(void) {
  begin_damage();
  for (size_t count = 0; count < length; count += count < 2048 ? 1 : 61) {
    CHECK(survives(sound, count));
  }
  close(descriptor);
}

/* Mostly in the headers and what they lead to, with values that are wrong in more ways than bits.
 */
static void files_with_changed_bytes(void) {
  static const unsigned char values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
  static unsigned char bytes[MOST];
  begin_damage();
  srand(1);
  for (int round = 0; round < ROUNDS; round++) {
    for (size_t i = 0; i < length; i++) {
      bytes[i] = sound[i];
    }
    size_t reach = round % 2 == 0 ? 1024 : length;
    for (int change = rand() % 12; change >= 0; change--) {
      size_t place = (size_t)rand() % (reach < length ? reach : length);
      bytes[place] = round % 3 == 0 ? (unsigned char)rand() : values[(size_t)rand() % 5];
    }
    CHECK(survives(bytes, length));
  }
  close(descriptor);
}

int main(int argc, char **argv) {
  static const check_test tests[] = {
      TEST(names_of_a_single_phase_module),
      TEST(names_of_a_multi_phase_module),
      TEST(names_of_another_library),
      TEST(a_name_among_very_many),
      TEST(files_that_are_no_library),
      TEST(a_pipe_without_a_writer),
      TEST(files_cut_off_anywhere),
      TEST(files_with_changed_bytes),
      {0},
  };
  return check_run(tests, argc, argv);
}
