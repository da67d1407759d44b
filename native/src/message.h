/* A value on its way between interpreters and Java, in a queue or a channel: bytes as codec.h says,
   and the shared things that they refer to by number. It belongs to no interpreter. Natives of
   NativeMessage.java. */
#ifndef CLUTCH_MESSAGE_H
#define CLUTCH_MESSAGE_H

#include "shared.h"

/* What sending and receiving answer, not to be mixed up with clutch_waited; Messages.java mirrors
 * it.
 */
enum clutch_answer {
  CLUTCH_DONE = 0,
  CLUTCH_NOT_IN_TIME = -10, /* there was no room, or no message */
  CLUTCH_WAS_INTERRUPTED = -11,
  CLUTCH_OTHER_CLOSED = -12, /* nobody receives any more, or all has been received */
  CLUTCH_IS_NONE = -13,      /* the first message is None, which was not asked for */
  CLUTCH_CLOSED_HERE = -14,
  CLUTCH_BROKEN = -15, /* something in the pipe was not written by this code */
};

typedef struct clutch_message {
  struct clutch_message *next; /* its owner's to use */
  _Atomic int32_t references;  /* 1 at first */
  unsigned char *data;         /* after this, or on the heap */
  size_t length;
  clutch_shared **attachments; /* on the heap, or NULL; one that is NULL is its owner's affair */
  size_t count;                /* of them */
} clutch_message;

/* NULL without memory. Takes over the attachments, which are retained already, then too. */
clutch_message *clutch_message_new(const void *data, size_t length, clutch_shared **attachments,
                                   size_t count);
/* Likewise, with room for its data, to be filled in. */
clutch_message *clutch_message_with_room(size_t length);
/* Of data on the heap, which it takes over. */
clutch_message *clutch_message_of_heap(unsigned char *data, size_t length,
                                       clutch_shared **attachments, size_t count);
clutch_message *clutch_message_retain(clutch_message *message);
void clutch_message_release(clutch_message *message);

/* Borrowed; NULL if there are not so many. */
clutch_shared *clutch_message_attachment(const clutch_message *message, uint64_t number);

/* -- in Python --------------------------------------------------------------------------------- */

/* NULL with an exception set: the value cannot be sent. */
clutch_message *clutch_message_from_python(clutch_interpreter *interpreter, PyObject *value);

/* A new reference to the value, or NULL with an exception set. */
PyObject *clutch_message_to_python(clutch_interpreter *interpreter, const clutch_message *message);

/* -- in Java ----------------------------------------------------------------------------------- */

/* NULL without memory, or with a Java exception pending. `attachments` are addresses, or NULL. */
clutch_message *clutch_message_from_java(JNIEnv *env, jlong data, jlong length,
                                         jlongArray attachments);

/* Takes over the message: copies it into the buffer if it is plain and there is room for it, and
   answers its length; else answers CLUTCH_SPILLED, with its address, that of its data, and their
   length in the buffer, and Java releases it. The buffer has room for three words. */
jlong clutch_message_to_java(clutch_message *message, jlong buffer, jlong capacity);

int clutch_message_register(JNIEnv *env);

#endif
