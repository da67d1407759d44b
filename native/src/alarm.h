/* clutch._Alarm: a descriptor that becomes readable when the interpreter is interrupted, for a
   thread that waits in somebody else's select, as an event loop does. */
#ifndef CLUTCH_ALARM_H
#define CLUTCH_ALARM_H

#include "py_compat.h"

int clutch_alarm_add_type(PyObject *module);

#endif
