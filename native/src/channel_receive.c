#define _GNU_SOURCE /* ppoll */

#include "channel.h"

#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

enum { AGAIN = 1, NEEDS_MORE = 2 };

/* -- the message that is being received -------------------------------------------------------- */

static void start_afresh(clutch_channel *channel) {
  channel->incoming = NULL;
  channel->got = 0;
}

void clutch_channel_drop_incoming(clutch_channel *channel) {
  if (channel->incoming != NULL) {
    channel->incoming->next = channel->dropped;
    channel->dropped = channel->incoming;
  }
  start_afresh(channel);
}

void clutch_channel_release_dropped(clutch_channel *channel) {
  pthread_mutex_lock(&channel->receiving);
  clutch_message *chain = channel->dropped;
  channel->dropped = NULL;
  pthread_mutex_unlock(&channel->receiving);
  while (chain != NULL) {
    clutch_message *next = chain->next;
    clutch_message_release(chain);
    chain = next;
  }
}

/* Takes over what the senders put aside for it. */
static int attach(clutch_channel *channel, clutch_message *message) {
  if (channel->header.attachments == 0) {
    return AGAIN;
  }
  pthread_mutex_lock(&channel->sending);
  clutch_attached *attached = clutch_channel_take_attached(channel);
  pthread_mutex_unlock(&channel->sending);
  if (attached == NULL) {
    return CLUTCH_CHANNEL_BROKEN;
  }
  message->attachments = attached->shared;
  message->count = attached->count;
  free(attached);
  return message->count == channel->header.attachments ? AGAIN : CLUTCH_CHANNEL_BROKEN;
}

/* The header is there. */
static int make_incoming(clutch_channel *channel) {
  if (channel->header.magic != CLUTCH_HEADER_MAGIC) {
    return CLUTCH_CHANNEL_BROKEN;
  }
  clutch_message *made = clutch_message_with_room(channel->header.length);
  if (made == NULL) {
    return CLUTCH_CHANNEL_NO_MEMORY;
  }
  channel->incoming = made;
  int answer = attach(channel, made);
  if (answer != AGAIN) {
    clutch_channel_drop_incoming(channel);
    channel->got = sizeof channel->header;
    channel->header.magic = 0; /* so that it stays broken */
  }
  return answer;
}

/* -- reading ----------------------------------------------------------------------------------- */

/* A message was given up by its sender: drops it when all that was written of it is here. */
static int notice_cut(clutch_channel *channel) {
  pthread_mutex_lock(&channel->sending);
  bool cut = channel->cut && channel->got == channel->written;
  bool quietly = channel->cut_quietly;
  if (cut) {
    channel->cut = false;
  }
  pthread_mutex_unlock(&channel->sending);
  if (!cut) {
    return NEEDS_MORE;
  }
  clutch_channel_drop_incoming(channel);
  clutch_channel_wake_sender(channel);
  return quietly ? AGAIN : CLUTCH_CHANNEL_CUT;
}

static int at_end(clutch_channel *channel) {
  if (channel->got == 0) {
    return CLUTCH_CHANNEL_CLOSED;
  }
  clutch_channel_drop_incoming(channel);
  return CLUTCH_CHANNEL_CUT;
}

/* Reads what there is, up to the end of the part, into its place: NEEDS_MORE if there was nothing.
 */
static int read_part(clutch_channel *channel, void *to, uint64_t count) {
  ssize_t got = read(channel->read_fd, to, count);
  if (got == 0) {
    return at_end(channel);
  }
  if (got < 0) {
    return errno == EAGAIN || errno == EINTR ? NEEDS_MORE : CLUTCH_CHANNEL_BROKEN;
  }
  channel->got += (uint64_t)got;
  return AGAIN;
}

static int read_more(clutch_channel *channel) {
  uint64_t of_header = sizeof channel->header;
  uint64_t got = channel->got;
  if (got < of_header) {
    return read_part(channel, (char *)&channel->header + got, of_header - got);
  }
  return read_part(channel, channel->incoming->data + (got - of_header),
                   of_header + channel->header.length - got);
}

static bool is_complete(const clutch_channel *channel) {
  return channel->incoming != NULL &&
         channel->got == sizeof channel->header + channel->header.length;
}

/* Until the message is complete, or more must be waited for. */
static int read_message(clutch_channel *channel) {
  int answer = AGAIN;
  while (answer == AGAIN && !is_complete(channel)) {
    bool just_header = channel->incoming == NULL && channel->got == sizeof channel->header;
    answer = just_header ? make_incoming(channel) : read_more(channel);
    if (answer == NEEDS_MORE && channel->got > 0) {
      answer = notice_cut(channel);
    }
  }
  return answer == AGAIN ? CLUTCH_CHANNEL_DONE : answer;
}

/* -- receiving --------------------------------------------------------------------------------- */

typedef struct reception {
  clutch_waiter *waiter;
  int64_t deadline;
  bool announced; /* counts among receivers_waiting */
} reception;

