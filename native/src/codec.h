/* Values as bytes: what crosses between Java and Python (encoder.c, decoder.c). Encoder.java and
   Decoder.java are the other side.

   A value is a tag and what the tag asks for, little-endian:
     N None   T True   F False
     i int     8 bytes
     I int     u32 count, then that many bytes, two's complement
     d float   8 bytes
     s str     u32 count, then that many Latin-1 characters
     u str     u32 count, then that many UTF-16 units
     b bytes   u32 count, then that many bytes
     [ list    u32 count, then that many values
     ( tuple   likewise
     < set     likewise
     { dict    u32 count, then that many pairs of values
     f callable from Java    u64 handle */
#ifndef CLUTCH_CODEC_H
#define CLUTCH_CODEC_H

#include "interpreter.h"

/* Deeper than this, a value is refused: it may contain itself. */
#define CLUTCH_MAX_DEPTH 1000

/* Bytes being written, first into memory of the caller's, then, when that is full, on the heap. */
typedef struct clutch_writer {
  unsigned char *data;
  size_t length;
  size_t capacity;
  bool on_heap;
} clutch_writer;

typedef struct clutch_reader {
  const unsigned char *next;
  const unsigned char *end;
} clutch_reader;

void clutch_writer_init(clutch_writer *writer, void *memory, size_t capacity);
void clutch_writer_free(clutch_writer *writer);

/* These return 0, or -1 with a Python exception set. Called with the GIL held. */
int clutch_write_tag(clutch_writer *writer, char tag);
int clutch_write_count(clutch_writer *writer, char tag, size_t count);
int clutch_write_long(clutch_writer *writer, int64_t value);
int clutch_write_text(clutch_writer *writer, const char *ascii);

/* Writes a value. `name` is how error messages call it, such as "result". An object that cannot
   cross raises clutch.NotShareableError with the path to it. */
int clutch_encode(clutch_writer *writer, clutch_interpreter *interpreter, PyObject *value,
                  const char *name);

/* Reads a value: a new reference, or NULL with a Python exception set. Every length is checked
   against what is there, so malformed bytes raise ValueError. */
PyObject *clutch_decode(clutch_reader *reader, clutch_interpreter *interpreter);

/* Skips nothing and copies nothing: the bytes of the string that comes next. */
int clutch_read_raw_string(clutch_reader *reader, const unsigned char **start, size_t *length);

#endif
