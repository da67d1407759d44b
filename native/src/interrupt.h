/* Interrupts: clutch.Interrupted, raised in Python code from outside. Nobody needs the GIL for it,
   which a C call may hold for long: what is posted is raised where the code reaches bytecode next.
   Natives of NativeInterrupt.java. */
#ifndef CLUTCH_INTERRUPT_H
#define CLUTCH_INTERRUPT_H

#include "interpreter.h"

/* The call that Python code of this thread's is in sends or receives a message: no interrupt comes
   between it and the next instruction, which may store the message. */
void clutch_interrupt_later(void);

int clutch_interrupt_register(JNIEnv *env);

#endif
