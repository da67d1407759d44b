/* What Clutch is compared with: the same work done with nothing but the CPython C API, and, for
   callbacks, JNI. The natives of Baseline.java.

   Everything happens on one thread, in an interpreter that Clutch made, with a thread state of our
   own; Clutch refuses to close the interpreter until `close` has deleted it. */
#define _GNU_SOURCE /* pipe2 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <fcntl.h>
#include <jni.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Exported by every version, declared in internal headers only. */
extern PyInterpreterState *_PyInterpreterState_LookUpID(int64_t id);

static PyThreadState *state;
static PyObject *globals;  /* __main__.__dict__, borrowed */
static PyObject *function; /* the one under test */
static PyObject *code;     /* x = 1 */
static PyObject *array_type;
static char *flat; /* memory shared with Java */
static jclass baseline_class;
static jmethodID upcall_method;

/* -- attaching -------------------------------------------------------------------------------- */

static jlong fail(JNIEnv *env) {
  jclass class = (*env)->FindClass(env, "java/lang/IllegalStateException");
  if (class != NULL) {
    (*env)->ThrowNew(env, class, "the baseline failed; what Python said is on standard error");
  }
  return -1;
}

static void attach(void) { PyEval_RestoreThread(state); }

/* Detaches after a baseline, and tells Java if it failed. */
static jlong finish(JNIEnv *env, int64_t result) {
  int failed = PyErr_Occurred() != NULL;
  if (failed) {
    PyErr_Print();
  }
  PyEval_SaveThread();
  return failed ? fail(env) : result;
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
  function = globals == NULL ? NULL : import("__main__", name);
  array_type = function == NULL ? NULL : import("array", "array");
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
  attach();
  finish(env, look_up(text));
  (*env)->ReleaseStringUTFChars(env, name, text);
}

