/* cede/chdir.h - another working folder for a while
 *
 *     cede_chdir there;
 *     cede_chdir_init(&there, "/tmp");
 *     CEDE_WITH(&there.context, rc) {
 *         rc = unpack("archive.tar");
 *     }
 *
 * The working folder belongs to the whole process: other threads, and other tasks that run while
 * the block waits, are there too.
 *
 * Source: src/coro/chdir.c   Tests: tests/coro/test_chdir.c   Guide: docs/context.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_CHDIR_H
#define CEDE_CHDIR_H

#include <cede/context.h>
#include <cede/def.h>

CEDE_BEGIN_DECLS

/* Its value is NULL. May be entered again, also inside itself. Its members are the library's. */
typedef struct cede_chdir {
    cede_context context;
    const char *path;
    void *entered; /* for each time it was entered, the folder to go back to; allocated */
    void *spare[2];
} cede_chdir;

/**
 * Make a context that goes to a folder, and back to where it was entered from, even if that was
 * renamed meanwhile. Entering may fail with
 *   -ENOENT, -ENOTDIR, -EACCES, ...  one cannot go there
 *   -ENOMEM, -EMFILE
 * Leaving may fail with -EACCES: one may not go back.
 *
 * @param chdir  the caller's memory
 * @param path   borrowed as long as `chdir` is used
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API void cede_chdir_init(cede_chdir *chdir, const char *path);

CEDE_END_DECLS

#endif
