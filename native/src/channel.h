/* Channels: messages over a native pipe, from any number of senders to any number of receivers, in
   Java and in every interpreter. Natives of NativeChannel.java; the Python types are in
   channel_object.c.

   The pipe holds a header before each message (struct clutch_header); who waits for it does so
   outside the kernel (waiting.h), where it can be interrupted, and its descriptors never block. One
   message is sent at a time, and one is received at a time: what has been received of it is the
   channel's, so that whoever receives next goes on with it.

   Locks: `sending` guards the side of the senders and its descriptor, `receiving` the other.
   `sending` may be taken inside `receiving`, not the other way round. */
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

typedef struct clutch_header {
  uint32_t magic;
  uint32_t attachments;
  uint64_t length;
} clutch_header;

#define CLUTCH_HEADER_MAGIC 0x48434C43u

/* Attachments of a message on its way, in the order of the messages that have some. */
typedef struct clutch_attached {
  struct clutch_attached *next;
  size_t count;
  clutch_shared **shared; /* on the heap, with a reference to each */
} clutch_attached;

/* What sending and receiving answer; Messages.java mirrors it. */
enum clutch_channel_answer {
  CLUTCH_CHANNEL_DONE = 0,
  CLUTCH_CHANNEL_NO_MEMORY = CLUTCH_NO_MEMORY,
  CLUTCH_CHANNEL_NOT_IN_TIME = -10,
  CLUTCH_CHANNEL_INTERRUPTED = -11,
  CLUTCH_CHANNEL_CLOSED = -12, /* the other end: nothing can be sent, all has been received */
  CLUTCH_CHANNEL_CLOSED_HERE = -14,
  CLUTCH_CHANNEL_CUT = -15,    /* a sender ended in the middle of a message, which is dropped */
  CLUTCH_CHANNEL_BROKEN = -16, /* something in the pipe was not written by this code */
};

struct clutch_channel {
  clutch_channel_end send_end;
  clutch_channel_end receive_end;
  int capacity;     /* of the pipe, in bytes */
  _Atomic int ends; /* how many are left: the last one's end frees the channel */

  pthread_mutex_t sending; /* guards what follows */
  int write_fd;            /* -1 when the end is closed */
  bool in_message;         /* a message has been begun, by a sender who waits for room */
  bool cut;                /* and given up: until the receivers have noticed, nothing is sent */
  bool cut_quietly;        /* its sender knows, so that the receivers need not */
  uint64_t written;        /* bytes of the message begun, header included */
  clutch_attached *first_attached;
  clutch_attached *last_attached;
  clutch_wait_list senders;     /* who wait for their turn, or for room to begin */
  clutch_wait_list in_progress; /* who waits for room to go on */
  _Atomic int senders_waiting;

  pthread_mutex_t receiving; /* guards what follows */
  int read_fd;               /* -1 when the end is closed */
  clutch_header header;      /* of the message that is being received */
  clutch_message *incoming;  /* it, once the header is there */
  uint64_t got;              /* bytes of it, header included */
  clutch_message *dropped;   /* to be released when no lock is held: it may have ends of channels */
  clutch_wait_list receivers;
  clutch_wait_list selectors; /* who are told if the end is closed */
  _Atomic int receivers_waiting;
};

/* A pipe of at least so many bytes (0: as the system makes them). NULL with errno set. Each end has
   a reference, its creator's. */
clutch_channel *clutch_channel_open(int capacity);

/* Sends so many bytes; the attachments stay the caller's. Without a waiter it does not wait: a
   message that is larger than PIPE_BUF is then sent only if the pipe is empty and as large. */
int clutch_channel_send(clutch_channel *channel, const unsigned char *data, uint64_t length,
                        clutch_shared *const *attachments, size_t count, clutch_waiter *waiter,
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

/* -- between the files ------------------------------------------------------------------------- */

/* With no lock held: room was made, or something was written. */
void clutch_channel_wake_sender(clutch_channel *channel);
void clutch_channel_wake_receiver(clutch_channel *channel);

/* With `sending` held: takes the first attachments off; NULL if there are none. */
clutch_attached *clutch_channel_take_attached(clutch_channel *channel);
void clutch_attached_free(clutch_attached *attached);

/* With `receiving` held: gives the incoming message up. */
void clutch_channel_drop_incoming(clutch_channel *channel);
/* With no lock held: releases what was given up. */
void clutch_channel_release_dropped(clutch_channel *channel);

/* Functions of the module. */
PyObject *clutch_channel_open_in_python(PyObject *module, PyObject *const *args, Py_ssize_t given,
                                        PyObject *keywords);
PyObject *clutch_channel_select_in_python(PyObject *module, PyObject *const *args, Py_ssize_t given,
                                          PyObject *keywords);

int clutch_channel_add_types(PyObject *module);
int clutch_channel_register(JNIEnv *env);

#endif
