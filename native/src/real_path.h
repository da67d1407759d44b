/* Where a path leads. */
#ifndef CLUTCH_REAL_PATH_H
#define CLUTCH_REAL_PATH_H

#include <limits.h>
#include <stdbool.h>

/* Writes the absolute path without links, "." and "..", of a file that may not be there yet. A last
   part that is a link is followed only if so wanted. -1 if the path leads nowhere. */
int clutch_real_path(const char *path, bool follows, char resolved[PATH_MAX]);

#endif
