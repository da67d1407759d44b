/* Queues in memory, as PEP 734 describes them: of messages, shared by Java and every interpreter.
   Natives of NativeQueue.java; the Python type is in queue_object.c. */
#ifndef CLUTCH_QUEUE_H
#define CLUTCH_QUEUE_H

#include "message.h"
#include "waiting.h"

typedef struct clutch_queue clutch_queue;

/* Holds so many messages at most, any number if 0. NULL without memory. */
clutch_queue *clutch_queue_new(int64_t maxsize);

/* These answer one of clutch_answer. The first takes over the message when it answers DONE. Without
   a waiter, they do not wait. */
int clutch_queue_put(clutch_queue *queue, clutch_message *message, clutch_waiter *waiter,
                     int64_t deadline);
int clutch_queue_get(clutch_queue *queue, bool none_too, clutch_message **message,
                     clutch_waiter *waiter, int64_t deadline);

/* Nothing can be put any more; what is in it can be got. */
void clutch_queue_close(clutch_queue *queue);
bool clutch_queue_is_closed(clutch_queue *queue);

int64_t clutch_queue_size(clutch_queue *queue);
int64_t clutch_queue_maxsize(const clutch_queue *queue);

int clutch_queue_add_type(PyObject *module);
int clutch_queue_register(JNIEnv *env);

#endif
