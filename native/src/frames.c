#include "frames.h"

#include <string.h>

/* -- lines ------------------------------------------------------------------------------------- */

/* What a code object has to tell lines by (co_linetable, CPython's InternalDocs/code_objects.md):
   entries that begin with a byte whose highest bit is set, as in no other byte. It says how many
   code units the entry is for, and in which of 16 forms it gives their line. */
typedef struct line_table {
  const clutch_peeker *by;
  const char *next; /* what is not in the buffer yet */
  size_t left;
  unsigned char buffer[256];
  size_t filled;
  size_t taken;
} line_table;

enum { LINE_STAYS_UP_TO = 9, LINE_PLUS_0 = 10, LINE_PLUS_2 = 12, NO_COLUMNS, LONG_FORM, NO_LINE };

static bool open_lines(line_table *table, const clutch_peeker *by, const PyObject *bytes) {
  PyBytesObject head;
  if (!clutch_peek(by, &head, bytes, offsetof(PyBytesObject, ob_sval)) ||
      head.ob_base.ob_base.ob_type != &PyBytes_Type || head.ob_base.ob_size < 0) {
    return false;
  }
  table->by = by;
  table->next = (const char *)bytes + offsetof(PyBytesObject, ob_sval);
  table->left = (size_t)head.ob_base.ob_size;
  table->filled = 0;
  table->taken = 0;
  return true;
}

static bool fill(line_table *table) {
  size_t count = table->left < sizeof table->buffer ? table->left : sizeof table->buffer;
  if (count == 0 || !clutch_peek(table->by, table->buffer, table->next, count)) {
    return false;
  }
  table->next += count;
  table->left -= count;
  table->filled = count;
  table->taken = 0;
  return true;
}

/* The next byte, which stays; -1 at the end. */
static int look(line_table *table) {
  return table->taken < table->filled || fill(table) ? table->buffer[table->taken] : -1;
}

/* The next byte of the same entry, or -1. */
static int take_more(line_table *table) {
  int byte = look(table);
  if (byte < 0 || byte >= 0x80) {
    return -1;
  }
  table->taken++;
  return byte;
}

/* Six bits in each byte, the lowest first; the lowest of all is the sign. */
static int take_signed(line_table *table) {
  uint32_t value = 0;
  for (int shift = 0; shift < 32; shift += 6) {
    int byte = take_more(table);
    value |= (uint32_t)(byte < 0 ? 0 : byte & 63) << shift;
    if (byte < 64) {
      break;
    }
  }
  return value & 1 ? -(int)(value >> 1) : (int)(value >> 1);
}

static int take_line_difference(line_table *table, int form) {
  if (form == NO_COLUMNS || form == LONG_FORM) {
    return take_signed(table);
  }
  return form >= LINE_PLUS_0 && form <= LINE_PLUS_2 ? form - LINE_PLUS_0 : 0;
}

/* Of the code unit with that index, -1 if it has none; that of the whole before the first one. */
static int find_line(const clutch_peeker *by, const PyCodeObject *code, ptrdiff_t index) {
  line_table table;
  int line = code->co_firstlineno;
  if (index < 0) {
    return line;
  }
  if (!open_lines(&table, by, code->co_linetable)) {
    return -1;
  }
  for (int first = look(&table); first >= 0x80; first = look(&table)) {
    table.taken++;
    int form = first >> 3 & 15;
    line += take_line_difference(&table, form);
    index -= (first & 7) + 1;
    if (index < 0) {
      return form == NO_LINE ? -1 : line;
    }
    while (take_more(&table) >= 0) {
    }
  }
  return -1;
}

/* -- strings ----------------------------------------------------------------------------------- */

/* Each may take two units. */
#define MOST_CHARACTERS (CLUTCH_MOST_UNITS / 2)

static void set_text(clutch_text *text, const char *ascii) {
  text->length = (uint16_t)strlen(ascii);
  for (uint16_t i = 0; i < text->length; i++) {
    text->units[i] = (unsigned char)ascii[i];
  }
}

static const char *characters(const PyObject *string, const PyUnicodeObject *head) {
  const PyASCIIObject *ascii = &head->_base._base;
  if (!ascii->state.compact) {
    return head->data.any;
  }
  return (const char *)string +
         (ascii->state.ascii ? sizeof(PyASCIIObject) : sizeof(PyCompactUnicodeObject));
}

static Py_UCS4 character_at(const void *from, unsigned kind, size_t index) {
  switch (kind) {
  case PyUnicode_1BYTE_KIND:
    return ((const Py_UCS1 *)from)[index];
  case PyUnicode_2BYTE_KIND:
    return ((const Py_UCS2 *)from)[index];
  default:
    return ((const Py_UCS4 *)from)[index];
  }
}

