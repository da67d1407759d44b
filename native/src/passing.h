/* Sending and receiving in Python: what queues and channels have in common. */
#ifndef CLUTCH_PASSING_H
#define CLUTCH_PASSING_H

#include "message.h"
#include "waiting.h"

/* One message on its way in, or out. */
typedef struct clutch_passing {
  clutch_shared *shared;
  clutch_message *message;
  /* Without a waiter it does not wait. Answers one of clutch_answer. */
  int (*attempt)(struct clutch_passing *of, clutch_waiter *waiter, int64_t deadline);
} clutch_passing;

/* These answer CLUTCH_DONE, or why not; CLUTCH_INTERRUPTED if an exception is set. `self` is the
   object of what is shared. */
int clutch_send_in_python(PyObject *self, clutch_passing *by, PyObject *value, int64_t deadline);
int clutch_receive_in_python(PyObject *self, clutch_passing *by, PyObject **value,
                             int64_t deadline);

/* Raises the exception of the module that has that name: NULL. */
PyObject *clutch_raise(PyObject *self, const char *type_name, const char *message);

#endif
