/* What Java writes to the supervisor: the number of bytes in decimal, a line feed, and so many
   bytes, fields that each end in NUL:

     ask ID MILLISECONDS ARGUMENT...      starts a child with these arguments
     end ID                               kills it; it is still answered */
#ifndef CLUTCH_PROBE_REQUEST_H
#define CLUTCH_PROBE_REQUEST_H

#include "buffer.h"

#define REQUEST_MOST_FIELDS 1000

typedef struct request {
  char *fields[REQUEST_MOST_FIELDS + 1]; /* into the bytes it was read from; NULL after the last */
  int count;
} request;

/* 1 if there is a whole one, which then begins at `fields` and ends `*length` bytes after the
   buffer's beginning; 0 if more bytes are needed; -1 if this is no request. */
int request_parse(const buffer *from, request *to, size_t *length);

#endif
