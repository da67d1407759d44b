/* Answers questions from standard input, each by a child. */
#ifndef CLUTCH_PROBE_SUPERVISOR_H
#define CLUTCH_PROBE_SUPERVISOR_H

/* `argv` are arguments for every child. Answers the exit status when standard input ends, or the
   process that started this one has: then no child is left. */
int supervisor_run(int argc, char **argv);

#endif
