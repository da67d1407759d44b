#include "callback.h"

#include "codec.h"
#include "module.h"
#include "stack.h"
#include "thread_state.h"

#include <string.h>

static JavaVM *java_vm;
static jclass callback_class;
static jmethodID invoke_method;
static jmethodID retain_method;
static jmethodID release_method;
static jmethodID write_method;
static pthread_key_t attached_thread;

/* -- running Java code ------------------------------------------------------------------------ */

/* A thread that Python started detaches when it ends. */
static void on_thread_end(void *argument) {
  (void)argument;
  (*java_vm)->DetachCurrentThread(java_vm);
}

static JNIEnv *environment(void) {
  void *env = NULL;
  if ((*java_vm)->GetEnv(java_vm, &env, JNI_VERSION_1_8) == JNI_OK) {
    return env;
  }
  if ((*java_vm)->AttachCurrentThreadAsDaemon(java_vm, &env, NULL) != JNI_OK) {
    return NULL;
  }
  pthread_setspecific(attached_thread, env);
  return env;
}

typedef struct upcall {
  clutch_interpreter *interpreter;
  uint64_t object;
  int stream;
  const void *bytes;
  size_t length;
  jlong response; /* the address of a u32 length and that many bytes, or 0 */
  bool failed;    /* Java threw out of the handler itself, or could not be reached */
} upcall;

/* The handlers catch what the user's code throws; what comes here is the JVM's own distress. */
static void check(JNIEnv *env, upcall *call) {
  if ((*env)->ExceptionCheck(env)) {
    (*env)->ExceptionClear(env);
    call->failed = true;
  }
}

static void invoke_on_java_stack(void *argument) {
  upcall *call = argument;
  JNIEnv *env = environment();
  if (env == NULL) {
    call->failed = true;
    return;
  }
  call->response = (*env)->CallStaticLongMethod(
      env, callback_class, invoke_method, clutch_interpreter_handle(call->interpreter),
      (jlong)call->object, (jlong)(intptr_t)call->bytes, (jint)call->length);
  check(env, call);
}

static void write_on_java_stack(void *argument) {
  upcall *call = argument;
  JNIEnv *env = environment();
  jbyteArray array = env == NULL ? NULL : (*env)->NewByteArray(env, (jsize)call->length);
  if (array == NULL) {
    call->failed = true;
    if (env != NULL) {
      (*env)->ExceptionClear(env);
    }
    return;
  }
  (*env)->SetByteArrayRegion(env, array, 0, (jsize)call->length, call->bytes);
  call->response = (*env)->CallStaticLongMethod(env, callback_class, write_method,
                                                clutch_interpreter_handle(call->interpreter),
                                                (jint)call->stream, array);
  check(env, call);
  (*env)->DeleteLocalRef(env, array);
}

static void call_with_object(upcall *call, jmethodID method) {
  JNIEnv *env = environment();
  if (env != NULL) {
    (*env)->CallStaticVoidMethod(env, callback_class, method, (jlong)call->object);
    check(env, call);
  }
}

static void retain_on_java_stack(void *argument) { call_with_object(argument, retain_method); }

static void release_on_java_stack(void *argument) { call_with_object(argument, release_method); }

static void run(upcall *call, clutch_stack_fn function) {
  PyThreadState *state = clutch_release_gil();
  clutch_stack_return(function, call);
  clutch_retake_gil(state);
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
  clutch_reader reader = {response + 1, response + length};
  PyObject *value = clutch_decode(&reader, interpreter);
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
  if (call->response == 0) {
    Py_RETURN_NONE;
  }
  return read_response(call->interpreter, call->response);
}

static int refuse_when_closing(clutch_interpreter *interpreter) {
  if (interpreter->module != NULL) {
    return 0;
  }
  PyErr_SetString(PyExc_RuntimeError,
                  "the interpreter is being closed: Java cannot be called any more");
  return -1;
}

PyObject *clutch_callback_call(clutch_interpreter *interpreter, uint64_t callable, PyObject *args) {
  unsigned char small[512];
  clutch_writer writer;
  if (refuse_when_closing(interpreter) != 0) {
    return NULL;
  }
  clutch_writer_init(&writer, small, sizeof small);
  PyObject *result = NULL;
  if (clutch_encode(&writer, interpreter, args, "args") == 0) {
    upcall call = {.interpreter = interpreter,
                   .object = callable,
                   .bytes = writer.data,
                   .length = writer.length};
    run(&call, invoke_on_java_stack);
    result = result_of(&call);
  }
  clutch_writer_free(&writer);
  return result;
}

/* These two keep the GIL: they are short, and the second is called from a deallocation. */
void clutch_callback_retain(uint64_t object) {
  upcall call = {.object = object};
  clutch_stack_return(retain_on_java_stack, &call);
}

void clutch_callback_release(uint64_t object) {
  upcall call = {.object = object};
  clutch_stack_return(release_on_java_stack, &call);
}

int clutch_callback_write(clutch_interpreter *interpreter, int stream, const char *bytes,
                          size_t length) {
  upcall call = {.interpreter = interpreter, .stream = stream, .bytes = bytes, .length = length};
  if (interpreter->module == NULL) {
    /* No Python exception can be made of what Java throws any more; Java logs it. */
    run(&call, write_on_java_stack);
    return 0;
  }
  run(&call, write_on_java_stack);
  PyObject *result = result_of(&call);
  Py_XDECREF(result);
  return result == NULL ? -1 : 0;
}

void clutch_callback_write_detached(clutch_interpreter *interpreter, int stream, const char *bytes,
                                    size_t length) {
  upcall call = {.interpreter = interpreter, .stream = stream, .bytes = bytes, .length = length};
  clutch_stack_return(write_on_java_stack, &call);
}

/* -- registered methods ----------------------------------------------------------------------- */

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
    {"free", "(J)V", (void *)release},
};

static int find_methods(JNIEnv *env) {
  invoke_method = (*env)->GetStaticMethodID(env, callback_class, "invoke", "(JJJI)J");
  retain_method = (*env)->GetStaticMethodID(env, callback_class, "retain", "(J)V");
  release_method = (*env)->GetStaticMethodID(env, callback_class, "release", "(J)V");
  write_method = (*env)->GetStaticMethodID(env, callback_class, "write", "(JI[B)J");
  return invoke_method != NULL && retain_method != NULL && release_method != NULL &&
                 write_method != NULL
             ? 0
             : -1;
}

int clutch_callback_register(JavaVM *vm, JNIEnv *env) {
  java_vm = vm;
  jclass class = (*env)->FindClass(env, "dev/clutch/internal/NativeCallback");
  if (class == NULL) {
    return -1;
  }
  callback_class = (*env)->NewGlobalRef(env, class);
  if (callback_class == NULL || find_methods(env) != 0 ||
      pthread_key_create(&attached_thread, on_thread_end) != 0) {
    return -1;
  }
  return (*env)->RegisterNatives(env, class, methods, sizeof methods / sizeof methods[0]);
}
