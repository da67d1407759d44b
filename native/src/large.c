#include "large.h"

#include "jvm.h"
#include "stack.h"

#include <string.h>

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

typedef struct transfer {
  jobjectArray arrays;
  uint32_t index;
  const struct element *element;
  jsize first;
  jsize count;
  void *to;
  int64_t size;
  bool copied;
} transfer;

static void measure_on_java_stack(void *argument) {
  transfer *of = argument;
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
  transfer of = {.arrays = arrays, .index = index, .element = element_of(typecode), .size = -1};
  if (arrays != NULL && of.element != NULL) {
    clutch_stack_return(measure_on_java_stack, &of);
  }
  return of.size;
}

/* The JVM copies bytes as memcpy() does, but wider elements one by one: those are read where they
   are. The garbage collector may wait for that, so callers ask for little at a time. */
static bool copy_elements(JNIEnv *env, const transfer *of, jarray from) {
  if (of->element->typecode == 'b') {
    (*env)->GetByteArrayRegion(env, from, of->first, of->count, of->to);
    return true;
  }
  const char *content = (*env)->GetPrimitiveArrayCritical(env, from, NULL);
  if (content == NULL) {
    return false;
  }
  size_t size = of->element->size;
  memcpy(of->to, content + (size_t)of->first * size, (size_t)of->count * size);
  (*env)->ReleasePrimitiveArrayCritical(env, from, (void *)content, JNI_ABORT);
  return true;
}

static void copy_on_java_stack(void *argument) {
  transfer *of = argument;
  JNIEnv *env = clutch_jvm_environment();
  jobject array = (*env)->GetObjectArrayElement(env, of->arrays, (jsize)of->index);
  of->copied = copy_elements(env, of, array);
  (*env)->DeleteLocalRef(env, array);
}

int clutch_large_copy(jobjectArray arrays, uint32_t index, char typecode, size_t first,
                      size_t count, void *to) {
  const struct element *element = element_of(typecode);
  transfer of = {
      .arrays = arrays,
      .index = index,
      .element = element,
      .first = (jsize)(first / element->size),
      .count = (jsize)(count / element->size),
      .to = to,
  };
  clutch_stack_return(copy_on_java_stack, &of);
  if (!of.copied) {
    PyErr_SetString(PyExc_MemoryError, "the JVM has no memory to read an array");
    return -1;
  }
  return 0;
}

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
