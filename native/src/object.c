#include "object.h"

#include "module.h"
#include "name.h"
#include "perform.h"
#include "reference.h"

/* -- reading requests -------------------------------------------------------------------------- */

/* The object that a request is about: borrowed, but safe as long as nothing runs that may release
   it; so whoever runs Python code takes a reference. */
static PyObject *read_object(clutch_request *of) {
  uint64_t handle;
  return clutch_read_u64(&of->reader, &handle) != 0
             ? NULL
             : Py_XNewRef(clutch_reference_get(of->interpreter, handle));
}

static PyObject *done(int status) { return status == 0 ? Py_NewRef(Py_None) : NULL; }

/* Operations on one object, an object and a value, and an object and two values: each makes the
   result from objects that are released afterwards. */
static PyObject *with_object(clutch_request *of, PyObject *(*function)(PyObject *)) {
  PyObject *object = read_object(of);
  PyObject *result = object == NULL ? NULL : function(object);
  Py_XDECREF(object);
  return result;
}

static PyObject *with_value(clutch_request *of, PyObject *(*function)(PyObject *, PyObject *)) {
  PyObject *object = read_object(of);
  PyObject *value = object == NULL ? NULL : clutch_decode(&of->reader);
  PyObject *result = value == NULL ? NULL : function(object, value);
  Py_XDECREF(value);
  Py_XDECREF(object);
  return result;
}

static PyObject *with_values(clutch_request *of,
                             int (*function)(PyObject *, PyObject *, PyObject *)) {
  PyObject *object = read_object(of);
  PyObject *first = object == NULL ? NULL : clutch_decode(&of->reader);
  PyObject *second = first == NULL ? NULL : clutch_decode(&of->reader);
  PyObject *result = second == NULL ? NULL : done(function(object, first, second));
  Py_XDECREF(second);
  Py_XDECREF(first);
  Py_XDECREF(object);
  return result;
}

/* -- operations -------------------------------------------------------------------------------- */

static PyObject *same(PyObject *object) { return Py_NewRef(object); }

static PyObject *length(PyObject *object) {
  Py_ssize_t count = PyObject_Size(object);
  return count < 0 ? NULL : PyLong_FromSsize_t(count);
}

static PyObject *hash(PyObject *object) {
  Py_hash_t value = PyObject_Hash(object);
  return value == -1 ? NULL : PyLong_FromSsize_t(value);
}

static PyObject *truth_of(int answer) { return answer < 0 ? NULL : PyBool_FromLong(answer); }

static PyObject *truth(PyObject *object) { return truth_of(PyObject_IsTrue(object)); }

static PyObject *equal(PyObject *object, PyObject *other) {
  return truth_of(PyObject_RichCompareBool(object, other, Py_EQ));
}

static PyObject *is_instance(PyObject *object, PyObject *type) {
  return truth_of(PyObject_IsInstance(object, type));
}

static PyObject *delete_attribute(PyObject *object, PyObject *name) {
  return done(PyObject_SetAttr(object, name, NULL));
}

static PyObject *delete_item(PyObject *object, PyObject *key) {
  return done(PyObject_DelItem(object, key));
}

static PyObject *has_attribute(PyObject *object, PyObject *name) {
  PyObject *found = PyObject_GetAttr(object, name);
  if (found == NULL && !PyErr_ExceptionMatches(PyExc_AttributeError)) {
    return NULL;
  }
  PyErr_Clear();
  PyObject *answer = PyBool_FromLong(found != NULL);
  Py_XDECREF(found);
  return answer;
}