static void append(clutch_text *text, Py_UCS4 character) {
  if (character > 0xFFFF) {
    text->units[text->length++] = (uint16_t)Py_UNICODE_HIGH_SURROGATE(character);
    character = Py_UNICODE_LOW_SURROGATE(character);
  }
  text->units[text->length++] = (uint16_t)character;
}

/* A short string may end before its head does, if that is one that it does not have. */
static bool read_head(const clutch_peeker *by, const PyObject *string, PyUnicodeObject *head) {
  memset(head, 0, sizeof *head);
  return clutch_peek(by, head, string, sizeof(PyASCIIObject)) &&
         head->_base._base.ob_base.ob_type == &PyUnicode_Type && head->_base._base.length >= 0 &&
         (head->_base._base.state.compact || clutch_peek(by, head, string, sizeof *head));
}

static void read_text(const clutch_peeker *by, const PyObject *string, clutch_text *text) {
  PyUnicodeObject head;
  Py_UCS4 read[MOST_CHARACTERS];
  set_text(text, "???");
  if (!read_head(by, string, &head)) {
    return;
  }
  unsigned kind = head._base._base.state.kind;
  size_t length = (size_t)head._base._base.length;
  size_t count = length < MOST_CHARACTERS ? length : MOST_CHARACTERS;
  if ((kind != 1 && kind != 2 && kind != 4) ||
      !clutch_peek(by, read, characters(string, &head), count * kind)) {
    return;
  }
  text->length = 0;
  for (size_t i = 0; i < count; i++) {
    append(text, character_at(read, kind, i));
  }
}

/* -- frames ------------------------------------------------------------------------------------ */

static bool read_code(const clutch_peeker *by, const void *at, PyCodeObject *code) {
  return clutch_peek(by, code, at, offsetof(PyCodeObject, co_code_adaptive)) &&
         ((PyObject *)code)->ob_type == &PyCode_Type;
}

/* The bytes of an instruction without its arguments and caches. */
#define CODE_UNIT 2

static ptrdiff_t instruction_index(const clutch_frame_head *head) {
  const char *start = (const char *)CLUTCH_CODE_OF(head) + offsetof(PyCodeObject, co_code_adaptive);
  return (head->instruction - start) / CODE_UNIT;
}

/* CPython shows none that has not begun yet, or that it made up to call an __init__. */
static bool is_shown(const clutch_frame_head *head, const PyCodeObject *code) {
  return head->owner == CLUTCH_OWNED_BY_GENERATOR ||
         instruction_index(head) >= code->_co_firsttraceable;
}

static void show(const clutch_frames_visitor *visitor, const clutch_peeker *by,
                 const clutch_frame_head *head, const PyCodeObject *code) {
  clutch_frame frame;
  read_text(by, code->co_filename, &frame.file);
  read_text(by, code->co_qualname, &frame.function);
  frame.line = find_line(by, code, instruction_index(head));
  visitor->frame(visitor->context, &frame);
}

/* Whether these are all. */
static bool visit_chain(const clutch_peeker *by, const clutch_frame_head *at,
                        const clutch_frames_visitor *visitor) {
  clutch_frame_head head;
  PyCodeObject code;
  int most = visitor->most_frames;
  for (; at != NULL; at = head.previous) {
    if (most-- == 0 || !clutch_peek(by, &head, at, sizeof head)) {
      return false;
    }
    if (head.owner >= CLUTCH_OWNED_BY_C) {
      continue;
    }
    if (!read_code(by, CLUTCH_CODE_OF(&head), &code)) {
      return false;
    }
    if (is_shown(&head, &code)) {
      show(visitor, by, &head, &code);
    }
  }
  return true;
}

/* More than any process has: the list was read while it changed, and leads in a circle. */
#define MOST_THREADS 100000

void clutch_visit_frames(const clutch_peeker *by, PyInterpreterState *interpreter,
                         const clutch_frames_visitor *visitor) {
  PyThreadState copy;
  const clutch_frame_head *innermost = NULL;
  char first_byte;
  if (!clutch_peek(by, &first_byte, interpreter, 1)) {
    return;
  }
  const PyThreadState *each = PyInterpreterState_ThreadHead(interpreter);
  for (int i = 0; each != NULL && i < MOST_THREADS; i++, each = copy.next) {
    if (!clutch_peek(by, &copy, each, sizeof copy) || copy.interp != interpreter) {
      return;
    }
    const void *place = (const char *)CLUTCH_PLACE_OF_FRAME(&copy);
    if (clutch_peek(by, (void *)&innermost, place, sizeof(void *)) && innermost != NULL) {
      visitor->begin_thread(visitor->context, &copy);
      visitor->end_thread(visitor->context, visit_chain(by, innermost, visitor));
    }
  }
}
