/* Values as bytes: what crosses between Java and Python (encoder.c, decoder.c, and of
   single values scalars.c, of arrays array.c). Encoder.java and
   Decoder.java are the other side.

   A value is a tag and what the tag asks for, little-endian:
     N None   T True   F False
     i int      8 bytes
     j int      7 bytes, sign-extended: with its tag it is one word, which is most of all there is
     I int      u32 count, then that many bytes, two's complement
     d float    8 bytes
     s str      u32 count, then that many Latin-1 characters
     u str      u32 count, then that many UTF-16 units
     b bytes    u32 count, then that many bytes
     L bytes    to Java u64 handle of a byte[]
     L bytes or array   to Python u8 typecode, 'b' for bytes, u32 index of one beside the buffer
     [ list     u32 count, then that many values
     ( tuple    likewise
     < set      likewise
     { dict     u32 count, then that many pairs of values
     a array    the typecode, u32 count of bytes, then those; '?' is the typecode of booleans
     x date and time, Decimal, UUID: a kind, and the tuple of what it consists of (clutch.py)
     o object that stays in Python   u64 reference; to Java also u64 its id()
     f callable from Java            u64 handle; to Python also u8 arity, str class name
     B buffer of Java's, to Python   u64 handle, u64 address, u64 length, u8 whether read-only
     p end of a pipe, to Python      u32 descriptor, to be duplicated, u8 whether to write to
     m memoryview, to Java           u64 reference, u64 address, u64 length, u8 whether read-only
     q queue, end of a channel, SharedBuffer   u8 kind (shared.h), u64 address, or in a message its
       number among the attachments, and a value that says more about it: of a SharedBuffer, a tuple
       of offset, length, format and shape, or, to Java, for a ByteBuffer, of offset, length, and
       whether it is read-only; of others None
     P pickled   u32 count, then that many bytes
     M copy of memory, in messages   four values: bytes, format, shape, whether it is read-only
     Z the end of an iteration
     e in a batch: a Python exception, as error.c writes it
     X in a batch: str, why a result could not cross */
#ifndef CLUTCH_CODEC_H
#define CLUTCH_CODEC_H

#include "interpreter.h"

/* Deeper than this, a value is refused: it may contain itself. */
#define CLUTCH_MAX_DEPTH 1000

/* In place of the arity of a Java callable: any number, keywords too. */
#define CLUTCH_ANY_ARITY 255

/* Something that a response hands over to Java: given back if Java does not get the response. */
enum clutch_kept_kind { CLUTCH_KEPT_REFERENCE, CLUTCH_KEPT_JAVA_OBJECT, CLUTCH_KEPT_SHARED };

typedef struct clutch_kept {
  enum clutch_kept_kind kind;
  uint64_t handle; /* of something shared, its address */
} clutch_kept;

/* -- words ------------------------------------------------------------------------------------- */

/* So many ints, each a word, can be the arguments of a call without a buffer for them. */
#define CLUTCH_MOST_WORDS 3

/* An int of at most seven bytes, and its tag. */
static inline int64_t clutch_word(int64_t value) { return (int64_t)((uint64_t)value << 8 | 'j'); }

static inline bool clutch_is_word(int64_t word) { return (word & 0xFF) == 'j'; }

/* An exact int that needs no closer look: CPython has the compact ones in one digit, of 30 bits. */
static inline bool clutch_is_short_int(PyObject *value) {
  return PyLong_CheckExact(value) && PyUnstable_Long_IsCompact((PyLongObject *)value);
}

static inline int64_t clutch_word_of(PyObject *short_int) {
  return clutch_word(PyUnstable_Long_CompactValue((PyLongObject *)short_int));
}

/* -- bytes ------------------------------------------------------------------------------------- */

/* Bytes being written, first into memory of the caller's, then, when that is full, on the heap. */
typedef struct clutch_writer {
  clutch_interpreter *interpreter;
  unsigned char *data;
  size_t length;
  size_t capacity;
  bool on_heap;
  bool structured; /* dataclasses and named tuples cross as dicts, enum members as names */
  bool message;    /* for whoever gets it: what belongs to an interpreter is pickled or refused */
  clutch_kept *kept;
  size_t kept_count;
} clutch_writer;

