/* Blocks of memory that Java and all interpreters see: zeroed at first, mapped by themselves, and
   unmapped with the last reference. Natives of NativeSharedMemory.java; the Python type is in
   shared_buffer.c. */
#ifndef CLUTCH_SHARED_MEMORY_H
#define CLUTCH_SHARED_MEMORY_H

#include "shared.h"
#include "waiting.h"

/* The bytes of the largest block: a ByteBuffer shows no more. */
#define CLUTCH_MOST_MEMORY INT32_MAX

typedef struct clutch_memory {
  clutch_shared shared;
  unsigned char *data; /* the beginning of a page */
  int64_t length;
  pthread_mutex_t lock;     /* guards the list */
  clutch_wait_list waiters; /* the key is the position of the word that they wait for */
} clutch_memory;

/* NULL without memory. */
clutch_memory *clutch_memory_new(int64_t length);

/* The word at that position, which is a multiple of eight and within the block. */
static inline _Atomic int64_t *clutch_memory_word(clutch_memory *memory, int64_t position) {
  return (_Atomic int64_t *)(void *)(memory->data + position);
}

/* As a futex: waits for a notification if the word has the expected value, and else not. A change
   that is followed by a notification is never missed. Answers one of clutch_waited, SIGNALLED also
   for another value. Without a waiter, it does not wait. */
int clutch_memory_wait(clutch_memory *memory, int64_t position, int64_t expected,
                       clutch_waiter *waiter, int64_t deadline);

/* Notifies at most so many of those who wait for that word; answers how many. */
int64_t clutch_memory_notify(clutch_memory *memory, int64_t position, int64_t most);

int clutch_memory_register(JNIEnv *env);

#endif
