#include "python_thread.h"

#include "py_compat.h"
#include "redirect.h"
#include "stack.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

/* Java code that the thread calls runs on the other stack, the one that it was started with: it has
   as much as Java's own threads have. Python code could ask for 32 KiB, in which not even the guard
   pages of the JVM have room; or for gigabytes. */
#define JAVA_STACK_SIZE ((size_t)1 << 20)

typedef struct start {
  void *(*function)(void *);
  void *argument;
  void *result;
  char *stack;
} start;

static void run(void *argument) {
  start *of = argument;
  of->result = of->function(of->argument);
}

static void *run_on_stack(void *argument) {
  start of = *(start *)argument;
  free(argument);
  clutch_stack_adopt(of.stack);
  clutch_stack_enter(run, &of);
  return of.result;
}

/* Attributes with that size; of CPython's own, the only other one that matters is this. */
static int set_size(pthread_attr_t *attr, const pthread_attr_t *given) {
  int detached = PTHREAD_CREATE_JOINABLE;
  int error = pthread_attr_init(attr);
  if (error != 0) {
    return error;
  }
  if (given != NULL) {
    pthread_attr_getdetachstate(given, &detached);
  }
  pthread_attr_setdetachstate(attr, detached);
  pthread_attr_setstacksize(attr, JAVA_STACK_SIZE);
  return 0;
}

static int create(pthread_t *thread, const pthread_attr_t *given, start *of) {
  pthread_attr_t attr;
  int error = set_size(&attr, given);
  if (error == 0) {
    error = pthread_create(thread, &attr, run_on_stack, of);
    pthread_attr_destroy(&attr);
  }
  return error;
}

/* What libpython calls as pthread_create. */
static int create_on_stack(pthread_t *thread, const pthread_attr_t *attr, void *(*function)(void *),
                           void *argument) {
  start *of = malloc(sizeof *of);
  char *stack = of == NULL ? NULL : clutch_stack_reserve();
  if (stack == NULL) {
    free(of);
    return EAGAIN;
  }
  *of = (start){function, argument, NULL, stack};
  int error = create(thread, attr, of);
  if (error != 0) {
    clutch_stack_give_back(stack);
    free(of);
  }
  return error;
}

bool clutch_python_thread_install(void) {
  return clutch_redirect((clutch_function)Py_InitializeFromConfig, "pthread_create",
                         (clutch_function)create_on_stack) >= 0;
}
