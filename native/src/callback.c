#include "callback.h"

#include "block.h"
#include "codec.h"
#include "holding.h"
#include "jvm.h"
#include "module.h"
#include "stack.h"
#include "thread_state.h"
#include "turn.h"

#include <string.h>

static jclass callback_class;
static jmethodID invoke_method;
static jmethodID invoke_words_method;
static jmethodID retain_method;
static jmethodID release_method;
static jmethodID write_method;
static jmethodID wait_method;
static jmethodID responded_method;
static jmethodID enlist_method;

/* -- running Java code ------------------------------------------------------------------------ */

enum { MOST_ARGUMENTS = 3 + CLUTCH_MOST_WORDS };

typedef struct upcall {
  clutch_interpreter *interpreter;
  jmethodID method;
  jvalue args[MOST_ARGUMENTS];
  const void *bytes; /* copied into an array for the last argument, if not NULL */
  size_t length;
  jlong response; /* the address of a u32 length and that many bytes; or a word; or 0 */
  bool failed;    /* Java threw out of the handler itself, or could not be reached */
  bool left_held; /* Java left an interpreter attached */
} upcall;

/* The handlers catch what the user's code throws; what comes here is the JVM's own distress. */
static void check(JNIEnv *env, upcall *call) {
  if ((*env)->ExceptionCheck(env)) {
    (*env)->ExceptionClear(env);
    call->failed = true;
  }
}

static void ask_on_java_stack(void *argument) {
  upcall *call = argument;
  JNIEnv *env = clutch_jvm_environment();
  if (env == NULL) {
    call->failed = true;
    return;
  }
  call->response = (*env)->CallStaticLongMethodA(env, callback_class, call->method, call->args);
  check(env, call);
}

static void tell_on_java_stack(void *argument) {
  upcall *call = argument;
  JNIEnv *env = clutch_jvm_environment();
  if (env != NULL) {
    (*env)->CallStaticVoidMethodA(env, callback_class, call->method, call->args);
    check(env, call);
  }
}

/* The bytes go along as an array. */
static void write_on_java_stack(void *argument) {
  upcall *call = argument;
  JNIEnv *env = clutch_jvm_environment();
  jbyteArray array = env == NULL ? NULL : (*env)->NewByteArray(env, (jsize)call->length);
  if (array == NULL) {
    call->failed = true;
    if (env != NULL) {
      (*env)->ExceptionClear(env);
    }
    return;
  }
  (*env)->SetByteArrayRegion(env, array, 0, (jsize)call->length, call->bytes);
  call->args[2].l = array;
  ask_on_java_stack(call);
  (*env)->DeleteLocalRef(env, array);
}

static void run(upcall *call, clutch_stack_fn function) {
  int64_t turn = clutch_pause_turn();
  clutch_suspension left = clutch_leave_python();
  clutch_stack_return(function, call);
  call->left_held = clutch_return_to_python(call->interpreter, left);
  clutch_resume_turn(turn);
}

static void tell(jmethodID method, int64_t first, int64_t second) {
  upcall call = {.method = method, .args = {{.j = first}, {.j = second}}};
  clutch_stack_return(tell_on_java_stack, &call);
}

/* -- what came back --------------------------------------------------------------------------- */

/* The fields of an error: class name, message, stack trace, handle of the exception. */
static PyObject *new_java_exception(clutch_interpreter *interpreter, PyObject *fields) {
  PyObject *class_name = PyList_GET_ITEM(fields, 0);
  PyObject *message = PyList_GET_ITEM(fields, 1);
  PyObject *text = message == Py_None ? Py_NewRef(class_name)
                                      : PyUnicode_FromFormat("%U: %U", class_name, message);
  PyObject *exception =
      text == NULL ? NULL
                   : PyObject_CallOneArg(clutch_module_state_of(interpreter)->java_exception, text);
  Py_XDECREF(text);
  if (exception == NULL) {
    return NULL;
  }
  PyObject *noted = PyObject_CallMethod(exception, "add_note", "O", PyList_GET_ITEM(fields, 2));
  if (noted == NULL || PyObject_SetAttrString(exception, "java_class", class_name) != 0 ||
      PyObject_SetAttrString(exception, "java_message", message) != 0 ||
      PyObject_SetAttrString(exception, "_throwable", PyList_GET_ITEM(fields, 3)) != 0) {
    Py_CLEAR(exception);
  }
  Py_XDECREF(noted);
  return exception;
}

static void raise_java_exception(clutch_interpreter *interpreter, PyObject *fields) {
  if (!PyList_Check(fields) || PyList_GET_SIZE(fields) != 4) {
    PyErr_SetString(PyExc_ValueError, "malformed error from Java");
    return;
  }
  PyObject *exception = new_java_exception(interpreter, fields);
  if (exception != NULL) {
    PyErr_SetObject((PyObject *)Py_TYPE(exception), exception);
    Py_DECREF(exception);
  }
}

