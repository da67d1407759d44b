#define _GNU_SOURCE /* realpath, readlink and memrchr */

#include "real_path.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_LINKS = 40 /* as many as Linux follows */ };

/* Without slashes at its end. -1 if it is too long. */
static int copy(const char *path, char copied[PATH_MAX]) {
  size_t length = strlen(path);
  while (length > 1 && path[length - 1] == '/') {
    length--;
  }
  if (length >= PATH_MAX) {
    return -1;
  }
  memcpy(copied, path, length);
  copied[length] = '\0';
  return 0;
}

static int join(const char *folder, const char *name, char joined[PATH_MAX]) {
  const char *between = strcmp(folder, "/") == 0 ? "" : "/";
  int length = snprintf(joined, PATH_MAX, "%s%s%s", folder, between, name);
  return length < 0 || length >= PATH_MAX ? -1 : 0;
}

/* Finds the longest beginning that is there, before the last part, and answers what comes after it:
   NULL if that goes up again, as no path of the kernel's does through what is missing. */
static const char *resolve_beginning(const char *path, char resolved[PATH_MAX]) {
  char beginning[PATH_MAX];
  size_t end = strlen(path);
  const char *rest = path;
  resolved[0] = '\0';
  do {
    const char *slash = memrchr(path, '/', end);
    end = slash == NULL ? 0 : (size_t)(slash - path);
    rest = slash == NULL ? path : slash + 1;
    memcpy(beginning, path, end);
    beginning[end] = '\0';
    const char *first = slash == NULL ? "." : end == 0 ? "/" : beginning;
    if (realpath(first, resolved) != NULL) {
      break;
    }
    if (errno != ENOENT) {
      return NULL;
    }
  } while (end > 0);
  size_t length = strlen(rest);
  bool goes_up = strncmp(rest, "../", 3) == 0 || strcmp(rest, "..") == 0 ||
                 strstr(rest, "/../") != NULL ||
                 (length >= 3 && strcmp(rest + length - 3, "/..") == 0);
  return goes_up || *rest == '\0' || resolved[0] == '\0' ? NULL : rest;
}

/* Whether the file is a link, whose target replaces `path` then. */
static bool follow(const char *folder, const char *file, char path[PATH_MAX]) {
  char target[PATH_MAX];
  ssize_t length = readlink(file, target, sizeof target - 1);
  if (length < 0) {
    return false;
  }
  target[length] = '\0';
  return (target[0] == '/' ? copy(target, path) : join(folder, target, path)) == 0;
}

int clutch_real_path(const char *path, bool follows, char resolved[PATH_MAX]) {
  char current[PATH_MAX];
  char folder[PATH_MAX];
  if (copy(path, current) != 0) {
    return -1;
  }
  for (int links = 0; links < MAX_LINKS; links++) {
    if (follows && realpath(current, resolved) != NULL) {
      return 0;
    }
    const char *rest = follows && errno != ENOENT ? NULL : resolve_beginning(current, folder);
    if (rest == NULL || join(folder, rest, resolved) != 0) {
      return -1;
    }
    if (!follows || !follow(folder, resolved, current)) {
      return 0;
    }
  }
  return -1;
}
