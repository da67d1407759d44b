/* Turns: Python code that Java asked for, on one thread. What interrupts end is a turn, with those
   inside it; and somebody watches for how long each thread has been in one. */
#ifndef CLUTCH_TURN_H
#define CLUTCH_TURN_H

#include "thread_state.h"

typedef struct clutch_turn {
  clutch_thread_state *state;
  int64_t outer; /* the interpreter of the turn around it, or 0 */
} clutch_turn;

/* Before each turn of a thread, on the Java stack. */
void clutch_turn_prepare(JNIEnv *env);

/* Around Python code of the attached interpreter. */
clutch_turn clutch_begin_turn(clutch_interpreter *attached);
void clutch_end_turn(clutch_turn turn);

/* Around Java code that a turn calls: that sees for itself whether its thread was interrupted. */
int64_t clutch_pause_turn(void);
void clutch_resume_turn(int64_t paused);

/* Fills in the Java ids of threads that are in the same turn as at the last look: how many, or -1
   if no thread is in any. */
int clutch_look_at_turns(int64_t *threads, int most);

/* Waits until a thread begins a turn, or for about a second. */
void clutch_await_turn(void);

/* The handle of the interpreter that a thread's innermost turn is in; 0 if it is in none, or if
   only the turn of the last look is asked for and it is not in that one any more. */
int64_t clutch_interpreter_of_thread(int64_t java_thread, bool as_seen, pthread_t *thread);

/* What Java knows a thread by, 0 if it never called Python from Java. */
int64_t clutch_java_thread(pthread_t thread);

int clutch_turn_setup(void);

#endif
