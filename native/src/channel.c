#define _GNU_SOURCE /* pipe2, F_SETPIPE_SZ */

#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* -- opening ----------------------------------------------------------------------------------- */

static void release_all(clutch_message *chain) {
  while (chain != NULL) {
    clutch_message *next = chain->next;
    clutch_message_release(chain);
    chain = next;
  }
}

static void free_channel(clutch_channel *channel) {
  release_all(channel->first_beside);
  pthread_mutex_destroy(&channel->sending.lock);
  pthread_mutex_destroy(&channel->receiving.lock);
  free(channel);
}

static void destroy_end(clutch_shared *shared) {
  clutch_channel_end *end = (clutch_channel_end *)shared;
  clutch_channel *channel = end->channel;
  clutch_channel_close_end(end);
  if (atomic_fetch_sub(&channel->ends, 1) == 1) {
    free_channel(channel);
  }
}

static void make_end(clutch_channel_end *end, enum clutch_shared_kind kind,
                     clutch_channel *channel) {
  end->shared.kind = kind;
  end->shared.references = 1;
  end->shared.destroy = destroy_end;
  end->channel = channel;
}

/* Descriptors, and how much they hold. */
static int open_pipe(clutch_channel *channel, int capacity) {
  int fds[2];
  if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) != 0) {
    return -1;
  }
  channel->capacity =
      capacity == 0 ? fcntl(fds[0], F_GETPIPE_SZ) : fcntl(fds[0], F_SETPIPE_SZ, capacity);
  if (channel->capacity < 0) {
    int error = errno;
    close(fds[0]);
    close(fds[1]);
    errno = error;
    return -1;
  }
  channel->receiving.fd = fds[0];
  channel->sending.fd = fds[1];
  return 0;
}

clutch_channel *clutch_channel_open(int capacity) {
  clutch_channel *made = calloc(1, sizeof *made);
  if (made == NULL || open_pipe(made, capacity) != 0) {
    free(made);
    return NULL;
  }
  made->ends = 2;
  make_end(&made->send_end, CLUTCH_SEND_END, made);
  make_end(&made->receive_end, CLUTCH_RECEIVE_END, made);
  pthread_mutex_init(&made->sending.lock, NULL);
  pthread_mutex_init(&made->receiving.lock, NULL);
  return made;
}

/* -- closing ----------------------------------------------------------------------------------- */

/* Who polls a duplicate of the descriptor is not told that the other one is closed. */
static void make_readable(clutch_channel *channel) {
  pthread_mutex_lock(&channel->sending.lock);
  if (channel->sending.fd >= 0) {
    (void)!write(channel->sending.fd, "", 1); /* it fails only where there is something to read */
  }
  pthread_mutex_unlock(&channel->sending.lock);
}

static void wake_all(clutch_side *side) {
  pthread_mutex_lock(&side->lock);
  clutch_wake_all(&side->waiters);
  pthread_mutex_unlock(&side->lock);
}

static void wake_selectors(clutch_channel *channel) {
  pthread_mutex_lock(&channel->receiving.lock);
  clutch_wake_all(&channel->selectors);
  pthread_mutex_unlock(&channel->receiving.lock);
}

/* Nobody will receive them any more. */
static clutch_message *take_all_beside(clutch_channel *channel) {
  pthread_mutex_lock(&channel->sending.lock);
  clutch_message *chain = channel->first_beside;
  channel->first_beside = channel->last_beside = NULL;
  channel->bytes_beside = 0;
  pthread_mutex_unlock(&channel->sending.lock);
  return chain;
}

static void close_send_end(clutch_channel *channel) {
  pthread_mutex_lock(&channel->sending.lock);
  close(channel->sending.fd);
  channel->sending.fd = -1;
  channel->all_sent = true;
  pthread_mutex_unlock(&channel->sending.lock);
}

static void close_receive_end(clutch_channel *channel) {
  pthread_mutex_lock(&channel->receiving.lock);
  make_readable(channel);
  close(channel->receiving.fd);
  channel->receiving.fd = -1;
  pthread_mutex_unlock(&channel->receiving.lock);
  release_all(take_all_beside(channel));
}

void clutch_channel_close_end(clutch_channel_end *end) {
  if (atomic_exchange(&end->closed, true)) {
    return;
  }
  if (end->shared.kind == CLUTCH_SEND_END) {
    close_send_end(end->channel);
  } else {
    close_receive_end(end->channel);
  }
  wake_all(&end->channel->sending);
  wake_all(&end->channel->receiving);
  wake_selectors(end->channel);
}

static clutch_side *side_of(clutch_channel_end *end) {
  bool sends = end->shared.kind == CLUTCH_SEND_END;
  return sends ? &end->channel->sending : &end->channel->receiving;
}

int clutch_channel_end_fd(clutch_channel_end *end) {
  clutch_side *side = side_of(end);
  pthread_mutex_lock(&side->lock);
  int fd = side->fd;
  pthread_mutex_unlock(&side->lock);
  return fd;
}

