/* Bytes that grow, up to a limit. */
#ifndef CLUTCH_PROBE_BUFFER_H
#define CLUTCH_PROBE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

typedef struct buffer {
  char *bytes;
  size_t length;
  size_t capacity;
} buffer;

/* Running out of memory ends the process. */
void buffer_append(buffer *to, const void *bytes, size_t length);
void buffer_append_string(buffer *to, const char *string);

/* Takes so many away at the beginning. */
void buffer_drop(buffer *from, size_t length);

void buffer_free(buffer *of);

#endif
