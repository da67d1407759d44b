#include "child.h"

#include "task.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -- arguments --------------------------------------------------------------------------------- */

/* The value, or NULL if the argument is another one. */
static const char *value_of(const char *argument, const char *key) {
  size_t length = strlen(key);
  return strncmp(argument, key, length) == 0 && argument[length] == '=' ? argument + length + 1
                                                                        : NULL;
}

static void take_single(clutch_probe_task *task, const char *argument) {
  const struct {
    const char *key;
    const char **value;
  } places[] = {
      {"library", &task->library},       {"runtime", &task->runtime}, {"home", &task->home},
      {"executable", &task->executable}, {"stage", &task->stage},     {"module", &task->module},
      {"exercise", &task->exercise},     {"rounds", &task->rounds},
  };
  for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
    const char *value = value_of(argument, places[i].key);
    if (value != NULL) {
      *places[i].value = value;
    }
  }
}

/* Collects all with that key in a list as long as argv is. */
static const char *const *take_all(int argc, char **argv, const char *key, size_t *count) {
  const char **list = (const char **)calloc((size_t)argc + 1, sizeof *list);
  *count = 0;
  for (int i = 0; list != NULL && i < argc; i++) {
    const char *value = value_of(argv[i], key);
    if (value != NULL) {
      list[(*count)++] = value;
    }
  }
  return list;
}

static void parse(clutch_probe_task *task, int argc, char **argv) {
  *task =
      (clutch_probe_task){"", "", "", "", "", "", "", "", NULL, 0, NULL, 0, CLUTCH_PROBE_FINDINGS};
  for (int i = 0; i < argc; i++) {
    take_single(task, argv[i]);
  }
  task->preload = take_all(argc, argv, "preload", &task->preload_count);
  task->path = take_all(argc, argv, "path", &task->path_count);
}

/* -- libraries --------------------------------------------------------------------------------- */

/* As the library would write it, which is not there. */
static int fail(const char *file) {
  dprintf(CLUTCH_PROBE_FINDINGS, "failed\x1f%s: %s\x1e", file, dlerror());
  return EXIT_FAILURE;
}

static int open_and_run(const clutch_probe_task *task) {
  for (size_t i = 0; i < task->preload_count; i++) {
    if (dlopen(task->preload[i], RTLD_NOW | RTLD_LOCAL) == NULL) {
      return fail(task->preload[i]);
    }
  }
  /* Extension modules are not linked with libpython. */
  if (dlopen(task->library, RTLD_NOW | RTLD_GLOBAL) == NULL) {
    return fail(task->library);
  }
  void *runtime = dlopen(task->runtime, RTLD_NOW | RTLD_LOCAL);
  void *run = runtime == NULL ? NULL : dlsym(runtime, "clutch_probe_run");
  if (run == NULL) {
    return fail(task->runtime);
  }
  clutch_probe_runner *runner = NULL;
  memcpy((void *)&runner, (void *)&run,
         sizeof runner); /* ISO C has no cast from data to functions */
  return runner(task);
}

int child_run(int argc, char **argv) {
  clutch_probe_task task;
  parse(&task, argc, argv);
  fcntl(CLUTCH_PROBE_FINDINGS, F_SETFD, FD_CLOEXEC);
  int status = open_and_run(&task);
  free((void *)task.preload);
  free((void *)task.path);
  return status;
}
