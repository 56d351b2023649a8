/* cede/store.h - items that are put and taken, also by what they are
 *
 *     const cede_store_options options = {.name = "tools", .item_size = sizeof(struct tool)};
 *     cede_store *tools;
 *     CEDE_TRY(cede_store_create(&options, &tools));
 *     ...
 *     CEDE_TRY(cede_store_put(tools, &tool));                     waits while it is full
 *     CEDE_TRY(cede_store_get(tools, &tool));                     the first item
 *     CEDE_TRY(cede_store_get_if(tools, is_large, NULL, &tool));  the first that is large
 *
 * What SimPy has as Store, FilterStore and, with `compare`, PriorityStore. Items are copied as
 * bytes. Who waits is served in the order they came; one who waits for an item of a kind lets those
 * behind have the others. Putters wait in order for room. It is a queue with a record of what
 * happened and a choice of items: where neither is wanted, cede_queue is leaner. A store is used by
 * the tasks of the loop it was made on, on the virtual clock or the real one.
 *
 * Source: src/sim/store.c   Tests: tests/sim/test_store.c   Guide: docs/resources.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_STORE_H
#define CEDE_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include <cede/def.h>
#include <cede/facility.h>
#include <cede/change.h>

CEDE_BEGIN_DECLS

typedef struct cede_store cede_store;

/* Whether an item will do. It only looks at the item and at `arg`, always with the same answer: it
 * is asked once. */
typedef bool cede_store_filter(const void *item, void *arg);

/* How a store is to be; zero is the default everywhere. */
typedef struct cede_store_options {
    const char *name; /* for reports; borrowed as long as the store; NULL: none */
    size_t item_size; /* bytes; 0: those of a pointer */
    size_t capacity;  /* items it holds at most; 0: as many as there is memory for */
    /* negative if a goes before b, 0 if they are equal, and then the one put first does; NULL:
     * items are in the order they were put in */
    int (*compare)(const void *a, const void *b);
    void (*drop)(void *item); /* called with each item that is left at the end; NULL: nothing */
    cede_change *changes;     /* told whenever items come or go; NULL: none */
} cede_store_options;

/**
 * Make a store.
 *
 * @param options    borrowed during the call; NULL for the defaults: pointers, without limit
 * @param store_out  receives the store, the caller's until cede_store_destroy
 * @return 0; -EINVAL: the thread has no loop, or items are too large; -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API CEDE_CHECK int cede_store_create(const cede_store_options *options,
                                          cede_store **store_out);

/**
 * Destroy a store. Items left are dropped; who waits is woken with CEDE_ESHUTDOWN.
 *
 * @param store  taken; NULL is nothing
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API void cede_store_destroy(cede_store *store);

/**
 * Put an item, waiting while the store is full.
 *
 * @param store  borrowed
 * @param item   copied; while waiting too, borrowed until the call returns
 * @return 0; or
 *   -ECANCELED       the scope is cancelled, and it was not put
 *   CEDE_EINTERRUPTED  interrupted (cede_sim_interrupt), and it was not put
 *   CEDE_ESHUTDOWN   the store was destroyed, or its loop is closed
 *   CEDE_ENOTASK     there is no task here
 *   CEDE_EFOREIGN    it is another loop's
 *   -ENOMEM
 * Suspends: if it is full.  Cancellation point: always.  Call from: a task of its loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_store_put(cede_store *store, const void *item);

/**
 * Take the first item, waiting until there is one.
 *
 * @param store     borrowed
 * @param item_out  receives item_size bytes; not written on failure
 * @return as cede_store_put
 * Suspends: if there is none.  Cancellation point: always.  Call from: a task of its loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_store_get(cede_store *store, void *item_out);

/**
 * Take the first item that will do, waiting until there is one (SimPy: FilterStore.get).
 *
 * @param store     borrowed
 * @param filter    asked once about each item; NULL: any will do
 * @param arg       handed to it; borrowed during the call
 * @param item_out  receives item_size bytes; not written on failure
 * @return as cede_store_put
 * Suspends: if there is none.  Cancellation point: always.  Call from: a task of its loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int
cede_store_get_if(cede_store *store, cede_store_filter *filter, void *arg, void *item_out);

/**
 * How many items are in it.
 *
 * @param store  borrowed
 * @return the count
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API size_t cede_store_size(const cede_store *store);

/**
 * How many wait for an item.
 *
 * @param store  borrowed
 * @return the count
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API size_t cede_store_n_getting(const cede_store *store);

/**
 * How many wait for room.
 *
 * @param store  borrowed
 * @return the count
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API size_t cede_store_n_putting(const cede_store *store);

/**
 * What happened at a store so far.
 *
 * @param store      borrowed
 * @param stats_out  receives it
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API void cede_store_stats(const cede_store *store, cede_facility_stats *stats_out);

CEDE_END_DECLS

#endif
