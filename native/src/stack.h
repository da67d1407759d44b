/* The C stack Python runs on. A Java thread has 1 MiB of C stack by default, which ordinary
   recursive Python code overflows, and that kills the JVM. So each thread that runs Python gets a
   64 MiB stack of ours: Java enters it to run Python, and Python returns from it to call Java.

     Java stack      | run() | enter ->                   | callback() | enter ->
     private stack             -> Python ... | return ->                            -> Python ...

   Threads: every function works on the calling thread's own stack and may be called from any
   thread. A thread owns its stack from its first entry until it ends; the stack then goes to the
   next thread that needs one.

   Order: entries and returns nest like calls, and every fn returns. No longjmp and no C++ exception
   may cross one of them. */
#ifndef CLUTCH_STACK_H
#define CLUTCH_STACK_H

#include <stdbool.h>
#include <stddef.h>

typedef void (*clutch_stack_fn)(void *arg);

/* Runs fn(arg) with the stack pointer at `sp`, aligned down to 16 bytes, having first stored the
   caller's own stack pointer in *saved. Returns when fn returns, on the caller's stack. Cannot
   fail. This is the assembly under the next two functions; it knows nothing of threads or owners.
 */
void clutch_stack_switch(void *sp, clutch_stack_fn fn, void *arg, void **saved);

/* Runs fn(arg) on this thread's private stack. The first entry of a thread finds it a stack; each
   later one takes no lock and makes no system call. Already on the private stack, this is a plain
   call. On the Java stack inside clutch_stack_return, fn runs below the suspended Python frames.
   Returns 0, or -1 with errno set and fn not run when no stack could be had (ENOMEM, EAGAIN). */
int clutch_stack_enter(clutch_stack_fn fn, void *arg);

/* Runs fn(arg) on the thread's original stack, just below where the innermost clutch_stack_enter
   left it, then resumes on the private stack. On a thread that is not on a private stack, such as
   one that Python started, this is a plain call. Cannot fail. */
void clutch_stack_return(clutch_stack_fn fn, void *arg);

/* A stack for a thread that is yet to be started, or NULL with errno set. That thread adopts it
   before its first entry, which then cannot fail; if there will be none, it is given back. A thread
   that has no room left for the value that gives its stack back at its end leaks it. */
char *clutch_stack_reserve(void);
void clutch_stack_adopt(char *stack);
void clutch_stack_give_back(char *stack);

/* The private stack this thread is running on: its lowest usable address, above the guard, and its
   size without the guard. They stay the same until the thread ends. Returns false, and sets
   neither, when the thread is not on a private stack now: outside clutch_stack_enter, or inside
   clutch_stack_return. */
bool clutch_stack_bounds(void **low, size_t *size);

#endif
