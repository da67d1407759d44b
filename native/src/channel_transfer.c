/* How messages get into the pipe of a channel, and out of it. */
#include "channel.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* What is in the pipe: this, and then the content, unless it is beside. Up to PIPE_BUF bytes are
   written at once or not at all. */
typedef struct record {
  uint32_t magic;
  uint32_t length;
} record;

#define MAGIC 0x434C5543u
#define BESIDE UINT32_MAX
#define MOST_INSIDE (PIPE_BUF - sizeof(record))

enum { AGAIN = 1 };

/* -- waiting ----------------------------------------------------------------------------------- */

/* One who has to wait announces it first, and then looks once more: whoever changes something
   meanwhile either sees the announcement or was seen. */
typedef struct transfer {
  clutch_channel *channel;
  clutch_side *side;
  int (*attempt)(struct transfer *);
  clutch_message *message;
  clutch_waiter *waiter;
  int64_t deadline;
  bool announced;
} transfer;

static int wait_for_change(transfer *of) {
  if (of->waiter == NULL || clutch_is_past(of->deadline)) {
    return CLUTCH_NOT_IN_TIME;
  }
  if (!of->announced) {
    of->announced = true;
    atomic_fetch_add(&of->side->announced, 1);
    return AGAIN;
  }
  return clutch_wait(&of->side->waiters, &of->side->lock, of->waiter, of->deadline) ==
                 CLUTCH_INTERRUPTED
             ? CLUTCH_WAS_INTERRUPTED
             : AGAIN;
}

/* Who was interrupted before takes nothing: it would be lost where an exception is to come. */
static int begin(transfer *of) {
  return clutch_waiter_is_interrupted(of->waiter) ? CLUTCH_WAS_INTERRUPTED : of->attempt(of);
}

static int perform(transfer *of) {
  pthread_mutex_lock(&of->side->lock);
  int answer = begin(of);
  while (answer == AGAIN) {
    answer = wait_for_change(of);
    answer = answer == AGAIN ? of->attempt(of) : answer;
  }
  if (of->announced) {
    atomic_fetch_sub(&of->side->announced, 1);
  }
  pthread_mutex_unlock(&of->side->lock);
  return answer;
}

static void wake_one(clutch_side *side) {
  if (atomic_load(&side->announced) > 0) {
    pthread_mutex_lock(&side->lock);
    clutch_waiter *woken = clutch_signal(&side->waiters);
    pthread_mutex_unlock(&side->lock);
    clutch_wake(woken);
  }
}

/* -- sending ----------------------------------------------------------------------------------- */

static bool goes_beside(const clutch_message *message) {
  return message->length > MOST_INSIDE || message->count > 0;
}

/* The pipe limits what is inside; beside it there may be as much again, or one single message. */
static bool has_room_beside(const clutch_channel *channel, const clutch_message *message) {
  return channel->bytes_beside == 0 ||
         channel->bytes_beside + message->length <= (uint64_t)channel->capacity;
}

/* Whether there was room for it. */
static bool write_record(const clutch_channel *channel, const clutch_message *message,
                         bool beside) {
  record header = {MAGIC, beside ? BESIDE : (uint32_t)message->length};
  struct iovec parts[] = {{&header, sizeof header}, {message->data, beside ? 0 : message->length}};
  return writev(channel->sending.fd, parts, 2) > 0;
}

/* A channel that is on its way in itself must not keep itself open: whoever receives it has that
   end already. */
static void forget_itself(const clutch_channel *channel, clutch_message *message) {
  for (size_t i = 0; i < message->count; i++) {
    if (message->attachments[i] == &channel->receive_end.shared) {
      clutch_shared_release(message->attachments[i]); /* the sender has one, too */
      message->attachments[i] = NULL;
    }
  }
}

static void remember_itself(clutch_channel *channel, clutch_message *message) {
  for (size_t i = 0; i < message->count; i++) {
    if (message->attachments[i] == NULL) {
      message->attachments[i] = clutch_shared_retain(&channel->receive_end.shared);
    }
  }
}