static PyObject *decode_response(clutch_interpreter *interpreter, const unsigned char *response,
                                 size_t length) {
  clutch_reader reader = {interpreter, response + 1, response + length, NULL, NULL};
  PyObject *value = clutch_decode(&reader);
  if (*response != 'R') { /* Java holds something until it was read */
    tell(responded_method, 0, 0);
  }
  if (value != NULL && *response == 'E') {
    raise_java_exception(interpreter, value);
    Py_CLEAR(value);
  }
  return value;
}

/* From a copy: building objects may set off a garbage collection, that may call Java, and the
   thread's next response has the same memory. */
static PyObject *read_response(clutch_interpreter *interpreter, jlong address) {
  const unsigned char *response = (const unsigned char *)(intptr_t)address;
  unsigned char small[512];
  uint32_t length;
  memcpy(&length, response, 4);
  unsigned char *copy = length <= sizeof small ? small : malloc(length);
  if (copy == NULL) {
    return PyErr_NoMemory();
  }
  memcpy(copy, response + 4, length);
  PyObject *value = decode_response(interpreter, copy, length);
  if (copy != small) {
    free(copy);
  }
  return value;
}

static PyObject *result_of(upcall *call) {
  if (call->failed) {
    PyErr_SetString(clutch_module_state_of(call->interpreter)->java_exception,
                    "the JVM could not run the callback: it is out of stack or memory");
    return NULL;
  }
  if (call->left_held) {
    PyErr_SetString(PyExc_RuntimeError,
                    "the Java code left an interpreter attached: close every Attachment where it "
                    "was opened");
    return NULL;
  }
  if (call->response == 0) {
    Py_RETURN_NONE;
  }
  return clutch_is_word(call->response) ? PyLong_FromLongLong(call->response >> 8)
                                        : read_response(call->interpreter, call->response);
}

/* -- calling ----------------------------------------------------------------------------------- */

/* A list of the positional ones, then None or a dict of the others. */
static int encode_arguments(clutch_writer *writer, PyObject *const *args, size_t count,
                            PyObject *keywords) {
  if (clutch_encode_items(writer, args, count, "args") != 0) {
    return -1;
  }
  size_t named = keywords == NULL ? 0 : (size_t)PyTuple_GET_SIZE(keywords);
  if (named == 0) {
    return clutch_write_tag(writer, 'N');
  }
  int done = clutch_write_count(writer, '{', named);
  for (size_t i = 0; done == 0 && i < named; i++) {
    PyObject *name = PyTuple_GET_ITEM(keywords, (Py_ssize_t)i);
    const char *utf8 = PyUnicode_AsUTF8(name);
    PyErr_Clear(); /* a name with an unpaired surrogate has no UTF-8 */
    done = clutch_encode(writer, name, "keyword") != 0 ||
                   clutch_encode(writer, args[count + i], utf8 == NULL ? "keyword" : utf8) != 0
               ? -1
               : 0;
  }
  return done;
}

static PyObject *call_encoded(clutch_interpreter *interpreter, uint64_t callable,
                              PyObject *const *args, size_t count, PyObject *keywords) {
  clutch_block *memory = clutch_block_take();
  if (memory == NULL) {
    return PyErr_NoMemory();
  }
  clutch_writer writer;
  clutch_writer_init(&writer, interpreter, memory->bytes, sizeof memory->bytes);
  PyObject *result = NULL;
  if (encode_arguments(&writer, args, count, keywords) == 0) {
    upcall call = {.interpreter = interpreter,
                   .method = invoke_method,
                   .args = {{.j = clutch_interpreter_handle(interpreter)},
                            {.j = (jlong)callable},
                            {.j = (jlong)(intptr_t)writer.data},
                            {.i = (jint)writer.length}}};
    run(&call, ask_on_java_stack);
    result = result_of(&call);
  } else {
    PyObject *raised = PyErr_GetRaisedException();
    clutch_writer_rewind(&writer, 0, 0);
    PyErr_SetRaisedException(raised);
  }
  clutch_writer_free(&writer);
  clutch_block_give(memory);
  return result;
}

static bool are_words(PyObject *const *args, size_t count, PyObject *keywords) {
  if (count > CLUTCH_MOST_WORDS || (keywords != NULL && PyTuple_GET_SIZE(keywords) > 0)) {
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    if (!clutch_is_short_int(args[i])) {
      return false;
    }
  }
  return true;
}

static PyObject *call_with_words(clutch_interpreter *interpreter, uint64_t callable,
                                 PyObject *const *args, size_t count) {
  upcall call = {.interpreter = interpreter,
                 .method = invoke_words_method,
                 .args = {{.j = clutch_interpreter_handle(interpreter)},
                          {.j = (jlong)callable},
                          {.i = (jint)count}}};
  for (size_t i = 0; i < count; i++) {
    call.args[3 + i].j = clutch_word_of(args[i]);
  }
  run(&call, ask_on_java_stack);
  return result_of(&call);
}

