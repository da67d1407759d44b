#include "response.h"

#include "error.h"
#include "module.h"

#include <string.h>

/* Java looks for the response at the same place. */
static size_t after(jint length) { return ((size_t)length + 7) & ~(size_t)7; }

void clutch_request_init(clutch_request *of, jlong buffer, jint length, jint capacity) {
  unsigned char *memory = (unsigned char *)(intptr_t)buffer;
  size_t start = after(length);
  of->operation = NULL;
  of->reader.next = memory;
  of->reader.end = memory + length;
  of->reader.large = NULL;
  of->reader.message = NULL;
  of->wanted = CLUTCH_VALUE;
  of->attached = 0;
  of->responded = false;
  of->no_memory = false;
  clutch_writer_init(&of->writer, NULL, memory + start,
                     (size_t)capacity > start ? (size_t)capacity - start : 0);
}

void clutch_request_bind(clutch_request *of, clutch_interpreter *interpreter) {
  of->interpreter = interpreter;
  of->reader.interpreter = interpreter;
  of->writer.interpreter = interpreter;
}

void clutch_respond_message(clutch_request *to, char kind, PyObject *message) {
  clutch_writer_rewind(&to->writer, 0, 0);
  to->no_memory = message == NULL || clutch_write_tag(&to->writer, kind) != 0 ||
                  clutch_encode(&to->writer, message, "message") != 0;
}

void clutch_respond_text(clutch_request *to, char kind, const char *text) {
  to->writer.length = 0;
  to->no_memory =
      clutch_write_tag(&to->writer, kind) != 0 || clutch_write_text(&to->writer, text) != 0;
}

void clutch_respond_long(clutch_request *to, char kind, int64_t value) {
  to->writer.length = 0;
  to->no_memory =
      clutch_write_tag(&to->writer, kind) != 0 || clutch_write_long(&to->writer, value) != 0;
}

static bool has_traceback(PyObject *error) {
  PyObject *traceback = PyException_GetTraceback(error);
  Py_XDECREF(traceback);
  return traceback != NULL;
}

/* A result that cannot cross is the caller's mistake, not an exception of the Python code: that
   would have a traceback. */
static bool is_refused_result(clutch_request *to, PyObject *error) {
  PyObject *not_shareable = clutch_module_state_of(to->interpreter)->not_shareable_error;
  return Py_IS_TYPE(error, (PyTypeObject *)not_shareable) && !has_traceback(error);
}

int clutch_write_raised(clutch_request *to, char error, char not_shareable) {
  PyObject *raised = PyErr_GetRaisedException();
  if (!is_refused_result(to, raised)) {
    PyErr_SetRaisedException(raised);
    return clutch_write_error(&to->writer, error);
  }
  PyObject *message = PyObject_Str(raised);
  int done = message == NULL || clutch_write_tag(&to->writer, not_shareable) != 0
                 ? -1
                 : clutch_encode(&to->writer, message, "message");
  Py_XDECREF(message);
  Py_DECREF(raised);
  return done;
}

/* For want of memory, CPython does not always say so: its parser leaves no exception behind, and
   who has no memory for a frame gets a SystemError about that. */
static void name_want_of_memory(void) {
  PyObject *raised = PyErr_GetRaisedException();
  PyErr_NoMemory();
  PyObject *named = PyErr_GetRaisedException();
  PyObject *traceback = raised == NULL ? NULL : PyException_GetTraceback(raised);
  if (traceback != NULL) {
    PyException_SetTraceback(named, traceback);
  }
  Py_XDECREF(traceback);
  Py_XDECREF(raised);
  PyErr_SetRaisedException(named);
}

/* An error that could not even be described leaves none behind. */
static void raise_something(clutch_interpreter *interpreter) {
  bool unclear = !PyErr_Occurred() || PyErr_ExceptionMatches(PyExc_SystemError);
  if (unclear && interpreter->account.refused != 0) {
    name_want_of_memory();
  } else if (!PyErr_Occurred()) {
    PyErr_SetString(PyExc_SystemError, "an error could not be told to Java");
  }
}

void clutch_respond_exception(clutch_request *to) {
  raise_something(to->interpreter);
  PyObject *raised = PyErr_GetRaisedException();
  clutch_writer_rewind(&to->writer, 0, 0);
  PyErr_SetRaisedException(raised);
  to->no_memory = clutch_write_raised(to, 'E', 'X') != 0;
}

/* A small int, as most results of small calls are: in one piece. */
static bool write_short_int(clutch_request *to, PyObject *result) {
  if (!clutch_is_short_int(result) || to->wanted == CLUTCH_REFERENCE || to->writer.capacity < 9) {
    return false;
  }
  int64_t word = clutch_word_of(result);
  to->writer.data[0] = 'R';
  memcpy(to->writer.data + 1, &word, sizeof word);
  to->writer.length = 9;
  return true;
}

static int write_result(clutch_request *to, PyObject *result) {
  to->writer.structured = to->wanted == CLUTCH_STRUCTURED;
  if (clutch_write_tag(&to->writer, 'R') != 0) {
    return -1;
  }
  return to->wanted == CLUTCH_REFERENCE && result != Py_None &&
                 result != clutch_module_state_of(to->interpreter)->end
             ? clutch_encode_reference(&to->writer, result)
             : clutch_encode(&to->writer, result, "result");
}

void clutch_respond_result(clutch_request *to, PyObject *result) {
  if (!write_short_int(to, result) && write_result(to, result) != 0) {
    clutch_respond_exception(to);
    PyErr_Clear();
  }
}

jlong clutch_response_finish(clutch_request *of, jlong buffer) {
  if (of->writer.kept != NULL) {
    clutch_writer_finish(&of->writer);
  }
  if (of->no_memory) {
    clutch_writer_free(&of->writer);
    return CLUTCH_NO_MEMORY;
  }
  if (!of->writer.on_heap) {
    return (jlong)of->writer.length;
  }
  int64_t spilled[2] = {(int64_t)(intptr_t)of->writer.data, (int64_t)of->writer.length};
  memcpy((void *)(intptr_t)buffer, spilled, sizeof spilled);
  return CLUTCH_SPILLED;
}
