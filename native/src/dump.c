#include "dump.h"

#include "frames.h"
#include "interpreter.h"
#include "response.h"
#include "turn.h"
#include "waiting.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Frames change only by the GIL. So they are read by a call that CPython makes with it, on
   whichever thread reaches bytecode first. Where none does, as all of them wait, or one is in a C
   call that keeps the GIL, they stay as they are, and are read without it: twice, to see whether
   they did. */

/* As many as a Java stack trace keeps by default. */
#define MOST_FRAMES 1024

#define LOOK_EVERY_NS 500000
#define GIVE_UP_AFTER_NS 1000000000

/* -- what is read, as Java's DataInputStream reads it ------------------------------------------ */

typedef struct snapshot {
  unsigned char *bytes;
  size_t length;
  size_t capacity;
  bool no_memory;
  bool runs; /* some thread is attached, and may run on */
} snapshot;

/* 'R', and a value of bytes: a response (codec.h). */
#define HEADER 6

static unsigned char *grow(snapshot *of, size_t count) {
  if (of->length + count > of->capacity) {
    size_t capacity = (of->length + count) * 2 + 4096;
    unsigned char *bytes = realloc(of->bytes, capacity);
    if (bytes == NULL) {
      of->no_memory = true;
      return NULL;
    }
    of->bytes = bytes;
    of->capacity = capacity;
  }
  of->length += count;
  return of->bytes + of->length - count;
}

static void put(snapshot *to, const void *bytes, size_t count) {
  unsigned char *room = to->no_memory ? NULL : grow(to, count);
  if (room != NULL) {
    memcpy(room, bytes, count);
  }
}

static void put_byte(snapshot *to, bool value) {
  unsigned char byte = value;
  put(to, &byte, 1);
}

static void put_int(snapshot *to, int32_t value) {
  uint32_t big_endian = htobe32((uint32_t)value);
  put(to, &big_endian, sizeof big_endian);
}

static void put_long(snapshot *to, uint64_t value) {
  uint64_t big_endian = htobe64(value);
  put(to, &big_endian, sizeof big_endian);
}

static void put_text(snapshot *to, const clutch_text *text) {
  put_int(to, text->length);
  for (size_t i = 0; i < text->length; i++) {
    uint16_t big_endian = htobe16(text->units[i]);
    put(to, &big_endian, sizeof big_endian);
  }
}

static void begin_thread(void *context, const PyThreadState *copy) {
  snapshot *to = context;
  to->runs = to->runs || copy->_status.active;
  put_byte(to, true);
  put_long(to, copy->thread_id);
  put_long(to, copy->native_thread_id);
  put_byte(to, copy->_status.active);
}

static void put_frame(void *context, const clutch_frame *frame) {
  snapshot *to = context;
  put_byte(to, true);
  put_text(to, &frame->file);
  put_int(to, frame->line);
  put_text(to, &frame->function);
}

static void end_thread(void *context, bool all) {
  put_byte(context, false);
  put_byte(context, all);
}

static void take(snapshot *to, const clutch_peeker *by, PyInterpreterState *interpreter) {
  const clutch_frames_visitor visitor = {to, MOST_FRAMES, begin_thread, put_frame, end_thread};
  to->length = 0;
  to->runs = false;
  (void)grow(to, HEADER);
  clutch_visit_frames(by, interpreter, &visitor);
  put_byte(to, false);
}

static bool is_same(const snapshot *a, const snapshot *b) {
  return a->length == b->length &&
         memcmp(a->bytes + HEADER, b->bytes + HEADER, a->length - HEADER) == 0;
}

/* -- with the GIL ------------------------------------------------------------------------------ */

/* What CPython is to do at bytecode: take a snapshot, or nothing. Guarded by the interpreter's
 * lock. */
struct clutch_dump {
  const clutch_peeker *by;
  snapshot *result; /* or NULL */
};

/* What was posted. Whoever asked may have given up meanwhile. */
static int take_posted(void *argument) {
  clutch_interpreter *interpreter = argument;
  atomic_store(&interpreter->dump_posted, false);
  pthread_mutex_lock(&interpreter->lock);
  struct clutch_dump *wanted = interpreter->dump;
  if (wanted != NULL && PyInterpreterState_Get() == interpreter->state) {
    if (wanted->result != NULL) {
      take(wanted->result, wanted->by, interpreter->state);
    }
    interpreter->dump = NULL;
  }
  pthread_mutex_unlock(&interpreter->lock);
  return 0;
}

static void set_wanted(clutch_interpreter *interpreter, struct clutch_dump *wanted) {
  pthread_mutex_lock(&interpreter->lock);
  interpreter->dump = wanted;
  pthread_mutex_unlock(&interpreter->lock);
}

/* If the queue is full, CPython does not get to what is in it. */
static void post(clutch_interpreter *interpreter) {
  if (!atomic_exchange(&interpreter->dump_posted, true) &&
      _PyEval_AddPendingCall(interpreter->state, take_posted, interpreter, 0) != 0) {
    atomic_store(&interpreter->dump_posted, false);
  }
}

static void pause_shortly(void) {
  const struct timespec time = {0, LOOK_EVERY_NS};
  nanosleep(&time, NULL);
}

