#define _GNU_SOURCE /* ppoll */

#include "channel.h"

#include "holding.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

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
    pthread_mutex_lock(&each->receiving.lock);
    clutch_wait_list_add(&each->selectors, &of->nodes[i]);
    of->polled[i] = (struct pollfd){each->receiving.fd, POLLIN, 0};
    pthread_mutex_unlock(&each->receiving.lock);
  }
  of->polled[of->count] = (struct pollfd){of->waiter->wake_fd, POLLIN, 0};
}

static void strike_off(selection *of) {
  for (size_t i = 0; i < of->count; i++) {
    pthread_mutex_lock(&of->channels[i]->receiving.lock);
    clutch_wait_list_remove(&of->channels[i]->selectors, &of->nodes[i]);
    pthread_mutex_unlock(&of->channels[i]->receiving.lock);
  }
}

static bool look(const selection *of, bool *ready) {
  bool any = false;
  for (size_t i = 0; i < of->count; i++) {
    ready[i] = of->polled[i].revents != 0 || of->channels[i]->receive_end.closed ||
               of->channels[i]->all_sent;
    any = any || ready[i];
  }
  return any;
}

/* What the descriptors do not tell, because it was so before, is looked at first. */
static int poll_until(selection *of, bool *ready, int64_t deadline) {
  for (;;) {
    bool at_once = look(of, ready) || clutch_waiter_is_woken(of->waiter);
    int64_t left = at_once ? 0 : clutch_time_left(deadline);
    struct timespec time = {left / 1000000000, left % 1000000000};
    bool forever = deadline == CLUTCH_FOREVER && !at_once;
    int count = ppoll(of->polled, of->count + 1, forever ? NULL : &time, NULL);
    if (count >= 0 && look(of, ready)) {
      return CLUTCH_DONE;
    }
    if (clutch_waiter_is_woken(of->waiter)) {
      return CLUTCH_WAS_INTERRUPTED;
    }
    if (count == 0 && left == 0) {
      return CLUTCH_NOT_IN_TIME;
    }
    if (count < 0 && errno != EINTR) {
      return CLUTCH_NO_MEMORY;
    }
  }
}

int clutch_channel_select(clutch_channel *const *channels, size_t count, bool *ready,
                          clutch_waiter *waiter, int64_t deadline) {
  selection of = {channels, count, calloc(count + 1, sizeof *of.nodes),
                  calloc(count + 1, sizeof *of.polled), waiter};
  int answer = CLUTCH_NO_MEMORY;
  if (of.nodes != NULL && of.polled != NULL && clutch_waiter_open(waiter) == 0) {
    enlist(&of);
    clutch_suspension suspended = clutch_suspend(); /* as clutch_wait */
    answer = poll_until(&of, ready, deadline);
    clutch_resume(suspended);
    strike_off(&of);
  }
  free(of.nodes);
  free(of.polled);
  return answer;
}
