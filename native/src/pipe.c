#define _GNU_SOURCE /* pipe2, dup3, ppoll, O_PATH, F_SETPIPE_SZ */

#include "pipe.h"

#include "module.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Every method answers a negative error number when it fails. */
static jint answer(ssize_t result) { return result < 0 ? -errno : (jint)result; }

/* -- descriptors ------------------------------------------------------------------------------- */

/* The ends do not block; threads wait at those that native_reopen answers. */
static jint native_open(JNIEnv *env, jclass class, jintArray result) {
  (void)class;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
    return -errno;
  }
  (*env)->SetIntArrayRegion(env, result, 0, 2, ends);
  return 0;
}

/* Another descriptor for the same end, which blocks. O_NONBLOCK belongs to the open file, which a
   duplicate would share; opening it anew makes another one. */
static int reopen(int fd, int writable) {
  char path[32];
  (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  return open(path, (writable ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
}

static jint native_reopen(JNIEnv *env, jclass class, jint fd, jboolean writable) {
  (void)env;
  (void)class;
  return answer(reopen(fd, writable));
}

static jint native_close(JNIEnv *env, jclass class, jint fd) {
  (void)env;
  (void)class;
  return answer(close(fd));
}

static jint native_capacity(JNIEnv *env, jclass class, jint fd) {
  (void)env;
  (void)class;
  return answer(fcntl(fd, F_GETPIPE_SZ));
}

static jint native_set_capacity(JNIEnv *env, jclass class, jint fd, jint bytes) {
  (void)env;
  (void)class;
  return answer(fcntl(fd, F_SETPIPE_SZ, bytes));
}

static jstring native_message(JNIEnv *env, jclass class, jint error) {
  (void)class;
  char text[128];
  return (*env)->NewStringUTF(env, strerror_r(error, text, sizeof text));
}

/* -- waiting ----------------------------------------------------------------------------------- */

/* Who waits without a timeout waits in the call that reads or writes. Once anybody polled a pipe,
   Linux wakes its readers at every write, even if none waits (poll_usage in fs/pipe.c), and small
   messages take a third longer. What ends a wait is a signal, which does nothing but interrupt the
   call. It may come before the call begins; so the descriptor is replaced by a dead one first, and
   a call that begins later fails. */

/* The JDK takes it for the same, with a handler that is as empty. */
#define WAKE (SIGRTMAX - 2)

typedef struct waiter {
  int fd;
  pthread_t thread;
  sigset_t mask; /* of the thread, before */
  struct waiter *next;
  struct waiter **link;
} waiter;

static pthread_mutex_t waiters_lock = PTHREAD_MUTEX_INITIALIZER;
static waiter *waiters;
static sigset_t wake_set;
static int dead; /* neither readable nor writable */

static void ignore(int signal) { (void)signal; }

static int prepare_to_wake(void) {
  struct sigaction action = {.sa_handler = ignore};
  sigemptyset(&wake_set);
  sigaddset(&wake_set, WAKE);
  dead = open("/", O_PATH | O_CLOEXEC);
  return dead < 0 ? -1 : sigaction(WAKE, &action, NULL);
}

/* Threads that block all signals are to be woken too. */
static void begin_wait(waiter *self, int fd) {
  self->fd = fd;
  self->thread = pthread_self();
  pthread_sigmask(SIG_UNBLOCK, &wake_set, &self->mask);
  self->link = &waiters;
  pthread_mutex_lock(&waiters_lock);
  self->next = waiters;
  if (self->next != NULL) {
    self->next->link = &self->next;
  }
  waiters = self;
  pthread_mutex_unlock(&waiters_lock);
}

static void end_wait(waiter *self) {
  pthread_mutex_lock(&waiters_lock);
  *self->link = self->next;
  if (self->next != NULL) {
    self->next->link = self->link;
  }
  pthread_mutex_unlock(&waiters_lock);
  pthread_sigmask(SIG_SETMASK, &self->mask, NULL);
}

/* From then on, nobody waits at that descriptor. */
static jint native_wake(JNIEnv *env, jclass class, jint fd) {
  (void)env;
  (void)class;
  int result = dup3(dead, fd, O_CLOEXEC);
  pthread_mutex_lock(&waiters_lock);
  for (const waiter *each = waiters; each != NULL; each = each->next) {
    if (each->fd == fd) {
      pthread_kill(each->thread, WAKE);
    }
  }
  pthread_mutex_unlock(&waiters_lock);
  return answer(result);
}

/* Until an end can be used, or somebody wakes, or the time is over. A signal ends it too; the
   caller looks again. */
static jint native_await(JNIEnv *env, jclass class, jint fd, jboolean writable, jlong nanoseconds) {
  (void)env;
  (void)class;
  waiter self;
  struct pollfd polled = {fd, writable ? POLLOUT : POLLIN, 0};
  struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  begin_wait(&self, fd);
  int result = ppoll(&polled, 1, &time, NULL) < 0 && errno != EINTR ? -errno : 0;
  end_wait(&self);
  return result;
}

/* -- bytes ------------------------------------------------------------------------------------- */

/* Where a direct buffer's memory is: HotSpot reads a field without a change of the thread's state,
   and spares most of what GetDirectBufferAddress takes. */
static jfieldID address;

static char *memory_of(JNIEnv *env, jobject buffer) {
  return (char *)(intptr_t)(*env)->GetLongField(env, buffer, address);
}

/* Not by read() and write(): those of glibc make themselves points of cancellation at each call. To
   be interrupted is to have to look again. */
static jint move(int fd, jboolean waits, jboolean writes, char *memory, jint length) {
  waiter self;
  if (waits) {
    begin_wait(&self, fd);
  }
  jint result = answer(syscall(writes ? SYS_write : SYS_read, fd, memory, (size_t)length));
  if (waits) {
    end_wait(&self);
  }
  return result == -EINTR ? -EAGAIN : result;
}

static jint native_read(JNIEnv *env, jclass class, jint fd, jboolean waits, jobject buffer, jint at,
                        jint length) {
  (void)class;
  return move(fd, waits, 0, memory_of(env, buffer) + at, length);
}

static jint native_write(JNIEnv *env, jclass class, jint fd, jboolean waits, jobject buffer,
                         jint at, jint length) {
  (void)class;
  return move(fd, waits, 1, memory_of(env, buffer) + at, length);
}

/* Arrays are copied through so much of the stack: a call may do less than it was asked. */
#define PIECE 8192

static jint native_read_array(JNIEnv *env, jclass class, jint fd, jboolean waits, jbyteArray array,
                              jint at, jint length) {
  (void)class;
  char piece[PIECE];
  jint count = move(fd, waits, 0, piece, length < PIECE ? length : PIECE);
  if (count > 0) {
    (*env)->SetByteArrayRegion(env, array, at, count, (jbyte *)piece);
  }
  return count;
}

static jint native_write_array(JNIEnv *env, jclass class, jint fd, jboolean waits, jbyteArray array,
                               jint at, jint length) {
  (void)class;
  char piece[PIECE];
  jint count = length < PIECE ? length : PIECE;
  (*env)->GetByteArrayRegion(env, array, at, count, (jbyte *)piece);
  return move(fd, waits, 1, piece, count);
}

/* -- in Python --------------------------------------------------------------------------------- */

PyObject *clutch_decode_pipe_end(clutch_reader *reader) {
  uint32_t fd;
  uint8_t writable;
  if (clutch_read_u32(reader, &fd) != 0 || clutch_read_u8(reader, &writable) != 0) {
    return NULL;
  }
  int own = reopen((int)fd, writable);
  if (own < 0) {
    return PyErr_SetFromErrno(PyExc_OSError);
  }
  PyObject *io = PyImport_ImportModule("io");
  PyObject *file =
      io == NULL ? NULL : PyObject_CallMethod(io, "FileIO", "is", own, writable ? "wb" : "rb");
  Py_XDECREF(io);
  if (file == NULL) {
    close(own);
  }
  return file;
}

/* -- registered methods ------------------------------------------------------------------------ */

static const JNINativeMethod methods[] = {
    {"open", "([I)I", (void *)native_open},
    {"reopen", "(IZ)I", (void *)native_reopen},
    {"close", "(I)I", (void *)native_close},
    {"capacity", "(I)I", (void *)native_capacity},
    {"setCapacity", "(II)I", (void *)native_set_capacity},
    {"message", "(I)Ljava/lang/String;", (void *)native_message},
    {"wake", "(I)I", (void *)native_wake},
    {"await", "(IZJ)I", (void *)native_await},
    {"read", "(IZLjava/nio/ByteBuffer;II)I", (void *)native_read},
    {"write", "(IZLjava/nio/ByteBuffer;II)I", (void *)native_write},
    {"readArray", "(IZ[BII)I", (void *)native_read_array},
    {"writeArray", "(IZ[BII)I", (void *)native_write_array},
};

int clutch_pipe_register(JNIEnv *env) {
  if (prepare_to_wake() != 0) {
    return -1;
  }
  jclass buffer = (*env)->FindClass(env, "java/nio/Buffer");
  address = buffer == NULL ? NULL : (*env)->GetFieldID(env, buffer, "address", "J");
  if (address == NULL) {
    return -1;
  }
  (*env)->DeleteLocalRef(env, buffer);
  jclass class = (*env)->FindClass(env, "dev/clutch/internal/NativePipe");
  return class == NULL
             ? -1
             : (*env)->RegisterNatives(env, class, methods, sizeof methods / sizeof methods[0]);
}
