#include "queue.h"

struct clutch_queue {
  clutch_shared shared;
  int64_t maxsize;
  pthread_mutex_t lock; /* guards what follows */
  bool closed;
  int64_t size;
  clutch_message *first;
  clutch_message *last;
  clutch_wait_list getters;
  clutch_wait_list putters;
};

/* -- making and freeing ------------------------------------------------------------------------ */

static void destroy(clutch_shared *shared) {
  clutch_queue *queue = (clutch_queue *)shared;
  for (clutch_message *each = queue->first, *next; each != NULL; each = next) {
    next = each->next;
    clutch_message_release(each);
  }
  pthread_mutex_destroy(&queue->lock);
  free(queue);
}

clutch_queue *clutch_queue_new(int64_t maxsize) {
  clutch_queue *made = calloc(1, sizeof *made);
  if (made != NULL) {
    made->shared.kind = CLUTCH_QUEUE;
    made->shared.references = 1;
    made->shared.destroy = destroy;
    made->maxsize = maxsize;
    pthread_mutex_init(&made->lock, NULL);
  }
  return made;
}

/* -- putting and getting ----------------------------------------------------------------------- */

static bool is_full(const clutch_queue *queue) {
  return queue->maxsize > 0 && queue->size >= queue->maxsize;
}

static clutch_waiter *append(clutch_queue *to, clutch_message *message) {
  message->next = NULL;
  *(to->last == NULL ? &to->first : &to->last->next) = message;
  to->last = message;
  to->size++;
  return clutch_signal(&to->getters);
}

static clutch_waiter *take_first(clutch_queue *from, clutch_message **message) {
  *message = from->first;
  from->first = from->first->next;
  if (from->first == NULL) {
    from->last = NULL;
  }
  from->size--;
  return clutch_signal(&from->putters);
}

/* Once more, or what to answer. */
enum { AGAIN = 1 };

/* Who was interrupted before takes nothing: it would be lost where an exception is to come. */
static int begin(const clutch_waiter *waiter) {
  return clutch_waiter_is_interrupted(waiter) ? CLUTCH_WAS_INTERRUPTED : AGAIN;
}

static int wait_in(clutch_queue *queue, clutch_wait_list *list, clutch_waiter *waiter,
                   int64_t deadline) {
  if (waiter == NULL || clutch_is_past(deadline)) {
    return CLUTCH_NOT_IN_TIME;
  }
  return clutch_wait(list, &queue->lock, waiter, deadline) == CLUTCH_INTERRUPTED
             ? CLUTCH_WAS_INTERRUPTED
             : AGAIN;
}

int clutch_queue_put(clutch_queue *queue, clutch_message *message, clutch_waiter *waiter,
                     int64_t deadline) {
  clutch_waiter *woken = NULL;
  int answer = begin(waiter);
  pthread_mutex_lock(&queue->lock);
  while (answer == AGAIN) {
    if (queue->closed) {
      answer = CLUTCH_OTHER_CLOSED;
    } else if (is_full(queue)) {
      answer = wait_in(queue, &queue->putters, waiter, deadline);
    } else {
      woken = append(queue, message);
      answer = CLUTCH_DONE;
    }
  }
  pthread_mutex_unlock(&queue->lock);
  clutch_wake(woken);
  return answer;
}

static bool is_none(const clutch_message *message) {
  return message->length == 1 && message->data[0] == 'N';
}

int clutch_queue_get(clutch_queue *queue, bool none_too, clutch_message **message,
                     clutch_waiter *waiter, int64_t deadline) {
  clutch_waiter *woken = NULL;
  int answer = begin(waiter);
  pthread_mutex_lock(&queue->lock);
  while (answer == AGAIN) {
    if (queue->first != NULL && !none_too && is_none(queue->first)) {
      woken = clutch_signal(&queue->getters); /* somebody else may take it */
      answer = CLUTCH_IS_NONE;
    } else if (queue->first != NULL) {
      woken = take_first(queue, message);
      answer = CLUTCH_DONE;
    } else if (queue->closed) {
      answer = CLUTCH_OTHER_CLOSED;
    } else {
      answer = wait_in(queue, &queue->getters, waiter, deadline);
    }
  }
  pthread_mutex_unlock(&queue->lock);
  clutch_wake(woken);
  return answer;
}

void clutch_queue_close(clutch_queue *queue) {
  pthread_mutex_lock(&queue->lock);
  queue->closed = true;
  clutch_wake_all(&queue->getters);
  clutch_wake_all(&queue->putters);
  pthread_mutex_unlock(&queue->lock);
}

