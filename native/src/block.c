#include "block.h"

#include <pthread.h>
#include <stdlib.h>

static pthread_key_t thread_end;

/* The calling thread's spare ones. The key is there for the thread's end; its value is any of them.
 */
static _Thread_local clutch_block *spare;

static void free_blocks(void *argument) {
  (void)argument;
  for (clutch_block *next; spare != NULL; spare = next) {
    next = spare->next;
    free(spare);
  }
}

int clutch_block_setup(void) { return pthread_key_create(&thread_end, free_blocks); }

static clutch_block *new_block(void) {
  clutch_block *made = malloc(sizeof *made);
  if (made != NULL) {
    pthread_setspecific(thread_end, made);
  }
  return made;
}

clutch_block *clutch_block_take(void) {
  clutch_block *taken = spare;
  if (taken == NULL) {
    return new_block();
  }
  spare = taken->next;
  return taken;
}

void clutch_block_give(clutch_block *used) {
  used->next = spare;
  spare = used;
}