/* Whether it was done by then; if not, it will not be any more. */
static bool await_bytecode(clutch_interpreter *interpreter, struct clutch_dump *wanted,
                           int64_t deadline) {
  bool done = false;
  set_wanted(interpreter, wanted);
  post(interpreter);
  do {
    pause_shortly();
    pthread_mutex_lock(&interpreter->lock);
    done = interpreter->dump == NULL;
    pthread_mutex_unlock(&interpreter->lock);
  } while (!done && !clutch_is_past(deadline));
  set_wanted(interpreter, NULL);
  return done;
}

/* -- without it -------------------------------------------------------------------------------- */

typedef struct reading {
  clutch_interpreter *interpreter;
  const clutch_peeker *by;
  snapshot first;
  snapshot second;
} reading;

/* Takes one, and whether another one is like it. */
static bool take_twice(reading *of) {
  take(&of->first, of->by, of->interpreter->state);
  take(&of->second, of->by, of->interpreter->state);
  return of->first.no_memory || of->second.no_memory || is_same(&of->first, &of->second);
}

/* Waits so many nanoseconds for one with the GIL. False if frames changed with every look after
   that: then it may tell of some that never were there at the same time. */
static bool take_somehow(reading *of, int64_t patience) {
  if (take_twice(of) && !of->first.runs) {
    return true;
  }
  int64_t deadline = clutch_deadline(GIVE_UP_AFTER_NS);
  int64_t patient_until = clutch_deadline(patience);
  struct clutch_dump wanted = {of->by, &of->first};
  bool exact = false;
  while (!exact && !clutch_is_past(deadline)) {
    exact = await_bytecode(of->interpreter, &wanted, patient_until) || take_twice(of);
  }
  return exact;
}

static void respond(clutch_request *to, reading *of) {
  free(of->second.bytes);
  if (of->first.no_memory || of->second.no_memory) {
    free(of->first.bytes);
    to->no_memory = true;
    return;
  }
  uint32_t length = (uint32_t)(of->first.length - HEADER);
  memcpy(of->first.bytes, "Rb", 2);
  memcpy(of->first.bytes + 2, &length, sizeof length);
  to->writer.data = of->first.bytes;
  to->writer.length = of->first.length;
  to->writer.on_heap = true;
}

static void dump(clutch_interpreter *interpreter, int64_t patience, clutch_request *to) {
  clutch_peeker peeker;
  if (clutch_peeker_open(&peeker) != 0) {
    clutch_respond_text(to, 'F', "too many open files to read its frames");
    return;
  }
  reading of = {.interpreter = interpreter, .by = &peeker};
  bool exact = take_somehow(&of, patience);
  put_byte(&of.first, exact);
  clutch_peeker_close(&peeker);
  respond(to, &of);
}

/* A close that is under way may take for ever, as exit functions of Python code do; others who look
   at the interpreter do not. */
static clutch_interpreter *keep_open(int64_t handle) {
  int64_t deadline = clutch_deadline(GIVE_UP_AFTER_NS);
  clutch_interpreter *slot = clutch_interpreter_slot(handle);
  clutch_interpreter *kept = clutch_interpreter_keep_open(handle, false);
  while (kept == NULL && slot != NULL && clutch_interpreter_is_current(slot, handle) &&
         !clutch_this_thread_closes(slot) && !clutch_is_past(deadline)) {
    pause_shortly();
    kept = clutch_interpreter_keep_open(handle, false);
  }
  return kept;
}

/* -- registered methods ------------------------------------------------------------------------ */

static jlong native_dump(JNIEnv *env, jclass class, jlong handle, jlong patience, jlong buffer,
                         jint capacity) {
  (void)env;
  (void)class;
  clutch_request response;
  clutch_request_init(&response, buffer, 0, capacity);
  clutch_interpreter *interpreter = keep_open(handle);
  if (interpreter == NULL) {
    return CLUTCH_CLOSED;
  }
  dump(interpreter, patience, &response);
  clutch_interpreter_may_close(interpreter);
  return clutch_response_finish(&response, buffer);
}

static jboolean native_reaches_bytecode(JNIEnv *env, jclass class, jlong handle, jlong patience) {
  (void)env;
  (void)class;
  clutch_interpreter *interpreter = keep_open(handle);
  if (interpreter == NULL) {
    return JNI_TRUE;
  }
  struct clutch_dump nothing = {NULL, NULL};
  bool reached = await_bytecode(interpreter, &nothing, clutch_deadline(patience));
  clutch_interpreter_may_close(interpreter);
  return reached;
}

static jlong native_java_thread(JNIEnv *env, jclass class, jlong ident) {
  (void)env;
  (void)class;
  return clutch_java_thread((pthread_t)ident);
}

static const JNINativeMethod methods[] = {
    {"dump", "(JJJI)J", (void *)native_dump},
    {"reachesBytecode", "(JJ)Z", (void *)native_reaches_bytecode},
    {"javaThread", "(J)J", (void *)native_java_thread},
};

int clutch_dump_register(JNIEnv *env) {
  jclass class = (*env)->FindClass(env, "dev/clutch/internal/NativeDump");
  return class == NULL
             ? -1
             : (*env)->RegisterNatives(env, class, methods, sizeof methods / sizeof methods[0]);
}
