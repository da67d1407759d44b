/* What Clutch is compared with: the same work done with nothing but the CPython C API, and, for
   callbacks, JNI. The natives of Baseline.java, with passing.c.

   Everything happens on one thread, in an interpreter that Clutch made, with a thread state of our
   own; Clutch refuses to close the interpreter until `close` has deleted it. */
#include "baseline.h"

#include <stdlib.h>
#include <string.h>

static PyThreadState *state;
static PyObject *globals; /* __main__.__dict__, borrowed */
PyObject *baseline_function;
static PyObject *code; /* x = 1 */
static PyObject *array_type;
static char *flat; /* memory shared with Java */
static jclass baseline_class;
static jmethodID upcall_method;

/* -- attaching -------------------------------------------------------------------------------- */

jlong baseline_fail(JNIEnv *env) {
  jclass class = (*env)->FindClass(env, "java/lang/IllegalStateException");
  if (class != NULL) {
    (*env)->ThrowNew(env, class, "the baseline failed; what Python said is on standard error");
  }
  return -1;
}

void baseline_attach(void) { PyEval_RestoreThread(state); }

/* Detaches after a baseline, and tells Java if it failed. */
jlong baseline_finish(JNIEnv *env, int64_t result) {
  int failed = PyErr_Occurred() != NULL;
  if (failed) {
    PyErr_Print();
  }
  PyEval_SaveThread();
  return failed ? baseline_fail(env) : result;
}

static PyObject *import(const char *module, const char *attribute) {
  PyObject *found = PyImport_ImportModule(module);
  PyObject *result = found == NULL ? NULL : PyObject_GetAttrString(found, attribute);
  Py_XDECREF(found);
  return result;
}

static int look_up(const char *name) {
  PyObject *main_module = PyImport_AddModule("__main__");
  globals = main_module == NULL ? NULL : PyModule_GetDict(main_module);
  baseline_function = globals == NULL ? NULL : import("__main__", name);
  array_type = baseline_function == NULL ? NULL : import("array", "array");
  code = array_type == NULL ? NULL : Py_CompileString("x = 1", "<baseline>", Py_file_input);
  return code == NULL ? -1 : 0;
}

static int find_upcall(JNIEnv *env, jclass class) {
  upcall_method = (*env)->GetStaticMethodID(env, class, "upcall", "(J)J");
  baseline_class = (*env)->NewGlobalRef(env, class);
  return upcall_method != NULL && baseline_class != NULL ? 0 : -1;
}

JNIEXPORT void JNICALL Java_dev_clutch_benchmarks_Baseline_open(JNIEnv *env, jclass class,
                                                                jlong interpreter, jobject memory,
                                                                jstring name) {
  flat = (*env)->GetDirectBufferAddress(env, memory);
  const char *text = (*env)->GetStringUTFChars(env, name, NULL);
  if (flat == NULL || text == NULL || find_upcall(env, class) != 0) {
    return;
  }
  state = PyThreadState_New(_PyInterpreterState_LookUpID(interpreter));
  baseline_attach();
  baseline_finish(env, look_up(text));
  (*env)->ReleaseStringUTFChars(env, name, text);
}

JNIEXPORT void JNICALL Java_dev_clutch_benchmarks_Baseline_close(JNIEnv *env, jclass class) {
  (void)class;
  baseline_attach();
  Py_CLEAR(baseline_function);
  Py_CLEAR(array_type);
  Py_CLEAR(code);
  PyThreadState_Clear(state);
  PyThreadState_DeleteCurrent();
  (*env)->DeleteGlobalRef(env, baseline_class);
}

/* -- calling ---------------------------------------------------------------------------------- */