/* As wait_in of channel_send.c. What was read made room. */
static int wait_for_more(clutch_channel *channel, reception *of) {
  clutch_channel_wake_sender(channel);
  if (of->waiter == NULL || clutch_is_past(of->deadline)) {
    return CLUTCH_CHANNEL_NOT_IN_TIME;
  }
  if (!of->announced) {
    of->announced = true;
    atomic_fetch_add(&channel->receivers_waiting, 1);
    return NEEDS_MORE;
  }
  return clutch_wait(&channel->receivers, &channel->receiving, of->waiter, of->deadline) ==
                 CLUTCH_INTERRUPTED
             ? CLUTCH_CHANNEL_INTERRUPTED
             : NEEDS_MORE;
}

static int receive(clutch_channel *channel, clutch_message **message, reception *of) {
  int answer = NEEDS_MORE;
  while (answer == NEEDS_MORE) {
    answer = channel->receive_end.closed ? CLUTCH_CHANNEL_CLOSED_HERE : read_message(channel);
    if (answer == NEEDS_MORE) {
      answer = wait_for_more(channel, of);
    }
  }
  if (answer == CLUTCH_CHANNEL_DONE) {
    *message = channel->incoming;
    start_afresh(channel);
  }
  return answer;
}

int clutch_channel_receive(clutch_channel *channel, clutch_message **message, clutch_waiter *waiter,
                           int64_t deadline) {
  reception of = {waiter, deadline, false};
  pthread_mutex_lock(&channel->receiving);
  int answer = receive(channel, message, &of);
  if (of.announced) {
    atomic_fetch_sub(&channel->receivers_waiting, 1);
  }
  bool dropped = channel->dropped != NULL;
  pthread_mutex_unlock(&channel->receiving);
  if (dropped) {
    clutch_channel_release_dropped(channel);
  }
  clutch_channel_wake_sender(channel);
  if (answer != CLUTCH_CHANNEL_DONE && answer != CLUTCH_CHANNEL_NOT_IN_TIME) {
    clutch_channel_wake_receiver(channel); /* the others shall see it too */
  }
  return answer;
}

void clutch_channel_wake_receiver(clutch_channel *channel) {
  if (atomic_load(&channel->receivers_waiting) == 0) {
    return;
  }
  pthread_mutex_lock(&channel->receiving);
  clutch_waiter *woken = clutch_signal(&channel->receivers);
  pthread_mutex_unlock(&channel->receiving);
  clutch_wake(woken);
}

/* -- selecting --------------------------------------------------------------------------------- */

typedef struct selection {
  clutch_channel *const *channels;
  size_t count;
  clutch_waiter *nodes;  /* one on the list of each channel, all with the descriptor of `waiter` */
  struct pollfd *polled; /* likewise, and one for `waiter` */
  clutch_waiter *waiter;
} selection;

static void enlist(selection *of) {
  for (size_t i = 0; i < of->count; i++) {
    clutch_channel *each = of->channels[i];
    of->nodes[i] = (clutch_waiter){.wake_fd = of->waiter->wake_fd};
    pthread_mutex_lock(&each->receiving);
    clutch_wait_list_add(&each->selectors, &of->nodes[i]);
    of->polled[i] = (struct pollfd){each->read_fd, POLLIN, 0};
    pthread_mutex_unlock(&each->receiving);
  }
  of->polled[of->count] = (struct pollfd){of->waiter->wake_fd, POLLIN, 0};
}

static void strike_off(selection *of) {
  for (size_t i = 0; i < of->count; i++) {
    pthread_mutex_lock(&of->channels[i]->receiving);
    clutch_wait_list_remove(&of->channels[i]->selectors, &of->nodes[i]);
    pthread_mutex_unlock(&of->channels[i]->receiving);
  }
}

static bool look(const selection *of, bool *ready) {
  bool any = false;
  for (size_t i = 0; i < of->count; i++) {
    ready[i] = of->polled[i].revents != 0 || of->channels[i]->receive_end.closed;
    any = any || ready[i];
  }
  return any;
}

static int poll_until(selection *of, bool *ready, int64_t deadline) {
  for (;;) {
    int64_t left = clutch_time_left(deadline);
    struct timespec time = {left / 1000000000, left % 1000000000};
    int count = ppoll(of->polled, of->count + 1, deadline == CLUTCH_FOREVER ? NULL : &time, NULL);
    if (count >= 0 && look(of, ready)) {
      return CLUTCH_CHANNEL_DONE;
    }
    if (clutch_waiter_is_woken(of->waiter)) {
      return CLUTCH_CHANNEL_INTERRUPTED;
    }
    if (count == 0 && left == 0) {
      return CLUTCH_CHANNEL_NOT_IN_TIME;
    }
    if (count < 0 && errno != EINTR) {
      return CLUTCH_CHANNEL_NO_MEMORY;
    }
  }
}

int clutch_channel_select(clutch_channel *const *channels, size_t count, bool *ready,
                          clutch_waiter *waiter, int64_t deadline) {
  selection of = {channels, count, calloc(count + 1, sizeof *of.nodes),
                  calloc(count + 1, sizeof *of.polled), waiter};
  int answer = CLUTCH_CHANNEL_NO_MEMORY;
  if (of.nodes != NULL && of.polled != NULL && clutch_waiter_open(waiter) == 0) {
    enlist(&of);
    answer = poll_until(&of, ready, deadline);
    strike_off(&of);
  }
  free(of.nodes);
  free(of.polled);
  return answer;
}
