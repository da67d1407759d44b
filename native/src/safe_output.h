/* Writing text where nothing may be called that a signal handler may not call. */
#ifndef CLUTCH_SAFE_OUTPUT_H
#define CLUTCH_SAFE_OUTPUT_H

#include "frames.h"

#include <stddef.h>
#include <stdint.h>

typedef struct clutch_safe_output {
  int fd;
  size_t length;
  char bytes[512];
} clutch_safe_output;

void clutch_safe_flush(clutch_safe_output *to);
void clutch_safe_byte(clutch_safe_output *to, char byte);
void clutch_safe_string(clutch_safe_output *to, const char *string);

/* In base 10 or 16, with zeros before it up to so many digits. */
void clutch_safe_digits(clutch_safe_output *to, uint64_t value, unsigned base, int least);
void clutch_safe_number(clutch_safe_output *to, int64_t not_negative);

/* A line of a stack, as faulthandler writes it. */
void clutch_safe_frame(clutch_safe_output *to, const clutch_frame *frame);

#endif
