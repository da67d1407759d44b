/* A child: opens a CPython and the library for it, and does what it is asked. */
#ifndef CLUTCH_PROBE_CHILD_H
#define CLUTCH_PROBE_CHILD_H

/* Arguments are KEY=VALUE, by the names in clutch_probe_task; preload and path may come more than
   once. Answers the exit status. */
int child_run(int argc, char **argv);

#endif
