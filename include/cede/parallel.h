/* cede/parallel.h - loops whose rounds run on all processors at once
 *
 *     static int invert(size_t begin, size_t end, void *arg)
 *     {
 *         unsigned char *pixels = arg;
 *
 *         for (size_t i = begin; i < end; i++)
 *             pixels[i] = (unsigned char)~pixels[i];
 *         return 0;
 *     }
 *     ...
 *     CEDE_TRY(cede_parallel_for(0, n_pixels, invert, pixels, NULL));
 *
 * A plain thread that calls takes its share of the work; a task is suspended meanwhile, and others
 * of its loop go on.
 * Source: src/task/parallel.c   Tests: tests/task/test_parallel.c   Guide: docs/parallel.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_PARALLEL_H
#define CEDE_PARALLEL_H

#include <cede/executor.h>

CEDE_BEGIN_DECLS

/* A piece of the loop: rounds begin to end - 1, on any thread. 0 or more, or a negative code, which
 * ends the loop: what has not begun is left out. */
typedef int cede_range_fn(size_t begin, size_t end, void *arg);

/* One item of an array; returns as cede_range_fn. */
typedef int cede_item_fn(void *item, void *arg);

/* How rounds are handed out. Each thread begins with an equal share. */
typedef enum cede_schedule {
    CEDE_GUIDED,  /* in pieces that become smaller; who has done its share takes from others */
    CEDE_DYNAMIC, /* in pieces of `grain`; who has done its share takes from others */
    CEDE_STATIC,  /* each share in one piece: the least to do, if rounds take equally long */
} cede_schedule;

typedef struct cede_parallel_options {
    cede_executor *executor; /* borrowed; of threads, or sequential; NULL: the default pool */
    cede_schedule schedule;
    /* rounds of a piece: exactly so many if dynamic, but for the last; at least so many if guided;
     * 0: such that there are some hundred pieces */
    size_t grain;
    unsigned n_threads; /* at most so many; 0: as many as processors and the executor have */
} cede_parallel_options;

/**
 * Call fn for pieces that together are the rounds from begin to end - 1, each once.
 *
 * @param begin    the first round
 * @param end      after the last; not after `begin`: nothing is done
 * @param fn       the body
 * @param arg      handed to it, of several threads at once
 * @param options  borrowed during the call; NULL for the defaults
 * @return 0, once all are done, or
 *   what fn returned first, if negative, with its record; nothing of the loop runs any more
 *   -ECANCELED         the caller's scope is cancelled; nothing of the loop runs any more
 *   -EINVAL            no fn, or the executor is of processes
 *   -ENOMEM
 *   CEDE_ESHUTDOWN, CEDE_EBROKEN, -EAGAIN  the executor takes no job; in a task only, for a plain
 *                      thread does the work then
 *   -EDEADLK           called in a callback on a loop's thread
 * Suspends: until all is done.  Cancellation point: always.  Call from: a task, or a thread without
 * a loop, a job among them.
 */
CEDE_API CEDE_SUSPENDS int cede_parallel_for(size_t begin, size_t end, cede_range_fn *fn, void *arg,
                                             const cede_parallel_options *options);

/* An array. */
typedef struct cede_parallel_items {
    void *items; /* n_items of item_size bytes */
    size_t n_items;
    size_t item_size;
} cede_parallel_items;

/**
 * Call fn for each item of an array, as cede_parallel_for.
 *
 * @param items    borrowed during the call
 * @param fn       the body
 * @param arg      handed to it, of several threads at once
 * @param options  borrowed during the call; NULL for the defaults
 * @return as cede_parallel_for
 * Suspends: until all is done.  Cancellation point: always.  Call from: as cede_parallel_for.
 */
CEDE_API CEDE_SUSPENDS int cede_parallel_each(const cede_parallel_items *items, cede_item_fn *fn,
                                              void *arg, const cede_parallel_options *options);

/* How to make one result of many rounds. */
typedef struct cede_reduction {
    /* add rounds begin to end - 1 to `part`, which no other thread touches; returns as
     * cede_range_fn */
    int (*fold)(size_t begin, size_t end, void *part, void *arg);
    void (*combine)(void *into, const void *part, void *arg); /* on the caller's thread */
    void *arg;
    size_t size;          /* bytes of a part, and of the result */
    const void *identity; /* what each part begins with; borrowed; NULL: zeroes */
} cede_reduction;

/**
 * Fold the rounds from begin to end - 1 into parts, and those into one result.
 *
 * With CEDE_STATIC the same rounds make the same parts, combined in the same order, for the same
 * number of threads: sums of floating-point numbers are then the same each time.
 *
 * @param begin      the first round
 * @param end        after the last
 * @param reduction  borrowed during the call
 * @param result     receives the result: `size` bytes; not written on failure
 * @param options    borrowed during the call; NULL for the defaults
 * @return as cede_parallel_for; -EINVAL: also without fold or combine
 * Suspends: until all is done.  Cancellation point: always.  Call from: as cede_parallel_for.
 */
CEDE_API CEDE_SUSPENDS int cede_parallel_reduce(size_t begin, size_t end,
                                                const cede_reduction *reduction, void *result,
                                                const cede_parallel_options *options);

CEDE_END_DECLS

#endif
