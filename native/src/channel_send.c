#include "channel.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

/* One message on its way into the pipe. */
typedef struct outgoing {
  clutch_header header;
  const unsigned char *data;
  clutch_shared *const *attachments;
  clutch_waiter *waiter;
  int64_t deadline;
  bool announced; /* counts among senders_waiting */
} outgoing;

static uint64_t size_of(const outgoing *message) {
  return sizeof message->header + message->header.length;
}

/* -- attachments ------------------------------------------------------------------------------- */

static clutch_attached *new_attached(clutch_shared *const *attachments, size_t count) {
  clutch_attached *made = calloc(1, sizeof *made);
  clutch_shared **shared = malloc(count * sizeof *shared);
  if (made == NULL || shared == NULL) {
    free((void *)shared);
    free(made);
    return NULL;
  }
  made->count = count;
  made->shared = shared;
  for (size_t i = 0; i < count; i++) {
    shared[i] = clutch_shared_retain(attachments[i]);
  }
  return made;
}

static int add_attached(clutch_channel *to, const outgoing *message) {
  if (message->header.attachments == 0) {
    return 0;
  }
  clutch_attached *added = new_attached(message->attachments, message->header.attachments);
  if (added == NULL) {
    return -1;
  }
  *(to->last_attached == NULL ? &to->first_attached : &to->last_attached->next) = added;
  to->last_attached = added;
  return 0;
}

clutch_attached *clutch_channel_take_attached(clutch_channel *channel) {
  clutch_attached *taken = channel->first_attached;
  if (taken != NULL) {
    channel->first_attached = taken->next;
    if (taken->next == NULL) {
      channel->last_attached = NULL;
    }
  }
  return taken;
}

void clutch_attached_free(clutch_attached *attached) {
  for (size_t i = 0; i < attached->count; i++) {
    clutch_shared_release(attached->shared[i]);
  }
  free((void *)attached->shared);
  free(attached);
}

/* Those of a message of which nothing was written after all. Its sender has references too, so none
   is the last, with the lock held. */
static void remove_last_attached(clutch_channel *channel, const outgoing *message) {
  if (message->header.attachments == 0) {
    return;
  }
  clutch_attached **link = &channel->first_attached;
  clutch_attached *previous = NULL;
  while ((*link)->next != NULL) {
    previous = *link;
    link = &previous->next;
  }
  clutch_attached_free(*link);
  *link = NULL;
  channel->last_attached = previous;
}

/* -- writing ----------------------------------------------------------------------------------- */

/* What is left of the message, as much as there is room for: 0 if there is none, -1 if nobody can
   read it. */
static ssize_t write_some(clutch_channel *channel, const outgoing *message, uint64_t from) {
  size_t header_size = sizeof message->header;
  size_t of_header = from < header_size ? header_size - (size_t)from : 0;
  uint64_t of_data = from < header_size ? 0 : from - header_size;
  struct iovec parts[] = {
      {(char *)&message->header + (header_size - of_header), of_header},
      {(void *)(message->data + of_data), (size_t)(message->header.length - of_data)}};
  ssize_t count = writev(channel->write_fd, parts, 2);
  return count >= 0 ? count : errno == EAGAIN || errno == EINTR ? 0 : -1;
}

/* Whether all of it fits now: up to PIPE_BUF the system writes all or nothing, and more fits for
   sure only into an empty pipe. */
static bool fits_at_once(clutch_channel *channel, uint64_t size) {
  int waiting_bytes = 0;
  return size <= PIPE_BUF ||
         (size <= (uint64_t)channel->capacity &&
          ioctl(channel->write_fd, FIONREAD, &waiting_bytes) == 0 && waiting_bytes == 0);
}

/* Whether something was written; or an answer, if it is negative. */
static int begin(clutch_channel *channel, const outgoing *message) {
  if (message->waiter == NULL && !fits_at_once(channel, size_of(message))) {
    return 0;
  }
  if (add_attached(channel, message) != 0) {
    return CLUTCH_CHANNEL_NO_MEMORY;
  }
  ssize_t count = write_some(channel, message, 0);
  if (count <= 0) {
    remove_last_attached(channel, message);
    return count < 0 ? CLUTCH_CHANNEL_CLOSED : 0;
  }
  channel->written = (uint64_t)count;
  return 1;
}

