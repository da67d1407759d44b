#include "error.h"

#include "java_object.h"
#include "module.h"

#include <string.h>

/* As many frames as a Java stack trace keeps by default. */
#define MAX_FRAMES 1024

/* Whatever fails while the exception is described leaves this in place of the text. */
static PyObject *or_placeholder(PyObject *text, const char *placeholder) {
  if (text != NULL && PyUnicode_Check(text)) {
    return text;
  }
  Py_XDECREF(text);
  PyErr_Clear();
  return PyUnicode_FromString(placeholder);
}

static bool is_plain_module(PyObject *module) {
  return PyUnicode_CompareWithASCIIString(module, "builtins") == 0 ||
         PyUnicode_CompareWithASCIIString(module, "__main__") == 0;
}

/* As a traceback names it: without the module for builtins and for __main__. */
static PyObject *type_name(PyObject *exception) {
  PyObject *type = (PyObject *)Py_TYPE(exception);
  PyObject *qualname = PyType_GetQualName(Py_TYPE(exception));
  PyObject *module = PyObject_GetAttrString(type, "__module__");
  PyObject *name = NULL;
  if (qualname != NULL && module != NULL && PyUnicode_Check(module) && !is_plain_module(module)) {
    name = PyUnicode_FromFormat("%U.%U", module, qualname);
  } else if (qualname != NULL) {
    name = Py_NewRef(qualname);
  }
  Py_XDECREF(qualname);
  Py_XDECREF(module);
  return or_placeholder(name, "<unnamed exception type>");
}

/* What the memory limit refused, if that is what the exception is about: CPython's says nothing. */
static int64_t refused_by_limit(clutch_interpreter *interpreter, PyObject *exception) {
  return PyErr_GivenExceptionMatches(exception, PyExc_MemoryError)
             ? clutch_account_take_refused(interpreter)
             : 0;
}

#define LIMIT_TEXT "the interpreter's memoryLimit of %lld bytes leaves no room for %lld more"

static PyObject *message(clutch_writer *writer, PyObject *exception, int64_t refused) {
  PyObject *text =
      refused == 0 ? PyObject_Str(exception)
                   : PyUnicode_FromFormat(LIMIT_TEXT, (long long)writer->interpreter->account.limit,
                                          (long long)refused);
  return or_placeholder(text, "<exception str() failed>");
}

/* The traceback module does it all: causes, notes, groups, carets. */
static PyObject *format_with_traceback(PyObject *exception) {
  PyObject *module = PyImport_ImportModule("traceback");
  PyObject *lines =
      module == NULL ? NULL : PyObject_CallMethod(module, "format_exception", "O", exception);
  PyObject *empty = PyUnicode_FromString("");
  PyObject *text = lines != NULL && empty != NULL ? PyUnicode_Join(empty, lines) : NULL;
  Py_XDECREF(empty);
  Py_XDECREF(lines);
  Py_XDECREF(module);
  return text;
}

static PyObject *traceback_text(PyObject *exception, PyObject *name, PyObject *text) {
  PyObject *formatted = format_with_traceback(exception);
  if (formatted != NULL) {
    return formatted;
  }
  PyErr_Clear();
  return or_placeholder(PyUnicode_FromFormat("%U: %U\n", name, text), "<no memory>\n");
}

static Py_ssize_t chain_length(PyObject *traceback) {
  Py_ssize_t length = 0;
  for (PyTracebackObject *tb = (PyTracebackObject *)traceback; tb != NULL; tb = tb->tb_next) {
    length++;
  }
  return length;
}

static PyObject *frame_module(PyFrameObject *frame) {
  PyObject *globals = PyFrame_GetGlobals(frame);
  PyObject *name = globals == NULL ? NULL : PyDict_GetItemString(globals, "__name__");
  PyObject *module = or_placeholder(Py_XNewRef(name), "?");
  Py_XDECREF(globals);
  return module;
}

/* Module, function, file and line, as a StackTraceElement wants them. */
static int write_frame(clutch_writer *writer, PyTracebackObject *tb) {
  PyObject *fields[4] = {NULL, NULL, NULL, NULL};
  PyObject *code = (PyObject *)PyFrame_GetCode(tb->tb_frame);
  fields[0] = frame_module(tb->tb_frame);
  fields[1] = or_placeholder(PyObject_GetAttrString(code, "co_qualname"), "?");
  fields[2] = or_placeholder(PyObject_GetAttrString(code, "co_filename"), "?");
  fields[3] = PyObject_GetAttrString((PyObject *)tb, "tb_lineno");
  if (fields[3] == NULL || !PyLong_Check(fields[3])) {
    PyErr_Clear();
    Py_XSETREF(fields[3], PyLong_FromLong(-1));
  }
  int done = 0;
  for (int i = 0; i < 4; i++) {
    if (done == 0 && (fields[i] == NULL || clutch_encode(writer, fields[i], "traceback") != 0)) {
      done = -1;
    }
    Py_XDECREF(fields[i]);
  }
  Py_DECREF(code);
  return done;
}

