#include "safe_output.h"

#include <errno.h>
#include <unistd.h>

void clutch_safe_flush(clutch_safe_output *to) {
  size_t done = 0;
  while (done < to->length) {
    ssize_t count = write(to->fd, to->bytes + done, to->length - done);
    if (count < 0 && errno != EINTR) {
      break;
    }
    done += count < 0 ? 0 : (size_t)count;
  }
  to->length = 0;
}

void clutch_safe_byte(clutch_safe_output *to, char byte) {
  if (to->length == sizeof to->bytes) {
    clutch_safe_flush(to);
  }
  to->bytes[to->length++] = byte;
}

void clutch_safe_string(clutch_safe_output *to, const char *string) {
  while (*string != '\0') {
    clutch_safe_byte(to, *string++);
  }
}

void clutch_safe_digits(clutch_safe_output *to, uint64_t value, unsigned base, int least) {
  char digits[20];
  int count = 0;
  do {
    digits[count++] = "0123456789abcdef"[value % base];
    value /= base;
  } while (value > 0 || count < least);
  while (count > 0) {
    clutch_safe_byte(to, digits[--count]);
  }
}

void clutch_safe_number(clutch_safe_output *to, int64_t not_negative) {
  clutch_safe_digits(to, (uint64_t)not_negative, 10, 1);
}

/* As Python writes strings in ASCII. */
static void write_text(clutch_safe_output *to, const clutch_text *text) {
  for (size_t i = 0; i < text->length; i++) {
    uint16_t unit = text->units[i];
    if (unit >= ' ' && unit < 127) {
      clutch_safe_byte(to, (char)unit);
    } else {
      clutch_safe_string(to, "\\u");
      clutch_safe_digits(to, unit, 16, 4);
    }
  }
}

void clutch_safe_frame(clutch_safe_output *to, const clutch_frame *frame) {
  clutch_safe_string(to, "  File \"");
  write_text(to, &frame->file);
  clutch_safe_string(to, "\", line ");
  if (frame->line < 0) {
    clutch_safe_string(to, "???");
  } else {
    clutch_safe_number(to, frame->line);
  }
  clutch_safe_string(to, " in ");
  write_text(to, &frame->function);
  clutch_safe_byte(to, '\n');
}
