/* A library for extension_file_test, with the names that EXPORTED and USED are. */

#ifdef USED
void USED(void);
#endif

__attribute__((visibility("default"))) void EXPORTED(void) {
#ifdef USED
  USED();
#endif
}
