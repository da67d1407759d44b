#include "stages.h"

#include "findings.h"
#include "python.h"
#include "rounds.h"
#include "script.h"
#include "worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Nothing is finalized: what the module does at the end of a process is not asked for. */
static _Noreturn void end_with(const char *growth) {
  PROBE_REPORT("ok", growth);
  _exit(EXIT_SUCCESS);
}

static _Noreturn void end_with_exception(PyObject *script) {
  probe_report_exception(script);
  _exit(EXIT_SUCCESS);
}

static PyObject *prepare(const clutch_probe_task *task) {
  PyObject *script = probe_script(task);
  if (script == NULL) {
    probe_fail("the interpreter could not be prepared", "");
  }
  return script;
}

/* In the interpreter that is attached. */
static _Noreturn void import_once(const clutch_probe_task *task, PyObject *script) {
  probe_begin_step("import");
  if (probe_import(script, task->module) != 0 || probe_tell_modules(script) != 0) {
    end_with_exception(script);
  }
  if (*task->exercise != '\0') {
    probe_begin_step("exercise");
    if (probe_exercise(script, task->exercise) != 0) {
      end_with_exception(script);
    }
  }
  end_with("0");
}

static _Noreturn void run_rounds(const clutch_probe_task *task, int width) {
  long growth = 0;
  if (!probe_run_rounds(task, width, &growth)) {
    _exit(EXIT_SUCCESS); /* the exception is reported */
  }
  char number[24];
  snprintf(number, sizeof number, "%ld", growth);
  end_with(number);
}

void probe_run_stage(const clutch_probe_task *task) {
  probe_begin_step("start");
  probe_start_python(task);
  /* The main one is always prepared: from 3.13 on, init functions run there first. */
  PyObject *script = prepare(task);
  if (strcmp(task->stage, "MAIN") == 0) {
    import_once(task, script);
  }
  probe_begin_step("create");
  if (strcmp(task->stage, "OWN") == 0) {
    probe_make_interpreter(true);
    import_once(task, prepare(task));
  }
  if (strcmp(task->stage, "LEGACY") == 0) {
    probe_make_interpreter(false);
    import_once(task, prepare(task));
  }
  if (strcmp(task->stage, "AGAIN") == 0) {
    run_rounds(task, 1);
  }
  if (strcmp(task->stage, "PARALLEL") == 0) {
    run_rounds(task, PROBE_WORKERS - 1);
  }
  probe_fail("there is no such stage", task->stage);
}
