#define _GNU_SOURCE /* MAP_ANONYMOUS */

#include "shared_memory.h"

#include <sys/mman.h>

/* The bytes of all blocks. */
static _Atomic int64_t total;

/* -- making and freeing ------------------------------------------------------------------------ */

static void destroy(clutch_shared *shared) {
  clutch_memory *memory = (clutch_memory *)shared;
  munmap(memory->data, (size_t)memory->length);
  atomic_fetch_sub(&total, memory->length);
  pthread_mutex_destroy(&memory->lock);
  free(memory);
}

/* Pages that nobody has touched take no memory. */
static void *map(int64_t length) {
  void *data =
      mmap(NULL, (size_t)length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return data == MAP_FAILED ? NULL : data;
}

clutch_memory *clutch_memory_new(int64_t length) {
  clutch_memory *made = calloc(1, sizeof *made);
  void *data = made == NULL ? NULL : map(length);
  if (data == NULL) {
    free(made);
    return NULL;
  }
  made->shared.kind = CLUTCH_MEMORY;
  made->shared.references = 1;
  made->shared.destroy = destroy;
  made->data = data;
  made->length = length;
  pthread_mutex_init(&made->lock, NULL);
  atomic_fetch_add(&total, length);
  return made;
}

/* -- waiting ----------------------------------------------------------------------------------- */

/* With the lock held, so that no notification comes between the look and the wait. */
static int wait_if(clutch_memory *memory, int64_t position, int64_t expected, clutch_waiter *waiter,
                   int64_t deadline) {
  if (atomic_load(clutch_memory_word(memory, position)) != expected) {
    return CLUTCH_SIGNALLED;
  }
  if (waiter == NULL || clutch_is_past(deadline)) {
    return CLUTCH_TIMED_OUT;
  }
  waiter->key = (uint64_t)position;
  int waited = clutch_wait(&memory->waiters, &memory->lock, waiter, deadline);
  /* nothing is left in the word that would tell a next wait of a notification */
  return atomic_load(&waiter->word) & CLUTCH_SIGNALLED ? CLUTCH_SIGNALLED : waited;
}

int clutch_memory_wait(clutch_memory *memory, int64_t position, int64_t expected,
                       clutch_waiter *waiter, int64_t deadline) {
  pthread_mutex_lock(&memory->lock);
  int waited = wait_if(memory, position, expected, waiter, deadline);
  pthread_mutex_unlock(&memory->lock);
  return waited;
}

int64_t clutch_memory_notify(clutch_memory *memory, int64_t position, int64_t most) {
  pthread_mutex_lock(&memory->lock);
  int64_t woken = clutch_wake_those(&memory->waiters, (uint64_t)position, most);
  pthread_mutex_unlock(&memory->lock);
  return woken;
}

/* -- natives: positions were checked in Java --------------------------------------------------- */

static clutch_memory *memory_at(jlong address) { return (clutch_memory *)(intptr_t)address; }

static jlong native_create(JNIEnv *env, jclass class, jlong length) {
  (void)env;
  (void)class;
  return (jlong)(intptr_t)clutch_memory_new(length);
}

static jlong native_data(JNIEnv *env, jclass class, jlong memory) {
  (void)env;
  (void)class;
  return (jlong)(intptr_t)memory_at(memory)->data;
}

static jlong native_length(JNIEnv *env, jclass class, jlong memory) {
  (void)env;
  (void)class;
  return memory_at(memory)->length;
}

static jint native_wait_for(JNIEnv *env, jclass class, jlong memory, jlong position, jlong expected,
                            jlong nanoseconds, jlong waiter) {
  (void)env;
  (void)class;
  return clutch_memory_wait(memory_at(memory), position, expected,
                            (clutch_waiter *)(intptr_t)waiter, clutch_deadline(nanoseconds));
}

static jlong native_notify(JNIEnv *env, jclass class, jlong memory, jlong position, jlong most) {
  (void)env;
  (void)class;
  return clutch_memory_notify(memory_at(memory), position, most);
}

static jlong native_total(JNIEnv *env, jclass class) {
  (void)env;
  (void)class;
  return atomic_load(&total);
}

static const JNINativeMethod methods[] = {
    {"create", "(J)J", (void *)native_create},   {"data", "(J)J", (void *)native_data},
    {"length", "(J)J", (void *)native_length},   {"waitFor", "(JJJJJ)I", (void *)native_wait_for},
    {"notify", "(JJJ)J", (void *)native_notify}, {"total", "()J", (void *)native_total},
};

int clutch_memory_register(JNIEnv *env) {
  jclass class = (*env)->FindClass(env, "dev/clutch/internal/NativeSharedMemory");
  return class == NULL
             ? -1
             : (*env)->RegisterNatives(env, class, methods, sizeof methods / sizeof methods[0]);
}
