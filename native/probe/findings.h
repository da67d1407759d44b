/* The findings of a child: records of text fields, written to a pipe one by one, so that those
   before a crash are known. The first field says what it is:

     step NAME                                what is done next
     load NAME FILE IMPORTER...               an extension module is about to be loaded
     defined NAME FILE MULTI-PHASE INTERPRETERS GIL SIZE   it was; as in Loaded.Definition
     done NAME FILE well|raised               it was executed, too, or raised an exception
     modules NAMES                            what else was loaded, with line feeds between
     raised STEP REFUSED TYPE MESSAGE TRACEBACK
     crash SIGNAL STEP, hang STEP             then:
     python LINES, native LINES               its stacks, innermost frame first
     failed MESSAGE                           the probe itself could not do its work
     ok GROWTH                                all went well

   Java's Findings reads them. */
#ifndef CLUTCH_PROBE_FINDINGS_H
#define CLUTCH_PROBE_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

/* ASCII's own, which no name or path has. */
#define PROBE_FIELD_END '\x1f'
#define PROBE_RECORD_END '\x1e'

void probe_findings_open(int fd);

/* For a signal handler, which writes records itself: no other thread writes any while it has the
   lock. False if it could not be had in so many milliseconds (-1: waits for ever), or this thread
   has it already. */
int probe_findings_fd(void);
bool probe_findings_lock(int patience_ms);
void probe_findings_unlock(void);

/* One record. A process that was forked from the child's writes none. Fields may hold anything;
   what would end a field is replaced. Safe from any thread. */
void probe_report(const char *const *fields, size_t count);

#define PROBE_REPORT(...)                                                                          \
  probe_report((const char *const[]){__VA_ARGS__},                                                 \
               sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* Reports what could not be done, and why, which may be empty; and the process ends. */
_Noreturn void probe_fail(const char *what, const char *why);

#endif
