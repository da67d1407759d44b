/* Interrupts: clutch.Interrupted, raised in Python code from outside. Nobody needs the GIL for it,
   which a C call may hold for long: what is posted is raised where the code reaches bytecode next.
   Natives of NativeInterrupt.java. */
#ifndef CLUTCH_INTERRUPT_H
#define CLUTCH_INTERRUPT_H

#include "interpreter.h"

/* Interrupts the turns of all threads but this one, and the threads that Python code started. */
void clutch_interrupt(clutch_interpreter *interpreter);

/* The same again, for turns that are not over yet: false if there is none. Code that swallowed an
   interrupt gets another one; code that is cleaning up has a while for that. */
bool clutch_interrupt_again(clutch_interpreter *interpreter);

/* The call that Python code of this thread's is in sends or receives a message: no interrupt comes
   between it and the next instruction, which may store the message. */
void clutch_interrupt_later(void);

/* Interrupts the innermost turn of one thread, or only that of the last look: the handle of the
   interpreter it is in, or 0. */
int64_t clutch_interrupt_thread(int64_t java_thread, bool as_seen);

int clutch_interrupt_register(JNIEnv *env);

#endif
