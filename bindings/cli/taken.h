/* taken.h - the files that a command has in hand, so that none is written over. */
#ifndef SLA_CLI_TAKEN_H
#define SLA_CLI_TAKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct taken_file {
    bool there; /* then device and inode are its own */
    dev_t device;
    ino_t inode;
    char *path;       /* the one it has whatever it is called, or NULL: a stream */
    const char *name; /* borrowed; NULL where it is kept */
    const char *use;  /* "read", "written", "kept by the store" */
} taken_file;

typedef struct taken {
    taken_file *files;
    size_t count, capacity;
} taken;

void taken_init(taken *t);
void taken_fini(taken *t);

/* A file that is going to be read; `path` NULL or "-" is standard input.  What
 * is no regular file, or is not there, cannot be spoilt and is passed over. */
void taken_read(taken *t, const char *path);

/* The files of a database in `path`, there or not, are somebody's own: neither read nor
 * written besides.  False, and a complaint, when one is taken already. */
bool taken_keep(taken *t, const char *path, const char *name);

/* Whether `path`, there or not, may be opened for writing: a complaint when it is kept. */
bool taken_spares_name(const taken *t, const char *path);

/* Take the open file `descriptor` for writing.  False, and a complaint, when it
 * is one that is taken already, under whatever name. */
bool taken_write(taken *t, int descriptor, const char *name);

/* The same for a file that another one will replace, and that need not be there;
 * what is no regular file is not to be replaced. */
bool taken_replace(taken *t, const char *path);

/* The open file `descriptor` is written already, and may be so twice. */
void taken_written(taken *t, int descriptor, const char *name);

/* Whether complaints may go to standard error: not when it is a file that is read.
 * To be asked before anything is taken for writing. */
bool taken_says(const taken *t);

/* The same for standard output and error alone, beside files that are going to be read. */
bool taken_spares(const char *const *paths, size_t count);

#endif
