/* Channels: messages over a native pipe, from any number of senders to any number of receivers, in
   Java and in every interpreter. Natives of NativeChannel.java; the Python types are in
   channel_object.c.

   Each message is a record in the pipe, written at once, so that none is torn and descriptors tell
   when there is one. A small message is in its record. The content of a larger one, or one that
   refers to shared things, does not go through the kernel, which would copy it twice: it is handed
   over in memory, in the order of the records. Who waits does so outside the kernel (waiting.h),
   where it can be interrupted; the descriptors never block.

   Locks: each side has one. That of `sending` may be taken inside that of `receiving`, not the
   other way round. No message is released while one is held: it may refer to ends of channels. */
#ifndef CLUTCH_CHANNEL_H
#define CLUTCH_CHANNEL_H

#include "message.h"
#include "waiting.h"

typedef struct clutch_channel clutch_channel;

/* One end of a channel: the end is closed when nobody knows it any more. */
typedef struct clutch_channel_end {
  clutch_shared shared;
  clutch_channel *channel;
  _Atomic bool closed;
} clutch_channel_end;

/* What senders have, and receivers. */
typedef struct clutch_side {
  pthread_mutex_t lock; /* guards what follows */
  int fd;               /* -1 when the end is closed */
  clutch_wait_list waiters;
  _Atomic int announced; /* how many wait, or are about to */
} clutch_side;

struct clutch_channel {
  clutch_channel_end send_end;
  clutch_channel_end receive_end;
  int capacity;     /* of the pipe, in bytes */
  _Atomic int ends; /* how many are left: the last one's end frees the channel */

  clutch_side sending;   /* its lock guards what follows, too */
  _Atomic bool all_sent; /* the pipe knows only if nobody else, as a child of the process, has it */
  clutch_message *first_beside;
  clutch_message *last_beside;
  uint64_t bytes_beside;

  clutch_side receiving; /* likewise */
  bool broken;
  clutch_wait_list selectors; /* who are told if an end is closed */
};

/* A pipe of at least so many bytes (0: as the system makes them). NULL with errno set. Each end has
   a reference, its creator's. */
clutch_channel *clutch_channel_open(int capacity);

/* Takes over the message when it answers DONE. Without a waiter it does not wait. */
int clutch_channel_send(clutch_channel *channel, clutch_message *message, clutch_waiter *waiter,
                        int64_t deadline);
int clutch_channel_receive(clutch_channel *channel, clutch_message **message, clutch_waiter *waiter,
                           int64_t deadline);

/* Waits until something can be received from one of the channels, or the end seen: `ready` says of
   which. They must stay; answers DONE, NOT_IN_TIME, INTERRUPTED, or NO_MEMORY. */
int clutch_channel_select(clutch_channel *const *channels, size_t count, bool *ready,
                          clutch_waiter *waiter, int64_t deadline);

void clutch_channel_close_end(clutch_channel_end *end);
/* Its descriptor, -1 if it is closed. */
int clutch_channel_end_fd(clutch_channel_end *end);
/* A duplicate of it, which is the caller's; -2 with errno set if there can be none. */
int clutch_channel_end_duplicate(clutch_channel_end *end);

/* Functions of the module. */
PyObject *clutch_channel_open_in_python(PyObject *module, PyObject *const *args, Py_ssize_t given,
                                        PyObject *keywords);
PyObject *clutch_channel_select_in_python(PyObject *module, PyObject *const *args, Py_ssize_t given,
                                          PyObject *keywords);

int clutch_channel_add_types(PyObject *module);
int clutch_channel_register(JNIEnv *env);

#endif
