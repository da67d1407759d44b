/* What a native method answers, in the buffer that its request came in, after the request:
     R value            the result
     E list             a Python exception, as error.c writes it
     X str              a value that cannot cross
     A int              another thread, with this Java id, keeps the interpreter attached
     B str              the interpreter is busy
     F str              CPython failed */
#ifndef CLUTCH_RESPONSE_H
#define CLUTCH_RESPONSE_H

#include "codec.h"

/* How Java wants the result; NativeExecution.java mirrors it. */
enum clutch_wanted {
  CLUTCH_VALUE = 0,
  CLUTCH_REFERENCE = 1,  /* as a PyObject, whatever it is */
  CLUTCH_STRUCTURED = 2, /* dataclasses, named tuples and enum members taken apart */
  CLUTCH_URGENT = 3, /* as a value; and a thread that is attached and at work is not waited for */
};

typedef struct clutch_request {
  clutch_interpreter *interpreter;
  PyObject *(*operation)(struct clutch_request *);
  clutch_reader reader;
  clutch_writer writer;
  enum clutch_wanted wanted;
  int attached;   /* what clutch_attach answered */
  bool responded; /* the operation wrote the response itself */
  bool no_memory;
} clutch_request;

typedef PyObject *(*clutch_operation)(clutch_request *);

/* Field by field: small calls feel what clearing the whole costs. */
void clutch_request_init(clutch_request *of, jlong buffer, jint length, jint capacity);
void clutch_request_bind(clutch_request *of, clutch_interpreter *interpreter);

/* These need the interpreter attached. */
void clutch_respond_result(clutch_request *to, PyObject *result);
void clutch_respond_exception(clutch_request *to); /* the current one, which they take */
void clutch_respond_message(clutch_request *to, char kind, PyObject *message);

/* These need no thread state; the text is ASCII and short. */
void clutch_respond_text(clutch_request *to, char kind, const char *text);
void clutch_respond_long(clutch_request *to, char kind, int64_t value);

/* Writes the current exception, which it takes, as a value of a batch. */
int clutch_write_raised(clutch_request *to, char error, char not_shareable);

/* What the native method returns: the length of the response; or CLUTCH_SPILLED, with its address
   and length in the buffer, when it outgrew the buffer and so is Java's to free. A buffer has room
   for those two. */
jlong clutch_response_finish(clutch_request *of, jlong buffer);

#endif
