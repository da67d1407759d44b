/* Sends the calls that one loaded library makes to a function of another library elsewhere. */
#ifndef CLUTCH_REDIRECT_H
#define CLUTCH_REDIRECT_H

typedef void (*clutch_function)(void);

/* From now on, what the library that contains `within` calls by `name` is `to`; other libraries are
   left alone, and so are addresses of the function that the library has stored already. Answers how
   many references there were, 0 if the library has none, or -1 with errno set if one could not be
   overwritten. To be called before the library may call the function, and there is no way back. */
int clutch_redirect(clutch_function within, const char *name, clutch_function to);

#endif
