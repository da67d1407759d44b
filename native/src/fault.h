/* What Clutch leaves of a process that dies by a fault in native code. Natives of NativeFault.java.
 */
#ifndef CLUTCH_FAULT_H
#define CLUTCH_FAULT_H

#include <jni.h>

int clutch_fault_register(JNIEnv *env);

#endif
