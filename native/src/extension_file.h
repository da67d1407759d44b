/* What the file of an extension module says of its initialization before it is loaded. */
#ifndef CLUTCH_EXTENSION_FILE_H
#define CLUTCH_EXTENSION_FILE_H

typedef enum clutch_extension_kind {
  CLUTCH_EXTENSION_UNREADABLE,   /* no file, or none that this machine loads */
  CLUTCH_EXTENSION_WITHOUT_INIT, /* it names no init function: a library that it needs may have it
                                  */
  CLUTCH_EXTENSION_SINGLE_PHASE,
  CLUTCH_EXTENSION_MULTI_PHASE, /* PEP 489, or a PyModExport_* of PEP 793 */
} clutch_extension_kind;

/* Reads the names in the dynamic string table of the ELF file, which nothing needs to be right of.
   Needs no GIL. */
clutch_extension_kind clutch_extension_file_kind(const char *path);

#endif
