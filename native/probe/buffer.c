#include "buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void reserve(buffer *to, size_t capacity) {
  if (capacity > to->capacity) {
    char *bytes = realloc(to->bytes, capacity * 2);
    if (bytes == NULL) {
      fputs("clutch-probe: no memory\n", stderr);
      exit(EXIT_FAILURE);
    }
    to->bytes = bytes;
    to->capacity = capacity * 2;
  }
}

void buffer_append(buffer *to, const void *bytes, size_t length) {
  reserve(to, to->length + length + 1);
  memcpy(to->bytes + to->length, bytes, length);
  to->length += length;
}

void buffer_append_string(buffer *to, const char *string) {
  buffer_append(to, string, strlen(string));
}

void buffer_drop(buffer *from, size_t length) {
  if (length > 0) {
    memmove(from->bytes, from->bytes + length, from->length - length);
    from->length -= length;
  }
}

void buffer_free(buffer *of) {
  free(of->bytes);
  *of = (buffer){NULL, 0, 0};
}
