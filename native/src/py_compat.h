/* What differs between CPython minor versions, but for the modules that clutch.py refuses. */
#ifndef CLUTCH_PY_COMPAT_H
#define CLUTCH_PY_COMPAT_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* 3.12 frees parts of an interpreter through state that belongs to the thread that created it, and
   races when two threads create interpreters at once; later versions do neither. */
#define CLUTCH_LIFECYCLE_ON_MAIN_THREAD (PY_VERSION_HEX < 0x030D0000)

/* Exported by every version, declared in internal headers only. Sets an exception when there is no
   such interpreter. Takes the runtime's lock, which PyInterpreterState_Head and _Next do not. */
extern PyInterpreterState *_PyInterpreterState_LookUpID(int64_t id);

#endif
