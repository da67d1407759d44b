/* The Python frames of an interpreter's threads, read without its GIL and without trusting them:
   nothing that is read is believed before it is checked, so it may all change meanwhile. Safe in a
   signal handler. */
#ifndef CLUTCH_FRAMES_H
#define CLUTCH_FRAMES_H

#include "peek.h"
#include "py_compat.h"

#include <stdint.h>

/* Of UTF-16; what is longer is cut. */
#define CLUTCH_MOST_UNITS 1000

typedef struct clutch_text {
  uint16_t units[CLUTCH_MOST_UNITS];
  uint16_t length;
} clutch_text;

typedef struct clutch_frame {
  clutch_text file;
  clutch_text function; /* its qualified name */
  int line;             /* -1 if the instruction has none */
} clutch_frame;

/* Who is told, in this order, the innermost frame first. */
typedef struct clutch_frames_visitor {
  void *context;
  int most_frames;
  void (*begin_thread)(void *context, const PyThreadState *copy); /* of one that has frames */
  void (*frame)(void *context, const clutch_frame *frame);
  void (*end_thread)(void *context, bool all); /* not all: too many, or not readable */
} clutch_frames_visitor;

/* If the interpreter is gone, this may fault, and likely finds nothing. */
void clutch_visit_frames(const clutch_peeker *by, PyInterpreterState *interpreter,
                         const clutch_frames_visitor *visitor);

#endif