/* -- waiting ----------------------------------------------------------------------------------- */

enum { AGAIN = 1 };

/* Announces the wait first, and then has to look once more: whoever makes room meanwhile either saw
   the announcement or was seen. */
static int wait_in(clutch_channel *channel, clutch_wait_list *list, outgoing *message) {
  if (message->waiter == NULL || clutch_is_past(message->deadline)) {
    return CLUTCH_CHANNEL_NOT_IN_TIME;
  }
  if (!message->announced) {
    message->announced = true;
    atomic_fetch_add(&channel->senders_waiting, 1);
    return AGAIN;
  }
  return clutch_wait(list, &channel->sending, message->waiter, message->deadline) ==
                 CLUTCH_INTERRUPTED
             ? CLUTCH_CHANNEL_INTERRUPTED
             : AGAIN;
}

static int closed_answer(clutch_channel *channel) {
  return channel->send_end.closed      ? CLUTCH_CHANNEL_CLOSED_HERE
         : channel->receive_end.closed ? CLUTCH_CHANNEL_CLOSED
                                       : AGAIN;
}

/* Until the message has been begun. */
static int send_beginning(clutch_channel *channel, outgoing *message) {
  for (;;) {
    int answer = closed_answer(channel);
    if (answer != AGAIN) {
      return answer;
    }
    if (!channel->in_message && !channel->cut) {
      int begun = begin(channel, message);
      if (begun != 0) {
        return begun < 0 ? begun : CLUTCH_CHANNEL_DONE;
      }
    }
    answer = wait_in(channel, &channel->senders, message);
    if (answer != AGAIN) {
      return answer;
    }
  }
}

static void tell_receivers(clutch_channel *channel) {
  pthread_mutex_unlock(&channel->sending);
  clutch_channel_wake_receiver(channel);
  pthread_mutex_lock(&channel->sending);
}

/* One step of the rest. */
static int send_more(clutch_channel *channel, outgoing *message) {
  ssize_t count = write_some(channel, message, channel->written);
  if (count < 0) {
    return CLUTCH_CHANNEL_CLOSED;
  }
  if (count == 0) {
    return wait_in(channel, &channel->in_progress, message);
  }
  channel->written += (uint64_t)count;
  tell_receivers(channel);
  return AGAIN;
}

static void cut(clutch_channel *channel, int answer) {
  channel->cut = true;
  channel->cut_quietly = answer == CLUTCH_CHANNEL_NOT_IN_TIME;
}

static int send_rest(clutch_channel *channel, outgoing *message) {
  int answer = AGAIN;
  channel->in_message = true;
  tell_receivers(channel);
  while (answer == AGAIN && channel->written < size_of(message)) {
    answer = closed_answer(channel);
    if (answer == AGAIN) {
      answer = send_more(channel, message);
    }
  }
  channel->in_message = false;
  if (answer != AGAIN) {
    cut(channel, answer);
    return answer;
  }
  return CLUTCH_CHANNEL_DONE;
}

int clutch_channel_send(clutch_channel *channel, const unsigned char *data, uint64_t length,
                        clutch_shared *const *attachments, size_t count, clutch_waiter *waiter,
                        int64_t deadline) {
  outgoing message = {
      {CLUTCH_HEADER_MAGIC, (uint32_t)count, length}, data, attachments, waiter, deadline, false};
  pthread_mutex_lock(&channel->sending);
  int answer = send_beginning(channel, &message);
  if (answer == CLUTCH_CHANNEL_DONE && channel->written < size_of(&message)) {
    answer = send_rest(channel, &message);
  }
  if (message.announced) {
    atomic_fetch_sub(&channel->senders_waiting, 1);
  }
  clutch_waiter *next = clutch_signal(&channel->senders);
  pthread_mutex_unlock(&channel->sending);
  clutch_wake(next);
  clutch_channel_wake_receiver(channel);
  return answer;
}

void clutch_channel_wake_sender(clutch_channel *channel) {
  if (atomic_load(&channel->senders_waiting) == 0) {
    return;
  }
  pthread_mutex_lock(&channel->sending);
  clutch_waiter *woken =
      clutch_signal(channel->in_message ? &channel->in_progress : &channel->senders);
  pthread_mutex_unlock(&channel->sending);
  clutch_wake(woken);
}