static PyObject *operate_same(clutch_request *of) { return with_object(of, same); }
static PyObject *operate_length(clutch_request *of) { return with_object(of, length); }
static PyObject *operate_str(clutch_request *of) { return with_object(of, PyObject_Str); }
static PyObject *operate_repr(clutch_request *of) { return with_object(of, PyObject_Repr); }
static PyObject *operate_hash(clutch_request *of) { return with_object(of, hash); }
static PyObject *operate_truth(clutch_request *of) { return with_object(of, truth); }
static PyObject *operate_iterate(clutch_request *of) { return with_object(of, PyObject_GetIter); }
static PyObject *operate_view(clutch_request *of) {
  return with_object(of, PyMemoryView_FromObject);
}
static PyObject *operate_equal(clutch_request *of) { return with_value(of, equal); }
static PyObject *operate_is_instance(clutch_request *of) { return with_value(of, is_instance); }
static PyObject *operate_get_attribute(clutch_request *of) {
  return with_value(of, PyObject_GetAttr);
}
static PyObject *operate_has_attribute(clutch_request *of) { return with_value(of, has_attribute); }
static PyObject *operate_delete_attribute(clutch_request *of) {
  return with_value(of, delete_attribute);
}
static PyObject *operate_get_item(clutch_request *of) { return with_value(of, PyObject_GetItem); }
static PyObject *operate_delete_item(clutch_request *of) { return with_value(of, delete_item); }
static PyObject *operate_set_attribute(clutch_request *of) {
  return with_values(of, PyObject_SetAttr);
}
static PyObject *operate_set_item(clutch_request *of) { return with_values(of, PyObject_SetItem); }

static PyObject *next_item(PyObject *iterator, PyObject *end) {
  if (!PyIter_Check(iterator)) {
    PyErr_Format(PyExc_TypeError, "%R is not an iterator", (PyObject *)Py_TYPE(iterator));
    return NULL;
  }
  PyObject *item = PyIter_Next(iterator);
  return item == NULL && !PyErr_Occurred() ? Py_NewRef(end) : item;
}

static PyObject *operate_next(clutch_request *of) {
  PyObject *iterator = read_object(of);
  PyObject *item =
      iterator == NULL ? NULL : next_item(iterator, clutch_module_state_of(of->interpreter)->end);
  Py_XDECREF(iterator);
  return item;
}

static PyObject *callable(PyObject *found) {
  if (PyCallable_Check(found)) {
    return found;
  }
  PyErr_Format(PyExc_TypeError, "'%.200s' object is not callable", Py_TYPE(found)->tp_name);
  Py_DECREF(found);
  return NULL;
}

static PyObject *operate_resolve(clutch_request *of) {
  PyObject *name = clutch_decode(&of->reader);
  PyObject *found = name == NULL ? NULL : clutch_resolve(of->interpreter, name);
  Py_XDECREF(name);
  return found == NULL ? NULL : callable(found);
}

static PyObject *operate_release(clutch_request *of) {
  uint64_t handle;
  if (clutch_read_u64(&of->reader, &handle) != 0) {
    return NULL;
  }
  clutch_reference_release(of->interpreter, handle);
  Py_RETURN_NONE;
}

/* -- calls ------------------------------------------------------------------------------------- */

