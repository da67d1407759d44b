/* The settings of InterpreterConfig.isolated(), for programs without a JVM: from one, Java gives
 * them. */
#ifndef CLUTCH_ISOLATED_H
#define CLUTCH_ISOLATED_H

#include <Python.h>

static const PyInterpreterConfig clutch_isolated = {
    .use_main_obmalloc = 0,
    .allow_fork = 0,
    .allow_exec = 0,
    .allow_threads = 1,
    .allow_daemon_threads = 0,
    .check_multi_interp_extensions = 1,
    .gil = PyInterpreterConfig_OWN_GIL,
};

#endif
