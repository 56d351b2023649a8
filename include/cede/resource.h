/* cede/resource.h - so many units that tasks use and give back: machines, counters, berths
 *
 *     cede_claim claim = CEDE_CLAIM_INIT;
 *     CEDE_TRY(cede_resource_acquire(counter, &claim));      waits while all units are in use
 *     rc = cede_sim_hold(6);
 *     cede_resource_release(&claim);                         the next in the queue has the unit
 *
 * Three kinds, as SimPy has them. First come, first served; by priority, smaller first, and of
 * equal ones the one that came first; or preemptive: whoever comes with a smaller priority than the
 * least urgent user takes that one's unit, and the user is interrupted (CEDE_EINTERRUPTED), with a
 * cede_preempted as the cause. A wait ends by deadline as any other, in CEDE_TIMEOUT: that is
 * reneging.
 *
 * A claim that is gone, because it was released, preempted or never granted, can be released
 * again: that is nothing. A resource is used by the tasks of the loop it was made on, on the
 * virtual clock or the real one.
 *
 * Source: src/sim/resource.c   Tests: tests/sim/test_resource.c   Guide: docs/resources.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_RESOURCE_H
#define CEDE_RESOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cede/def.h>
#include <cede/facility.h>
#include <cede/future.h>
#include <cede/change.h>

CEDE_BEGIN_DECLS

typedef struct cede_resource cede_resource;

typedef enum cede_resource_kind {
    CEDE_RESOURCE_FIFO,       /* first come, first served */
    CEDE_RESOURCE_PRIORITY,   /* the smallest priority first */
    CEDE_RESOURCE_PREEMPTIVE, /* and units are taken from less urgent users */
} cede_resource_kind;

/* How a resource is to be; zero is the default everywhere. */
typedef struct cede_resource_options {
    const char *name; /* for reports; borrowed as long as the resource; NULL: none */
    size_t capacity;  /* units; 0: one */
    cede_resource_kind kind;
    cede_change *changes; /* told whenever units are taken or given; NULL: none */
} cede_resource_options;

/* A unit that somebody uses: a value, which may be copied and handed on. Its members are the
 * library's. */
typedef struct cede_claim {
    cede_resource *resource;
    uint64_t number;
    size_t place;
} cede_claim;

/* No unit of anything. */
#define CEDE_CLAIM_INIT                                                                            \
    {                                                                                              \
        0, 0, 0                                                                                    \
    }

/* How a unit is asked for; zero is the default everywhere. */
typedef struct cede_claim_options {
    int priority;    /* smaller is more urgent; not of CEDE_RESOURCE_FIFO */
    bool is_patient; /* wait rather than take a unit from somebody (SimPy: preempt=False) */
} cede_claim_options;

/* Why a user of a preemptive resource is interrupted: the cause. */
typedef struct cede_preempted {
    cede_resource *resource; /* of which a unit was lost */
    cede_future *by;         /* the task that has it now; borrowed, valid until you next wait */
    double since;            /* when you had got it */
} cede_preempted;

/**
 * Make a resource.
 *
 * @param options       borrowed during the call; NULL for the defaults
 * @param resource_out  receives the resource, the caller's until cede_resource_destroy
 * @return 0; -EINVAL: no such kind, or the thread has no loop; -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API CEDE_CHECK int cede_resource_create(const cede_resource_options *options,
                                             cede_resource **resource_out);

/**
 * Destroy a resource. Who waits for a unit is woken with CEDE_ESHUTDOWN. Its claims must not be
 * used any more.
 *
 * @param resource  taken; NULL is nothing
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API void cede_resource_destroy(cede_resource *resource);

/**
 * Take a unit, waiting for it behind those who came before (SimPy: request).
 *
 * @param resource   borrowed
 * @param claim_out  receives the claim, to be released; not written on failure
 * @return 0; or
 *   -ECANCELED       the scope is cancelled, and no unit was taken
 *   CEDE_EINTERRUPTED  interrupted (cede_sim_interrupt), and no unit was taken
 *   CEDE_ESHUTDOWN   it was destroyed, or its loop is closed
 *   CEDE_ENOTASK     there is no task here
 *   CEDE_EFOREIGN    it is another loop's
 *   -ENOMEM
 * Suspends: if no unit is free.  Cancellation point: always.  Call from: a task of its loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_resource_acquire(cede_resource *resource,
                                                            cede_claim *claim_out);

/**
 * The same, by priority.
 *
 * @param resource   borrowed
 * @param options    borrowed during the call; NULL for the defaults
 * @param claim_out  receives the claim, to be released; not written on failure
 * @return as cede_resource_acquire
 * Suspends: if no unit is free or can be taken.  Cancellation point: always.  Call from: a task of
 * its loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_resource_acquire_with(cede_resource *resource,
                                                                 const cede_claim_options *options,
                                                                 cede_claim *claim_out);

/**
 * Give a unit back: the next in the queue has it. A claim that is gone is left alone.
 *
 * @param claim  becomes CEDE_CLAIM_INIT; NULL is nothing
 * Suspends: never.  Cancellation point: no.  Call from: the resource's loop.
 */
CEDE_API void cede_resource_release(cede_claim *claim);

/**
 * Whether a claim still stands: neither released nor preempted.
 *
 * @param claim  borrowed
 * @return that
 * Suspends: never.  Cancellation point: no.  Call from: the resource's loop.
 */
CEDE_API bool cede_resource_is_held(const cede_claim *claim);

/**
 * How many units are in use (SimPy: count).
 *
 * @param resource  borrowed
 * @return at most the capacity
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API size_t cede_resource_n_used(const cede_resource *resource);

/**
 * How many wait for a unit.
 *
 * @param resource  borrowed
 * @return the count
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API size_t cede_resource_n_waiting(const cede_resource *resource);

/**
 * What happened at a resource so far.
 *
 * @param resource   borrowed
 * @param stats_out  receives it
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API void cede_resource_stats(const cede_resource *resource, cede_facility_stats *stats_out);

CEDE_END_DECLS

#endif