JNIEXPORT void JNICALL Java_dev_clutch_benchmarks_Baseline_close(JNIEnv *env, jclass class) {
  (void)class;
  attach();
  Py_CLEAR(function);
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
      PyObject_Vectorcall(function, args + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
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
    attach();
    int64_t value = call_with(i, i + 1);
    if (value < 0) {
      return finish(env, value);
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
  attach();
  for (jlong i = from; value >= 0 && i < from + count; i++) {
    value = call_with(i, i + 1);
    sum += value;
  }
  return finish(env, sum);
}

JNIEXPORT void JNICALL Java_dev_clutch_benchmarks_Baseline_attachAndRun(JNIEnv *env, jclass class,
                                                                        jint count) {
  (void)class;
  for (jint i = 0; i < count; i++) {
    attach();
    PyObject *result = PyEval_EvalCode(code, globals, globals);
    if (result == NULL) {
      finish(env, 0);
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
                                   : PyObject_Vectorcall(function, args + 1,
                                                         1 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
  Py_XDECREF(result);
  Py_XDECREF(value);
  finish(env, 0);
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
    attach();                                                                                      \
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
    attach();                                                                                      \
    PyObject *value = PyObject_CallNoArgs(function);                                               \
    if (value != NULL) {                                                                           \
      read_value(value);                                                                           \
      Py_DECREF(value);                                                                            \
    }                                                                                              \
    finish(env, 0);                                                                                \
  }

TAKES(takeLongs, read_longs)
TAKES(takeStrings, read_strings)
TAKES(takeDict, read_dict)

/* -- calling Java ----------------------------------------------------------------------------- */

JNIEXPORT jlong JNICALL Java_dev_clutch_benchmarks_Baseline_upcalls(JNIEnv *env, jclass class,
                                                                    jint count, jlong from) {
  (void)class;
  int64_t sum = 0;
  attach();
  for (jlong i = from; i < from + count; i++) {
    PyThreadState *saved = PyEval_SaveThread();
    sum += (*env)->CallStaticLongMethod(env, baseline_class, upcall_method, i);
    PyEval_RestoreThread(saved);
  }
  return finish(env, sum);
}

/* -- pipes: a thread of C's writes messages ---------------------------------------------------- */

#define MESSAGE 64

typedef struct sender {
  int fd;
  jint count;
  size_t size;
} sender;

static void *send_messages(void *argument) {
  sender *of = argument;
  char *message = calloc(1, of->size);
  for (jint i = 0;
       i < of->count && message != NULL && write(of->fd, message, of->size) == (ssize_t)of->size;
       i++) {
  }
  free(message);
  close(of->fd);
  return NULL;
}

/* Answers the descriptor to read from, or -1. */
static int start_sender(pthread_t *thread, sender *of, jint count, size_t size) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return -1;
  }
  of->fd = ends[1];
  of->count = count;
  of->size = size;
  return pthread_create(thread, NULL, send_messages, of) == 0 ? ends[0] : -1;
}

JNIEXPORT jlong JNICALL Java_dev_clutch_benchmarks_Baseline_pipe(JNIEnv *env, jclass class,
                                                                 jint count, jint size) {
  (void)class;
  pthread_t thread;
  sender of;
  char *message = malloc((size_t)size);
  int fd = message == NULL ? -1 : start_sender(&thread, &of, count, (size_t)size);
  if (fd < 0) {
    free(message);
    return fail(env);
  }
  jlong total = 0;
  for (ssize_t got; (got = read(fd, message, (size_t)size)) > 0;) {
    total += got;
  }
  free(message);
  close(fd);
  pthread_join(thread, NULL);
  return total;
}

/* The function reads them all, from the descriptor. */
JNIEXPORT jlong JNICALL Java_dev_clutch_benchmarks_Baseline_pipeToPython(JNIEnv *env, jclass class,
                                                                         jint count) {
  (void)class;
  pthread_t thread;
  sender of;
  int fd = start_sender(&thread, &of, count, MESSAGE);
  if (fd < 0) {
    return fail(env);
  }
  attach();
  PyObject *result = PyObject_CallFunction(function, "i", fd);
  jlong total = result == NULL ? -1 : PyLong_AsLongLong(result);
  Py_XDECREF(result);
  total = finish(env, total);
  close(fd);
  pthread_join(thread, NULL);
  return total;
}

/* -- queues ------------------------------------------------------------------------------------ */

typedef struct message {
  struct message *next;
  size_t length;
} message;

typedef struct queue {
  pthread_mutex_t lock;
  message *first;
  message *last;
} queue;

static int put(queue *to, const void *bytes, size_t length) {
  message *made = malloc(sizeof *made + length);
  if (made == NULL) {
    return -1;
  }
  made->next = NULL;
  made->length = length;
  memcpy(made + 1, bytes, length);
  pthread_mutex_lock(&to->lock);
  *(to->last == NULL ? &to->first : &to->last->next) = made;
  to->last = made;
  pthread_mutex_unlock(&to->lock);
  return 0;
}

static void get(queue *from, void *bytes) {
  pthread_mutex_lock(&from->lock);
  message *got = from->first;
  from->first = got->next;
  if (from->first == NULL) {
    from->last = NULL;
  }
  pthread_mutex_unlock(&from->lock);
  memcpy(bytes, got + 1, got->length);
  free(got);
}

JNIEXPORT jlong JNICALL Java_dev_clutch_benchmarks_Baseline_putAndGet(JNIEnv *env, jclass class,
                                                                      jint count, jlong from) {
  static queue shared = {PTHREAD_MUTEX_INITIALIZER, NULL, NULL};
  (void)class;
  jlong sum = 0;
  for (jlong i = from; i < from + count; i++) {
    jlong got = 0;
    if (put(&shared, &i, sizeof i) != 0) {
      return fail(env);
    }
    get(&shared, &got);
    sum += got;
  }
  return sum;
}

/* -- two threads, each with a GIL of its own ----------------------------------------------------
 */

typedef struct table {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  int turn;
  jint rounds;
  PyInterpreterState *other;
} table;

/* Wakes the other when the lock is free, or it would run into the lock and sleep once more. */
static void give_up(table *at, int me) {
  pthread_mutex_lock(&at->lock);
  at->turn = !me;
  pthread_mutex_unlock(&at->lock);
  pthread_cond_signal(&at->changed);
}

static void await(table *at, int me) {
  pthread_mutex_lock(&at->lock);
  while (at->turn != me) {
    pthread_cond_wait(&at->changed, &at->lock);
  }
  pthread_mutex_unlock(&at->lock);
}

/* Passes the ball on, and waits for it without the GIL. */
static void pass(table *at, int me) {
  give_up(at, me);
  PyThreadState *saved = PyEval_SaveThread();
  await(at, me);
  PyEval_RestoreThread(saved);
}

static void *play(void *argument) {
  table *at = argument;
  PyThreadState *own = PyThreadState_New(at->other);
  await(at, 1);
  PyEval_RestoreThread(own);
  for (jint i = 1; i < at->rounds; i++) {
    pass(at, 1);
  }
  PyThreadState_Clear(own);
  PyThreadState_DeleteCurrent();
  give_up(at, 1);
  return NULL;
}

JNIEXPORT void JNICALL Java_dev_clutch_benchmarks_Baseline_pingPong(JNIEnv *env, jclass class,
                                                                    jint rounds, jlong other) {
  (void)class;
  pthread_t thread;
  table at = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, rounds,
              _PyInterpreterState_LookUpID(other)};
  if (pthread_create(&thread, NULL, play, &at) != 0) {
    fail(env);
    return;
  }
  attach();
  for (jint i = 0; i < rounds; i++) {
    pass(&at, 0);
  }
  PyEval_SaveThread();
  pthread_join(thread, NULL);
}
