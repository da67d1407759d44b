/* A thread that holds an interpreter (Interpreter.attach) keeps its GIL while it runs Java code. It
   gives it up for as long as it is in another interpreter, or in a callback. Others wait for it
   here and not for the GIL, so that they can tell when they wait in vain. */
#ifndef CLUTCH_HOLDING_H
#define CLUTCH_HOLDING_H

#include "interpreter.h"

/* What the calling thread holds now, or NULL. */
clutch_interpreter *clutch_held(void);

/* Attaches and holds; `java_thread` is the id of the calling thread. As clutch_attach. */
int clutch_hold(clutch_interpreter *interpreter, int64_t java_thread);

/* Gives up what this thread holds. */
void clutch_let_go(void);

/* The same, and leaves it, where nothing should be held any more. False if nothing was. */
bool clutch_give_up_forgotten(void);

/* Whether the holder is at work in it, so that those who wait do not take it for idle. */
void clutch_hold_working(clutch_interpreter *held, bool working);

/* The Java id of the thread that holds it, 0 if none does. */
int64_t clutch_holder(const clutch_interpreter *interpreter);

/* Whether one holds its GIL, and does nothing in it. */
bool clutch_is_kept_by_idle_thread(const clutch_interpreter *interpreter);

/* Waits until nobody holds the GIL's owner; or, if urgent, until its holder is at work. False when
   the holder has been idle all the time that the patience lasts: it may be waiting for this thread.
 */
bool clutch_wait_for_holder(clutch_interpreter *owner, bool urgent);

/* How long a holder may be idle before those who wait are told. */
void clutch_set_hold_patience(int64_t milliseconds);

/* Gives up the GIL of what this thread holds, if anything, and takes it again. */
typedef struct clutch_suspension {
  clutch_interpreter *held;
  PyThreadState *state;
} clutch_suspension;

clutch_suspension clutch_suspend(void);
void clutch_resume(clutch_suspension suspended);

/* The same for code of `interpreter` that calls Java and has its GIL, held or not. True if Java
   left something held, which is given up then. */
clutch_suspension clutch_leave_python(void);
bool clutch_return_to_python(clutch_interpreter *interpreter, clutch_suspension left);

#endif
