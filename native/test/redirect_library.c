/* Calls a function of the C library, the way the linker options in CMakeLists.txt have it. */
#include <unistd.h>

int REDIRECT_LIBRARY(void);

int REDIRECT_LIBRARY(void) { return (int)getppid(); }
