#include "perform.h"

#include "holding.h"
#include "jvm.h"
#include "module.h"
#include "reference.h"
#include "stack.h"
#include "thread_state.h"
#include "turn.h"

static void respond(clutch_request *of, PyObject *result) {
  if (result == NULL) {
    clutch_respond_exception(of);
    PyErr_Clear();
    return;
  }
  if (!of->responded) {
    clutch_respond_result(of, result);
  }
  Py_DECREF(result);
}

static bool is_interrupted(clutch_interpreter *interpreter) {
  return PyErr_ExceptionMatches(clutch_module_state_of(interpreter)->interrupted);
}

static void run(clutch_request *of) {
  clutch_turn turn = clutch_begin_turn(of->interpreter);
  PyObject *result = NULL;
  if (clutch_stack_suffices()) {
    result = of->operation(of);
  } else {
    PyErr_SetString(PyExc_RecursionError, "Python and Java call each other too deeply");
  }
  bool interrupted = result == NULL && is_interrupted(of->interpreter);
  if (interrupted) { /* it shall not be interrupted once more while it is reported */
    clutch_end_turn(turn);
  }
  respond(of, result);
  if (!interrupted) {
    clutch_end_turn(turn);
  }
}

static void run_attached(void *argument) {
  clutch_request *of = argument;
  of->attached = of->wanted == CLUTCH_URGENT ? clutch_attach_urgently(of->interpreter)
                                             : clutch_attach(of->interpreter);
  if (of->attached == CLUTCH_ATTACHED) {
    run(of);
    clutch_release_gil();
  }
}

/* The thread keeps the interpreter attached between its calls. */
static void run_held(void *argument) {
  clutch_request *of = argument;
  if (of->interpreter->has_dropped) {
    clutch_reference_release_dropped(of->interpreter);
  }
  run(of);
}

static void perform_held(clutch_request *of, clutch_interpreter *held) {
  clutch_request_bind(of, held);
  clutch_hold_working(held, true);
  of->no_memory = clutch_stack_enter(run_held, of) != 0 || of->no_memory;
  clutch_hold_working(held, false);
}

static void perform_attached(clutch_request *of) {
  of->no_memory = clutch_stack_enter(run_attached, of) != 0 || of->no_memory;
  if (of->attached == CLUTCH_ATTACH_NO_MEMORY) {
    of->no_memory = true;
  } else if (of->attached == CLUTCH_ATTACH_HELD) {
    clutch_respond_long(of, 'A', clutch_holder(of->interpreter));
  }
}

jlong clutch_perform(JNIEnv *env, jlong handle, jlong buffer, jint length, jint capacity,
                     jint wanted, jobjectArray large, clutch_operation operation) {
  clutch_request of;
  clutch_jvm_enter(env);
  clutch_turn_prepare(env);
  clutch_request_init(&of, buffer, length, capacity);
  of.reader.large = large;
  of.wanted = (enum clutch_wanted)wanted;
  of.operation = operation;
  clutch_interpreter *held = clutch_held();
  if (held != NULL && clutch_interpreter_handle(held) == handle) {
    perform_held(&of, held);
    return clutch_response_finish(&of, buffer);
  }
  clutch_suspension suspended = clutch_suspend();
  clutch_interpreter *interpreter = clutch_interpreter_enter(handle);
  if (interpreter != NULL) {
    clutch_request_bind(&of, interpreter);
    perform_attached(&of);
    clutch_interpreter_leave(interpreter);
  }
  clutch_resume(suspended);
  return interpreter == NULL ? CLUTCH_CLOSED : clutch_response_finish(&of, buffer);
}
