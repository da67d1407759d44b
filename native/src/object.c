#include "object.h"

#include "module.h"
#include "name.h"
#include "perform.h"
#include "reference.h"

/* -- reading requests -------------------------------------------------------------------------- */

PyObject *clutch_read_object(clutch_request *of) {
  uint64_t handle;
  return clutch_read_u64(&of->reader, &handle) != 0
             ? NULL
             : Py_XNewRef(clutch_reference_get(of->interpreter, handle));
}

static PyObject *done(int status) { return status == 0 ? Py_NewRef(Py_None) : NULL; }

/* Operations on one object, an object and a value, and an object and two values: each makes the
   result from objects that are released afterwards. */
static PyObject *with_object(clutch_request *of, PyObject *(*function)(PyObject *)) {
  PyObject *object = clutch_read_object(of);
  PyObject *result = object == NULL ? NULL : function(object);
  Py_XDECREF(object);
  return result;
}

static PyObject *with_value(clutch_request *of, PyObject *(*function)(PyObject *, PyObject *)) {
  PyObject *object = clutch_read_object(of);
  PyObject *value = object == NULL ? NULL : clutch_decode(&of->reader);
  PyObject *result = value == NULL ? NULL : function(object, value);
  Py_XDECREF(value);
  Py_XDECREF(object);
  return result;
}

static PyObject *with_values(clutch_request *of,
                             int (*function)(PyObject *, PyObject *, PyObject *)) {
  PyObject *object = clutch_read_object(of);
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
  PyObject *iterator = clutch_read_object(of);
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
};

int clutch_object_register(JNIEnv *env) {
  jclass class = (*env)->FindClass(env, "dev/clutch/internal/NativeObject");
  return class == NULL
             ? -1
             : (*env)->RegisterNatives(env, class, methods, sizeof methods / sizeof methods[0]);
}