typedef struct clutch_reader {
  clutch_interpreter *interpreter;
  const unsigned char *next;
  const unsigned char *end;
  jobjectArray large;                   /* what L counts in; NULL if there is none */
  const struct clutch_message *message; /* whose attachments q counts in; NULL: it has addresses */
} clutch_reader;

/* -- writing (writer.c): these return 0, or -1 with a Python exception set; GIL held ------------
 */

void clutch_writer_init(clutch_writer *writer, clutch_interpreter *interpreter, void *memory,
                        size_t capacity);
unsigned char *clutch_writer_make_room(clutch_writer *writer, size_t count);
/* Room for so many more bytes, or NULL. */
static inline unsigned char *clutch_writer_grow(clutch_writer *writer, size_t count) {
  size_t start = writer->length;
  if (count > writer->capacity - start) {
    return clutch_writer_make_room(writer, count);
  }
  writer->length = start + count;
  return writer->data + start;
}
int clutch_write_tag(clutch_writer *writer, char tag);
int clutch_write_count(clutch_writer *writer, char tag, size_t count);
int clutch_write_eight(clutch_writer *writer, char tag, const void *bytes);
int clutch_write_long(clutch_writer *writer, int64_t value);
int clutch_write_bytes(clutch_writer *writer, char tag, const void *bytes, size_t length);
int clutch_write_text(clutch_writer *writer, const char *ascii);
/* Room for the content of something with a count, whose header it writes; or NULL. */
unsigned char *clutch_write_header(clutch_writer *writer, char tag, size_t count, size_t bytes);
/* Puts the handle on the list of what is handed over. */
int clutch_writer_keep(clutch_writer *writer, enum clutch_kept_kind kind, uint64_t handle);
/* Takes back what was handed over after there were so many, and forgets what was written after so
   many bytes. */
void clutch_writer_rewind(clutch_writer *writer, size_t length, size_t kept_count);
/* Frees what Java does not need; the data only if it does not go to Java either. */
void clutch_writer_finish(clutch_writer *writer);
void clutch_writer_free(clutch_writer *writer);

/* -- reading (reader.c): these return 0, or -1, or NULL, with a Python exception set; GIL held --
 */

/* Raises ValueError, and returns NULL. */
PyObject *clutch_malformed(void);
/* So many bytes. */
const unsigned char *clutch_take(clutch_reader *reader, size_t count);
/* A count of things of `size` bytes each at least: one that cannot fit in what is left is refused
   before anything is allocated for it. */
int clutch_take_count(clutch_reader *reader, size_t size, size_t *count);
int clutch_read_u8(clutch_reader *reader, uint8_t *value);
int clutch_read_u32(clutch_reader *reader, uint32_t *value);
int clutch_read_u64(clutch_reader *reader, uint64_t *value);
/* The bytes of the string that comes next, its tag included: nothing is copied. */
int clutch_read_raw_string(clutch_reader *reader, const unsigned char **start, size_t *length);

/* -- values ------------------------------------------------------------------------------------ */

/* Writes a value. `name` is how error messages call it, such as "result". Too deep a value raises
   clutch.NotShareableError with the path to it; an object of a type that is not in the table above
   crosses as a reference. */
int clutch_encode(clutch_writer *writer, PyObject *value, const char *name);
/* The same of several values in a row, as a list. */
int clutch_encode_items(clutch_writer *writer, PyObject *const *items, size_t count,
                        const char *name);
/* Writes a reference, whatever the value is. */
int clutch_encode_reference(clutch_writer *writer, PyObject *value);

/* Reads a value: a new reference, or NULL with a Python exception set. Every length is checked
   against what is there, so malformed bytes raise ValueError. */
PyObject *clutch_decode(clutch_reader *reader);
/* The same of a value that belongs to one at that depth. */
PyObject *clutch_decode_within(clutch_reader *reader, int depth);

#endif
