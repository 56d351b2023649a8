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
 * After cede_facility_record() all of it is kept, point by point, for plots and other programs:
 *
 *     cede_plot_curve line = {.series = &stats.points->getting, .name = "waiting", .steps = true};
 *
 * Source: src/sim/facility.c, src/sim/facility_report.c   Tests: tests/sim/test_facility.c
 * Guide: docs/resources.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_FACILITY_H
#define CEDE_FACILITY_H

#include <stdint.h>
#include <stdio.h>

#include <cede/def.h>
#include <cede/level.h>
#include <cede/series.h>
#include <cede/tally.h>

CEDE_BEGIN_DECLS

/* Every change of what is in cede_facility_stats with its time, the value at the beginning first.
 * Values that lasted no time are left out. */
typedef struct cede_facility_points {
    cede_series level;
    cede_series getting;
    cede_series putting;
    uint64_t n_missed; /* changes for which there was no memory */
} cede_facility_points;

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
    /* after cede_facility_record; borrowed until it is used next or destroyed; NULL: not kept */
    const cede_facility_points *points;
} cede_facility_stats;

/**
 * Forget what happened so far in all resources, containers and stores of this loop: the warm-up is
 * over. Who waits goes on waiting, and is counted with all of the wait.
 *
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API void cede_facility_restart(void);

/**
 * From now on keep every change of levels and lines of all resources, containers and stores of this
 * loop, of those that there are and of those that will be made: 16 bytes each.
 *
 * @return 0, or
 *   -EINVAL  this thread has no loop
 *   -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API int cede_facility_record(void);

/**
 * Write every change that was kept: a line a point, with what it is of, its time and its value.
 * Numbers are such that they are read back as they are.
 *
 * @param file  borrowed, open for writing
 * @return 0, or -EIO: it could not be written
 * Suspends: never; it blocks.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API int cede_facility_write_csv(FILE *file);

/**
 * Print a table of all resources, containers and stores of this loop, in the order they were made.
 *
 * @param file  borrowed
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API void cede_facility_report(FILE *file);

CEDE_END_DECLS

#endif
