/* cede/batches.h - a confidence interval from one long run, by the means of batches
 *
 *     cede_batches batches;
 *     cede_batches_init(&batches, 1);
 *     ...
 *     cede_batches_add(&batches, wait, 1);                            an observation
 *     cede_batches_add(&batches, n_waiting, cede_sim_now() - since);  a level that lasted
 *     ...
 *     const cede_interval i = cede_batches_interval(&batches, 0.95);
 *
 * Neighbours in a run resemble each other, so their deviation says too little about how far the
 * mean may be off. The means of long stretches hardly do: 32 to 64 of them are kept, and whenever
 * there are 64, two and two become one of twice the length. Leave out the warm-up. Plain memory.
 * Source: src/sim/batches.c   Tests: tests/sim/test_batches.c   Guide: docs/statistics.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_BATCHES_H
#define CEDE_BATCHES_H

#include <stdint.h>

#include <cede/interval.h>

CEDE_BEGIN_DECLS

enum { CEDE_BATCHES_MAX = 64 };

/* The caller's memory. Its members are the library's. */
typedef struct cede_batches {
    double size;        /* weight of a batch: observations, or time */
    double filled;      /* of the open one */
    double sum;         /* of it: values times weights */
    uint64_t n_refused; /* what was no finite number, or of a negative weight */
    unsigned n;         /* complete ones */
    double means[CEDE_BATCHES_MAX];
} cede_batches;

/**
 * Begin.
 *
 * @param batches  the caller's memory
 * @param size     of the first batches, which grows as needed: finite, above 0, else 1 is taken. 1
 *                 for observations; for a level some time that is short compared with the run
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API void cede_batches_init(cede_batches *batches, double size);

/**
 * Add a value. One that is longer than what is left of a batch goes on in the next.
 *
 * @param batches  borrowed
 * @param value    finite; others are only counted, in n_refused
 * @param weight   1 for an observation, or how long the value lasted; 0 or more, finite
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API void cede_batches_add(cede_batches *batches, double value, double weight);

/**
 * The confidence interval of the mean. The open batch is left out.
 *
 * @param batches     borrowed
 * @param confidence  above 0, below 1
 * @return the interval
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API cede_interval cede_batches_interval(const cede_batches *batches, double confidence);

/**
 * How much neighbouring batches resemble each other: their correlation. Above some 0.3 the run is
 * too short for its interval to be believed.
 *
 * @param batches  borrowed
 * @return from -1 to 1; NaN with fewer than three batches, or if all are equal
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API double cede_batches_correlation(const cede_batches *batches);

CEDE_END_DECLS

#endif
