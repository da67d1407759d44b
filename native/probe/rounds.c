#include "rounds.h"

#include "findings.h"
#include "python.h"
#include "script.h"
#include "worker.h"

#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>

/* One of the interpreters of a round. */
typedef struct interpreter {
  struct one_round *round;
  PyThreadState *made; /* of the thread that made it */
  PyObject *script;    /* its own, or NULL */
} interpreter;

typedef struct one_round {
  const clutch_probe_task *task;
  int width;
  bool again;
  bool bare; /* nothing is imported */
  PyInterpreterState *main_interpreter;
  pthread_barrier_t ready;
  interpreter interpreters[PROBE_WORKERS - 1];
  _Atomic bool raised;
} one_round;

/* -- one interpreter --------------------------------------------------------------------------- */

/* Only what is raised first counts. */
static void note_exception(one_round *of, PyObject *script) {
  if (atomic_exchange(&of->raised, true)) {
    PyErr_Clear();
  } else {
    probe_report_exception(script);
  }
}

static bool import_and_exercise(const one_round *of, PyObject *script) {
  const clutch_probe_task *task = of->task;
  probe_begin_step(of->again ? "import again" : "import");
  if (probe_import(script, task->module) != 0) {
    return false;
  }
  if (*task->exercise == '\0') {
    return true;
  }
  probe_begin_step("exercise");
  return probe_exercise(script, task->exercise) == 0;
}

/* With the interpreter attached. */
static void use(interpreter *one) {
  one_round *of = one->round;
  one->script = of->bare ? NULL : probe_script(of->task);
  if (one->script == NULL && !of->bare) {
    probe_fail("the interpreter could not be prepared", "");
  }
  probe_begin_step(NULL);
  pthread_barrier_wait(&of->ready);
  if (!of->bare && !import_and_exercise(of, one->script)) {
    note_exception(of, one->script);
  }
  probe_begin_step(NULL);
}

static void make(interpreter *one) {
  probe_begin_step("create");
  one->made = probe_make_interpreter(true);
}

static void close_it(interpreter *one) {
  probe_begin_step("close");
  if (one->script != NULL && probe_finish(one->script) != 0) {
    note_exception(one->round, one->script);
  }
  Py_CLEAR(one->script);
  if (probe_end_interpreter(one->made) != 0) {
    note_exception(one->round, NULL);
    PyEval_SaveThread();
  }
}

/* -- where interpreters may be made and closed on any thread ------------------------------------
 */

static void live_on_own_thread(void *argument) {
  interpreter *one = argument;
  PyThreadState *visitor = PyThreadState_New(one->round->main_interpreter);
  PyEval_RestoreThread(visitor);
  make(one);
  use(one);
  close_it(one);
  PyEval_RestoreThread(visitor);
  PyThreadState_Clear(visitor);
  PyThreadState_DeleteCurrent();
}

/* -- where only the main thread may, one after the other ----------------------------------------
 */

static void visit(void *argument) {
  interpreter *one = argument;
  PyInterpreterState *state = PyThreadState_GetInterpreter(one->made);
  probe_this_worker()->interpreter = state;
  PyThreadState *visitor = PyThreadState_New(state);
  PyEval_RestoreThread(visitor);
  use(one);
  PyThreadState_Clear(visitor);
  PyThreadState_DeleteCurrent();
}

static void make_all(one_round *of, PyThreadState *main_state) {
  for (int i = 0; i < of->width; i++) {
    make(&of->interpreters[i]);
    PyEval_SaveThread();
    PyEval_RestoreThread(main_state);
  }
}

static void close_all(one_round *of) {
  for (int i = 0; i < of->width; i++) {
    PyThreadState *state = of->interpreters[i].made;
    PyEval_RestoreThread(state);
    probe_this_worker()->interpreter = PyThreadState_GetInterpreter(state);
    close_it(&of->interpreters[i]);
  }
}

/* -- rounds ------------------------------------------------------------------------------------ */

static void run_threads(one_round *of, void (*function)(void *)) {
  pthread_t threads[PROBE_WORKERS];
  for (int i = 0; i < of->width; i++) {
    threads[i] = probe_start_worker(i + 1, function, &of->interpreters[i]);
  }
  probe_begin_step(NULL);
  for (int i = 0; i < of->width; i++) {
    pthread_join(threads[i], NULL);
  }
}

/* Whether all went well. */
static bool run(one_round *of) {
  pthread_barrier_init(&of->ready, NULL, (unsigned)of->width);
  for (int i = 0; i < of->width; i++) {
    of->interpreters[i] = (interpreter){.round = of};
  }
  PyThreadState *main_state = PyThreadState_Get();
  of->main_interpreter = PyThreadState_GetInterpreter(main_state);
  if (CLUTCH_LIFECYCLE_ON_MAIN_THREAD) {
    make_all(of, main_state);
    PyEval_SaveThread();
    run_threads(of, visit);
    close_all(of);
  } else {
    PyEval_SaveThread();
    run_threads(of, live_on_own_thread);
  }
  PyEval_RestoreThread(main_state);
  probe_this_worker()->interpreter = of->main_interpreter;
  pthread_barrier_destroy(&of->ready);
  return !of->raised;
}

/* Without the arenas of interpreters: where CPython forgets those, Clutch frees them. */
static long bytes_in_use(void) {
  struct mallinfo2 all = mallinfo2();
  return (long)(all.uordblks + all.hblkhd);
}

/* Whether all went well; then the bytes that it left behind. */
static bool run_measured(const one_round *like, long *left) {
  one_round of = *like;
  long before = bytes_in_use();
  bool well = run(&of);
  *left = bytes_in_use() - before;
  return well;
}

bool probe_run_rounds(const clutch_probe_task *task, int width, long *growth) {
  const one_round first = {.task = task, .width = width};
  const one_round bare = {.task = task, .width = 1, .bare = true};
  const one_round again = {.task = task, .width = width, .again = true};
  long once = 0;
  long nothing = 0;
  long second = 0;
  long third = 0;
  if (!run_measured(&first, &once) || !run_measured(&bare, &nothing) ||
      !run_measured(&again, &second) || !run_measured(&again, &third)) {
    return false;
  }
  /* The smaller of both, as caches may grow in one of them. */
  long least = second < third ? second : third;
  long each = least / width;
  *growth = each > nothing ? each - nothing : 0;
  return true;
}
