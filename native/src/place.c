#include "place.h"

#include <string.h>

static bool is_in_file(const PyCodeObject *code, const char *end) {
  Py_ssize_t length = (Py_ssize_t)strlen(end);
  Py_ssize_t before = PyUnicode_GET_LENGTH(code->co_filename) - length;
  return before >= 0 && PyUnicode_KIND(code->co_filename) == PyUnicode_1BYTE_KIND &&
         memcmp(PyUnicode_1BYTE_DATA(code->co_filename) + before, end, (size_t)length) == 0;
}

static bool is_import_system(const PyCodeObject *code) {
  return is_in_file(code, "<frozen importlib._bootstrap>");
}

static bool is_threading(const PyCodeObject *code) { return is_in_file(code, "/threading.py"); }

static bool is_not_threading(const PyCodeObject *code) { return !is_threading(code); }

typedef const clutch_frame_head *frame;

/* This one, or the next further out, that is Python code's. */
static frame of_python(frame at) {
  while (at != NULL && at->owner >= CLUTCH_OWNED_BY_C) {
    at = at->previous;
  }
  return at;
}

static frame innermost(const PyThreadState *state) {
  return of_python((frame)CLUTCH_CURRENT_FRAME(state));
}

static const PyCodeObject *code_of(frame at) { return CLUTCH_CODE_OF(at); }

static bool has_frame(const PyThreadState *state, bool (*that)(const PyCodeObject *)) {
  frame at = innermost(state);
  while (at != NULL && !that(code_of(at))) {
    at = of_python(at->previous);
  }
  return at != NULL;
}

static bool is_in_import_system(const PyThreadState *state) {
  frame at = innermost(state);
  return at != NULL && is_import_system(code_of(at));
}

bool clutch_is_in_import(const PyThreadState *state, bool here) {
  return here ? is_in_import_system(state) : has_frame(state, is_import_system);
}

bool clutch_has_started(const PyThreadState *state) { return has_frame(state, is_not_threading); }

bool clutch_is_in_threading(const PyThreadState *state) {
  frame at = innermost(state);
  return at != NULL && is_threading(code_of(at));
}
