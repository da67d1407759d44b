#include "request.h"

#include <stdlib.h>
#include <string.h>

#define MOST_DIGITS 8

/* As request_parse, for the line before the fields. */
static int parse_head(const buffer *from, size_t *start, size_t *length) {
  size_t value = 0;
  for (size_t i = 0; i < from->length; i++) {
    char byte = from->bytes[i];
    if (byte == '\n' && i > 0) {
      *start = i + 1;
      *length = value;
      return 1;
    }
    if (byte < '0' || byte > '9' || i == MOST_DIGITS) {
      return -1;
    }
    value = value * 10 + (size_t)(byte - '0');
  }
  return 0;
}

static int split(char *bytes, size_t length, request *to) {
  char *end = bytes + length;
  to->count = 0;
  while (bytes < end && to->count < REQUEST_MOST_FIELDS) {
    to->fields[to->count++] = bytes;
    bytes += strlen(bytes) + 1; /* the last byte is NUL */
  }
  to->fields[to->count] = NULL;
  return bytes == end ? 1 : -1;
}

int request_parse(const buffer *from, request *to, size_t *length) {
  size_t start = 0;
  size_t size = 0;
  int found = parse_head(from, &start, &size);
  if (found != 1 || from->length - start < size) {
    return found < 0 ? -1 : 0;
  }
  *length = start + size;
  if (size == 0 || from->bytes[start + size - 1] != '\0') {
    return -1;
  }
  return split(from->bytes + start, size, to);
}
