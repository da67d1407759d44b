/* What an interpreter may not do: audit events (PEP 578) that raise in it. Lives in C memory, where
   its Python code finds neither the policy nor the hook. */
#ifndef CLUTCH_POLICY_H
#define CLUTCH_POLICY_H

#include "interpreter.h"

/* NativeInterpreter.java mirrors these bits. */
enum clutch_capability {
  CLUTCH_FILES = 1,
  CLUTCH_SOCKETS = 2,
  CLUTCH_SUBPROCESSES = 4,
  CLUTCH_CTYPES = 8,
  CLUTCH_NATIVE_EXTENSIONS = 16,
  CLUTCH_ALL = 31,
};

typedef struct clutch_policy {
  clutch_interpreter *slot;
  unsigned denied;  /* capabilities */
  char **folders;   /* resolved, ends in NULL: code may do there what it likes */
  char **readable;  /* the same: the standard library and other modules */
  char *extensions; /* where extension modules of the standard library are */
} clutch_policy;

/* With the interpreter attached, and before any code of others ran in it: denies it so much from
   now on. The folders are strings that end in NUL, one after the other, and an empty one. -1 with
   an exception set. */
int clutch_policy_enforce(clutch_interpreter *slot, unsigned denied, const char *folders);

/* When the interpreter is gone. */
void clutch_policy_forget(clutch_interpreter *slot);

/* Raises clutch.AccessDenied: -1. */
int clutch_policy_deny(const clutch_policy *policy, unsigned capability, const char *event,
                       PyObject *argument);

/* policy_hook.c: what CPython calls for each audit event. */
int clutch_policy_audit(const char *event, PyObject *args, void *unused);

/* policy_files.c: -1 with an exception set if the event uses a file that the policy denies. */
int clutch_policy_check_files(const clutch_policy *policy, const char *event, PyObject *args);

/* Whether the file that `path` leads to lies in the folder, which is resolved. */
bool clutch_policy_in_folder(const char *path, const char *folder);

#endif
