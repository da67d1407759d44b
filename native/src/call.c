/* Calls of objects that Java holds, once or for a whole batch: natives of NativeObject.java. */
#include "block.h"
#include "object.h"
#include "perform.h"
#include "reference.h"
#include "scalars.h"

#include <string.h>

/* -- arguments --------------------------------------------------------------------------------- */

static int malformed(void) {
  PyErr_SetString(PyExc_ValueError, "malformed value");
  return -1;
}

/* So many arguments need no memory but the stack's. */
#define FEW 16

/* Arguments as vectorcall wants them, with room for a self before them: first the positional ones,
   then those that have names. */
typedef struct arguments {
  PyObject **all; /* from all[1] on, `filled` of them */
  uint32_t filled;
  uint32_t positional;
  uint32_t named;
  PyObject *names;
  PyObject *few[1 + FEW];
} arguments;

static void free_arguments(arguments *of) {
  for (uint32_t i = 1; i <= of->filled; i++) {
    Py_DECREF(of->all[i]);
  }
  Py_XDECREF(of->names);
  if (of->all != of->few) {
    PyMem_Free(of->all);
  }
}

static int add(arguments *of, PyObject *argument) {
  if (argument == NULL) {
    return -1;
  }
  of->all[++of->filled] = argument;
  return 0;
}

static int read_positional(clutch_reader *reader, arguments *of) {
  while (of->filled < of->positional) {
    if (add(of, clutch_decode(reader)) != 0) {
      return -1;
    }
  }
  return 0;
}

static int read_named(clutch_reader *reader, arguments *of) {
  of->names = PyTuple_New(of->named);
  for (uint32_t i = 0; of->names != NULL && i < of->named; i++) {
    PyObject *name = clutch_decode(reader);
    if (name == NULL) {
      return -1;
    }
    PyTuple_SET_ITEM(of->names, i, name);
    if (!PyUnicode_Check(name)) {
      return malformed();
    }
    if (add(of, clutch_decode(reader)) != 0) {
      return -1;
    }
  }
  return of->names == NULL ? -1 : 0;
}

/* Each takes a byte at least, so a count that cannot be in what is left makes no room. */
static int make_room(clutch_reader *reader, arguments *of) {
  size_t count = (size_t)of->positional + of->named;
  if (count <= FEW) {
    return 0;
  }
  if (count > (size_t)(reader->end - reader->next)) {
    return malformed();
  }
  PyObject **all = PyMem_Malloc((1 + count) * sizeof(void *));
  if (all == NULL) {
    PyErr_NoMemory();
    return -1;
  }
  of->all = all;
  return 0;
}

static int read_arguments(clutch_reader *reader, arguments *of) {
  of->all = of->few;
  of->filled = 0;
  of->names = NULL;
  uint64_t counts;
  if (clutch_read_u64(reader, &counts) != 0) {
    return -1;
  }
  of->positional = (uint32_t)counts;
  of->named = (uint32_t)(counts >> 32);
  if (make_room(reader, of) != 0 || read_positional(reader, of) != 0) {
    return -1;
  }
  return of->named == 0 ? 0 : read_named(reader, of);
}

/* -- calls ------------------------------------------------------------------------------------- */

static PyObject *call_with(PyObject *callable, const arguments *args) {
  return PyObject_Vectorcall(callable, args->all + 1,
                             args->positional | PY_VECTORCALL_ARGUMENTS_OFFSET, args->names);
}

static PyObject *call_once(clutch_request *of, PyObject *callable) {
  arguments args;
  PyObject *result = read_arguments(&of->reader, &args) == 0 ? call_with(callable, &args) : NULL;
  free_arguments(&args);
  return result;
}

static PyObject *operate_call(clutch_request *of) {
  PyObject *callable = clutch_read_object(of);
  PyObject *result = callable == NULL ? NULL : call_once(of, callable);
  Py_XDECREF(callable);
  return result;
}

/* A name, then the arguments. */
static PyObject *operate_call_method(clutch_request *of) {
  PyObject *object = clutch_read_object(of);
  PyObject *name = object == NULL ? NULL : clutch_decode(&of->reader);
  PyObject *method = name == NULL ? NULL : PyObject_GetAttr(object, name);
  PyObject *result = method == NULL ? NULL : call_once(of, method);
  Py_XDECREF(method);
  Py_XDECREF(name);
  Py_XDECREF(object);
  return result;
}

/* -- words -------------------------------------------------------------------------------------
   A few ints, each a word as codec.h has it, are most of all arguments there are. */

