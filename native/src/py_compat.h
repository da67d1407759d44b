/* What differs between CPython minor versions, but for the modules that import_guard.c refuses. */
#ifndef CLUTCH_PY_COMPAT_H
#define CLUTCH_PY_COMPAT_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* 3.12 frees parts of an interpreter through state that belongs to the thread that created it. 3.12
   and 3.13 write to the flags of the static types, which all interpreters share, while they make
   and end one: two at once lose each other's writes, and about one creation in 30,000 failed with
   "Failed to import encodings module" (gh-129817, gh-127108; 3.14 writes them once). */
#define CLUTCH_LIFECYCLE_ON_MAIN_THREAD (PY_VERSION_HEX < 0x030E0000)

/* 3.12 puts CPython's own allocator in place for a moment when it has made an interpreter. */
#define CLUTCH_CREATION_CHANGES_ALLOCATORS (PY_VERSION_HEX < 0x030D0000)

/* So many levels of nested values count as one of the C calls whose recursion CPython bounds. 3.12
   allows 1500, with far more stack than those need; later versions 10000, or what fits. */
#define CLUTCH_LEVELS_PER_CALL (PY_VERSION_HEX < 0x030D0000 ? 4 : 1)

/* Exported by every version, declared in internal headers only. Sets an exception when there is no
   such interpreter. Takes the runtime's lock, which PyInterpreterState_Head and _Next do not. */
extern PyInterpreterState *_PyInterpreterState_LookUpID(int64_t id);

/* Likewise. Calls the function with the GIL held, on whichever thread of the interpreter's reaches
   bytecode first; what it raises is raised there. Does not need the GIL itself. Not 0 if so many
   are posted already that there is no room. */
extern int _PyEval_AddPendingCall(PyInterpreterState *interpreter, int (*function)(void *),
                                  void *argument, int flags);

/* Likewise, but that 3.12 declares it. Reads seconds as CPython's own functions do. */
#if PY_VERSION_HEX >= 0x030D0000
typedef int _PyTime_round_t;
enum { _PyTime_ROUND_TIMEOUT = 3 };
extern int _PyTime_FromSecondsObject(int64_t *nanoseconds, PyObject *seconds,
                                     _PyTime_round_t round);
#endif

/* Likewise. Whether extension modules that do not support several interpreters are refused in it.
 */
#if PY_VERSION_HEX >= 0x030D0000
extern int _PyInterpreterConfig_InitFromState(PyInterpreterConfig *config,
                                              PyInterpreterState *state);
static inline int clutch_checks_extensions(PyInterpreterState *state) {
  PyInterpreterConfig config;
  return _PyInterpreterConfig_InitFromState(&config, state) == 0 &&
         config.check_multi_interp_extensions;
}
#else
#define clutch_checks_extensions(state)                                                            \
  _PyInterpreterState_HasFeature(state, Py_RTFLAGS_MULTI_INTERP_EXTENSIONS)
#endif

/* 3.12 runs the init function of a module before it refuses it, which leaves objects of one
   allocator for another to free. */
#define CLUTCH_REFUSED_INIT_RUNS_HERE (PY_VERSION_HEX < 0x030D0000)

/* The thread state that is attached to this thread, or NULL. */
#if PY_VERSION_HEX < 0x030D0000
#define CLUTCH_ATTACHED_STATE() _PyThreadState_UncheckedGet()
#else
#define CLUTCH_ATTACHED_STATE() PyThreadState_GetUnchecked()
#endif

/* Where a thread state says which is the innermost frame of Python code, or NULL. */
#if PY_VERSION_HEX < 0x030D0000
#define CLUTCH_PLACE_OF_FRAME(state) (&(state)->cframe->current_frame)
#else
#define CLUTCH_PLACE_OF_FRAME(state) (&(state)->current_frame)
#endif
#define CLUTCH_CURRENT_FRAME(state) (*CLUTCH_PLACE_OF_FRAME(state))

/* How a _PyInterpreterFrame begins, which internal headers declare. */
typedef struct clutch_frame_head {
  uintptr_t executable; /* a code object, and in 3.14 bits of a tag */
  const struct clutch_frame_head *previous;
  void *others[5];
  const char *instruction; /* the current one, or in 3.12 what is before the next one */
#if PY_VERSION_HEX < 0x030E0000
  int stack_top;
#else
  void *stack_pointer;
#endif
  uint16_t return_offset;
  char owner;
} clutch_frame_head;

#define CLUTCH_CODE_OF(frame_head) ((const void *)((frame_head)->executable & ~(uintptr_t)3))

#define CLUTCH_OWNED_BY_GENERATOR 1

/* From this owner on it is no Python code's, but where C code called some. */
#define CLUTCH_OWNED_BY_C 3

#endif
