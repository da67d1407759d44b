#include "output.h"

#include "callback.h"

#include <string.h>

static int append(clutch_line *line, const char *bytes, size_t length) {
  size_t needed = line->length + length;
  if (needed > line->capacity) {
    size_t capacity = needed < 512 ? 512 : needed * 2;
    char *data = realloc(line->data, capacity);
    if (data == NULL) {
      PyErr_NoMemory();
      return -1;
    }
    line->data = data;
    line->capacity = capacity;
  }
  memcpy(line->data + line->length, bytes, length);
  line->length = needed;
  return 0;
}

/* A Java array holds 2 GiB at most. */
#define PIECE ((size_t)256 << 20)

static int hand_over_pieces(clutch_interpreter *interpreter, int stream, const char *bytes,
                            size_t length) {
  int done = 0;
  while (done == 0 && length > 0) {
    size_t piece = length < PIECE ? length : PIECE;
    done = clutch_callback_write(interpreter, stream, bytes, piece);
    bytes += piece;
    length -= piece;
  }
  return done;
}

/* Takes the first bytes out before they are handed over: that releases the GIL, and another thread
   may print meanwhile. */
static int hand_over(clutch_interpreter *interpreter, int stream, size_t length) {
  clutch_line *line = &interpreter->lines[stream];
  if (length == 0) {
    return 0;
  }
  char *bytes = malloc(length);
  if (bytes == NULL) {
    PyErr_NoMemory();
    return -1;
  }
  memcpy(bytes, line->data, length);
  line->length -= length;
  memmove(line->data, line->data + length, line->length);
  int done = hand_over_pieces(interpreter, stream, bytes, length);
  free(bytes);
  return done;
}

int clutch_output_write(clutch_interpreter *interpreter, int stream, const char *bytes,
                        size_t length) {
  clutch_line *line = &interpreter->lines[stream];
  size_t before = line->length;
  const char *last = memrchr(bytes, '\n', length);
  if (append(line, bytes, length) != 0) {
    return -1;
  }
  return last == NULL ? 0 : hand_over(interpreter, stream, before + (size_t)(last - bytes) + 1);
}

int clutch_output_flush(clutch_interpreter *interpreter, int stream) {
  return hand_over(interpreter, stream, interpreter->lines[stream].length);
}
