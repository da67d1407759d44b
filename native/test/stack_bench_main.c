#include <dlfcn.h>
#include <stdio.h>

/* Opens the library at argv[1] as the JVM opens the glue, and runs its benchmark. */
int main(int argc, char **argv) {
  void *library = dlopen(argc > 1 ? argv[1] : STACK_BENCH_LIBRARY, RTLD_NOW);
  void (*bench)(void) = library == NULL ? NULL : (void (*)(void))dlsym(library, "stack_bench");
  if (bench == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  bench();
  return 0;
}
