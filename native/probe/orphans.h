/* Processes that a child started and that left its group: they become the supervisor's own. */
#ifndef CLUTCH_PROBE_ORPHANS_H
#define CLUTCH_PROBE_ORPHANS_H

#include <stdbool.h>
#include <sys/types.h>

/* From now on, whoever loses its parent below this process is this one's child. */
void orphans_adopt(void);

/* Kills this process's children that are not wanted. */
void orphans_kill(bool (*is_wanted)(const void *context, pid_t process), const void *context);

/* Kills all children, and those that they leave, and waits for their end, for a second at most. */
void orphans_end_all(void);

#endif
