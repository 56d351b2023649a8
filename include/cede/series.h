/* cede/series.h - all points of a series, kept: for plots, and to find where its warm-up ends
 *
 *     cede_series waits = {0};
 *     ...
 *     CEDE_TRY(cede_series_add(&waits, cede_sim_now(), wait));
 *     ...
 *     const cede_tally steady = cede_series_tally(&waits, cede_series_warm_up(&waits));
 *     cede_series_fini(&waits);
 *
 * 16 bytes a point. Where figures are enough, cede/tally.h and cede/level.h need none.
 * Source: src/sim/series.c   Tests: tests/sim/test_series.c   Guide: docs/statistics.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SERIES_H
#define CEDE_SERIES_H

#include <stddef.h>

#include <cede/tally.h>

CEDE_BEGIN_DECLS

typedef struct cede_point {
    double x; /* usually the time */
    double y;
} cede_point;

/* The caller's memory; all zero is an empty one. Its members may be read. */
typedef struct cede_series {
    cede_point *points; /* owned */
    size_t n;           /* of them */
    size_t room;
} cede_series;

/**
 * Add a point.
 *
 * @param series  borrowed
 * @param x       its place, usually the time
 * @param y       its value
 * @return 0, or
 *   -EINVAL  one is no finite number
 *   -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API int cede_series_add(cede_series *series, double x, double y);

/**
 * Free its points; it is empty then.
 *
 * @param series  borrowed
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API void cede_series_fini(cede_series *series);

/**
 * How many points at the beginning to leave out, by the rule MSER-5 (White, 1997): such that the
 * mean of the rest is known best.
 *
 * @param series  borrowed
 * @return how many, a multiple of 5, at most half of them; 0 if there are fewer than 20
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API size_t cede_series_warm_up(const cede_series *series);

/**
 * What its values come to.
 *
 * @param series  borrowed
 * @param first   from this point on
 * @return the tally; empty if there are none
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API cede_tally cede_series_tally(const cede_series *series, size_t first);

CEDE_END_DECLS

#endif