PyObject *clutch_callback_call(clutch_interpreter *interpreter, uint64_t callable,
                               PyObject *const *args, size_t count, PyObject *keywords) {
  if (clutch_module_refuse_when_gone(interpreter) != 0) {
    return NULL;
  }
  return are_words(args, count, keywords)
             ? call_with_words(interpreter, callable, args, count)
             : call_encoded(interpreter, callable, args, count, keywords);
}

/* These two keep the GIL: they are short, and the second is called from a deallocation. */
void clutch_callback_retain(uint64_t object) { tell(retain_method, (int64_t)object, 0); }

void clutch_callback_release(uint64_t object) { tell(release_method, (int64_t)object, 0); }

void clutch_callback_report_wait(clutch_interpreter *interpreter, int64_t holder) {
  tell(wait_method, clutch_interpreter_handle(interpreter), holder);
}

static upcall writing(clutch_interpreter *interpreter, int stream, const char *bytes,
                      size_t length) {
  return (upcall){.interpreter = interpreter,
                  .method = write_method,
                  .args = {{.j = clutch_interpreter_handle(interpreter)}, {.i = stream}},
                  .bytes = bytes,
                  .length = length};
}

int clutch_callback_write(clutch_interpreter *interpreter, int stream, const char *bytes,
                          size_t length) {
  upcall call = writing(interpreter, stream, bytes, length);
  run(&call, write_on_java_stack);
  if (interpreter->module == NULL) {
    /* No Python exception can be made of what Java throws any more; Java logs it. */
    return 0;
  }
  PyObject *result = result_of(&call);
  Py_XDECREF(result);
  return result == NULL ? -1 : 0;
}

void clutch_callback_write_detached(clutch_interpreter *interpreter, int stream, const char *bytes,
                                    size_t length) {
  upcall call = writing(interpreter, stream, bytes, length);
  clutch_stack_return(write_on_java_stack, &call);
}

int64_t clutch_callback_enlist_thread(JNIEnv *env, int64_t carrier) {
  jlong id = (*env)->CallStaticLongMethod(env, callback_class, enlist_method, (jlong)carrier);
  if ((*env)->ExceptionCheck(env)) {
    (*env)->ExceptionClear(env);
    return 0;
  }
  return id;
}

/* -- registered methods ----------------------------------------------------------------------- */

static jlong allocate(JNIEnv *env, jclass class, jlong length) {
  (void)env;
  (void)class;
  return (jlong)(intptr_t)malloc((size_t)length);
}

static jlong address(JNIEnv *env, jclass class, jobject buffer) {
  (void)class;
  return (jlong)(intptr_t)(*env)->GetDirectBufferAddress(env, buffer);
}

static jobject view(JNIEnv *env, jclass class, jlong at, jlong length) {
  (void)class;
  return (*env)->NewDirectByteBuffer(env, (void *)(intptr_t)at, length);
}

static void release(JNIEnv *env, jclass class, jlong at) {
  (void)env;
  (void)class;
  free((void *)(intptr_t)at);
}

static const JNINativeMethod methods[] = {
    {"address", "(Ljava/nio/ByteBuffer;)J", (void *)address},
    {"view", "(JJ)Ljava/nio/ByteBuffer;", (void *)view},
    {"allocate", "(J)J", (void *)allocate},
    {"free", "(J)V", (void *)release},
};

static int find_methods(JNIEnv *env) {
  invoke_method = (*env)->GetStaticMethodID(env, callback_class, "invoke", "(JJJI)J");
  invoke_words_method = (*env)->GetStaticMethodID(env, callback_class, "invokeWords", "(JJIJJJ)J");
  retain_method = (*env)->GetStaticMethodID(env, callback_class, "retain", "(J)V");
  release_method = (*env)->GetStaticMethodID(env, callback_class, "release", "(J)V");
  write_method = (*env)->GetStaticMethodID(env, callback_class, "write", "(JI[B)J");
  wait_method = (*env)->GetStaticMethodID(env, callback_class, "reportWait", "(JJ)V");
  responded_method = (*env)->GetStaticMethodID(env, callback_class, "responded", "()V");
  enlist_method = (*env)->GetStaticMethodID(env, callback_class, "enlistThread", "(J)J");
  return invoke_method != NULL && invoke_words_method != NULL && retain_method != NULL &&
                 release_method != NULL && write_method != NULL && wait_method != NULL &&
                 responded_method != NULL && enlist_method != NULL
             ? 0
             : -1;
}

int clutch_callback_register(JNIEnv *env) {
  jclass class = (*env)->FindClass(env, "dev/clutch/internal/NativeCallback");
  if (class == NULL) {
    return -1;
  }
  callback_class = (*env)->NewGlobalRef(env, class);
  if (callback_class == NULL || find_methods(env) != 0 || clutch_block_setup() != 0) {
    return -1;
  }
  return (*env)->RegisterNatives(env, class, methods, sizeof methods / sizeof methods[0]);
}
