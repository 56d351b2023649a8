/* cede/choice.h - drawing from weights, and from what was measured
 *
 *     static const double weights[] = {5, 3, 2};                 teller, machine, neither
 *     cede_choice *choice;
 *     CEDE_TRY(cede_choice_create(weights, 3, &choice));
 *     switch (cede_choice_draw(choice, &random)) ...
 *
 * A cede_choice draws a number below n, each as often as its weight says, in the same time for any
 * n (Walker's alias table, built as Vose does, 1991). A cede_empirical draws real numbers
 * distributed as a sample was. Once made, neither changes: streams on several threads may share
 * one.
 * Source: src/sim/choice.c   Tests: tests/sim/test_choice.c   Guide: docs/random.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_CHOICE_H
#define CEDE_CHOICE_H

#include <cede/random.h>

CEDE_BEGIN_DECLS

typedef struct cede_choice cede_choice;
typedef struct cede_empirical cede_empirical;

/**
 * Prepare to draw numbers by weights.
 *
 * @param weights     borrowed during the call; finite, 0 or more, at least one above 0, of finite
 *                    sum
 * @param n           how many, from 1 to 2^32
 * @param choice_out  receives it; owned: cede_choice_destroy; not written on failure
 * @return 0, or
 *   -EINVAL  the weights are no such
 *   -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API CEDE_CHECK int cede_choice_create(const double *weights, size_t n,
                                           cede_choice **choice_out);

/**
 * Draw a number.
 *
 * @param choice  borrowed
 * @param random  borrowed
 * @return a number below n
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; a stream by one thread at a time.
 */
CEDE_API size_t cede_choice_draw(const cede_choice *choice, cede_random *random);

/**
 * Free it.
 *
 * @param choice  taken; NULL is nothing
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API void cede_choice_destroy(cede_choice *choice);

/**
 * Prepare to draw as a sample was distributed: its distribution function, the steps joined by
 * straight lines, so that what lies between two measurements may come, too, and nothing outside.
 *
 * @param values         borrowed during the call, in any order; finite
 * @param n              how many, 1 or more
 * @param empirical_out  receives it; owned: cede_empirical_destroy; not written on failure
 * @return 0, or
 *   -EINVAL  there are none, or one is not finite
 *   -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API CEDE_CHECK int cede_empirical_create(const double *values, size_t n,
                                              cede_empirical **empirical_out);

/**
 * Draw a number.
 *
 * @param empirical  borrowed
 * @param random     borrowed
 * @return a number from the least to the greatest value
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; a stream by one thread at a time.
 */
CEDE_API double cede_empirical_draw(const cede_empirical *empirical, cede_random *random);

/**
 * Free it.
 *
 * @param empirical  taken; NULL is nothing
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API void cede_empirical_destroy(cede_empirical *empirical);

CEDE_END_DECLS

#endif
