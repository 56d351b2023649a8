/* cede/map.h - the same function over many inputs, by an executor, results in order
 *
 *     cede_map *map;
 *     CEDE_TRY(cede_map_create(pool, &(cede_map_options){.fn = render, .items = pages, .n_items =
 *     n,
 *                                                        .item_size = sizeof *pages, .out_size =
 *                                                        sizeof *image}, &map));
 *     while ((rc = cede_map_next(map, &out)) > 0)
 *         show(out);
 *     cede_map_destroy(map);
 *
 * Input is taken only as it is needed: no more than `look_ahead` items are under way before the
 * first result is taken, and each result that is taken makes room for one more.
 * Source: src/task/map.c   Tests: tests/task/test_map.c   Guide: docs/executor.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_MAP_H
#define CEDE_MAP_H

#include <cede/executor.h>

CEDE_BEGIN_DECLS

typedef struct cede_map cede_map;

/* Write the next input to `item`: 1; or 0: there is none; or a negative code. Called by
 * cede_map_create and cede_map_next. */
typedef int cede_map_source(void *item, void *arg);

/* What to map: an array, or a source. */
typedef struct cede_map_options {
    cede_job_fn *fn; /* called with an item and room for a result, zeroed */
    /* n_items of item_size bytes; borrowed until cede_map_destroy. NULL: ask `source` */
    const void *items;
    size_t n_items;
    size_t item_size;        /* bytes of an item */
    size_t out_size;         /* bytes of a result; may be 0 */
    cede_map_source *source; /* used if `items` is NULL */
    void *source_arg;
    /* items under way at most; 0: enough for two jobs a thread of the executor */
    size_t look_ahead;
    /* items of a job at most; 0: one. More where items take microseconds: a job costs a tenth of
     * one. Executors of processes gather by themselves */
    size_t chunk;
} cede_map_options;

/**
 * Begin to map; the first items are submitted at once.
 *
 * @param executor  borrowed until cede_map_destroy
 * @param options   borrowed during the call
 * @param map_out   receives what cede_map_next asks; owned by the caller: cede_map_destroy; not
 *                  written on failure
 * @return 0, or
 *   -EINVAL  there is no executor, no fn, or neither items nor source
 *   -ENOMEM
 * Suspends: never; but the source may.  Cancellation point: no.  Call from: a task, or a thread
 * without a loop.
 */
CEDE_API CEDE_CHECK int cede_map_create(cede_executor *executor, const cede_map_options *options,
                                        cede_map **map_out);

/**
 * The next result, in the order of the input.
 *
 * @param map      borrowed
 * @param out_out  receives where the result is, valid until the next call for this map; NULL if
 *                 out_size is 0; may be NULL; not written otherwise
 * @return 1; 0: that was all; or a negative code:
 *   -ECANCELED      the caller's scope is cancelled; nothing was taken, and the call may be
 *                   repeated
 *   CEDE_ESHUTDOWN  the executor was shut down before this item was submitted
 *   -EAGAIN, -ENOMEM, what the source returned: this item could not be submitted
 *   other           the job of this item failed with it
 * After a failure, but for -ECANCELED, the rest is withdrawn and further calls return 0.
 * Suspends: until it is done.  Cancellation point: always.  Call from: a task, or a thread without
 * a loop.
 */
CEDE_API CEDE_SUSPENDS int cede_map_next(cede_map *map, void **out_out);

/**
 * End it: items that have not begun are withdrawn, those that run are waited for.
 *
 * @param map  taken; NULL is nothing
 * Suspends: while items run.  Cancellation point: no.  Call from: a task, or a thread without a
 * loop.
 */
CEDE_API CEDE_SUSPENDS void cede_map_destroy(cede_map *map);

CEDE_END_DECLS

#endif
