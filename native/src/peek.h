/* Reading memory that may not be there: of threads that run on meanwhile, or of a process that is
   about to die. The kernel reads it, and answers an error where anybody else would fault. Safe in a
   signal handler. */
#ifndef CLUTCH_PEEK_H
#define CLUTCH_PEEK_H

#include <stdbool.h>
#include <stddef.h>

/* A pipe that what is read goes through: one reader at a time. */
typedef struct clutch_peeker {
  int ends[2];
} clutch_peeker;

/* What fits into the smallest pipe. */
#define CLUTCH_MOST_PEEKED 4096

/* 0, or -1 with errno set. */
int clutch_peeker_open(clutch_peeker *peeker);
void clutch_peeker_close(clutch_peeker *peeker);

/* Copies memory: false if not all of it is there, or it is more than CLUTCH_MOST_PEEKED. */
bool clutch_peek(const clutch_peeker *by, void *to, const void *from, size_t length);

#endif