static int malformed(void) {
  PyErr_SetString(PyExc_ValueError, "malformed value from Java");
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

/* Reads one of them; ints without a detour, for their crossing is all that small calls do. */
static int read_argument(clutch_reader *reader, arguments *of) {
  PyObject *argument = reader->next < reader->end && *reader->next == 'j'
                           ? clutch_decode_short_int(reader)
                           : clutch_decode(reader);
  if (argument == NULL) {
    return -1;
  }
  of->all[++of->filled] = argument;
  return 0;
}

static int read_positional(clutch_reader *reader, arguments *of) {
  while (of->filled < of->positional) {
    if (read_argument(reader, of) != 0) {
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
    if (read_argument(reader, of) != 0) {
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

static PyObject *call_once(clutch_request *of, PyObject *callable) {
  arguments args;
  PyObject *result = NULL;
  if (read_arguments(&of->reader, &args) == 0) {
    result = PyObject_Vectorcall(callable, args.all + 1,
                                 args.positional | PY_VECTORCALL_ARGUMENTS_OFFSET, args.names);
  }
  free_arguments(&args);
  return result;
}

static PyObject *operate_call(clutch_request *of) {
  PyObject *callable = read_object(of);
  PyObject *result = callable == NULL ? NULL : call_once(of, callable);
  Py_XDECREF(callable);
  return result;
}

/* A name, then the arguments. */
static PyObject *operate_call_method(clutch_request *of) {
  PyObject *object = read_object(of);
  PyObject *name = object == NULL ? NULL : clutch_decode(&of->reader);
  PyObject *method = name == NULL ? NULL : PyObject_GetAttr(object, name);
  PyObject *result = method == NULL ? NULL : call_once(of, method);
  Py_XDECREF(method);
  Py_XDECREF(name);
  Py_XDECREF(object);
  return result;
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

static int call_item(clutch_request *of, PyObject *callable) {
  arguments args;
  size_t length = of->writer.length;
  size_t kept = of->writer.kept_count;
  if (read_arguments(&of->reader, &args) != 0) {
    free_arguments(&args);
    return -1;
  }
  PyObject *result = PyObject_Vectorcall(
      callable, args.all + 1, args.positional | PY_VECTORCALL_ARGUMENTS_OFFSET, args.names);
  free_arguments(&args);
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
  PyObject *callable = read_object(of);
  PyObject *result = callable == NULL ? NULL : call_items(of, callable);
  Py_XDECREF(callable);
  return result;
}

/* -- registered methods ------------------------------------------------------------------------ */

CLUTCH_NATIVE(native_same, operate_same)
CLUTCH_NATIVE(native_length, operate_length)
CLUTCH_NATIVE(native_str, operate_str)
CLUTCH_NATIVE(native_repr, operate_repr)
CLUTCH_NATIVE(native_hash, operate_hash)
CLUTCH_NATIVE(native_truth, operate_truth)
CLUTCH_NATIVE(native_iterate, operate_iterate)
CLUTCH_NATIVE(native_view, operate_view)
CLUTCH_NATIVE(native_equal, operate_equal)
CLUTCH_NATIVE(native_is_instance, operate_is_instance)
CLUTCH_NATIVE(native_get_attribute, operate_get_attribute)
CLUTCH_NATIVE(native_has_attribute, operate_has_attribute)
CLUTCH_NATIVE(native_set_attribute, operate_set_attribute)
CLUTCH_NATIVE(native_delete_attribute, operate_delete_attribute)
CLUTCH_NATIVE(native_get_item, operate_get_item)
CLUTCH_NATIVE(native_set_item, operate_set_item)
CLUTCH_NATIVE(native_delete_item, operate_delete_item)
CLUTCH_NATIVE(native_next, operate_next)
CLUTCH_NATIVE(native_resolve, operate_resolve)
CLUTCH_NATIVE(native_release, operate_release)
CLUTCH_NATIVE(native_call, operate_call)
CLUTCH_NATIVE(native_call_method, operate_call_method)
CLUTCH_NATIVE(native_call_all, operate_call_all)

static const JNINativeMethod methods[] = {
    CLUTCH_METHOD("same", native_same),
    CLUTCH_METHOD("length", native_length),
    CLUTCH_METHOD("str", native_str),
    CLUTCH_METHOD("repr", native_repr),
    CLUTCH_METHOD("hash", native_hash),
    CLUTCH_METHOD("truth", native_truth),
    CLUTCH_METHOD("iterate", native_iterate),
    CLUTCH_METHOD("view", native_view),
    CLUTCH_METHOD("equal", native_equal),
    CLUTCH_METHOD("isInstance", native_is_instance),
    CLUTCH_METHOD("getAttribute", native_get_attribute),
    CLUTCH_METHOD("hasAttribute", native_has_attribute),
    CLUTCH_METHOD("setAttribute", native_set_attribute),
    CLUTCH_METHOD("deleteAttribute", native_delete_attribute),
    CLUTCH_METHOD("getItem", native_get_item),
    CLUTCH_METHOD("setItem", native_set_item),
    CLUTCH_METHOD("deleteItem", native_delete_item),
    CLUTCH_METHOD("next", native_next),
    CLUTCH_METHOD("resolve", native_resolve),
    CLUTCH_METHOD("release", native_release),
    CLUTCH_METHOD("call", native_call),
    CLUTCH_METHOD("callMethod", native_call_method),
    CLUTCH_METHOD("callAll", native_call_all),
};

int clutch_object_register(JNIEnv *env) {
  jclass class = (*env)->FindClass(env, "dev/clutch/internal/NativeObject");
  return class == NULL
             ? -1
             : (*env)->RegisterNatives(env, class, methods, sizeof methods / sizeof methods[0]);
}
