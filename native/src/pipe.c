#define _GNU_SOURCE /* pipe2, ppoll, F_SETPIPE_SZ */

#include "pipe.h"

#include "module.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

/* Every method answers a negative error number when it fails. */
static jint answer(ssize_t result) { return result < 0 ? -errno : (jint)result; }

/* -- descriptors ------------------------------------------------------------------------------- */

static int close_all(const int *descriptors, int count) {
  int error = errno;
  for (int i = 0; i < count; i++) {
    close(descriptors[i]);
  }
  errno = error;
  return -1;
}

/* An eventfd for each end after the ends themselves. */
static int open_all(int *descriptors) {
  if (pipe2(descriptors, O_CLOEXEC | O_NONBLOCK) != 0) {
    return -1;
  }
  for (int i = 2; i < 4; i++) {
    descriptors[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (descriptors[i] < 0) {
      return close_all(descriptors, i);
    }
  }
  return 0;
}

/* The ends do not block: who waits, waits in await(), where it can be woken. */
static jint native_open(JNIEnv *env, jclass class, jintArray result) {
  (void)class;
  int descriptors[4];
  if (open_all(descriptors) != 0) {
    return -errno;
  }
  (*env)->SetIntArrayRegion(env, result, 0, 4, descriptors);
  return 0;
}

/* Another descriptor for the same end, which blocks. O_NONBLOCK belongs to the open file, which a
   duplicate would share; opening it anew makes another one. */
static jint native_reopen(JNIEnv *env, jclass class, jint fd, jboolean writable) {
  (void)env;
  (void)class;
  char path[32];
  (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  return answer(open(path, (writable ? O_WRONLY : O_RDONLY) | O_CLOEXEC));
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

/* From then on, every await() with that descriptor returns at once. */
static jint native_wake(JNIEnv *env, jclass class, jint fd) {
  (void)env;
  (void)class;
  const uint64_t one = 1;
  return answer(write(fd, &one, sizeof one));
}

/* Until an end can be used, or somebody wakes, or the time is over (never if it is negative): 1, 0
   and 0. A signal ends it too; the caller looks again. */
static jint native_await(JNIEnv *env, jclass class, jint fd, jint wake, jboolean writable,
                         jlong nanoseconds) {
  (void)env;
  (void)class;
  struct pollfd polled[] = {{fd, writable ? POLLOUT : POLLIN, 0}, {wake, POLLIN, 0}};
  struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  int ready = ppoll(polled, 2, nanoseconds < 0 ? NULL : &time, NULL);
  if (ready < 0) {
    return errno == EINTR ? 0 : -errno;
  }
  return polled[0].revents != 0;
}

/* -- bytes ------------------------------------------------------------------------------------- */

static jint native_read(JNIEnv *env, jclass class, jint fd, jobject buffer, jint at, jint length) {
  (void)class;
  char *memory = (*env)->GetDirectBufferAddress(env, buffer);
  return answer(read(fd, memory + at, (size_t)length));
}

static jint native_write(JNIEnv *env, jclass class, jint fd, jobject buffer, jint at, jint length) {
  (void)class;
  const char *memory = (*env)->GetDirectBufferAddress(env, buffer);
  return answer(write(fd, memory + at, (size_t)length));
}

/* Arrays are copied through so much of the stack: a call may do less than it was asked. */
#define PIECE 8192

static jint native_read_array(JNIEnv *env, jclass class, jint fd, jbyteArray array, jint at,
                              jint length) {
  (void)class;
  jbyte piece[PIECE];
  ssize_t count = read(fd, piece, (size_t)(length < PIECE ? length : PIECE));
  if (count > 0) {
    (*env)->SetByteArrayRegion(env, array, at, (jsize)count, piece);
  }
  return answer(count);
}

static jint native_write_array(JNIEnv *env, jclass class, jint fd, jbyteArray array, jint at,
                               jint length) {
  (void)class;
  jbyte piece[PIECE];
  jint count = length < PIECE ? length : PIECE;
  (*env)->GetByteArrayRegion(env, array, at, count, piece);
  return answer(write(fd, piece, (size_t)count));
}

/* -- in Python --------------------------------------------------------------------------------- */

PyObject *clutch_decode_pipe_end(clutch_reader *reader) {
  uint32_t fd;
  uint8_t writable;
  if (clutch_read_u32(reader, &fd) != 0 || clutch_read_u8(reader, &writable) != 0) {
    return NULL;
  }
  int own = fcntl((int)fd, F_DUPFD_CLOEXEC, 0);
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
    {"await", "(IIZJ)I", (void *)native_await},
    {"read", "(ILjava/nio/ByteBuffer;II)I", (void *)native_read},
    {"write", "(ILjava/nio/ByteBuffer;II)I", (void *)native_write},
    {"readArray", "(I[BII)I", (void *)native_read_array},
    {"writeArray", "(I[BII)I", (void *)native_write_array},
};

int clutch_pipe_register(JNIEnv *env) {
  jclass class = (*env)->FindClass(env, "dev/clutch/internal/NativePipe");
  return class == NULL
             ? -1
             : (*env)->RegisterNatives(env, class, methods, sizeof methods / sizeof methods[0]);
}
