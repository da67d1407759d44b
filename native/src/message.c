#include "message.h"

#include <string.h>

/* -- making and freeing ------------------------------------------------------------------------ */

static void release_all(clutch_shared **attachments, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (attachments[i] != NULL) {
      clutch_shared_release(attachments[i]);
    }
  }
  free((void *)attachments);
}

static clutch_message *new_message(size_t room, size_t length, clutch_shared **attachments,
                                   size_t count) {
  clutch_message *made = malloc(sizeof *made + room);
  if (made == NULL) {
    release_all(attachments, count);
    return NULL;
  }
  made->next = NULL;
  atomic_init(&made->references, 1);
  made->length = length;
  made->attachments = attachments;
  made->count = count;
  return made;
}

static clutch_message *new_with_data(size_t length, clutch_shared **attachments, size_t count) {
  clutch_message *made = new_message(length, length, attachments, count);
  if (made != NULL) {
    made->data = (unsigned char *)(made + 1);
  }
  return made;
}

clutch_message *clutch_message_with_room(size_t length) { return new_with_data(length, NULL, 0); }

clutch_message *clutch_message_new(const void *data, size_t length, clutch_shared **attachments,
                                   size_t count) {
  clutch_message *made = new_with_data(length, attachments, count);
  if (made != NULL) {
    memcpy(made->data, data, length);
  }
  return made;
}

clutch_message *clutch_message_of_heap(unsigned char *data, size_t length,
                                       clutch_shared **attachments, size_t count) {
  clutch_message *made = new_message(0, length, attachments, count);
  if (made == NULL) {
    free(data);
  } else {
    made->data = data;
  }
  return made;
}

clutch_message *clutch_message_retain(clutch_message *message) {
  atomic_fetch_add(&message->references, 1);
  return message;
}

void clutch_message_release(clutch_message *message) {
  if (atomic_fetch_sub(&message->references, 1) != 1) {
    return;
  }
  release_all(message->attachments, message->count);
  if (message->data != (unsigned char *)(message + 1)) {
    free((void *)message->data);
  }
  free(message);
}

clutch_shared *clutch_message_attachment(const clutch_message *message, uint64_t number) {
  return number < message->count ? message->attachments[number] : NULL;
}

/* -- in Python --------------------------------------------------------------------------------- */

/* What the writer kept becomes the message's. */
static clutch_shared **take_attachments(clutch_writer *writer) {
  clutch_shared **taken = NULL;
  if (writer->kept_count > 0) {
    taken = malloc(writer->kept_count * sizeof(void *));
    for (size_t i = 0; taken != NULL && i < writer->kept_count; i++) {
      taken[i] = (clutch_shared *)(uintptr_t)writer->kept[i].handle;
    }
  }
  return taken;
}

static clutch_message *finish(clutch_writer *writer) {
  clutch_shared **attachments = take_attachments(writer);
  size_t count = writer->kept_count;
  if (attachments == NULL && count > 0) {
    clutch_writer_rewind(writer, 0, 0);
    return NULL;
  }
  if (!writer->on_heap) {
    return clutch_message_new(writer->data, writer->length, attachments, count);
  }
  unsigned char *data = realloc(writer->data, writer->length);
  writer->on_heap = false;
  return clutch_message_of_heap(data == NULL ? writer->data : data, writer->length, attachments,
                                count);
}

clutch_message *clutch_message_from_python(clutch_interpreter *interpreter, PyObject *value) {
  unsigned char small[512];
  clutch_writer writer;
  clutch_writer_init(&writer, interpreter, small, sizeof small);
  writer.message = true;
  clutch_message *made = NULL;
  if (clutch_encode(&writer, value, "value") == 0) {
    made = finish(&writer);
    if (made == NULL) {
      PyErr_NoMemory();
    }
  } else {
    clutch_writer_rewind(&writer, 0, 0);
  }
  clutch_writer_free(&writer);
  return made;
}

PyObject *clutch_message_to_python(clutch_interpreter *interpreter, const clutch_message *message) {
  clutch_reader reader = {interpreter, message->data, message->data + message->length, NULL,
                          message};
  return clutch_decode(&reader);
}

/* -- in Java ----------------------------------------------------------------------------------- */

static clutch_shared **read_attachments(JNIEnv *env, jlongArray from, size_t count) {
  jlong *addresses = malloc(count * sizeof *addresses);
  clutch_shared **attachments = (clutch_shared **)addresses;
  _Static_assert(sizeof *addresses == sizeof(void *), "an address is a jlong");
  if (addresses != NULL) {
    (*env)->GetLongArrayRegion(env, from, 0, (jsize)count, addresses);
    for (size_t i = 0; i < count; i++) {
      clutch_shared_retain(attachments[i]);
    }
  }
  return attachments;
}

clutch_message *clutch_message_from_java(JNIEnv *env, jlong data, jlong length,
                                         jlongArray attachments) {
  size_t count = attachments == NULL ? 0 : (size_t)(*env)->GetArrayLength(env, attachments);
  clutch_shared **taken = count == 0 ? NULL : read_attachments(env, attachments, count);
  if (taken == NULL && count > 0) {
    return NULL;
  }
  return clutch_message_new((const void *)(intptr_t)data, (size_t)length, taken, count);
}

jlong clutch_message_to_java(clutch_message *message, jlong buffer, jlong capacity) {
  if (message->count == 0 && message->length <= (size_t)capacity) {
    jlong length = (jlong)message->length;
    memcpy((void *)(intptr_t)buffer, message->data, message->length);
    clutch_message_release(message);
    return length;
  }
  jlong words[] = {(jlong)(intptr_t)message, (jlong)(intptr_t)message->data,
                   (jlong)message->length};
  memcpy((void *)(intptr_t)buffer, words, sizeof words);
  return CLUTCH_SPILLED;
}

static void native_release(JNIEnv *env, jclass class, jlong message) {
  (void)env;
  (void)class;
  clutch_message_release((clutch_message *)(intptr_t)message);
}

/* With a reference for Java; 0 if there are not so many. */
static jlong native_attachment(JNIEnv *env, jclass class, jlong message, jlong number) {
  (void)env;
  (void)class;
  clutch_shared *found =
      clutch_message_attachment((clutch_message *)(intptr_t)message, (uint64_t)number);
  return found == NULL ? 0 : (jlong)(intptr_t)clutch_shared_retain(found);
}

static jlong native_data(JNIEnv *env, jclass class, jlong message) {
  (void)env;
  (void)class;
  return (jlong)(intptr_t)((clutch_message *)(intptr_t)message)->data;
}

static jlong native_length(JNIEnv *env, jclass class, jlong message) {
  (void)env;
  (void)class;
  return (jlong)((clutch_message *)(intptr_t)message)->length;
}

static const JNINativeMethod methods[] = {
    {"data", "(J)J", (void *)native_data},
    {"length", "(J)J", (void *)native_length},
    {"release", "(J)V", (void *)native_release},
    {"attachment", "(JJ)J", (void *)native_attachment},
};

int clutch_message_register(JNIEnv *env) {
  jclass class = (*env)->FindClass(env, "dev/clutch/internal/NativeMessage");
  return class == NULL
             ? -1
             : (*env)->RegisterNatives(env, class, methods, sizeof methods / sizeof methods[0]);
}
