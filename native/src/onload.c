#include "attachment.h"
#include "callback.h"
#include "execution.h"
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
JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, void *reserved) {
  (void)reserved;
  void *env = NULL;
  if ((*vm)->GetEnv(vm, &env, JNI_VERSION_1_8) != JNI_OK) {
    return JNI_ERR;
  }
  bool registered = clutch_jvm_setup(vm) == 0 && clutch_callback_register(env) == 0 &&
                    clutch_large_register(env) == 0 && clutch_runtime_register(env) == 0 &&
                    clutch_interpreter_register(env) == 0 && clutch_execution_register(env) == 0 &&
                    clutch_object_register(env) == 0 && clutch_call_register(env) == 0 &&
                    clutch_reference_register(env) == 0 && clutch_attachment_register(env) == 0 &&
                    clutch_pipe_register(env) == 0 && clutch_waiting_register(env) == 0 &&
                    clutch_shared_register(env) == 0 && clutch_message_register(env) == 0 &&
                    clutch_queue_register(env) == 0 && clutch_memory_register(env) == 0;
  return registered ? JNI_VERSION_1_8 : JNI_ERR;
}
