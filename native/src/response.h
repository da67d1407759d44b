/* What a native method answers, in the buffer that its request came in:
     R value            the result
     E list             a Python exception, as error.c writes it
     X str              a value that cannot cross
     B str              the interpreter is busy
     F str              CPython failed */
#ifndef CLUTCH_RESPONSE_H
#define CLUTCH_RESPONSE_H

#include "codec.h"

/* The request is read whole before the response is begun: they are the same memory. */
typedef struct clutch_request {
  clutch_interpreter *interpreter;
  PyObject *(*operation)(clutch_interpreter *, clutch_reader *);
  clutch_reader reader;
  clutch_writer writer;
  bool no_memory;
} clutch_request;

clutch_request clutch_request_of(jlong buffer, jint length, jint capacity);

/* These need the interpreter attached. */
void clutch_respond_result(clutch_request *to, PyObject *result);
void clutch_respond_exception(clutch_request *to); /* the current one, which they take */
void clutch_respond_message(clutch_request *to, char kind, PyObject *message);

/* Needs no thread state; the text is ASCII and short. */
void clutch_respond_text(clutch_request *to, char kind, const char *text);

/* What the native method returns: the length of the response; or CLUTCH_SPILLED, with its address
   and length in the buffer, when it outgrew the buffer and so is Java's to free. */
jlong clutch_response_finish(clutch_request *of, jlong buffer);

#endif