static PyObject *call_with_words(PyObject *callable, const unsigned char *words, size_t count) {
  PyObject *args[1 + CLUTCH_MOST_WORDS] = {NULL};
  PyObject *result = NULL;
  size_t made = 0;
  while (made < count) {
    int64_t word;
    memcpy(&word, words + made * sizeof word, sizeof word);
    args[1 + made] = PyLong_FromLongLong(word >> 8);
    if (args[1 + made] == NULL) {
      break;
    }
    made++;
  }
  if (made == count) {
    result = PyObject_Vectorcall(callable, args + 1, count | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
  }
  while (made > 0) {
    Py_DECREF(args[made--]);
  }
  return result;
}

/* Such arguments and no others, if they come next and something after them; else NULL. */
static const unsigned char *take_words(clutch_reader *reader, uint64_t *count) {
  if ((size_t)(reader->end - reader->next) < (1 + CLUTCH_MOST_WORDS) * sizeof(int64_t)) {
    return NULL;
  }
  memcpy(count, reader->next, sizeof *count);
  const unsigned char *words = reader->next + sizeof *count;
  if (*count > CLUTCH_MOST_WORDS) {
    return NULL;
  }
  for (uint64_t i = 0; i < *count; i++) {
    if (words[i * sizeof(int64_t)] != 'j') {
      return NULL;
    }
  }
  reader->next = words + *count * sizeof(int64_t);
  return words;
}

/* -- batches ----------------------------------------------------------------------------------- */

static int write_item(clutch_request *of, PyObject *result) {
  if (of->wanted == CLUTCH_REFERENCE) {
    return clutch_encode_reference(&of->writer, result);
  }
  return PyLong_CheckExact(result) ? clutch_encode_int(&of->writer, result)
                                   : clutch_encode(&of->writer, result, "result");
}

/* An item's own error takes its place; what ends the program, or was sent to end this code, ends
   the batch. */
static int write_failure(clutch_request *of, size_t length, size_t kept) {
  if (!PyErr_ExceptionMatches(PyExc_Exception)) {
    return -1;
  }
  PyObject *raised = PyErr_GetRaisedException();
  clutch_writer_rewind(&of->writer, length, kept);
  PyErr_SetRaisedException(raised);
  return clutch_write_raised(of, 'e', 'X');
}

/* -1 if the arguments cannot be read. */
static int call_next(clutch_request *of, PyObject *callable, PyObject **result) {
  uint64_t count;
  const unsigned char *words = take_words(&of->reader, &count);
  if (words != NULL) {
    *result = call_with_words(callable, words, count);
    return 0;
  }
  arguments args;
  int done = read_arguments(&of->reader, &args);
  *result = done == 0 ? call_with(callable, &args) : NULL;
  free_arguments(&args);
  return done;
}

static int call_item(clutch_request *of, PyObject *callable) {
  size_t length = of->writer.length;
  size_t kept = of->writer.kept_count;
  PyObject *result;
  if (call_next(of, callable, &result) != 0) {
    return -1;
  }
  int done = result == NULL ? -1 : write_item(of, result);
  Py_XDECREF(result);
  return done == 0 ? 0 : write_failure(of, length, kept);
}

static PyObject *call_items(clutch_request *of, PyObject *callable) {
  uint32_t count;
  of->writer.structured = of->wanted == CLUTCH_STRUCTURED;
  if (clutch_read_u32(&of->reader, &count) != 0 || clutch_write_tag(&of->writer, 'R') != 0 ||
      clutch_write_count(&of->writer, '[', count) != 0) {
    return NULL;
  }
  for (uint32_t i = 0; i < count; i++) {
    if (call_item(of, callable) != 0) {
      return NULL;
    }
  }
  of->responded = true;
  Py_RETURN_NONE;
}

static PyObject *operate_call_all(clutch_request *of) {
  PyObject *callable = clutch_read_object(of);
  PyObject *result = callable == NULL ? NULL : call_items(of, callable);
  Py_XDECREF(callable);
  return result;
}

/* -- small calls -------------------------------------------------------------------------------
   Words are arguments of the native method itself; and such a result is what it returns. */

static bool is_word(const unsigned char *response, jlong length) {
  return length == 9 && response[0] == 'R' && response[1] == 'j';
}

/* A result that is no word stays in the thread's block until its next call; Java finds the status
   at the block's end. */
static jlong answer(clutch_block *block, jint length, jlong status) {
  const unsigned char *response = block->bytes + length;
  jlong word;
  if (is_word(response, status)) {
    memcpy(&word, response + 1, sizeof word);
    return word;
  }
  memcpy(block->bytes + CLUTCH_BLOCK_SIZE - sizeof status, &status, sizeof status);
  return (jlong)((uint64_t)(uintptr_t)block->bytes << 8 | 'R');
}

static PyObject *operate_call_words(clutch_request *of) {
  int64_t request[2];
  memcpy(request, of->reader.next, sizeof request);
  PyObject *callable = clutch_reference_get(of->interpreter, (uint64_t)request[0]);
  if (callable == NULL) {
    return NULL;
  }
  Py_INCREF(callable);
  PyObject *result =
      call_with_words(callable, of->reader.next + sizeof request, (size_t)request[1]);
  Py_DECREF(callable);
  return result;
}

static jlong native_call_words(JNIEnv *env, jclass class, jlong handle, jlong reference,
                               jint wanted, jint count, jlong first, jlong second, jlong third) {
  (void)class;
  clutch_block *block = clutch_block_take();
  if (block == NULL) {
    return CLUTCH_NO_MEMORY;
  }
  jlong *request = (jlong *)block->bytes;
  request[0] = reference;
  request[1] = count;
  request[2] = first;
  request[3] = second;
  request[4] = third;
  jint length = (2 + count) * (jint)sizeof(jlong);
  jlong status =
      clutch_perform(env, handle, (jlong)(intptr_t)block->bytes, length,
                     CLUTCH_BLOCK_SIZE - (jint)sizeof status, wanted, NULL, operate_call_words);
  jlong answered = answer(block, length, status);
  clutch_block_give(block);
  return answered;
}

/* -- registered methods ------------------------------------------------------------------------ */

CLUTCH_NATIVE(native_call, operate_call)
CLUTCH_NATIVE(native_call_method, operate_call_method)
CLUTCH_NATIVE(native_call_all, operate_call_all)

static const JNINativeMethod methods[] = {
    CLUTCH_METHOD("call", native_call),
    CLUTCH_METHOD("callMethod", native_call_method),
    CLUTCH_METHOD("callAll", native_call_all),
    {"callWords", "(JJIIJJJ)J", (void *)native_call_words},
};

int clutch_call_register(JNIEnv *env) {
  jclass class = (*env)->FindClass(env, "dev/clutch/internal/NativeObject");
  return class == NULL
             ? -1
             : (*env)->RegisterNatives(env, class, methods, sizeof methods / sizeof methods[0]);
}
