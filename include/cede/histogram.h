/* cede/histogram.h - how often values fell into classes of equal width
 *
 * Observations weigh 1, values of a level as long as they lasted. cede/plot.h draws it.
 * Source: src/sim/histogram.c   Tests: tests/sim/test_histogram.c   Guide: docs/statistics.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_HISTOGRAM_H
#define CEDE_HISTOGRAM_H

#include <stddef.h>

#include <cede/def.h>

CEDE_BEGIN_DECLS

typedef struct cede_histogram cede_histogram;

/**
 * Make an empty histogram.
 *
 * @param low            where the first class begins, finite
 * @param high           where the last ends, finite, above `low`
 * @param n              classes, 1 or more; each holds its lower limit and not its upper one
 * @param histogram_out  receives it; owned: cede_histogram_destroy; not written on failure
 * @return 0, or
 *   -EINVAL  there are no such classes
 *   -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API CEDE_CHECK int cede_histogram_create(double low, double high, size_t n,
                                              cede_histogram **histogram_out);

/**
 * Free it.
 *
 * @param histogram  taken; NULL is nothing
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API void cede_histogram_destroy(cede_histogram *histogram);

/**
 * Count a value.
 *
 * @param histogram  borrowed
 * @param value      any number but NaN, which is ignored; outside of all classes it is counted
 *                   apart
 * @param weight     1, or how long it lasted; finite, 0 or more, else it is ignored
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API void cede_histogram_add(cede_histogram *histogram, double value, double weight);

/**
 * Add all that another has counted.
 *
 * @param histogram  borrowed
 * @param other      borrowed, unchanged
 * @return 0, or -EINVAL: its classes are others
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API CEDE_CHECK int cede_histogram_merge(cede_histogram *histogram,
                                             const cede_histogram *other);

/**
 * How many classes there are.
 *
 * @param histogram  borrowed
 * @return the number
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API size_t cede_histogram_size(const cede_histogram *histogram);

/**
 * Where a class begins.
 *
 * @param histogram  borrowed
 * @param i          from 0 to the number of classes, which gives where the last ends
 * @return the limit
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API double cede_histogram_limit(const cede_histogram *histogram, size_t i);

/**
 * The weight of a class.
 *
 * @param histogram  borrowed
 * @param i          a class, from 0; -1: below all; the number of classes: above all
 * @return the sum of weights; 0 where there is no such class
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API double cede_histogram_weight(const cede_histogram *histogram, ptrdiff_t i);

CEDE_END_DECLS

#endif