bool clutch_queue_is_closed(clutch_queue *queue) {
  pthread_mutex_lock(&queue->lock);
  bool closed = queue->closed;
  pthread_mutex_unlock(&queue->lock);
  return closed;
}

int64_t clutch_queue_size(clutch_queue *queue) {
  pthread_mutex_lock(&queue->lock);
  int64_t size = queue->size;
  pthread_mutex_unlock(&queue->lock);
  return size;
}

int64_t clutch_queue_maxsize(const clutch_queue *queue) { return queue->maxsize; }

/* -- natives ----------------------------------------------------------------------------------- */

static clutch_queue *queue_at(jlong address) { return (clutch_queue *)(intptr_t)address; }

static jlong native_create(JNIEnv *env, jclass class, jlong maxsize) {
  (void)env;
  (void)class;
  return (jlong)(intptr_t)clutch_queue_new(maxsize);
}

static jlong native_put(JNIEnv *env, jclass class, jlong queue, jlong data, jlong length,
                        jlongArray attachments, jlong nanoseconds, jlong waiter) {
  (void)class;
  clutch_message *message = clutch_message_from_java(env, data, length, attachments);
  if (message == NULL) {
    return CLUTCH_NO_MEMORY;
  }
  int answer = clutch_queue_put(queue_at(queue), message, (clutch_waiter *)(intptr_t)waiter,
                                clutch_deadline(nanoseconds));
  if (answer != CLUTCH_DONE) {
    clutch_message_release(message);
  }
  return answer;
}

static jlong native_get(JNIEnv *env, jclass class, jlong queue, jboolean none_too, jlong buffer,
                        jlong capacity, jlong nanoseconds, jlong waiter) {
  (void)env;
  (void)class;
  clutch_message *message = NULL;
  int answer = clutch_queue_get(queue_at(queue), none_too, &message,
                                (clutch_waiter *)(intptr_t)waiter, clutch_deadline(nanoseconds));
  return answer == CLUTCH_DONE ? clutch_message_to_java(message, buffer, capacity) : answer;
}

static void native_close(JNIEnv *env, jclass class, jlong queue) {
  (void)env;
  (void)class;
  clutch_queue_close(queue_at(queue));
}

static jboolean native_is_closed(JNIEnv *env, jclass class, jlong queue) {
  (void)env;
  (void)class;
  return clutch_queue_is_closed(queue_at(queue));
}

static jlong native_size(JNIEnv *env, jclass class, jlong queue) {
  (void)env;
  (void)class;
  return clutch_queue_size(queue_at(queue));
}

static jlong native_maxsize(JNIEnv *env, jclass class, jlong queue) {
  (void)env;
  (void)class;
  return clutch_queue_maxsize(queue_at(queue));
}

static size_t retain_first(clutch_queue *queue, jlong *messages, size_t most) {
  size_t count = 0;
  pthread_mutex_lock(&queue->lock);
  for (clutch_message *each = queue->first; each != NULL && count < most; each = each->next) {
    messages[count++] = (jlong)(intptr_t)clutch_message_retain(each);
  }
  pthread_mutex_unlock(&queue->lock);
  return count;
}

/* The first of its messages now, retained, as many as there is room for: how many. */
static jlong native_snapshot(JNIEnv *env, jclass class, jlong queue, jlongArray result) {
  (void)class;
  jsize most = (*env)->GetArrayLength(env, result);
  jlong *messages = malloc((size_t)most * sizeof *messages);
  if (messages == NULL) {
    return CLUTCH_NO_MEMORY;
  }
  size_t count = retain_first(queue_at(queue), messages, (size_t)most);
  (*env)->SetLongArrayRegion(env, result, 0, (jsize)count, messages);
  free(messages);
  return (jlong)count;
}

static const JNINativeMethod methods[] = {
    {"create", "(J)J", (void *)native_create},      {"put", "(JJJ[JJJ)J", (void *)native_put},
    {"get", "(JZJJJJ)J", (void *)native_get},       {"close", "(J)V", (void *)native_close},
    {"isClosed", "(J)Z", (void *)native_is_closed}, {"size", "(J)J", (void *)native_size},
    {"maxsize", "(J)J", (void *)native_maxsize},    {"snapshot", "(J[J)J", (void *)native_snapshot},
};

int clutch_queue_register(JNIEnv *env) {
  jclass class = (*env)->FindClass(env, "dev/clutch/internal/NativeQueue");
  return class == NULL
             ? -1
             : (*env)->RegisterNatives(env, class, methods, sizeof methods / sizeof methods[0]);
}
