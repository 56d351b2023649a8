/* cede/retry.h - doing it again when it failed, after longer and longer pauses
 *
 *     const cede_retry_options options = {.n_tries = 5, .delay = CEDE_S(1)};
 *
 *     CEDE_TRY(cede_retry(&options, connect_to, &peer));        waits 1, 2, 4 and 8 s in between
 *
 * As the body of a group's task it is a supervisor: what it runs is begun anew as often as it
 * fails.
 * Source: src/task/retry.c   Tests: tests/task/test_retry.c   Guide: docs/group.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_RETRY_H
#define CEDE_RETRY_H

#include <stdbool.h>

#include <cede/def.h>
#include <cede/time.h>

CEDE_BEGIN_DECLS

typedef struct cede_retry_options {
    unsigned n_tries;    /* how often at most; 0: as often as it takes */
    cede_time delay;     /* before the second try, doubled for each further one; 0: 100 ms */
    cede_time max_delay; /* no pause is longer; 0: 30 s */
    /* a try that ran so long before it failed counts as the first: a short pause again, all tries
     * again; 0: never */
    cede_time steady;
    /* told of each failure after which it is tried again, its record being at hand; NULL: nobody */
    void (*failed)(int code, unsigned n_failed, void *arg);
    /* asked after each failure that has a try left, its record being at hand: whether to try again,
     * after *pause, which may be changed: by chance, or as the failure says. NULL: always */
    bool (*again)(int code, unsigned n_failed, cede_time *pause, void *arg);
} cede_retry_options;

/**
 * Call fn(arg) until it does not fail, pausing in between.
 *
 * @param options  borrowed during the call; NULL for the defaults
 * @param fn       called here, in the calling task or thread
 * @param arg      handed to it, and to options->failed and options->again
 * @return what it returned at last, 0 or more; or
 *   -ECANCELED  the caller's scope is cancelled, or fn returned that: it is not tried again
 *   -EDEADLK    called in a callback on a loop's thread, where nothing can pause
 *   other       what the last try failed with, its record at hand
 * Suspends: in pauses, and as fn does.  Cancellation point: always.  Call from: a task, or a thread
 * without a loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_retry(const cede_retry_options *options, cede_fn *fn,
                                                 void *arg);

CEDE_END_DECLS

#endif
