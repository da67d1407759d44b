#include "codec.h"

#include "callback.h"
#include "reference.h"
#include "shared.h"

#include <string.h>

void clutch_writer_init(clutch_writer *writer, clutch_interpreter *interpreter, void *memory,
                        size_t capacity) {
  writer->interpreter = interpreter;
  writer->data = memory;
  writer->length = 0;
  writer->capacity = capacity;
  writer->on_heap = false;
  writer->structured = false;
  writer->message = false;
  writer->kept = NULL;
  writer->kept_count = 0;
}

/* -- bytes ------------------------------------------------------------------------------------- */

static void *too_large(size_t length) {
  PyErr_Format(PyExc_OverflowError,
               "a value of %zu bytes cannot cross at once: the limit is 2 GiB; send it in parts",
               length);
  return NULL;
}

/* Doubles, so that a value of n bytes is copied less than twice. */
static int move_to_heap(clutch_writer *writer, size_t needed) {
  size_t capacity = writer->capacity < 4096 ? 8192 : writer->capacity * 2;
  while (capacity < needed) {
    capacity *= 2;
  }
  unsigned char *data = realloc(writer->on_heap ? writer->data : NULL, capacity);
  if (data == NULL) {
    PyErr_NoMemory();
    return -1;
  }
  if (!writer->on_heap && writer->length > 0) {
    memcpy(data, writer->data, writer->length);
  }
  writer->data = data;
  writer->capacity = capacity;
  writer->on_heap = true;
  return 0;
}

unsigned char *clutch_writer_make_room(clutch_writer *writer, size_t count) {
  size_t needed = writer->length + count;
  if (needed > INT32_MAX) {
    return too_large(needed);
  }
  if (move_to_heap(writer, needed) != 0) {
    return NULL;
  }
  unsigned char *start = writer->data + writer->length;
  writer->length = needed;
  return start;
}

int clutch_write_tag(clutch_writer *writer, char tag) {
  unsigned char *to = clutch_writer_grow(writer, 1);
  if (to == NULL) {
    return -1;
  }
  *to = (unsigned char)tag;
  return 0;
}

unsigned char *clutch_write_header(clutch_writer *writer, char tag, size_t count, size_t bytes) {
  if (bytes > INT32_MAX) {
    return too_large(bytes);
  }
  unsigned char *to = clutch_writer_grow(writer, 5 + bytes);
  if (to == NULL) {
    return NULL;
  }
  uint32_t count32 = (uint32_t)count;
  to[0] = (unsigned char)tag;
  memcpy(to + 1, &count32, 4);
  return to + 5;
}

int clutch_write_count(clutch_writer *writer, char tag, size_t count) {
  return clutch_write_header(writer, tag, count, 0) == NULL ? -1 : 0;
}

int clutch_write_eight(clutch_writer *writer, char tag, const void *bytes) {
  unsigned char *to = clutch_writer_grow(writer, 9);
  if (to == NULL) {
    return -1;
  }
  to[0] = (unsigned char)tag;
  memcpy(to + 1, bytes, 8);
  return 0;
}

int clutch_write_long(clutch_writer *writer, int64_t value) {
  int64_t word = clutch_word(value);
  if (word >> 8 != value) {
    return clutch_write_eight(writer, 'i', &value);
  }
  unsigned char *to = clutch_writer_grow(writer, sizeof word);
  if (to == NULL) {
    return -1;
  }
  memcpy(to, &word, sizeof word);
  return 0;
}

int clutch_write_bytes(clutch_writer *writer, char tag, const void *bytes, size_t length) {
  unsigned char *to = clutch_write_header(writer, tag, length, length);
  if (to == NULL) {
    return -1;
  }
  memcpy(to, bytes, length);
  return 0;
}

int clutch_write_text(clutch_writer *writer, const char *ascii) {
  return clutch_write_bytes(writer, 's', ascii, strlen(ascii));
}

/* -- what is handed over ----------------------------------------------------------------------- */

static void take_back(clutch_writer *writer, clutch_kept *kept) {
  switch (kept->kind) {
  case CLUTCH_KEPT_REFERENCE:
    clutch_reference_release(writer->interpreter, kept->handle);
    break;
  case CLUTCH_KEPT_JAVA_OBJECT:
    clutch_callback_release(kept->handle);
    break;
  case CLUTCH_KEPT_SHARED:
    clutch_shared_release((clutch_shared *)(uintptr_t)kept->handle);
    break;
  }
}

int clutch_writer_keep(clutch_writer *writer, enum clutch_kept_kind kind, uint64_t handle) {
  clutch_kept kept = {kind, handle};
  size_t count = writer->kept_count;
  /* a power of two is as many as there is room for */
  if ((count & (count - 1)) == 0) {
    size_t capacity = count == 0 ? 1 : count * 2;
    clutch_kept *grown = realloc(writer->kept, capacity * sizeof kept);
    if (grown == NULL) {
      take_back(writer, &kept);
      PyErr_NoMemory();
      return -1;
    }
    writer->kept = grown;
  }
  writer->kept[writer->kept_count++] = kept;
  return 0;
}

void clutch_writer_rewind(clutch_writer *writer, size_t length, size_t kept_count) {
  writer->length = length;
  while (writer->kept_count > kept_count) {
    take_back(writer, &writer->kept[--writer->kept_count]);
  }
}

void clutch_writer_finish(clutch_writer *writer) {
  free(writer->kept);
  writer->kept = NULL;
  writer->kept_count = 0;
}

void clutch_writer_free(clutch_writer *writer) {
  clutch_writer_finish(writer);
  if (writer->on_heap) {
    free(writer->data);
    writer->on_heap = false;
  }
}