int clutch_channel_end_duplicate(clutch_channel_end *end) {
  clutch_side *side = side_of(end);
  pthread_mutex_lock(&side->lock);
  int duplicate = side->fd < 0 ? -1 : fcntl(side->fd, F_DUPFD_CLOEXEC, 0);
  bool failed = side->fd >= 0 && duplicate < 0;
  pthread_mutex_unlock(&side->lock);
  return failed ? -2 : duplicate;
}

/* -- natives ----------------------------------------------------------------------------------- */

static clutch_channel_end *end_at(jlong address) { return (clutch_channel_end *)(intptr_t)address; }

/* Answers a negative error number, or 0 and the addresses of the ends. */
static jint native_open(JNIEnv *env, jclass class, jint capacity, jlongArray ends) {
  (void)class;
  clutch_channel *made = clutch_channel_open(capacity);
  if (made == NULL) {
    return -errno;
  }
  jlong addresses[] = {(jlong)(intptr_t)&made->send_end, (jlong)(intptr_t)&made->receive_end};
  (*env)->SetLongArrayRegion(env, ends, 0, 2, addresses);
  return 0;
}

static jlong native_send(JNIEnv *env, jclass class, jlong end, jlong data, jlong length,
                         jlongArray attachments, jlong nanoseconds, jlong waiter) {
  (void)class;
  clutch_message *message = clutch_message_from_java(env, data, length, attachments);
  if (message == NULL) {
    return CLUTCH_NO_MEMORY;
  }
  int answer = clutch_channel_send(end_at(end)->channel, message, (clutch_waiter *)(intptr_t)waiter,
                                   clutch_deadline(nanoseconds));
  if (answer != CLUTCH_DONE) {
    clutch_message_release(message);
  }
  return answer;
}

static jlong native_receive(JNIEnv *env, jclass class, jlong end, jlong buffer, jlong capacity,
                            jlong nanoseconds, jlong waiter) {
  (void)env;
  (void)class;
  clutch_message *message = NULL;
  int answer =
      clutch_channel_receive(end_at(end)->channel, &message, (clutch_waiter *)(intptr_t)waiter,
                             clutch_deadline(nanoseconds));
  return answer == CLUTCH_DONE ? clutch_message_to_java(message, buffer, capacity) : answer;
}

static jlong select_among(const jlong *ends, size_t count, bool *ready, jlong nanoseconds,
                          clutch_waiter *waiter) {
  clutch_channel **channels = malloc((count + 1) * sizeof(void *));
  if (channels == NULL) {
    return CLUTCH_NO_MEMORY;
  }
  for (size_t i = 0; i < count; i++) {
    channels[i] = end_at(ends[i])->channel;
  }
  int answer = clutch_channel_select(channels, count, ready, waiter, clutch_deadline(nanoseconds));
  free((void *)channels);
  return answer;
}

static jlong native_select(JNIEnv *env, jclass class, jlongArray ends, jbooleanArray result,
                           jlong nanoseconds, jlong waiter) {
  (void)class;
  _Static_assert(sizeof(bool) == sizeof(jboolean), "both are a byte");
  size_t count = (size_t)(*env)->GetArrayLength(env, ends);
  jlong *elements = malloc((count + 1) * sizeof *elements);
  bool *ready = calloc(count + 1, sizeof *ready);
  jlong answer = CLUTCH_NO_MEMORY;
  if (elements != NULL && ready != NULL) {
    (*env)->GetLongArrayRegion(env, ends, 0, (jsize)count, elements);
    answer = select_among(elements, count, ready, nanoseconds, (clutch_waiter *)(intptr_t)waiter);
    (*env)->SetBooleanArrayRegion(env, result, 0, (jsize)count, (jboolean *)ready);
  }
  free(ready);
  free(elements);
  return answer;
}

static void native_close(JNIEnv *env, jclass class, jlong end) {
  (void)env;
  (void)class;
  clutch_channel_close_end(end_at(end));
}

static jboolean native_is_closed(JNIEnv *env, jclass class, jlong end) {
  (void)env;
  (void)class;
  return end_at(end)->closed;
}

static jint native_capacity(JNIEnv *env, jclass class, jlong end) {
  (void)env;
  (void)class;
  return end_at(end)->channel->capacity;
}

static const JNINativeMethod methods[] = {
    {"open", "(I[J)I", (void *)native_open},         {"send", "(JJJ[JJJ)J", (void *)native_send},
    {"receive", "(JJJJJ)J", (void *)native_receive}, {"select", "([J[ZJJ)J", (void *)native_select},
    {"close", "(J)V", (void *)native_close},         {"isClosed", "(J)Z", (void *)native_is_closed},
    {"capacity", "(J)I", (void *)native_capacity},
};

int clutch_channel_register(JNIEnv *env) {
  jclass class = (*env)->FindClass(env, "dev/clutch/internal/NativeChannel");
  return class == NULL
             ? -1
             : (*env)->RegisterNatives(env, class, methods, sizeof methods / sizeof methods[0]);
}
