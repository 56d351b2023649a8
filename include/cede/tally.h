/* cede/tally.h - what a row of numbers comes to: count, mean, variance, least and greatest
 *
 *     cede_tally waits = {0};
 *     ...
 *     cede_tally_add(&waits, cede_sim_now() - arrived);
 *     ...
 *     printf("%.2f +- %.2f\n", cede_tally_mean(&waits), cede_tally_deviation(&waits));
 *
 * Plain memory of a few words that may be copied, kept in a struct, sent to another process.
 * Tallies of parts are merged into that of the whole. For a value that changes in time, such as the
 * length of a queue: cede/level.h. For percentiles: cede/sketch.h.
 * Source: src/sim/tally.c   Tests: tests/sim/test_tally.c   Guide: docs/statistics.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TALLY_H
#define CEDE_TALLY_H

#include <stdint.h>

#include <cede/def.h>

CEDE_BEGIN_DECLS

/* All zero is an empty one. Read by the functions below; its members are the library's. */
typedef struct cede_tally {
    uint64_t count;     /* observations */
    uint64_t n_refused; /* that were no finite number, and are in nothing else here */
    double mean;        /* of what was added; 0 if empty */
    double squares;     /* the sum of squared distances from the mean */
    double least;       /* if count is above 0 */
    double greatest;
} cede_tally;

/**
 * Count one more observation, by Welford's method: exact to rounding, however many and however far
 * from 0.
 *
 * @param tally  borrowed
 * @param value  any finite number; others are only counted, in n_refused
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API void cede_tally_add(cede_tally *tally, double value);

/**
 * Add all that another tally has counted. The order of merging changes the last bits at most.
 *
 * @param tally  borrowed
 * @param other  borrowed, unchanged; may be empty
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API void cede_tally_merge(cede_tally *tally, const cede_tally *other);

/**
 * The mean.
 *
 * @param tally  borrowed
 * @return the mean; NaN if it is empty
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API double cede_tally_mean(const cede_tally *tally);

/**
 * The sum.
 *
 * @param tally  borrowed
 * @return the sum, 0 if it is empty
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API double cede_tally_sum(const cede_tally *tally);

/**
 * The variance of the sample, divided by count - 1.
 *
 * @param tally  borrowed
 * @return the variance; NaN with fewer than two observations
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API double cede_tally_variance(const cede_tally *tally);

/**
 * The standard deviation of the sample: the root of cede_tally_variance.
 *
 * @param tally  borrowed
 * @return the deviation; NaN with fewer than two observations
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API double cede_tally_deviation(const cede_tally *tally);

/**
 * The least observation.
 *
 * @param tally  borrowed
 * @return the least; NaN if it is empty
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API double cede_tally_min(const cede_tally *tally);

/**
 * The greatest observation.
 *
 * @param tally  borrowed
 * @return the greatest; NaN if it is empty
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API double cede_tally_max(const cede_tally *tally);

CEDE_END_DECLS

#endif
