/* cede/container.h - an amount that is filled and drawn from: fuel in a tank, water, money
 *
 *     CEDE_TRY(cede_container_get(tank, 40));      waits until 40 are there
 *     CEDE_TRY(cede_container_put(tank, 2000));    waits until there is room for 2000
 *
 * Getters are served in the order they came, and so are putters: one who wants much and has to wait
 * holds up those behind, even if there is enough for them. A wait ends by deadline as any other, in
 * CEDE_TIMEOUT; whoever gives up lets those behind go on. A container is used by the tasks of the
 * loop it was made on, on the virtual clock or the real one.
 *
 * Source: src/sim/container.c   Tests: tests/sim/test_container.c   Guide: docs/resources.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_CONTAINER_H
#define CEDE_CONTAINER_H

#include <stddef.h>

#include <cede/def.h>
#include <cede/facility.h>
#include <cede/change.h>

CEDE_BEGIN_DECLS

typedef struct cede_container cede_container;

/* How a container is to be; zero is the default everywhere. */
typedef struct cede_container_options {
    const char *name;     /* for reports; borrowed as long as the container; NULL: none */
    double capacity;      /* how much it holds; 0: any amount */
    double level;         /* how much is in it at first */
    cede_change *changes; /* told of every change of the level; NULL: none */
} cede_container_options;

/**
 * Make a container.
 *
 * @param options        borrowed during the call; NULL for the defaults: empty, without limit
 * @param container_out  receives the container, the caller's until cede_container_destroy
 * @return 0; -EINVAL: the capacity is negative or no number, the level negative, more than the
 *         capacity or not finite, or the thread has no loop; -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API CEDE_CHECK int cede_container_create(const cede_container_options *options,
                                              cede_container **container_out);

/**
 * Destroy a container. Who waits is woken with CEDE_ESHUTDOWN.
 *
 * @param container  taken; NULL is nothing
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API void cede_container_destroy(cede_container *container);

/**
 * Put an amount in, waiting until there is room for all of it.
 *
 * @param container  borrowed
 * @param amount     above 0 and finite
 * @return 0; or
 *   -EINVAL          the amount is not above 0, or more than the container ever holds
 *   -ECANCELED       the scope is cancelled, and nothing was put
 *   CEDE_EINTERRUPTED  interrupted (cede_sim_interrupt), and nothing was put
 *   CEDE_ESHUTDOWN   it was destroyed, or its loop is closed
 *   CEDE_ENOTASK     there is no task here
 *   CEDE_EFOREIGN    it is another loop's
 * Suspends: if there is no room, or others wait for it.  Cancellation point: always.  Call from: a
 * task of its loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_container_put(cede_container *container, double amount);

/**
 * Take an amount out, waiting until all of it is there.
 *
 * @param container  borrowed
 * @param amount     above 0 and finite
 * @return as cede_container_put
 * Suspends: if it is not there, or others wait for it.  Cancellation point: always.  Call from: a
 * task of its loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_container_get(cede_container *container, double amount);

/**
 * How much is in it.
 *
 * @param container  borrowed
 * @return the amount
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API double cede_container_level(const cede_container *container);

/**
 * How many wait to take something out.
 *
 * @param container  borrowed
 * @return the count
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API size_t cede_container_n_getting(const cede_container *container);

/**
 * How many wait to put something in.
 *
 * @param container  borrowed
 * @return the count
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API size_t cede_container_n_putting(const cede_container *container);

/**
 * What happened at a container so far.
 *
 * @param container  borrowed
 * @param stats_out  receives it
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API void cede_container_stats(const cede_container *container, cede_facility_stats *stats_out);

CEDE_END_DECLS

#endif
