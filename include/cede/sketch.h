/* cede/sketch.h - percentiles of any number of observations in a fixed memory
 *
 *     cede_sketch *waits;
 *     CEDE_TRY(cede_sketch_create(0.01, &waits));
 *     ...
 *     cede_sketch_add(waits, wait);
 *     ...
 *     printf("99 %% waited less than %.1f\n", cede_sketch_quantile(waits, 0.99));
 *
 * DDSketch (Masson, Rim, Lee, 2019): counts of classes whose limits grow by a factor, so every
 * quantile is off by no more than the accuracy asked for, relative to itself. Sketches merge
 * exactly, in any order, with the same result. 32 KiB.
 * Source: src/sim/sketch.c   Tests: tests/sim/test_sketch.c   Guide: docs/statistics.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SKETCH_H
#define CEDE_SKETCH_H

#include <stdint.h>

#include <cede/def.h>

CEDE_BEGIN_DECLS

typedef struct cede_sketch cede_sketch;

/**
 * Make an empty sketch.
 *
 * @param accuracy    from 0.0001 to 0.5, of a quantile relative to itself: 0.01 is one per cent.
 *                    There are 2048 classes for the positive and as many for the negative, at 0.01
 *                    seventeen decades; if what comes spans more, the accuracy is lost for those
 *                    nearest 0
 * @param sketch_out  receives it; owned: cede_sketch_destroy; not written on failure
 * @return 0, or
 *   -EINVAL  `accuracy` is out of its range
 *   -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API CEDE_CHECK int cede_sketch_create(double accuracy, cede_sketch **sketch_out);

/**
 * Free it.
 *
 * @param sketch  taken; NULL is nothing
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API void cede_sketch_destroy(cede_sketch *sketch);

/**
 * Count an observation.
 *
 * @param sketch  borrowed
 * @param value   any finite number; others are ignored
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API void cede_sketch_add(cede_sketch *sketch, double value);

/**
 * Add all that another sketch has counted.
 *
 * @param sketch  borrowed
 * @param other   borrowed, unchanged
 * @return 0, or -EINVAL: it has another accuracy
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API CEDE_CHECK int cede_sketch_merge(cede_sketch *sketch, const cede_sketch *other);

/**
 * How many were counted.
 *
 * @param sketch  borrowed
 * @return the count
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API uint64_t cede_sketch_count(const cede_sketch *sketch);

/**
 * A quantile: of n observations in order, from 0 on, that of number q * (n - 1), rounded down.
 *
 * @param sketch  borrowed
 * @param q       from 0, the least, to 1, the greatest, which both are exact; 0.5 is the median
 * @return the quantile, within the accuracy; NaN if it is empty or `q` is out of its range
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API double cede_sketch_quantile(const cede_sketch *sketch, double q);

CEDE_END_DECLS

#endif
