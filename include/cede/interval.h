/* cede/interval.h - how far a mean may be off: confidence intervals
 *
 *     const cede_interval i = cede_interval_of(&waits, 0.95);
 *     printf("%.2f +- %.2f\n", i.mean, i.half_width);
 *
 * For observations that do not depend on each other: one figure from each of several runs. The
 * customers of one run do, as who waited long stood in the way of the next: cede/batches.h.
 * Source: src/sim/interval.c   Tests: tests/sim/test_interval.c   Guide: docs/statistics.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_INTERVAL_H
#define CEDE_INTERVAL_H

#include <stdbool.h>

#include <cede/tally.h>

CEDE_BEGIN_DECLS

/* The true mean lies from mean - half_width to mean + half_width, `confidence` of all times. */
typedef struct cede_interval {
    double mean;       /* NaN: there is none */
    double half_width; /* INFINITY: fewer than two observations */
    double confidence; /* 0.95 */
} cede_interval;

/**
 * The confidence interval of the mean of what was tallied, by Student's t.
 *
 * @param tally       borrowed
 * @param confidence  above 0, below 1
 * @return the interval; its half width is NaN if `confidence` is no such
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API cede_interval cede_interval_of(const cede_tally *tally, double confidence);

/**
 * Do two intervals have a point in common? If not, the means differ.
 *
 * @param a  an interval
 * @param b  another
 * @return whether; false if one has no mean
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API bool cede_interval_overlap(cede_interval a, cede_interval b);

/**
 * Quantiles of Student's t distribution, to 12 digits.
 *
 * @param probability  above 0, below 1
 * @param freedom      degrees of freedom, above 0; from 1e9 on as good as normal
 * @return where the distribution function has that value; NaN if there is no such
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API double cede_interval_student(double probability, double freedom);

CEDE_END_DECLS

#endif
