#include "answer.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static void put_char(buffer *to, unsigned char byte) {
  if (byte == '"' || byte == '\\') {
    const char escaped[] = {'\\', (char)byte};
    buffer_append(to, escaped, sizeof escaped);
  } else if (byte < ' ') {
    char escaped[8];
    snprintf(escaped, sizeof escaped, "\\u%04x", byte);
    buffer_append_string(to, escaped);
  } else {
    buffer_append(to, &byte, 1);
  }
}

static void put_string(buffer *to, const char *bytes, size_t length) {
  buffer_append_string(to, "\"");
  for (size_t i = 0; i < length; i++) {
    put_char(to, (unsigned char)bytes[i]);
  }
  buffer_append_string(to, "\"");
}

static void put_head(buffer *to, const char *id, const char *ended, int code, int64_t elapsed_ns) {
  char head[100];
  buffer_append_string(to, "{\"id\": ");
  put_string(to, id, strlen(id));
  snprintf(head, sizeof head, ", \"ended\": \"%s\", \"code\": %d, \"microseconds\": %lld", ended,
           code, (long long)(elapsed_ns / 1000));
  buffer_append_string(to, head);
}

static void put_texts(buffer *to, const buffer *findings, const char *output, size_t length) {
  buffer_append_string(to, ", \"findings\": ");
  put_string(to, findings == NULL ? "" : findings->bytes, findings == NULL ? 0 : findings->length);
  buffer_append_string(to, ", \"output\": ");
  put_string(to, output, length);
  buffer_append_string(to, "}\n");
}

static const char *ended(const job *of) {
  if (of->time_is_over) {
    return "timeout";
  }
  return WIFSIGNALED(of->status) ? "killed" : "exited";
}

void answer_write(buffer *to, const job *of) {
  int code = WIFSIGNALED(of->status) ? WTERMSIG(of->status) : WEXITSTATUS(of->status);
  put_head(to, of->id, ended(of), code, now_ns() - of->started_ns);
  put_texts(to, &of->found, of->written.bytes, of->written.length);
}

void answer_write_failure(buffer *to, const char *id, const char *reason) {
  put_head(to, id, "failed", 0, 0);
  put_texts(to, NULL, reason, strlen(reason));
}
