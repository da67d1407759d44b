#include "jvm.h"

#include <pthread.h>
#include <stddef.h>

static JavaVM *java_vm;
static pthread_key_t attached_thread;

/* Of the thread's innermost native method, or, on a thread that Python started, of its attachment.
 */
static _Thread_local JNIEnv *current_environment;

/* A thread that Python started detaches when it ends. */
static void on_thread_end(void *argument) {
  (void)argument;
  (*java_vm)->DetachCurrentThread(java_vm);
}

int clutch_jvm_setup(JavaVM *vm) {
  java_vm = vm;
  return pthread_key_create(&attached_thread, on_thread_end);
}

void clutch_jvm_enter(JNIEnv *env) { current_environment = env; }

static JNIEnv *find_environment(void) {
  void *env = NULL;
  if ((*java_vm)->GetEnv(java_vm, &env, JNI_VERSION_1_8) == JNI_OK) {
    return env;
  }
  if ((*java_vm)->AttachCurrentThreadAsDaemon(java_vm, &env, NULL) != JNI_OK) {
    return NULL;
  }
  pthread_setspecific(attached_thread, env);
  current_environment = env;
  return env;
}

JNIEnv *clutch_jvm_environment(void) {
  JNIEnv *env = current_environment;
  return env != NULL ? env : find_environment();
}
