#include "interpreter.h"

#include "callback.h"
#include "code_cache.h"
#include "exit.h"
#include "holding.h"
#include "import_guard.h"
#include "interpreter_list.h"
#include "jvm.h"
#include "module.h"
#include "policy.h"
#include "reference.h"
#include "response.h"
#include "stack.h"
#include "thread_state.h"

#include <string.h>

static clutch_interpreter *main_interpreter;

/* -- ending ------------------------------------------------------------------------------------ */

/* Nothing that Python owns may be held any longer. */
static void let_go(clutch_interpreter *slot) {
  clutch_code_cache_free(slot->codes);
  slot->codes = NULL;
  Py_CLEAR(slot->globals);
  clutch_references_free(slot);
  Py_CLEAR(slot->module);
}

static void end(clutch_interpreter *slot) {
  clutch_start_afresh(slot);
  clutch_discard_other_thread_states(slot);
  let_go(slot);
  clutch_account_set_limit(slot, 0); /* nothing may fail from here on */
  Py_EndInterpreter(PyThreadState_Get());
  slot->state = NULL; /* another interpreter may be there soon */
  clutch_policy_forget(slot);
  clutch_forget_thread_state(slot);
}

/* -- creating --------------------------------------------------------------------------------- */

typedef struct creation {
  const PyInterpreterConfig *config;
  bool imports_unguarded;
  unsigned denied;     /* capabilities, by policy.h */
  const char *folders; /* those that are not */
  clutch_interpreter *slot;
  int64_t memory_limit;
  const char *failure; /* NULL if all went well */
} creation;

static int bind_main_module(clutch_interpreter *slot) {
  PyObject *module = PyImport_AddModule("__main__");
  slot->globals = module == NULL ? NULL : Py_NewRef(PyModule_GetDict(module));
  slot->codes = clutch_code_cache_new();
  return slot->globals == NULL || slot->codes == NULL ? -1 : clutch_module_install(slot);
}

static int call_module(clutch_interpreter *slot, const char *function) {
  PyObject *done = PyObject_CallMethod(slot->module, function, NULL);
  Py_XDECREF(done);
  return done == NULL ? -1 : 0;
}

static int enforce_policy(creation *of) {
  return of->denied == 0 ? 0 : clutch_policy_enforce(of->slot, of->denied, of->folders);
}

/* What tells of an error is imported when there is memory for it. */
static int import_what_errors_need(creation *of) {
  PyObject *module = of->memory_limit > 0 ? PyImport_ImportModule("traceback") : Py_NewRef(Py_None);
  Py_XDECREF(module);
  return module == NULL ? -1 : 0;
}

static const char *prepare(creation *of) {
  if (of->memory_limit > 0 && !clutch_account_is_complete()) {
    return "this build of CPython 3.12 has no memoryLimit: its calls of its own functions are "
           "direct, so Clutch cannot see what it allocates; use another build, or CPython 3.13";
  }
  if (bind_main_module(of->slot) != 0 || enforce_policy(of) != 0 ||
      call_module(of->slot, "_keep_to_one_interpreter") != 0 || import_what_errors_need(of) != 0) {
    PyErr_Print();
    return "the module clutch could not be installed in it";
  }
  return clutch_account_set_limit(of->slot, of->memory_limit)
             ? NULL
             : "memoryLimit is less than what an interpreter needs that has done nothing yet";
}

static void furnish(creation *of) {
  of->failure = prepare(of);
  if (of->failure != NULL) {
    end(of->slot);
  } else {
    clutch_release_gil();
  }
}

static void create_attached_to_main(void *argument) {
  creation *of = argument;
  PyThreadState *state = NULL;
  if (!clutch_stack_suffices()) {
    of->failure = "Python and Java call each other too deeply";
    return;
  }
  int attached = clutch_attach_for_creation(main_interpreter);
  if (attached != CLUTCH_ATTACHED) {
    of->failure = attached == CLUTCH_ATTACH_HELD
                      ? "another thread keeps the main interpreter attached, and is idle"
                      : "no memory for a thread state";
    return;
  }
  of->slot->uses_main_obmalloc = of->config->use_main_obmalloc;
  of->slot->imports_unguarded = of->imports_unguarded;
  clutch_account_begin_creation(of->slot);
  PyStatus status = Py_NewInterpreterFromConfig(&state, of->config);
  clutch_account_begin_creation(NULL);
  if (PyStatus_Exception(status)) {
    of->failure = status.err_msg;
    clutch_release_gil();
    return;
  }
  of->slot->state = PyThreadState_GetInterpreter(state);
  of->slot->gil_owner =
      of->config->gil == PyInterpreterConfig_OWN_GIL ? of->slot : main_interpreter;
  of->slot->id = PyInterpreterState_GetID(of->slot->state);
  clutch_note_interpreter(of->slot->id);
  if (clutch_thread_state_adopt(of->slot) != 0) {
    Py_EndInterpreter(state);
    of->failure = "no memory for a thread state";
    return;
  }
  furnish(of);
}