/* Negative if it fails. */
static int64_t call_with(int64_t first, int64_t second) {
  PyObject *args[] = {NULL, PyLong_FromLongLong(first), PyLong_FromLongLong(second)};
  PyObject *result =
      PyObject_Vectorcall(baseline_function, args + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
  int64_t value = result == NULL ? -1 : PyLong_AsLongLong(result);
  Py_XDECREF(result);
  Py_DECREF(args[1]);
  Py_DECREF(args[2]);
  return value;
}

JNIEXPORT jlong JNICALL Java_dev_clutch_benchmarks_Baseline_attachAndCall(JNIEnv *env, jclass class,
                                                                          jint count, jlong from) {
  (void)class;
  int64_t sum = 0;
  for (jlong i = from; i < from + count; i++) {
    baseline_attach();
    int64_t value = call_with(i, i + 1);
    if (value < 0) {
      return baseline_finish(env, value);
    }
    PyEval_SaveThread();
    sum += value;
  }
  return sum;
}

JNIEXPORT jlong JNICALL Java_dev_clutch_benchmarks_Baseline_call(JNIEnv *env, jclass class,
                                                                 jint count, jlong from) {
  (void)class;
  int64_t sum = 0;
  int64_t value = 0;
  baseline_attach();
  for (jlong i = from; value >= 0 && i < from + count; i++) {
    value = call_with(i, i + 1);
    sum += value;
  }
  return baseline_finish(env, sum);
}

JNIEXPORT void JNICALL Java_dev_clutch_benchmarks_Baseline_attachAndRun(JNIEnv *env, jclass class,
                                                                        jint count) {
  (void)class;
  for (jint i = 0; i < count; i++) {
    baseline_attach();
    PyObject *result = PyEval_EvalCode(code, globals, globals);
    if (result == NULL) {
      baseline_finish(env, 0);
      return;
    }
    Py_DECREF(result);
    PyEval_SaveThread();
  }
}

/* -- values in: built from the flat memory, and passed to the function ------------------------- */

static void give(JNIEnv *env, PyObject *value) {
  PyObject *args[] = {NULL, value};
  PyObject *result = value == NULL ? NULL
                                   : PyObject_Vectorcall(baseline_function, args + 1,
                                                         1 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
  Py_XDECREF(result);
  Py_XDECREF(value);
  baseline_finish(env, 0);
}

static PyObject *read_long(const char **next) {
  int64_t value;
  memcpy(&value, *next, sizeof value);
  *next += sizeof value;
  return PyLong_FromLongLong(value);
}

static PyObject *read_string(const char **next) {
  int32_t length;
  memcpy(&length, *next, sizeof length);
  const char *text = *next + sizeof length;
  *next = text + length;
  return PyUnicode_FromStringAndSize(text, length);
}

static PyObject *new_list(jint count, PyObject *(*read_item)(const char **)) {
  const char *next = flat;
  PyObject *list = PyList_New(count);
  for (jint i = 0; list != NULL && i < count; i++) {
    PyObject *item = read_item(&next);
    if (item == NULL) {
      Py_CLEAR(list);
    } else {
      PyList_SET_ITEM(list, i, item);
    }
  }
  return list;
}

static int add_pair(PyObject *dict, const char **next) {
  PyObject *key = read_string(next);
  PyObject *value = read_long(next);
  int added = key == NULL || value == NULL ? -1 : PyDict_SetItem(dict, key, value);
  Py_XDECREF(key);
  Py_XDECREF(value);
  return added;
}

static PyObject *new_dict(jint count) {
  const char *next = flat;
  PyObject *dict = PyDict_New();
  for (jint i = 0; dict != NULL && i < count; i++) {
    if (add_pair(dict, &next) != 0) {
      Py_CLEAR(dict);
    }
  }
  return dict;
}

/* array.array has no C API. */
static PyObject *new_array(jint length) {
  PyObject *array = PyObject_CallFunction(array_type, "s", "q");
  PyObject *bytes = PyMemoryView_FromMemory(flat, length, PyBUF_READ);
  PyObject *done =
      array == NULL || bytes == NULL ? NULL : PyObject_CallMethod(array, "frombytes", "O", bytes);
  Py_XDECREF(bytes);
  if (done == NULL) {
    Py_CLEAR(array);
  }
  Py_XDECREF(done);
  return array;
}

static PyObject *new_bytes(jint length) {
  PyObject *bytes = PyBytes_FromStringAndSize(NULL, length);
  if (bytes != NULL) {
    memcpy(PyBytes_AS_STRING(bytes), flat, (size_t)length);
  }
  return bytes;
}

#define GIVES(name, new_value)                                                                     \
  JNIEXPORT void JNICALL Java_dev_clutch_benchmarks_Baseline_##name(JNIEnv *env, jclass class,     \
                                                                    jint count) {                  \
    (void)class;                                                                                   \
    baseline_attach();                                                                             \
    give(env, new_value);                                                                          \
  }

GIVES(giveLongs, new_list(count, read_long))
GIVES(giveStrings, new_list(count, read_string))
GIVES(giveDict, new_dict(count))
GIVES(giveArray, new_array(count))
GIVES(giveBytes, new_bytes(count))

/* -- values out: returned by the function, and read into the flat memory ----------------------- */

static void write_long(PyObject *value, char **next) {
  int64_t number = PyLong_AsLongLong(value);
  memcpy(*next, &number, sizeof number);
  *next += sizeof number;
}

static void write_string(PyObject *value, char **next) {
  Py_ssize_t size = 0;
  const char *text = PyUnicode_AsUTF8AndSize(value, &size);
  int32_t length = text == NULL ? 0 : (int32_t)size;
  memcpy(*next, &length, sizeof length);
  memcpy(*next + sizeof length, text == NULL ? "" : text, (size_t)length);
  *next += sizeof length + (size_t)length;
}

static void read_list(PyObject *list, void (*write_item)(PyObject *, char **)) {
  char *next = flat;
  Py_ssize_t count = PyList_Size(list);
  for (Py_ssize_t i = 0; i < count; i++) {
    write_item(PyList_GET_ITEM(list, i), &next);
  }
}

static void read_longs(PyObject *list) { read_list(list, write_long); }

static void read_strings(PyObject *list) { read_list(list, write_string); }

static void read_dict(PyObject *dict) {
  char *next = flat;
  PyObject *key;
  PyObject *value;
  for (Py_ssize_t at = 0; PyDict_Next(dict, &at, &key, &value);) {
    write_string(key, &next);
    write_long(value, &next);
  }
}

#define TAKES(name, read_value)                                                                    \
  JNIEXPORT void JNICALL Java_dev_clutch_benchmarks_Baseline_##name(JNIEnv *env, jclass class) {   \
    (void)class;                                                                                   \
    baseline_attach();                                                                             \
    PyObject *value = PyObject_CallNoArgs(baseline_function);                                      \
    if (value != NULL) {                                                                           \
      read_value(value);                                                                           \
      Py_DECREF(value);                                                                            \
    }                                                                                              \
    baseline_finish(env, 0);                                                                       \
  }

TAKES(takeLongs, read_longs)
TAKES(takeStrings, read_strings)
TAKES(takeDict, read_dict)

/* -- calling Java ----------------------------------------------------------------------------- */

JNIEXPORT jlong JNICALL Java_dev_clutch_benchmarks_Baseline_upcalls(JNIEnv *env, jclass class,
                                                                    jint count, jlong from) {
  (void)class;
  int64_t sum = 0;
  baseline_attach();
  for (jlong i = from; i < from + count; i++) {
    PyThreadState *saved = PyEval_SaveThread();
    sum += (*env)->CallStaticLongMethod(env, baseline_class, upcall_method, i);
    PyEval_RestoreThread(saved);
  }
  return baseline_finish(env, sum);
}
