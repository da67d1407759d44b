/* What audit events leave out. */
#ifndef CLUTCH_INTERCEPT_H
#define CLUTCH_INTERCEPT_H

#include "py_compat.h"

/* Puts functions of ours in the place of os.open and _imp.create_builtin, in all interpreters. -1
   with an exception set. */
int clutch_intercept(void);

/* The dir_fd of the os.open that this thread is in; -1 for none. */
int clutch_dir_fd_of_open(void);

#endif
