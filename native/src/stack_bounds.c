#include "py_compat.h"

#include "stack_bounds.h"

#if PY_VERSION_HEX >= 0x030E0000

#include "redirect.h"
#include "stack.h"

#include <pthread.h>

static int describe(pthread_attr_t *attr, void *low, size_t size) {
  int error = pthread_attr_init(attr);
  if (error != 0) {
    return error;
  }
  error = pthread_attr_setstack(attr, low, size);
  if (error == 0) {
    error = pthread_attr_setguardsize(attr, 0); /* CPython adds it to `low`, which is above ours */
  }
  if (error != 0) {
    pthread_attr_destroy(attr);
  }
  return error;
}

/* What libpython calls as pthread_getattr_np. */
static int get_attributes(pthread_t thread, pthread_attr_t *attr) {
  void *low = NULL;
  size_t size = 0;
  if (pthread_equal(thread, pthread_self()) && clutch_stack_bounds(&low, &size)) {
    return describe(attr, low, size);
  }
  return pthread_getattr_np(thread, attr);
}

bool clutch_stack_bounds_install(void) {
  return clutch_redirect((clutch_function)Py_InitializeFromConfig, "pthread_getattr_np",
                         (clutch_function)get_attributes) >= 0;
}

#else

bool clutch_stack_bounds_install(void) { return true; }

#endif
