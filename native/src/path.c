#include "path.h"

#include "module.h"

static PyObject *step_text(const clutch_path *step, PyObject *rest) {
  if (step->key == NULL) {
    return PyUnicode_FromFormat("[%zd]%U", step->index, rest);
  }
  return PyUnicode_FromFormat(PyUnicode_Check(step->key) ? "[\"%S\"]%U" : "[%R]%U", step->key,
                              rest);
}

/* From its end, in a loop: there may be hardly any stack left. */
static PyObject *path_text(const clutch_path *at) {
  PyObject *text = PyUnicode_FromString("");
  for (; text != NULL && at->up != NULL; at = at->up) {
    PyObject *longer = step_text(at, text);
    Py_DECREF(text);
    text = longer;
  }
  PyObject *whole = text == NULL ? NULL : PyUnicode_FromFormat("%s%U", at->name, text);
  Py_XDECREF(text);
  return whole;
}

/* A path through a thousand levels helps nobody: its ends do. */
static PyObject *short_path_text(const clutch_path *at) {
  PyObject *text = path_text(at);
  if (text == NULL || PyUnicode_GET_LENGTH(text) <= 200) {
    return text;
  }
  PyObject *head = PyUnicode_Substring(text, 0, 100);
  PyObject *tail = PyUnicode_Substring(text, PyUnicode_GET_LENGTH(text) - 60, PY_SSIZE_T_MAX);
  PyObject *both =
      head != NULL && tail != NULL ? PyUnicode_FromFormat("%U...%U", head, tail) : NULL;
  Py_XDECREF(head);
  Py_XDECREF(tail);
  Py_DECREF(text);
  return both;
}

/* Steals the reason, which may be NULL with an exception set. */
static int raise_not_shareable(clutch_writer *writer, const clutch_path *at, const char *format,
                               PyObject *reason) {
  PyObject *where = reason == NULL ? NULL : short_path_text(at);
  if (where != NULL) {
    PyErr_Format(clutch_module_state_of(writer->interpreter)->not_shareable_error, format, where,
                 reason);
  }
  Py_XDECREF(where);
  Py_XDECREF(reason);
  return -1;
}

int clutch_refuse_size(clutch_writer *writer, const clutch_path *at) {
  if (!PyErr_ExceptionMatches(PyExc_OverflowError)) {
    return -1;
  }
  return raise_not_shareable(writer, at, "%U: %S", PyErr_GetRaisedException());
}

int clutch_refuse(clutch_writer *writer, const clutch_path *at, PyObject *reason) {
  return raise_not_shareable(writer, at, "%U %U", reason);
}

int clutch_refuse_depth(clutch_writer *writer, const clutch_path *at) {
  return clutch_refuse(writer, at,
                       PyUnicode_FromString("is nested deeper than " Py_STRINGIFY(
                           CLUTCH_MAX_DEPTH) " levels, or the value contains itself"));
}

int clutch_refuse_raised(clutch_writer *writer, const clutch_path *at, PyObject *value,
                         const char *why) {
  if (!PyErr_ExceptionMatches(PyExc_Exception)) {
    return -1;
  }
  PyObject *raised = PyErr_GetRaisedException();
  clutch_refuse(writer, at,
                PyUnicode_FromFormat("is a %s, which cannot be sent, because %s: %s: %S",
                                     Py_TYPE(value)->tp_name, why, Py_TYPE(raised)->tp_name,
                                     raised));
  Py_DECREF(raised);
  return -1;
}
