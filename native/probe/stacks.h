/* The stacks of a child that crashes, or whose time is over, written to its findings by itself. */
#ifndef CLUTCH_PROBE_STACKS_H
#define CLUTCH_PROBE_STACKS_H

/* Takes the signals that end a process by a fault, and the one that says that time is over. */
void probe_watch_signals(void);

#endif
