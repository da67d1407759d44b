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

/* Python code of this thread's is about to get a message: until its next instruction has stored it,
   no interrupt may throw it away. */
void clutch_interrupt_spares_message(void);

/* Interrupts the innermost turn of one thread: the handle of the interpreter it is in, or 0. */
int64_t clutch_interrupt_thread(int64_t java_thread);

int clutch_interrupt_register(JNIEnv *env);

#endif
