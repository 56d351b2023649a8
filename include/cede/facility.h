/* cede/facility.h - what resources, containers and stores have in common: a record of what happened
 *
 * Each of them keeps count by itself, from the moment it is made: how much of it was in use, how
 * many waited and for how long, how many gave up. So a model has its results without a line for
 * them:
 *
 *     cede_facility_stats stats;
 *     cede_resource_stats(counter, &stats);
 *     printf("%.0f %% busy, %.1f waited on average, for %.1f\n", 100 * stats.utilisation,
 *            stats.getting.mean, cede_tally_mean(&stats.get_waits));
 *
 *     cede_facility_report(stdout);     or a table of all that there are on this loop
 *
 * Source: src/sim/facility.c   Tests: tests/sim/test_facility.c   Guide: docs/resources.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_FACILITY_H
#define CEDE_FACILITY_H

#include <stdint.h>
#include <stdio.h>

#include <cede/def.h>
#include <cede/level.h>
#include <cede/tally.h>

CEDE_BEGIN_DECLS

/* What happened since it was made, or since cede_facility_restart. Times are those of
 * cede_sim_now. */
typedef struct cede_facility_stats {
    cede_level_summary level; /* units in use, the amount, or the items in it, over time */
    double utilisation;       /* level.mean of the capacity; 0 where that has no limit */
    /* how many waited for a unit, an amount or an item, and how many for room to put */
    cede_level_summary getting;
    cede_level_summary putting;
    cede_tally get_waits; /* how long those waited who were served, some of them not at all */
    cede_tally put_waits;
    cede_tally holds;     /* how long units were held; of resources, when given back or lost */
    uint64_t n_left;      /* gave up waiting: cancelled, out of time, interrupted */
    uint64_t n_preempted; /* lost their unit to somebody more urgent */
} cede_facility_stats;

/**
 * Forget what happened so far in all resources, containers and stores of this loop: the warm-up is
 * over. Who waits goes on waiting, and is counted with all of the wait.
 *
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API void cede_facility_restart(void);

/**
 * Print a table of all resources, containers and stores of this loop, in the order they were made.
 *
 * @param file  borrowed
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API void cede_facility_report(FILE *file);

CEDE_END_DECLS

#endif
