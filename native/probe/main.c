/* Probes extension modules: `clutch-probe serve ARGUMENT...` answers questions, each in a process
   of its own, which is `clutch-probe child ARGUMENT...`. No JVM, and no CPython in the first one.
 */
#include "child.h"
#include "supervisor.h"

#include <stdio.h>
#include <string.h>

enum { USAGE = 2 };

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "serve") == 0) {
    return supervisor_run(argc - 2, argv + 2);
  }
  if (argc > 1 && strcmp(argv[1], "child") == 0) {
    return child_run(argc - 2, argv + 2);
  }
  fputs("usage: clutch-probe serve ARGUMENT...\nClutch starts it for scripts/clutch check.\n",
        stderr);
  return USAGE;
}
