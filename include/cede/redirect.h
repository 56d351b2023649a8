/* cede/redirect.h - standard output and standard error, sent elsewhere for a while
 *
 *     cede_redirect quiet;
 *     cede_redirect_init(&quiet, STDOUT_FILENO, log);
 *     CEDE_WITH(&quiet.context, rc) {
 *         rc = talkative();                             printf in it goes to the log
 *     }
 *
 * Where the target has a descriptor, what writes to descriptor 1 or 2 directly follows as well:
 * child processes, other libraries. A stream in memory gets what is printed to the variables stdout
 * and stderr.
 *
 * Both belong to the whole process: other threads, and other tasks that run while the block waits,
 * print to the target too. Redirections of the same stream must end in the reverse of the order in
 * which they began, as nested blocks do.
 *
 * Source: src/coro/redirect.c   Tests: tests/coro/test_redirect.c   Guide: docs/context.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_REDIRECT_H
#define CEDE_REDIRECT_H

#include <stdio.h>

#include <cede/context.h>
#include <cede/def.h>

CEDE_BEGIN_DECLS

/* redirect_stdout and redirect_stderr. Its value is the FILE that is printed to. May be entered
 * again, also inside itself. Its members are the library's. */
typedef struct cede_redirect {
    cede_context context;
    int at;       /* 1 or 2 */
    FILE *stream; /* where to; NULL: to fd */
    int fd;
    void *entered; /* for each time it was entered, what to put back; allocated */
    void *spare[2];
} cede_redirect;

/**
 * Make a context that sends a standard stream to another stream. Entering flushes what was printed
 * before; leaving flushes what was printed inside, puts things back in any case, and then fails if
 * something could not be written. Entering may fail with
 *   -EINVAL   `at` is neither
 *   -ENOTSUP  the target has no descriptor, and stdout is fixed in this C library
 *   -ENOMEM, -EMFILE, and what flushing fails with
 *
 * @param redirect  the caller's memory
 * @param at        STDOUT_FILENO or STDERR_FILENO
 * @param target    borrowed while entered; open for writing
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API void cede_redirect_init(cede_redirect *redirect, int at, FILE *target);

/**
 * Make a context that sends a standard stream to a descriptor; otherwise as cede_redirect_init.
 * Entering may fail with -EBADF besides: `fd` is closed.
 *
 * @param redirect  the caller's memory
 * @param at        STDOUT_FILENO or STDERR_FILENO
 * @param fd        borrowed while it is being entered; open for writing
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API void cede_redirect_init_fd(cede_redirect *redirect, int at, int fd);

CEDE_END_DECLS

#endif
