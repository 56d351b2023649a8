/* cede/level.h - a value that changes in time, weighed by how long it lasted
 *
 *     cede_level queue;
 *     cede_level_start(&queue, cede_sim_now(), 0);
 *     ...
 *     cede_level_add(&queue, cede_sim_now(), +1);
 *     ...
 *     cede_level_summary s = cede_level_read(&queue, cede_sim_now());
 *     printf("%.3f waiting on average, at most %g\n", s.mean, s.max);
 *
 * Lengths of queues, units in use, stock: a level that was 4 for an hour and 0 for three has the
 * mean 1. Plain memory of a few words. Time is a double of any unit, usually cede_sim_now().
 * Source: src/sim/level.c   Tests: tests/sim/test_level.c   Guide: docs/statistics.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_LEVEL_H
#define CEDE_LEVEL_H

#include <stdint.h>

#include <cede/def.h>

CEDE_BEGIN_DECLS

/* The caller's memory. Its members are the library's. */
typedef struct cede_level {
    double value;       /* now */
    double since;       /* when that was last accounted for */
    double time;        /* accounted for, before `since` */
    double mean;        /* of the value over `time` */
    double squares;     /* the integral over `time` of the squared distance from the mean */
    double least;       /* over `time`, if that is above 0 */
    double greatest;    /* likewise */
    uint64_t n_refused; /* calls with a time before `since`, or with what is no finite number */
} cede_level;

/* What a level came to. Values that lasted no time are in none of these. */
typedef struct cede_level_summary {
    double time;     /* it was watched for so long */
    double value;    /* at the end */
    double mean;     /* over that time; NaN if that is 0, as are all that follow */
    double variance; /* over that time */
    double min;
    double max;
} cede_level_summary;

/**
 * Begin to watch a level.
 *
 * @param level  the caller's memory; what it held is forgotten
 * @param now    the time, finite
 * @param value  the level's value, finite
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API void cede_level_start(cede_level *level, double now, double value);

/**
 * The level has a new value from now on.
 *
 * @param level  borrowed, started
 * @param now    the time, not before that of the last call: such a call is counted in n_refused and
 *               changes nothing else
 * @param value  the value, finite: else likewise
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API void cede_level_set(cede_level *level, double now, double value);

/**
 * The level is so much higher from now on: cede_level_set of the sum.
 *
 * @param level   borrowed, started
 * @param now     the time, as for cede_level_set
 * @param change  finite, of either sign
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API void cede_level_add(cede_level *level, double now, double change);

/**
 * Forget what was before: the warm-up. The value stays.
 *
 * @param level  borrowed, started
 * @param now    the time, as for cede_level_set
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API void cede_level_restart(cede_level *level, double now);

/**
 * What it has come to until now.
 *
 * @param level  borrowed, started
 * @param now    the time; if it is before that of the last call, that is taken instead
 * @return the figures
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API cede_level_summary cede_level_read(const cede_level *level, double now);

/**
 * Add the times that another level was watched: of another run, or of another of its kind. `level`
 * goes on with its own value.
 *
 * @param level  borrowed, started
 * @param other  borrowed, unchanged; of it counts what was before the last call for it, which
 *               cede_level_add of 0 brings up to now
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API void cede_level_merge(cede_level *level, const cede_level *other);

CEDE_END_DECLS

#endif
