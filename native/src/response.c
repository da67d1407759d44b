#include "response.h"

#include "error.h"
#include "module.h"

#include <string.h>

clutch_request clutch_request_of(jlong buffer, jint length, jint capacity) {
  unsigned char *memory = (unsigned char *)(intptr_t)buffer;
  clutch_request made = {.reader = {memory, memory + length}};
  clutch_writer_init(&made.writer, memory, (size_t)capacity);
  return made;
}

void clutch_respond_message(clutch_request *to, char kind, PyObject *message) {
  to->writer.length = 0;
  to->no_memory = message == NULL || clutch_write_tag(&to->writer, kind) != 0 ||
                  clutch_encode(&to->writer, to->interpreter, message, "message") != 0;
}

void clutch_respond_text(clutch_request *to, char kind, const char *text) {
  to->writer.length = 0;
  to->no_memory =
      clutch_write_tag(&to->writer, kind) != 0 || clutch_write_text(&to->writer, text) != 0;
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

void clutch_respond_exception(clutch_request *to) {
  PyObject *error = PyErr_GetRaisedException();
  to->writer.length = 0;
  if (is_refused_result(to, error)) {
    PyObject *message = PyObject_Str(error);
    clutch_respond_message(to, 'X', message);
    Py_XDECREF(message);
    Py_DECREF(error);
    return;
  }
  PyErr_SetRaisedException(error);
  to->no_memory = clutch_write_error(&to->writer, to->interpreter) != 0;
}

void clutch_respond_result(clutch_request *to, PyObject *result) {
  if (clutch_write_tag(&to->writer, 'R') != 0 ||
      clutch_encode(&to->writer, to->interpreter, result, "result") != 0) {
    clutch_respond_exception(to);
  }
}

jlong clutch_response_finish(clutch_request *of, jlong buffer) {
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
