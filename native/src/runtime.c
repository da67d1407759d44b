#include "runtime.h"

#include "interpreter.h"
#include "jvm.h"
#include "module.h"
#include "python_thread.h"
#include "response.h"
#include "stack.h"
#include "stack_bounds.h"
#include "thread_state.h"

#include <string.h>

/* What Java asks for: UTF-8 strings that end in NUL, empty for none. */
typedef struct options {
  const char *home;
  const char *executable;
} options;

static PyStatus set_string(PyConfig *config, wchar_t **field, const char *value) {
  return *value == '\0' ? PyStatus_Ok() : PyConfig_SetBytesString(config, field, value);
}

/* UTF-8 whatever the JVM's locale, as PEP 686 makes it everywhere from 3.15 on. */
static PyStatus preinitialize(void) {
  PyPreConfig config;
  PyPreConfig_InitIsolatedConfig(&config);
  config.utf8_mode = 1;
#ifdef CLUTCH_RAW_MALLOC /* a sanitizer sees into no arena of Python's own allocator */
  config.allocator = PYMEM_ALLOCATOR_MALLOC;
#endif
  return Py_PreInitialize(&config);
}

static PyStatus initialize(const options *wanted) {
  PyConfig config;
  PyConfig_InitIsolatedConfig(&config);
  config.install_signal_handlers = 0; /* they are the JVM's */
  PyStatus status = set_string(&config, &config.home, wanted->home);
  if (!PyStatus_Exception(status)) {
    status = set_string(&config, &config.executable, wanted->executable);
  }
  if (!PyStatus_Exception(status)) {
    status = set_string(&config, &config.program_name, wanted->executable);
  }
  if (!PyStatus_Exception(status)) {
    status = Py_InitializeFromConfig(&config);
  }
  PyConfig_Clear(&config);
  return status;
}

static const char *text_of(PyStatus status) {
  return status.err_msg != NULL ? status.err_msg : "CPython asked to exit";
}

static const char *start(const options *wanted) {
  if (!clutch_stack_bounds_install()) {
    return "this build of CPython cannot be told where its stack ends";
  }
  if (!clutch_python_thread_install()) {
    return "this build of CPython cannot be made to start its threads on a stack of Clutch's";
  }
  if (PyImport_AppendInittab("clutch", PyInit_clutch) != 0) {
    return "no memory";
  }
  PyStatus status = preinitialize();
  if (!PyStatus_Exception(status)) {
    clutch_account_setup();
    status = initialize(wanted);
  }
  if (PyStatus_Exception(status)) {
    return text_of(status);
  }
  if (clutch_thread_state_setup() != 0) {
    return "this build of CPython keeps PyGILState where Clutch does not find it";
  }
  const char *failure = clutch_interpreter_adopt_main();
  if (failure == NULL) {
    clutch_release_gil();
  }
  return failure;
}

typedef struct startup {
  options wanted;
  const char *failure;
} startup;

static void start_on_private_stack(void *argument) {
  startup *of = argument;
  of->failure = start(&of->wanted);
}

/* -- registered methods ----------------------------------------------------------------------- */

/* Answers the handle of the main interpreter, or 0 with the reason in the buffer. */
static jlong native_start(JNIEnv *env, jclass class, jlong home, jlong executable, jlong buffer,
                          jint capacity) {
  clutch_jvm_enter(env);
  (void)class;
  startup of = {{(const char *)(intptr_t)home, (const char *)(intptr_t)executable}, NULL};
  if (clutch_stack_enter(start_on_private_stack, &of) != 0) {
    of.failure = "no memory for a stack";
  }
  if (of.failure == NULL) {
    return clutch_interpreter_handle(clutch_interpreter_slot(0));
  }
  snprintf((char *)(intptr_t)buffer, (size_t)capacity, "%s", of.failure);
  return 0;
}

static jboolean native_lifecycle_on_main_thread(JNIEnv *env, jclass class) {
  (void)env;
  (void)class;
  return CLUTCH_LIFECYCLE_ON_MAIN_THREAD;
}

static const JNINativeMethod methods[] = {
    {"start", "(JJJI)J", (void *)native_start},
    {"lifecycleOnMainThread", "()Z", (void *)native_lifecycle_on_main_thread},
};

int clutch_runtime_register(JNIEnv *env) {
  jclass class = (*env)->FindClass(env, "dev/clutch/internal/NativeRuntime");
  return class == NULL
             ? -1
             : (*env)->RegisterNatives(env, class, methods, sizeof methods / sizeof methods[0]);
}
