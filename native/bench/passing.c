/* What passing messages between threads is compared with: a pipe, a queue under a mutex, and two
   threads that take turns. */
#define _GNU_SOURCE /* pipe2 */
#include "baseline.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -- pipes: a thread of C's writes messages ---------------------------------------------------- */

#define MESSAGE 64

typedef struct sender {
  int fd;
  jint count;
  size_t size;
} sender;

static void *send_messages(void *argument) {
  sender *of = argument;
  char *message = calloc(1, of->size);
  for (jint i = 0;
       i < of->count && message != NULL && write(of->fd, message, of->size) == (ssize_t)of->size;
       i++) {
  }
  free(message);
  close(of->fd);
  return NULL;
}

/* Answers the descriptor to read from, or -1. */
static int start_sender(pthread_t *thread, sender *of, jint count, size_t size) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return -1;
  }
  of->fd = ends[1];
  of->count = count;
  of->size = size;
  return pthread_create(thread, NULL, send_messages, of) == 0 ? ends[0] : -1;
}

JNIEXPORT jlong JNICALL Java_dev_clutch_benchmarks_Baseline_pipe(JNIEnv *env, jclass class,
                                                                 jint count, jint size) {
  (void)class;
  pthread_t thread;
  sender of;
  char *message = malloc((size_t)size);
  int fd = message == NULL ? -1 : start_sender(&thread, &of, count, (size_t)size);
  if (fd < 0) {
    free(message);
    return baseline_fail(env);
  }
  jlong total = 0;
  for (ssize_t got; (got = read(fd, message, (size_t)size)) > 0;) {
    total += got;
  }
  free(message);
  close(fd);
  pthread_join(thread, NULL);
  return total;
}

/* The function reads them all, from the descriptor. */
JNIEXPORT jlong JNICALL Java_dev_clutch_benchmarks_Baseline_pipeToPython(JNIEnv *env, jclass class,
                                                                         jint count) {
  (void)class;
  pthread_t thread;
  sender of;
  int fd = start_sender(&thread, &of, count, MESSAGE);
  if (fd < 0) {
    return baseline_fail(env);
  }
  baseline_attach();
  PyObject *result = PyObject_CallFunction(baseline_function, "i", fd);
  jlong total = result == NULL ? -1 : PyLong_AsLongLong(result);
  Py_XDECREF(result);
  total = baseline_finish(env, total);
  close(fd);
  pthread_join(thread, NULL);
  return total;
}

/* -- queues ------------------------------------------------------------------------------------ */

typedef struct message {
  struct message *next;
  size_t length;
} message;

typedef struct queue {
  pthread_mutex_t lock;
  message *first;
  message *last;
} queue;

static int put(queue *to, const void *bytes, size_t length) {
  message *made = malloc(sizeof *made + length);
  if (made == NULL) {
    return -1;
  }
  made->next = NULL;
  made->length = length;
  memcpy(made + 1, bytes, length);
  pthread_mutex_lock(&to->lock);
  *(to->last == NULL ? &to->first : &to->last->next) = made;
  to->last = made;
  pthread_mutex_unlock(&to->lock);
  return 0;
}

static void get(queue *from, void *bytes) {
  pthread_mutex_lock(&from->lock);
  message *got = from->first;
  from->first = got->next;
  if (from->first == NULL) {
    from->last = NULL;
  }
  pthread_mutex_unlock(&from->lock);
  memcpy(bytes, got + 1, got->length);
  free(got);
}

JNIEXPORT jlong JNICALL Java_dev_clutch_benchmarks_Baseline_putAndGet(JNIEnv *env, jclass class,
                                                                      jint count, jlong from) {
  static queue shared = {PTHREAD_MUTEX_INITIALIZER, NULL, NULL};
  (void)class;
  jlong sum = 0;
  for (jlong i = from; i < from + count; i++) {
    jlong got = 0;
    if (put(&shared, &i, sizeof i) != 0) {
      return baseline_fail(env);
    }
    get(&shared, &got);
    sum += got;
  }
  return sum;
}

/* -- two threads, each with a GIL of its own ----------------------------------------------------
 */

typedef struct table {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  int turn;
  jint rounds;
  PyInterpreterState *other;
} table;

/* Wakes the other when the lock is free, or it would run into the lock and sleep once more. */
static void give_up(table *at, int me) {
  pthread_mutex_lock(&at->lock);
  at->turn = !me;
  pthread_mutex_unlock(&at->lock);
  pthread_cond_signal(&at->changed);
}

static void await(table *at, int me) {
  pthread_mutex_lock(&at->lock);
  while (at->turn != me) {
    pthread_cond_wait(&at->changed, &at->lock);
  }
  pthread_mutex_unlock(&at->lock);
}

/* Passes the ball on, and waits for it without the GIL. */
static void pass(table *at, int me) {
  give_up(at, me);
  PyThreadState *saved = PyEval_SaveThread();
  await(at, me);
  PyEval_RestoreThread(saved);
}

static void *play(void *argument) {
  table *at = argument;
  PyThreadState *own = PyThreadState_New(at->other);
  await(at, 1);
  PyEval_RestoreThread(own);
  for (jint i = 1; i < at->rounds; i++) {
    pass(at, 1);
  }
  PyThreadState_Clear(own);
  PyThreadState_DeleteCurrent();
  give_up(at, 1);
  return NULL;
}

JNIEXPORT void JNICALL Java_dev_clutch_benchmarks_Baseline_pingPong(JNIEnv *env, jclass class,
                                                                    jint rounds, jlong other) {
  (void)class;
  pthread_t thread;
  table at = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, rounds,
              _PyInterpreterState_LookUpID(other)};
  if (pthread_create(&thread, NULL, play, &at) != 0) {
    baseline_fail(env);
    return;
  }
  baseline_attach();
  for (jint i = 0; i < rounds; i++) {
    pass(&at, 0);
  }
  PyEval_SaveThread();
  pthread_join(thread, NULL);
}