static PyInterpreterConfig config_of(jint flags, jint gil) {
  return (PyInterpreterConfig){
      .use_main_obmalloc = flags & 1,
      .allow_fork = flags >> 1 & 1,
      .allow_exec = flags >> 2 & 1,
      .allow_threads = flags >> 3 & 1,
      .allow_daemon_threads = flags >> 4 & 1,
      .check_multi_interp_extensions = flags >> 5 & 1,
      .gil = gil,
  };
}

/* The gate opens last: nobody can have been inside before. */
static void open_gate(clutch_interpreter *slot) {
  atomic_fetch_and(&slot->gate, ~(CLUTCH_GATE_CHECKING | CLUTCH_GATE_CLOSED));
}

const char *clutch_interpreter_adopt_main(void) {
  creation of = {.slot = clutch_interpreter_take_slot()};
  of.slot->state = PyInterpreterState_Get();
  of.slot->gil_owner = of.slot;
  if (clutch_thread_state_adopt(of.slot) != 0) {
    return "no memory for a thread state";
  }
  if (clutch_import_guard_install() != 0 || bind_main_module(of.slot) != 0 ||
      call_module(of.slot, "_keep_to_one_interpreter") != 0 ||
      call_module(of.slot, "_keep_shared_types") != 0) {
    PyErr_Print();
    return "the module clutch could not be installed";
  }
  clutch_account_set_limit(of.slot, 0);
  main_interpreter = of.slot;
  open_gate(main_interpreter);
  return NULL;
}

static void create(creation *of) {
  clutch_suspension suspended = clutch_suspend();
  if (clutch_stack_enter(create_attached_to_main, of) != 0) {
    of->failure = "no memory for a stack";
  }
  clutch_resume(suspended);
  if (of->failure != NULL) {
    clutch_interpreter_give_back_slot(of->slot);
  }
}

/* -- closing ---------------------------------------------------------------------------------- */

typedef struct closing {
  clutch_interpreter *slot;
  clutch_request response;
  bool refused;
} closing;

/* The names of the threads that Python code started, if it used the threading module. */
static PyObject *thread_names(void) {
  PyObject *modules = PyImport_GetModuleDict();
  PyObject *threading = PyDict_GetItemString(modules, "threading");
  PyObject *globals = PyDict_New();
  PyObject *names = NULL;
  if (threading != NULL && globals != NULL &&
      PyDict_SetItemString(globals, "threading", threading) == 0) {
    names = PyRun_String("', '.join(t.name for t in threading.enumerate()"
                         " if t is not threading.main_thread()"
                         " and not isinstance(t, threading._DummyThread))",
                         Py_eval_input, globals, globals);
  }
  PyErr_Clear();
  Py_XDECREF(globals);
  return names != NULL ? names : PyUnicode_FromString("");
}

static void refuse(closing *of, int threads) {
  PyObject *names = thread_names();
  PyObject *message =
      names == NULL
          ? NULL
          : PyUnicode_FromFormat("%d thread%s that Python code started still run%s in it%s%U",
                                 threads, threads == 1 ? "" : "s", threads == 1 ? "s" : "",
                                 PyUnicode_GET_LENGTH(names) > 0 ? ": " : "", names);
  clutch_respond_message(&of->response, 'B', message);
  Py_XDECREF(message);
  Py_XDECREF(names);
  of->refused = true;
}

/* Py_EndInterpreter aborts the process when another thread state is left: so look first. */
static bool refuse_for_threads(closing *of) {
  int threads = clutch_foreign_thread_count(of->slot);
  if (threads > 0) {
    refuse(of, threads);
  }
  return threads > 0;
}

/* The last look comes when no thread can be started any more. */
static void prepare_end(closing *of) {
  atomic_fetch_or(&of->slot->gate, CLUTCH_GATE_CLOSED);
  clutch_run_threading_exit_functions(of->slot);
  clutch_run_exit_functions();
  if (clutch_refuse_new_threads(of->slot) != 0) {
    PyErr_Clear(); /* another audit hook is against it: then that code answers for its threads */
  }
  refuse_for_threads(of);
}

