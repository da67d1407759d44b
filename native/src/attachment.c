#include "attachment.h"

#include "holding.h"
#include "jvm.h"
#include "stack.h"
#include "thread_state.h"

#include <stdlib.h>

typedef struct holding {
  clutch_interpreter *interpreter;
  int64_t java_thread;
  int attached;
} holding;

static void hold(void *argument) {
  holding *of = argument;
  of->attached = clutch_hold(of->interpreter, of->java_thread);
}

/* -- registered methods ------------------------------------------------------------------------ */

/* 0, CLUTCH_CLOSED, CLUTCH_NO_MEMORY, or the id of the thread that holds it. Who is attached to
   another interpreter has to let go of that first. */
static jlong native_attach(JNIEnv *env, jclass class, jlong handle, jlong java_thread) {
  clutch_jvm_enter(env);
  (void)class;
  holding of = {clutch_interpreter_enter(handle), java_thread, CLUTCH_ATTACH_NO_MEMORY};
  if (of.interpreter == NULL) {
    return CLUTCH_CLOSED;
  }
  if (clutch_stack_enter(hold, &of) == 0 && of.attached == CLUTCH_ATTACHED) {
    return 0;
  }
  jlong holder = of.attached == CLUTCH_ATTACH_HELD ? clutch_holder(of.interpreter) : 0;
  clutch_interpreter_leave(of.interpreter);
  return holder > 0 ? holder : CLUTCH_NO_MEMORY;
}

static void native_detach(JNIEnv *env, jclass class) {
  clutch_jvm_enter(env);
  (void)class;
  clutch_interpreter *held = clutch_held();
  if (held != NULL) {
    clutch_let_go();
    clutch_interpreter_leave(held);
  }
}

static jlong native_held(JNIEnv *env, jclass class) {
  (void)env;
  (void)class;
  clutch_interpreter *held = clutch_held();
  return held == NULL ? 0 : clutch_interpreter_handle(held);
}

/* What is held, for native_resume; 0 if nothing is. */
static jlong native_suspend(JNIEnv *env, jclass class) {
  (void)class;
  clutch_jvm_enter(env);
  clutch_suspension *kept = clutch_held() == NULL ? NULL : malloc(sizeof *kept);
  if (kept != NULL) {
    *kept = clutch_suspend();
  }
  return (jlong)(intptr_t)kept;
}

static void native_resume(JNIEnv *env, jclass class, jlong suspended) {
  (void)class;
  clutch_jvm_enter(env);
  clutch_suspension *kept = (clutch_suspension *)(intptr_t)suspended;
  clutch_resume(*kept);
  free(kept);
}

static void native_set_patience(JNIEnv *env, jclass class, jlong milliseconds) {
  (void)env;
  (void)class;
  clutch_set_hold_patience(milliseconds);
}

static const JNINativeMethod methods[] = {
    {"attach", "(JJ)J", (void *)native_attach},
    {"detach", "()V", (void *)native_detach},
    {"held", "()J", (void *)native_held},
    {"suspend", "()J", (void *)native_suspend},
    {"resume", "(J)V", (void *)native_resume},
    {"setPatience", "(J)V", (void *)native_set_patience},
};

int clutch_attachment_register(JNIEnv *env) {
  jclass class = (*env)->FindClass(env, "dev/clutch/internal/NativeAttachment");
  return class == NULL
             ? -1
             : (*env)->RegisterNatives(env, class, methods, sizeof methods / sizeof methods[0]);
}
