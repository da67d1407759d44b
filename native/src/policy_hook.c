#include "module.h"
#include "policy.h"
#include "real_path.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* -- denials ------------------------------------------------------------------------------------
 */

typedef struct explanation {
  unsigned capability;
  const char *text;
} explanation;

static const explanation explanations[] = {
    {CLUTCH_FILES,
     "Policy.denyFilesOutside: use a file in one of its folders, or give it this one's"},
    {CLUTCH_SOCKETS, "Policy.denySockets: let a callback into Java do it, or do not deny sockets"},
    {CLUTCH_SUBPROCESSES,
     "Policy.denySubprocesses: let a callback into Java do it, or do not deny subprocesses"},
    {CLUTCH_CTYPES, "Policy.denyCtypes: it would get around any other denial"},
    {CLUTCH_NATIVE_EXTENSIONS,
     "Policy.denyNativeExtensions: only those of the standard library may be loaded"},
    {CLUTCH_ALL, "any Policy: it would get around it"},
};

static const char *explain(unsigned capability) {
  const explanation *each = explanations;
  while ((each->capability & capability) != capability) {
    each++;
  }
  return each->text;
}

/* The exception has the event's name in a field, as well. */
static void raise_with_event(PyObject *raised, const char *event) {
  PyObject *name = PyUnicode_FromString(event);
  if (name != NULL && PyObject_SetAttrString(raised, "event", name) == 0) {
    PyErr_SetObject((PyObject *)Py_TYPE(raised), raised);
  }
  Py_XDECREF(name);
}

static int deny(unsigned capability, const char *event, PyObject *argument, PyObject *type) {
  bool import =
      type != NULL && PyType_IsSubtype((PyTypeObject *)type, (PyTypeObject *)PyExc_ImportError);
  PyObject *message =
      PyUnicode_FromFormat("%s %.300R: denied by %s", event, argument, explain(capability));
  PyObject *raised = message == NULL ? NULL
                     : import        ? PyObject_CallOneArg(type, message)
                              : PyObject_CallFunction(type == NULL ? PyExc_PermissionError : type,
                                                      "iO", EACCES, message);
  if (raised != NULL) {
    raise_with_event(raised, event);
  }
  Py_XDECREF(message);
  Py_XDECREF(raised);
  return -1;
}

/* Their module is gone at the very end of an interpreter. */
static clutch_module_state *state_of(const clutch_policy *policy) {
  return policy->slot->module == NULL ? NULL : clutch_module_state_of(policy->slot);
}

int clutch_policy_deny(const clutch_policy *policy, unsigned capability, const char *event,
                       PyObject *argument) {
  clutch_module_state *state = state_of(policy);
  return deny(capability, event, argument, state == NULL ? NULL : state->access_denied);
}

/* Python code looks for an ImportError, and does without the module then. */
static int deny_import(const clutch_policy *policy, unsigned capability, const char *event,
                       PyObject *argument) {
  clutch_module_state *state = state_of(policy);
  return deny(capability, event, argument,
              state == NULL ? PyExc_ImportError : state->import_denied);
}

/* -- modules ------------------------------------------------------------------------------------
 */

typedef struct refused_module {
  const char *name;
  unsigned capability;
} refused_module;

/* What is in them raises no audit event, or what it does cannot be told from one: SQL attaches
   files, Tcl does anything. subprocess gets a stand-in for _posixsubprocess. */
static const refused_module refused_modules[] = {
    {"_ctypes", CLUTCH_CTYPES},
    {"_ctypes_test", CLUTCH_CTYPES},
    {"_dbm", CLUTCH_FILES},
    {"_gdbm", CLUTCH_FILES},
    {"_interpreters", CLUTCH_ALL},
    {"_posixshmem", CLUTCH_FILES},
    {"_posixsubprocess", CLUTCH_SUBPROCESSES},
    {"_remote_debugging", CLUTCH_ALL},
    {"_sqlite3", CLUTCH_FILES},
    {"_testcapi", CLUTCH_ALL},
    {"_testclinic", CLUTCH_ALL},
    {"_testinternalcapi", CLUTCH_ALL},
    {"_testlimitedcapi", CLUTCH_ALL},
    {"_tkinter", CLUTCH_ALL},
    {"_xxsubinterpreters", CLUTCH_ALL},
    {"readline", CLUTCH_FILES},
};

static int check_module(const clutch_policy *policy, const char *event, PyObject *module,
                        const char *name) {
  for (size_t i = 0; i < sizeof refused_modules / sizeof refused_modules[0]; i++) {
    const refused_module *each = &refused_modules[i];
    if ((each->capability & policy->denied) != 0 && strcmp(each->name, name) == 0) {
      return deny_import(policy, each->capability, event, module);
    }
  }
  return 0;
}