/* Java wants the innermost frame first, a traceback object leads to it last. */
static int write_frames(clutch_writer *writer, PyObject *traceback) {
  PyTracebackObject *kept[MAX_FRAMES];
  Py_ssize_t skipped = chain_length(traceback) - MAX_FRAMES;
  Py_ssize_t count = 0;
  for (PyTracebackObject *tb = (PyTracebackObject *)traceback; tb != NULL; tb = tb->tb_next) {
    if (skipped-- <= 0) {
      kept[count++] = tb;
    }
  }
  if (clutch_write_count(writer, '[', (size_t)count * 4) != 0) {
    return -1;
  }
  while (count-- > 0) {
    if (write_frame(writer, kept[count]) != 0) {
      return -1;
    }
  }
  return 0;
}

/* What `python` would exit with: None is 0, an int is itself, anything else is 1. */
static int write_exit_status(clutch_writer *writer, PyObject *exception) {
  if (!PyErr_GivenExceptionMatches(exception, PyExc_SystemExit)) {
    return clutch_write_tag(writer, 'N');
  }
  PyObject *code = PyObject_GetAttrString(exception, "code");
  long status = 1;
  if (code == Py_None) {
    status = 0;
  } else if (code != NULL && PyLong_Check(code)) {
    int overflow = 0;
    status = PyLong_AsLongAndOverflow(code, &overflow);
  }
  PyErr_Clear();
  Py_XDECREF(code);
  return clutch_write_long(writer, (int)status);
}

/* The Java exception that a clutch.JavaException stands for, or 0. */
static int write_throwable(clutch_writer *writer, PyObject *exception) {
  clutch_module_state *state = clutch_module_state_of(writer->interpreter);
  PyObject *object = PyErr_GivenExceptionMatches(exception, state->java_exception)
                         ? PyObject_GetAttrString(exception, "_throwable")
                         : NULL;
  int done = object != NULL && clutch_is_java_object(writer->interpreter, object)
                 ? clutch_encode(writer, object, "throwable")
                 : clutch_write_tag(writer, 'N');
  PyErr_Clear();
  Py_XDECREF(object);
  return done;
}

static int write_fields(clutch_writer *writer, PyObject *exception, PyObject *name, PyObject *text,
                        PyObject *traceback) {
  PyObject *frames = PyException_GetTraceback(exception);
  int done = clutch_write_count(writer, '[', 6) != 0 || clutch_encode(writer, name, "type") != 0 ||
                     clutch_encode(writer, text, "message") != 0 ||
                     clutch_encode(writer, traceback, "traceback") != 0 ||
                     write_frames(writer, frames) != 0 ||
                     write_exit_status(writer, exception) != 0 ||
                     write_throwable(writer, exception) != 0
                 ? -1
                 : 0;
  Py_XDECREF(frames);
  return done;
}

static int describe(clutch_writer *writer, char tag, PyObject *exception, int64_t refused) {
  PyObject *name = type_name(exception);
  PyObject *text = message(writer, exception, refused);
  PyObject *traceback = NULL;
  int done = -1;
  if (name != NULL && text != NULL) {
    traceback = traceback_text(exception, name, text);
  }
  if (traceback != NULL && clutch_write_tag(writer, tag) == 0) {
    done = write_fields(writer, exception, name, text, traceback);
  }
  Py_XDECREF(traceback);
  Py_XDECREF(text);
  Py_XDECREF(name);
  return done;
}

static int write_chars(clutch_writer *writer, const char *text) {
  return clutch_write_bytes(writer, 's', text, strlen(text));
}

/* The same without memory of Python's: no traceback, and the type's own name. */
static int describe_briefly(clutch_writer *writer, char tag, PyObject *exception, int64_t refused) {
  const char *name = Py_TYPE(exception)->tp_name;
  char text[160] = "<no memory to say more>";
  if (refused != 0) {
    snprintf(text, sizeof text, LIMIT_TEXT, (long long)writer->interpreter->account.limit,
             (long long)refused);
  }
  return clutch_write_tag(writer, tag) != 0 || clutch_write_count(writer, '[', 6) != 0 ||
                 write_chars(writer, name) != 0 || write_chars(writer, text) != 0 ||
                 write_chars(writer, name) != 0 || clutch_write_count(writer, '[', 0) != 0 ||
                 clutch_write_tag(writer, 'N') != 0 || clutch_write_tag(writer, 'N') != 0
             ? -1
             : 0;
}

int clutch_write_error(clutch_writer *writer, char tag) {
  PyObject *exception = PyErr_GetRaisedException();
  int64_t refused = refused_by_limit(writer->interpreter, exception);
  size_t length = writer->length;
  size_t kept = writer->kept_count;
  clutch_account_use_reserves(writer->interpreter, true);
  int done = describe(writer, tag, exception, refused);
  if (done != 0) {
    PyErr_Clear();
    clutch_writer_rewind(writer, length, kept);
    done = describe_briefly(writer, tag, exception, refused);
  }
  clutch_account_use_reserves(writer->interpreter, false);
  Py_DECREF(exception);
  PyErr_Clear();
  return done;
}
