#include "large.h"

#include "jvm.h"
#include "stack.h"

/* The Java arrays that Java sends, by Python's typecodes. */
static struct element {
  char typecode;
  uint8_t size;
  const char *array_class_name;
  jclass array_class;
} elements[] = {
    {'b', 1, "[B", NULL}, {'?', 1, "[Z", NULL}, {'h', 2, "[S", NULL}, {'H', 2, "[C", NULL},
    {'i', 4, "[I", NULL}, {'f', 4, "[F", NULL}, {'q', 8, "[J", NULL}, {'d', 8, "[D", NULL},
};

enum { ELEMENTS = sizeof elements / sizeof elements[0] };

static jclass callback_class;
static jmethodID keep_method;

static const struct element *element_of(char typecode) {
  for (int i = 0; i < ELEMENTS; i++) {
    if (elements[i].typecode == typecode) {
      return &elements[i];
    }
  }
  return NULL;
}

/* -- to Python --------------------------------------------------------------------------------- */

typedef struct measured {
  jobjectArray arrays;
  uint32_t index;
  const struct element *element;
  int64_t size;
} measured;

static void measure_on_java_stack(void *argument) {
  measured *of = argument;
  JNIEnv *env = clutch_jvm_environment();
  if (env == NULL || of->index >= (uint32_t)(*env)->GetArrayLength(env, of->arrays)) {
    return;
  }
  jobject array = (*env)->GetObjectArrayElement(env, of->arrays, (jsize)of->index);
  if ((*env)->IsInstanceOf(env, array, of->element->array_class)) {
    of->size = (int64_t)(*env)->GetArrayLength(env, array) * of->element->size;
  }
  (*env)->DeleteLocalRef(env, array);
}

int64_t clutch_large_size(jobjectArray arrays, uint32_t index, char typecode) {
  measured of = {arrays, index, element_of(typecode), -1};
  if (arrays != NULL && of.element != NULL) {
    clutch_stack_return(measure_on_java_stack, &of);
  }
  return of.size;
}

typedef struct copy {
  jobjectArray arrays;
  uint32_t index;
  void *to;
} copy;

static void copy_on_java_stack(void *argument) {
  copy *of = argument;
  JNIEnv *env = clutch_jvm_environment();
  jobject array = (*env)->GetObjectArrayElement(env, of->arrays, (jsize)of->index);
  (*env)->GetByteArrayRegion(env, array, 0, (*env)->GetArrayLength(env, array), of->to);
  (*env)->DeleteLocalRef(env, array);
}

void clutch_large_copy(jobjectArray arrays, uint32_t index, void *to) {
  copy of = {arrays, index, to};
  clutch_stack_return(copy_on_java_stack, &of);
}

static void pin_on_java_stack(void *argument) {
  clutch_pin *pin = argument;
  JNIEnv *env = clutch_jvm_environment();
  pin->array = (*env)->GetObjectArrayElement(env, pin->arrays, (jsize)pin->index);
  pin->content = (*env)->GetPrimitiveArrayCritical(env, pin->array, NULL);
  if (pin->content == NULL) {
    (*env)->DeleteLocalRef(env, pin->array);
  }
}

int clutch_large_pin(clutch_pin *pin, jobjectArray arrays, uint32_t index) {
  *pin = (clutch_pin){arrays, index, NULL, NULL};
  clutch_stack_return(pin_on_java_stack, pin);
  if (pin->content == NULL) {
    PyErr_SetString(PyExc_MemoryError, "the JVM has no memory to show an array");
    return -1;
  }
  return 0;
}

static void unpin_on_java_stack(void *argument) {
  clutch_pin *pin = argument;
  JNIEnv *env = clutch_jvm_environment();
  (*env)->ReleasePrimitiveArrayCritical(env, pin->array, pin->content, JNI_ABORT);
  (*env)->DeleteLocalRef(env, pin->array);
}

void clutch_large_unpin(clutch_pin *pin) { clutch_stack_return(unpin_on_java_stack, pin); }

/* -- to Java ----------------------------------------------------------------------------------- */

typedef struct keeping {
  clutch_interpreter *interpreter;
  const void *bytes;
  size_t length;
  uint64_t handle;
} keeping;

static void keep_on_java_stack(void *argument) {
  keeping *of = argument;
  JNIEnv *env = clutch_jvm_environment();
  jbyteArray array = env == NULL ? NULL : (*env)->NewByteArray(env, (jsize)of->length);
  if (array != NULL) {
    (*env)->SetByteArrayRegion(env, array, 0, (jsize)of->length, of->bytes);
    of->handle = (uint64_t)(*env)->CallStaticLongMethod(
        env, callback_class, keep_method, clutch_interpreter_handle(of->interpreter), array);
    (*env)->DeleteLocalRef(env, array);
  }
  if (env != NULL && (*env)->ExceptionCheck(env)) {
    (*env)->ExceptionClear(env);
    of->handle = 0;
  }
}

uint64_t clutch_large_keep(clutch_interpreter *interpreter, const void *bytes, size_t length) {
  keeping of = {interpreter, bytes, length, 0};
  clutch_stack_return(keep_on_java_stack, &of);
  return of.handle;
}

/* -- registered methods ------------------------------------------------------------------------ */

static jclass global_class(JNIEnv *env, const char *name) {
  jclass class = (*env)->FindClass(env, name);
  return class == NULL ? NULL : (*env)->NewGlobalRef(env, class);
}

int clutch_large_register(JNIEnv *env) {
  for (int i = 0; i < ELEMENTS; i++) {
    elements[i].array_class = global_class(env, elements[i].array_class_name);
    if (elements[i].array_class == NULL) {
      return -1;
    }
  }
  callback_class = global_class(env, "dev/clutch/internal/NativeCallback");
  if (callback_class == NULL) {
    return -1;
  }
  keep_method = (*env)->GetStaticMethodID(env, callback_class, "keep", "(J[B)J");
  return keep_method == NULL ? -1 : 0;
}
