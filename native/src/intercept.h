/* Functions of ours in the place of CPython's own: what audit events leave out, and others. */
#ifndef CLUTCH_INTERCEPT_H
#define CLUTCH_INTERCEPT_H

#include "py_compat.h"

/* A module's functions are called through a table that all interpreters share. */
typedef struct clutch_interception {
  const char *module;
  const char *function;
  PyCFunction ours; /* of the same calling convention */
  PyCFunction theirs;
} clutch_interception;

/* Puts `ours` in place in all interpreters, and fills in `theirs`. -1 with an exception set. */
int clutch_intercept_one(clutch_interception *of);

/* Puts functions of ours in the place of os.open and _imp.create_builtin, in all interpreters. -1
   with an exception set. */
int clutch_intercept(void);

/* The dir_fd of the os.open that this thread is in; -1 for none. */
int clutch_dir_fd_of_open(void);

#endif
