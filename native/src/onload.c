#include "account.h"
#include "attachment.h"
#include "callback.h"
#include "channel.h"
#include "dump.h"
#include "execution.h"
#include "fault.h"
#include "interrupt.h"
#include "jvm.h"
#include "large.h"
#include "message.h"
#include "object.h"
#include "pipe.h"
#include "queue.h"
#include "reference.h"
#include "runtime.h"
#include "shared.h"
#include "shared_memory.h"
#include "waiting.h"

/* Each file registers its own methods; one that does not match its Java class fails the load. */
static int (*const registrations[])(JNIEnv *) = {
    clutch_callback_register,    clutch_large_register,     clutch_runtime_register,
    clutch_interpreter_register, clutch_execution_register, clutch_object_register,
    clutch_call_register,        clutch_reference_register, clutch_attachment_register,
    clutch_pipe_register,        clutch_waiting_register,   clutch_shared_register,
    clutch_message_register,     clutch_queue_register,     clutch_channel_register,
    clutch_memory_register,      clutch_interrupt_register, clutch_account_register,
    clutch_dump_register,        clutch_fault_register,
};

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, void *reserved) {
  (void)reserved;
  void *env = NULL;
  if ((*vm)->GetEnv(vm, &env, JNI_VERSION_1_8) != JNI_OK || clutch_jvm_setup(vm) != 0) {
    return JNI_ERR;
  }
  for (size_t i = 0; i < sizeof registrations / sizeof registrations[0]; i++) {
    if (registrations[i](env) != 0) {
      return JNI_ERR;
    }
  }
  return JNI_VERSION_1_8;
}
