#define _GNU_SOURCE /* pipe2, syscall */

#include "peek.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

int clutch_peeker_open(clutch_peeker *peeker) {
  return pipe2(peeker->ends, O_CLOEXEC | O_NONBLOCK);
}

void clutch_peeker_close(clutch_peeker *peeker) {
  close(peeker->ends[0]);
  close(peeker->ends[1]);
}

/* What comes before a page that is missing is written too, and has to be read again. A sanitizer
   would look at the memory in a write of the C library's. */
bool clutch_peek(const clutch_peeker *by, void *to, const void *from, size_t length) {
  if (length == 0 || length > CLUTCH_MOST_PEEKED) {
    return length == 0;
  }
  ssize_t written = syscall(SYS_write, by->ends[1], from, length);
  return written > 0 && read(by->ends[0], to, (size_t)written) == written &&
         (size_t)written == length;
}
