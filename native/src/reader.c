#include "codec.h"

#include <string.h>

PyObject *clutch_malformed(void) {
  PyErr_SetString(PyExc_ValueError, "malformed value");
  return NULL;
}

const unsigned char *clutch_take(clutch_reader *reader, size_t count) {
  if ((size_t)(reader->end - reader->next) < count) {
    clutch_malformed();
    return NULL;
  }
  const unsigned char *start = reader->next;
  reader->next += count;
  return start;
}

static int read_bytes(clutch_reader *reader, void *value, size_t size) {
  const unsigned char *from = clutch_take(reader, size);
  if (from == NULL) {
    return -1;
  }
  memcpy(value, from, size);
  return 0;
}

int clutch_read_u8(clutch_reader *reader, uint8_t *value) {
  return read_bytes(reader, value, sizeof *value);
}

int clutch_read_u32(clutch_reader *reader, uint32_t *value) {
  return read_bytes(reader, value, sizeof *value);
}

int clutch_read_u64(clutch_reader *reader, uint64_t *value) {
  return read_bytes(reader, value, sizeof *value);
}

int clutch_take_count(clutch_reader *reader, size_t size, size_t *count) {
  uint32_t count32;
  if (clutch_read_u32(reader, &count32) != 0) {
    return -1;
  }
  *count = count32;
  if (*count > (size_t)(reader->end - reader->next) / size) {
    clutch_malformed();
    return -1;
  }
  return 0;
}

int clutch_read_raw_string(clutch_reader *reader, const unsigned char **start, size_t *length) {
  const unsigned char *from = reader->next;
  const unsigned char *tag = clutch_take(reader, 1);
  size_t count;
  if (tag == NULL || clutch_take_count(reader, *tag == 'u' ? 2 : 1, &count) != 0) {
    return -1;
  }
  reader->next += *tag == 'u' ? count * 2 : count;
  *start = from;
  *length = (size_t)(reader->next - from);
  return 0;
}
