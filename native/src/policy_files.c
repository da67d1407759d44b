#define _DEFAULT_SOURCE /* snprintf, PATH_MAX, under -std=c11 too */

#include "intercept.h"
#include "policy.h"
#include "real_path.h"

#include <fcntl.h>
#include <string.h>

/* One path among the arguments of an event. */
typedef struct use {
  const char *event;
  int path;
  int dir_fd; /* where the descriptor is that a relative path starts at; -1 for none */
  bool writes;
  bool follows; /* a link, to what it names */
} use;

/* The functions of shutil, glob, tempfile and pathlib are made of these. os.symlink may name any
   target: whoever opens the link is asked. */
static const use uses[] = {
    {"os.chmod", 0, 2, true, true},       {"os.chown", 0, 3, true, true},
    {"os.getxattr", 0, -1, false, true},  {"os.link", 0, 2, true, true},
    {"os.link", 1, 3, true, false},       {"os.listdir", 0, -1, false, true},
    {"os.listxattr", 0, -1, false, true}, {"os.mkdir", 0, 2, true, false},
    {"os.remove", 0, 1, true, false},     {"os.removexattr", 0, -1, true, true},
    {"os.rename", 0, 2, true, false},     {"os.rename", 1, 3, true, false},
    {"os.rmdir", 0, 1, true, false},      {"os.scandir", 0, -1, false, true},
    {"os.setxattr", 0, -1, true, true},   {"os.symlink", 1, 2, true, false},
    {"os.truncate", 0, -1, true, true},   {"os.utime", 0, 3, true, true},
};

/* -- where --------------------------------------------------------------------------------------
 */

bool clutch_policy_in_folder(const char *path, const char *folder) {
  size_t length = strlen(folder);
  return strcmp(folder, "/") == 0 ||
         (strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0'));
}

static bool in_one_of(const char *path, char *const *folders) {
  for (; *folders != NULL; folders++) {
    if (clutch_policy_in_folder(path, *folders)) {
      return true;
    }
  }
  return false;
}

/* The path as the kernel would begin: at the descriptor, if there is one and the path is relative.
   False if it is too long, or none. */
static bool locate(const char *bytes, Py_ssize_t length, int dir_fd, char located[PATH_MAX]) {
  if (length == 0 || strlen(bytes) != (size_t)length) {
    return false;
  }
  int written = bytes[0] == '/' || dir_fd < 0
                    ? snprintf(located, PATH_MAX, "%s", bytes)
                    : snprintf(located, PATH_MAX, "/proc/self/fd/%d/%s", dir_fd, bytes);
  return written > 0 && written < PATH_MAX;
}

static bool allows(const clutch_policy *policy, const char *path, bool writes, bool follows) {
  char resolved[PATH_MAX];
  return clutch_real_path(path, follows, resolved) == 0 &&
         (in_one_of(resolved, policy->folders) ||
          (!writes && in_one_of(resolved, policy->readable)));
}

/* -- what ----------------------------------------------------------------------------------------
 */

/* The path's bytes: a new reference, or NULL for what is no path, without an exception. Of an
   os.PathLike too, because that may answer differently when it is asked again. */
static PyObject *bytes_of(PyObject *path) {
  if (PyBytes_Check(path)) {
    return PyBytes_FromStringAndSize(PyBytes_AS_STRING(path), PyBytes_GET_SIZE(path));
  }
  if (path == Py_None) {
    return PyBytes_FromString(".");
  }
  return PyUnicode_Check(path) ? PyUnicode_EncodeFSDefault(path) : NULL;
}

static int check_path(const clutch_policy *policy, const char *event, PyObject *path, int dir_fd,
                      const use *of) {
  char located[PATH_MAX];
  if (PyLong_Check(path)) {
    return 0; /* a descriptor: it was opened already */
  }
  PyObject *bytes = bytes_of(path);
  bool allowed = bytes != NULL &&
                 locate(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes), dir_fd, located) &&
                 allows(policy, located, of->writes, of->follows);
  Py_XDECREF(bytes);
  return allowed ? 0 : clutch_policy_deny(policy, CLUTCH_FILES, event, path);
}

static int int_of(PyObject *args, int index) {
  long value = index >= 0 && index < PyTuple_GET_SIZE(args)
                   ? PyLong_AsLong(PyTuple_GET_ITEM(args, index))
                   : -1;
  PyErr_Clear();
  return (int)value;
}

/* Some callers give a mode, some flags, and some both. */
static bool opens_for_writing(PyObject *mode, int flags) {
  const char *text = PyUnicode_Check(mode) ? PyUnicode_AsUTF8(mode) : "";
  PyErr_Clear();
  return text == NULL || strpbrk(text, "wax+") != NULL ||
         (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND)) != 0;
}

/* Only os.open, which gives no mode, takes a dir_fd; but the event does not tell it. */
static int check_open(const clutch_policy *policy, const char *event, PyObject *args) {
  PyObject *mode = PyTuple_GET_ITEM(args, 1);
  use opened = {event, 0, -1, opens_for_writing(mode, int_of(args, 2)), true};
  int dir_fd = mode == Py_None ? clutch_dir_fd_of_open() : -1;
  return check_path(policy, event, PyTuple_GET_ITEM(args, 0), dir_fd, &opened);
}

int clutch_policy_check_files(const clutch_policy *policy, const char *event, PyObject *args) {
  if (strcmp(event, "open") == 0 && PyTuple_GET_SIZE(args) >= 3) {
    return check_open(policy, event, args);
  }
  for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++) {
    const use *each = &uses[i];
    if (strcmp(each->event, event) == 0 && each->path < PyTuple_GET_SIZE(args) &&
        check_path(policy, event, PyTuple_GET_ITEM(args, each->path), int_of(args, each->dir_fd),
                   each) != 0) {
      return -1;
    }
  }
  return 0;
}