/* The receiver looks for it only with the lock. */
static void put_beside(clutch_channel *channel, clutch_message *message) {
  forget_itself(channel, message);
  message->next = NULL;
  *(channel->last_beside == NULL ? &channel->first_beside : &channel->last_beside->next) = message;
  channel->last_beside = message;
  channel->bytes_beside += message->length;
}

static int try_to_send(transfer *of) {
  clutch_channel *channel = of->channel;
  clutch_message *message = of->message;
  if (channel->send_end.closed) {
    return CLUTCH_CLOSED_HERE;
  }
  if (channel->receive_end.closed) {
    return CLUTCH_OTHER_CLOSED;
  }
  bool beside = goes_beside(message);
  if ((beside && !has_room_beside(channel, message)) || !write_record(channel, message, beside)) {
    return AGAIN;
  }
  if (beside) {
    put_beside(channel, message);
  } else {
    clutch_message_release(message); /* its bytes are in the pipe */
  }
  return CLUTCH_DONE;
}

int clutch_channel_send(clutch_channel *channel, clutch_message *message, clutch_waiter *waiter,
                        int64_t deadline) {
  transfer of = {channel, &channel->sending, try_to_send, message, waiter, deadline, false};
  int answer = perform(&of);
  if (answer == CLUTCH_DONE) {
    wake_one(&channel->receiving);
    wake_one(&channel->sending); /* there may be room for another one */
  }
  return answer;
}

/* -- receiving --------------------------------------------------------------------------------- */

static int broken(clutch_channel *channel) {
  channel->broken = true;
  return CLUTCH_BROKEN;
}

static int take_beside(clutch_channel *channel, clutch_message **message) {
  pthread_mutex_lock(&channel->sending.lock);
  clutch_message *taken = channel->first_beside;
  if (taken != NULL) {
    channel->first_beside = taken->next;
    channel->last_beside = taken->next == NULL ? NULL : channel->last_beside;
    channel->bytes_beside -= taken->length;
  }
  pthread_mutex_unlock(&channel->sending.lock);
  if (taken == NULL) {
    return broken(channel);
  }
  remember_itself(channel, taken);
  *message = taken;
  return CLUTCH_DONE;
}

/* It is all there, as it was written at once. */
static int read_inside(clutch_channel *channel, size_t length, clutch_message **message) {
  unsigned char content[PIPE_BUF];
  if (length > MOST_INSIDE || read(channel->receiving.fd, content, length) != (ssize_t)length) {
    return broken(channel);
  }
  *message = clutch_message_new(content, length, NULL, 0);
  return *message == NULL ? CLUTCH_NO_MEMORY : CLUTCH_DONE;
}

static int try_to_receive(transfer *of) {
  clutch_channel *channel = of->channel;
  if (channel->receive_end.closed || channel->broken) {
    return channel->broken ? CLUTCH_BROKEN : CLUTCH_CLOSED_HERE;
  }
  record header;
  bool all_sent = channel->all_sent;
  ssize_t got = read(channel->receiving.fd, &header, sizeof header);
  if (got == 0 || (got < 0 && errno == EAGAIN)) {
    return got == 0 || all_sent ? CLUTCH_OTHER_CLOSED : AGAIN;
  }
  if (got != sizeof header || header.magic != MAGIC) {
    return broken(channel);
  }
  return header.length == BESIDE ? take_beside(channel, &of->message)
                                 : read_inside(channel, header.length, &of->message);
}

int clutch_channel_receive(clutch_channel *channel, clutch_message **message, clutch_waiter *waiter,
                           int64_t deadline) {
  transfer of = {channel, &channel->receiving, try_to_receive, NULL, waiter, deadline, false};
  int answer = perform(&of);
  *message = of.message;
  if (answer == CLUTCH_DONE) {
    wake_one(&channel->sending);
  } else if (answer != CLUTCH_NOT_IN_TIME && answer != CLUTCH_WAS_INTERRUPTED) {
    wake_one(&channel->receiving); /* the others shall see it too */
  }
  return answer;
}
