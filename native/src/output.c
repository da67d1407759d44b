#include "output.h"

#include "callback.h"

#include <string.h>

/* clutch._write and clutch._flush are in module.c; lines are put together here in C, so that what a
   line was missing is still known when the Python objects are gone. */
const char clutch_output_source[] =
    "import io\n"
    "import clutch\n"
    "\n"
    "class OutputBuffer(io.BufferedIOBase):\n"
    "    'The bytes under a text stream.'\n"
    "    def __init__(self, stream):\n"
    "        self._stream = stream\n"
    "    def writable(self):\n"
    "        return True\n"
    "    def write(self, data):\n"
    "        with memoryview(data) as view:\n"
    "            data = view.tobytes()\n"
    "        clutch._write(self._stream, data)\n"
    "        return len(data)\n"
    "    def flush(self):\n"
    "        clutch._flush(self._stream)\n"
    "\n"
    "class OutputStream(io.TextIOBase):\n"
    "    'A text stream that hands whole lines to Java.'\n"
    "    encoding = 'utf-8'\n"
    "    errors = 'backslashreplace'\n"
    "    line_buffering = True\n"
    "    mode = 'w'\n"
    "    def __init__(self, stream, name):\n"
    "        self._stream = stream\n"
    "        self.name = name\n"
    "        self.buffer = OutputBuffer(stream)\n"
    "    def writable(self):\n"
    "        return True\n"
    "    def write(self, text):\n"
    "        if not isinstance(text, str):\n"
    "            raise TypeError('write() argument must be str, not '\n"
    "                            + type(text).__name__)\n"
    "        clutch._write(self._stream, text.encode('utf-8', 'backslashreplace'))\n"
    "        return len(text)\n"
    "    def flush(self):\n"
    "        clutch._flush(self._stream)\n"
    "    def reconfigure(self, **options):\n"
    "        'Accepted for the sake of programs that ask for UTF-8, which it is.'\n"
    "\n"
    "OutputStream.__module__ = OutputBuffer.__module__ = 'clutch'\n";

static int append(clutch_line *line, const char *bytes, size_t length) {
  size_t needed = line->length + length;
  if (needed > line->capacity) {
    size_t capacity = needed < 512 ? 512 : needed * 2;
    char *data = realloc(line->data, capacity);
    if (data == NULL) {
      PyErr_NoMemory();
      return -1;
    }
    line->data = data;
    line->capacity = capacity;
  }
  memcpy(line->data + line->length, bytes, length);
  line->length = needed;
  return 0;
}

/* Takes the first bytes out before they are handed over: that releases the GIL, and another thread
   may print meanwhile. */
static int hand_over(clutch_interpreter *interpreter, int stream, size_t length) {
  clutch_line *line = &interpreter->lines[stream];
  if (length == 0) {
    return 0;
  }
  char *bytes = malloc(length);
  if (bytes == NULL) {
    PyErr_NoMemory();
    return -1;
  }
  memcpy(bytes, line->data, length);
  line->length -= length;
  memmove(line->data, line->data + length, line->length);
  int done = clutch_callback_write(interpreter, stream, bytes, length);
  free(bytes);
  return done;
}

int clutch_output_write(clutch_interpreter *interpreter, int stream, const char *bytes,
                        size_t length) {
  clutch_line *line = &interpreter->lines[stream];
  size_t before = line->length;
  const char *last = memrchr(bytes, '\n', length);
  if (append(line, bytes, length) != 0) {
    return -1;
  }
  return last == NULL ? 0 : hand_over(interpreter, stream, before + (size_t)(last - bytes) + 1);
}

int clutch_output_flush(clutch_interpreter *interpreter, int stream) {
  return hand_over(interpreter, stream, interpreter->lines[stream].length);
}