/* Extension modules of the standard library are no others' native code. */
static int check_extension(const clutch_policy *policy, const char *event, PyObject *file) {
  char resolved[PATH_MAX];
  const char *path = PyUnicode_Check(file) ? PyUnicode_AsUTF8(file) : NULL;
  if ((policy->denied & CLUTCH_NATIVE_EXTENSIONS) == 0 ||
      (path != NULL && policy->extensions != NULL && clutch_real_path(path, true, resolved) == 0 &&
       clutch_policy_in_folder(resolved, policy->extensions))) {
    return 0;
  }
  PyErr_Clear();
  return deny_import(policy, CLUTCH_NATIVE_EXTENSIONS, event, file);
}

/* An import statement gives the module only; whoever loads an extension, its file too, and there
   the last part of the name decides what is loaded. */
static int check_import(const clutch_policy *policy, const char *event, PyObject *args) {
  PyObject *module = PyTuple_GET_ITEM(args, 0);
  PyObject *file = PyTuple_GET_SIZE(args) > 1 ? PyTuple_GET_ITEM(args, 1) : Py_None;
  const char *name = PyUnicode_Check(module) ? PyUnicode_AsUTF8(module) : NULL;
  if (name == NULL) {
    PyErr_Clear(); /* no module has such a name */
    return file == Py_None ? 0 : check_extension(policy, event, file);
  }
  if (file == Py_None) {
    return check_module(policy, event, module, name);
  }
  const char *dot = strrchr(name, '.');
  return check_module(policy, event, module, dot == NULL ? name : dot + 1) != 0
             ? -1
             : check_extension(policy, event, file);
}

/* -- sockets ------------------------------------------------------------------------------------
 */

/* A pair of sockets that only this process sees is what loops of asyncio wake up by: the event is
   that of any socket, but those that could reach others are told by what is done with them. */
static int check_socket(const clutch_policy *policy, const char *event, PyObject *args) {
  Py_ssize_t count = PyTuple_GET_SIZE(args);
  PyObject *last = count > 0 ? PyTuple_GET_ITEM(args, count > 1 ? 1 : 0) : Py_None;
  if (strcmp(event, "socket.gethostname") == 0 ||
      (strcmp(event, "socket.sendmsg") == 0 && last == Py_None) ||
      (strcmp(event, "socket.__new__") == 0 && PyLong_Check(last) &&
       PyLong_AsLong(last) == AF_UNIX)) {
    return 0;
  }
  return clutch_policy_deny(policy, CLUTCH_SOCKETS, event, last);
}

/* -- the hook -----------------------------------------------------------------------------------
 */

typedef int (*check)(const clutch_policy *policy, const char *event, PyObject *args);

typedef struct rule {
  const char *event; /* or the beginning of several, which ends in a dot */
  unsigned capability;
  check check; /* NULL: it is denied in any case */
} rule;

static const rule rules[] = {
    {"open", CLUTCH_FILES, clutch_policy_check_files},
    {"os.chdir", CLUTCH_FILES, NULL}, /* for the whole process */
    {"os.exec", CLUTCH_SUBPROCESSES, NULL},
    {"os.fork", CLUTCH_SUBPROCESSES, NULL},
    {"os.forkpty", CLUTCH_SUBPROCESSES, NULL},
    {"os.posix_spawn", CLUTCH_SUBPROCESSES, NULL},
    {"os.spawn", CLUTCH_SUBPROCESSES, NULL},
    {"os.system", CLUTCH_SUBPROCESSES, NULL},
    {"os.", CLUTCH_FILES, clutch_policy_check_files},
    {"import", CLUTCH_ALL, check_import},
    {"socket.", CLUTCH_SOCKETS, check_socket},
    {"syslog.", CLUTCH_SOCKETS, NULL},
    {"subprocess.Popen", CLUTCH_SUBPROCESSES, NULL},
    {"pty.spawn", CLUTCH_SUBPROCESSES, NULL},
    {"ctypes.", CLUTCH_CTYPES, NULL},
    {"cpython.PyInterpreterState_New", CLUTCH_ALL, NULL},
    {"sys.remote_exec", CLUTCH_ALL, NULL},
};

static bool matches(const rule *of, const char *event) {
  size_t length = strlen(of->event);
  return of->event[length - 1] == '.' ? strncmp(of->event, event, length) == 0
                                      : strcmp(of->event, event) == 0;
}

static const rule *rule_for(const char *event) {
  for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
    if (rules[i].event[0] == event[0] && matches(&rules[i], event)) {
      return &rules[i];
    }
  }
  return NULL;
}

static const clutch_policy *attached_policy(void) {
  const clutch_interpreter *attached = clutch_account_attached();
  return attached == NULL ? NULL : attached->policy;
}

int clutch_policy_audit(const char *event, PyObject *args, void *unused) {
  (void)unused;
  const rule *of = rule_for(event);
  const clutch_policy *policy = of == NULL ? NULL : attached_policy();
  if (policy == NULL || (policy->denied & of->capability) == 0) {
    return 0;
  }
  if (of->check != NULL) {
    return of->check(policy, event, args);
  }
  PyObject *first = PyTuple_GET_SIZE(args) > 0 ? PyTuple_GET_ITEM(args, 0) : Py_None;
  return clutch_policy_deny(policy, of->capability, event, first);
}
