#include "policy.h"

#include "intercept.h"
#include "module.h"
#include "real_path.h"

#include <stdlib.h>
#include <string.h>

/* Not before a policy is wanted: with a hook, CPython makes a tuple for each event, for id() too.
 */
static int install_hook(void) {
  static bool installed; /* guarded by the mutex */
  static pthread_mutex_t installing = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&installing);
  int failed = 0;
  if (!installed) {
    failed = clutch_intercept() != 0 || PySys_AddAuditHook(clutch_policy_audit, NULL) != 0;
    installed = !failed;
  }
  pthread_mutex_unlock(&installing);
  return failed ? -1 : 0;
}

static void free_strings(char **strings) {
  for (char **each = strings; each != NULL && *each != NULL; each++) {
    free(*each);
  }
  free(strings);
}

static void free_policy(clutch_policy *policy) {
  free_strings(policy->folders);
  free_strings(policy->readable);
  free(policy->extensions);
  free(policy);
}

/* A copy of strings that end in NUL, up to an empty one. */
static char **copy_strings(const char *from) {
  size_t count = 0;
  for (const char *each = from; *each != '\0'; each += strlen(each) + 1) {
    count++;
  }
  char **strings = calloc(count + 1, sizeof *strings);
  for (size_t i = 0; strings != NULL && i < count; from += strlen(from) + 1) {
    strings[i++] = strdup(from);
  }
  return strings;
}

/* Where the path leads; NULL if it leads nowhere. */
static char *real_copy(PyObject *path) {
  char resolved[PATH_MAX];
  const char *text = PyUnicode_Check(path) ? PyUnicode_AsUTF8(path) : NULL;
  PyErr_Clear();
  return text == NULL || clutch_real_path(text, true, resolved) != 0 ? NULL : strdup(resolved);
}

/* What sys.path holds when no code of others has run. */
static char **module_folders(void) {
  PyObject *path = PySys_GetObject("path");
  Py_ssize_t count = path == NULL || !PyList_Check(path) ? 0 : PyList_GET_SIZE(path);
  char **folders = calloc((size_t)count + 1, sizeof *folders);
  for (Py_ssize_t i = 0, used = 0; folders != NULL && i < count; i++) {
    folders[used] = real_copy(PyList_GET_ITEM(path, i));
    used += folders[used] != NULL;
  }
  return folders;
}

static char *extension_folder(char **folders) {
  for (; folders != NULL && *folders != NULL; folders++) {
    const char *name = strrchr(*folders, '/');
    if (name != NULL && strcmp(name, "/lib-dynload") == 0) {
      return strdup(*folders);
    }
  }
  return NULL;
}

static clutch_policy *new_policy(clutch_interpreter *slot, unsigned denied, const char *folders) {
  clutch_policy *made = calloc(1, sizeof *made);
  if (made == NULL) {
    return NULL;
  }
  made->slot = slot;
  made->denied = denied;
  made->folders = copy_strings(folders);
  made->readable = module_folders();
  made->extensions = extension_folder(made->readable);
  if (made->folders == NULL || made->readable == NULL) {
    free_policy(made);
    return NULL;
  }
  return made;
}

static int stand_in(clutch_interpreter *slot) {
  PyObject *done = PyObject_CallMethod(slot->module, "_stand_in_for_posixsubprocess", NULL);
  Py_XDECREF(done);
  return done == NULL ? -1 : 0;
}

int clutch_policy_enforce(clutch_interpreter *slot, unsigned denied, const char *folders) {
  if (install_hook() != 0 || ((denied & CLUTCH_SUBPROCESSES) != 0 && stand_in(slot) != 0)) {
    return -1;
  }
  clutch_policy *made = new_policy(slot, denied, folders);
  if (made == NULL) {
    PyErr_NoMemory();
    return -1;
  }
  slot->policy = made;
  return 0;
}

void clutch_policy_forget(clutch_interpreter *slot) {
  if (slot->policy != NULL) {
    free_policy(slot->policy);
    slot->policy = NULL;
  }
}
