/* Interpreter.attach: a thread that keeps an interpreter's GIL between its calls. */
#ifndef CLUTCH_ATTACHMENT_H
#define CLUTCH_ATTACHMENT_H

#include <jni.h>

int clutch_attachment_register(JNIEnv *env);

#endif