/* The exit functions run while the interpreter can still be told from a closed one: they may start
   threads, and then it has to stay open. */
static void close_attached(void *argument) {
  closing *of = argument;
  if (clutch_attach(of->slot) != 0) {
    clutch_respond_text(&of->response, 'B', "there is no memory to close it");
    of->refused = true;
    return;
  }
  if (!refuse_for_threads(of)) {
    prepare_end(of);
  }
  if (of->refused) {
    of->slot->ending = false;
    clutch_release_gil();
  } else {
    end(of->slot);
  }
}

static void flush_lines(clutch_interpreter *slot) {
  for (int i = 0; i < 2; i++) {
    if (slot->lines[i].length > 0) {
      clutch_callback_write_detached(slot, i, slot->lines[i].data, slot->lines[i].length);
    }
  }
}

static void close_checked(closing *of) {
  clutch_request_bind(&of->response, of->slot);
  if (clutch_stack_enter(close_attached, of) != 0) {
    clutch_respond_text(&of->response, 'B', "there is no memory to close it");
    of->refused = true;
  }
  if (of->refused) {
    open_gate(of->slot);
    return;
  }
  flush_lines(of->slot);
  clutch_interpreter_give_back_slot(of->slot);
  clutch_respond_text(&of->response, 'R', "closed");
}

/* Nobody inside becomes somebody checking, in one step. */
static void close_if_empty(closing *of) {
  uint32_t nobody = 0;
  of->slot->closer = pthread_self();
  if (atomic_compare_exchange_strong(&of->slot->gate, &nobody, CLUTCH_GATE_CHECKING)) {
    close_checked(of);
  } else {
    clutch_respond_text(&of->response, 'B', "code runs in it");
  }
}

/* -- registered methods ----------------------------------------------------------------------- */

/* 0 with the handle and the id of the new interpreter in the buffer, or a response that says why
   there is none. */
static jlong native_create(JNIEnv *env, jclass class, jint flags, jint gil, jlong memory_limit,
                           jint denied, jlong folders, jlong buffer, jint capacity) {
  clutch_jvm_enter(env);
  (void)class;
  PyInterpreterConfig config = config_of(flags, gil);
  creation of = {.config = &config,
                 .imports_unguarded = flags >> 6 & 1,
                 .denied = (unsigned)denied,
                 .folders = (const char *)(intptr_t)folders,
                 .slot = clutch_interpreter_take_slot(),
                 .memory_limit = memory_limit};
  clutch_request response;
  clutch_request_init(&response, buffer, 0, capacity);
  if (of.slot == NULL) {
    of.failure = "65536 interpreters are open";
  } else {
    create(&of);
  }
  if (of.failure != NULL) {
    clutch_respond_text(&response, 'F', of.failure);
    return clutch_response_finish(&response, buffer);
  }
  open_gate(of.slot);
  int64_t made[2] = {clutch_interpreter_handle(of.slot), of.slot->id};
  memcpy((void *)(intptr_t)buffer, made, sizeof made);
  return 0;
}

static jlong native_close(JNIEnv *env, jclass class, jlong handle, jlong buffer, jint capacity) {
  clutch_jvm_enter(env);
  (void)class;
  closing of = {.slot = clutch_interpreter_slot(handle)};
  clutch_request_init(&of.response, buffer, 0, capacity);
  if (of.slot == NULL || !clutch_interpreter_is_current(of.slot, handle)) {
    return CLUTCH_CLOSED;
  }
  if (clutch_this_thread_closes(of.slot)) {
    return CLUTCH_CLOSING;
  }
  clutch_suspension suspended = clutch_suspend();
  pthread_mutex_lock(&of.slot->closing); /* another close may be refused yet */
  bool open =
      clutch_interpreter_is_current(of.slot, handle) && (of.slot->gate & CLUTCH_GATE_CLOSED) == 0;
  if (open) {
    close_if_empty(&of);
  }
  pthread_mutex_unlock(&of.slot->closing);
  clutch_resume(suspended);
  return open ? clutch_response_finish(&of.response, buffer) : CLUTCH_CLOSED;
}

static const JNINativeMethod methods[] = {
    {"create", "(IIJIJJI)J", (void *)native_create},
    {"close", "(JJI)J", (void *)native_close},
};

int clutch_interpreter_register(JNIEnv *env) {
  jclass class = (*env)->FindClass(env, "dev/clutch/internal/NativeInterpreter");
  return class == NULL
             ? -1
             : (*env)->RegisterNatives(env, class, methods, sizeof methods / sizeof methods[0]);
}
