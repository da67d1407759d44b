#include "code_cache.h"

#include <string.h>

#define ENTRIES 256
#define MAX_KEY ((size_t)256 * 1024)

/* The key is the source as it came from Java, so a hit decodes nothing. */
typedef struct entry {
  unsigned char *key;
  size_t length;
  uint64_t hash;
  int start;
  PyObject *code;
} entry;

/* Each hash has one place, so a newer source replaces the one that was there. */
struct clutch_code_cache {
  entry entries[ENTRIES];
};

clutch_code_cache *clutch_code_cache_new(void) { return calloc(1, sizeof(clutch_code_cache)); }

static void drop(entry *old) {
  free(old->key);
  Py_XDECREF(old->code);
  memset(old, 0, sizeof *old);
}

void clutch_code_cache_free(clutch_code_cache *cache) {
  for (size_t i = 0; cache != NULL && i < ENTRIES; i++) {
    drop(&cache->entries[i]);
  }
  free(cache);
}

/* Eight bytes a step; what decides a hit is the comparison, so the hash need only spread. */
static uint64_t hash_of(const unsigned char *key, size_t length, int start) {
  uint64_t hash = 0x9E3779B97F4A7C15u ^ length ^ (uint64_t)start << 56;
  while (length > 0) {
    uint64_t word = 0;
    size_t step = length < 8 ? length : 8;
    memcpy(&word, key, step);
    hash = (hash ^ word) * 0x9FB21C651E98DF25u;
    hash ^= hash >> 32;
    key += step;
    length -= step;
  }
  return hash;
}

static bool matches(const entry *candidate, const entry *wanted) {
  return candidate->code != NULL && candidate->hash == wanted->hash &&
         candidate->start == wanted->start && candidate->length == wanted->length &&
         memcmp(candidate->key, wanted->key, wanted->length) == 0;
}

static PyObject *compile(clutch_reader *source, int start) {
  PyObject *text = clutch_decode(source);
  if (text == NULL) {
    return NULL;
  }
  Py_ssize_t length = 0;
  const char *utf8 = PyUnicode_AsUTF8AndSize(text, &length);
  PyObject *code = NULL;
  if (utf8 != NULL && strlen(utf8) != (size_t)length) {
    PyErr_SetString(PyExc_SyntaxError, "source code string cannot contain null bytes");
  } else if (utf8 != NULL) {
    PyCompilerFlags flags = _PyCompilerFlags_INIT;
    code = Py_CompileStringExFlags(utf8, "<string>", start, &flags, -1);
  }
  Py_DECREF(text);
  return code;
}

/* Keeps a copy of the key; without memory for it the code is just not kept. */
static void remember(entry *place, const entry *made) {
  unsigned char *key = malloc(made->length);
  if (key == NULL) {
    return;
  }
  PyObject *replaced = place->code;
  free(place->key);
  *place = *made;
  memcpy(key, made->key, made->length);
  place->key = key;
  Py_INCREF(place->code);
  Py_XDECREF(replaced);
}

PyObject *clutch_code_cache_get(clutch_interpreter *interpreter, clutch_reader *source, int start) {
  clutch_reader whole = *source;
  const unsigned char *key = NULL;
  size_t length = 0;
  if (clutch_read_raw_string(source, &key, &length) != 0) {
    return NULL;
  }
  if (length > MAX_KEY) {
    return compile(&whole, start);
  }
  entry wanted = {(unsigned char *)key, length, hash_of(key, length, start), start, NULL};
  entry *place = &interpreter->codes->entries[wanted.hash % ENTRIES];
  if (matches(place, &wanted)) {
    return Py_NewRef(place->code);
  }
  wanted.code = compile(&whole, start);
  if (wanted.code != NULL) {
    remember(place, &wanted);
  }
  return wanted.code;
}
