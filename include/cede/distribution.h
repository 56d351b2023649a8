/* cede/distribution.h - the usual distributions
 *
 *     cede_sim_hold(cede_random_exponential(&arrivals, 4.5));      mean 4.5
 *     cede_sim_hold(cede_random_triangular(&repair, 2, 3, 9));     least, most likely, greatest
 *
 * Each draws from a stream of cede/random.h and takes its parameters in the order in which
 * textbooks do. A parameter that is not in its range is an error: the number is NaN, which
 * cede_sim_hold and statistics refuse in their turn, or -EINVAL where it is a count, and the error
 * record says why. From a table of weights or from data: cede/choice.h.
 * Source: src/sim/distribution.c, src/sim/distribution_count.c
 * Tests: tests/sim/test_distribution.c
 * Guide: docs/random.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_DISTRIBUTION_H
#define CEDE_DISTRIBUTION_H

#include <cede/random.h>

CEDE_BEGIN_DECLS

/**
 * The normal distribution, by a ziggurat of 256 layers (Marsaglia and Tsang, 2000).
 *
 * @param random     borrowed
 * @param mean       finite
 * @param deviation  standard deviation, finite, 0 or more
 * @return a number; NaN, with an error record: -EINVAL
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API double cede_random_normal(cede_random *random, double mean, double deviation);

/**
 * Numbers whose logarithm is normally distributed.
 *
 * @param random     borrowed
 * @param mean       of the logarithm, finite
 * @param deviation  of the logarithm, finite, 0 or more
 * @return a number above 0, or inf where it is too large; NaN, with an error record: -EINVAL
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API double cede_random_lognormal(cede_random *random, double mean, double deviation);

/**
 * The exponential distribution: times between events that do not know of each other. By a ziggurat,
 * as the normal one.
 *
 * @param random  borrowed
 * @param mean    finite, 0 or more
 * @return a number of 0 or more; NaN, with an error record: -EINVAL
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API double cede_random_exponential(cede_random *random, double mean);

/**
 * The Erlang distribution: the sum of so many exponential stages.
 *
 * @param random  borrowed
 * @param stages  how many, 1 or more
 * @param mean    of the sum, finite, 0 or more
 * @return a number of 0 or more; NaN, with an error record: -EINVAL
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API double cede_random_erlang(cede_random *random, unsigned stages, double mean);

/**
 * The gamma distribution (Marsaglia and Tsang, 2000), of the mean shape * scale.
 *
 * @param random  borrowed
 * @param shape   finite, above 0
 * @param scale   finite, 0 or more
 * @return a number of 0 or more; NaN, with an error record: -EINVAL
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API double cede_random_gamma(cede_random *random, double shape, double scale);

/**
 * The beta distribution, of the mean a / (a + b).
 *
 * @param random  borrowed
 * @param a       finite, above 0
 * @param b       finite, above 0
 * @return a number from 0 to 1; NaN, with an error record: -EINVAL
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API double cede_random_beta(cede_random *random, double a, double b);

/**
 * The Weibull distribution: times to failure; of shape 1 it is the exponential one of mean `scale`.
 *
 * @param random  borrowed
 * @param shape   finite, above 0
 * @param scale   finite, 0 or more
 * @return a number of 0 or more; NaN, with an error record: -EINVAL
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API double cede_random_weibull(cede_random *random, double shape, double scale);

/**
 * The Pareto distribution: P(X > x) is (least / x)^shape.
 *
 * @param random  borrowed
 * @param shape   finite, above 0; the mean is finite above 1
 * @param least   finite, above 0
 * @return a number of `least` or more; NaN, with an error record: -EINVAL
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API double cede_random_pareto(cede_random *random, double shape, double least);

/**
 * The triangular distribution: what is known is the least, the most likely and the greatest.
 *
 * @param random  borrowed
 * @param low     finite
 * @param mode    finite, from `low` to `high`
 * @param high    finite
 * @return a number from `low` to `high`; NaN, with an error record: -EINVAL
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API double cede_random_triangular(cede_random *random, double low, double mode, double high);

/**
 * The PERT distribution, a beta distribution of the same three figures, smoother than a triangle
 * and nearer to the mode: its mean is (low + 4 mode + high) / 6.
 *
 * @param random  borrowed
 * @param low     finite
 * @param mode    finite, from `low` to `high`
 * @param high    finite, above `low`
 * @return a number from `low` to `high`; NaN, with an error record: -EINVAL
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API double cede_random_pert(cede_random *random, double low, double mode, double high);

/**
 * The chi-squared distribution.
 *
 * @param random   borrowed
 * @param freedom  degrees of freedom, finite, above 0
 * @return a number of 0 or more; NaN, with an error record: -EINVAL
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API double cede_random_chi_squared(cede_random *random, double freedom);

/**
 * Student's t distribution.
 *
 * @param random   borrowed
 * @param freedom  degrees of freedom, finite, above 0
 * @return a number; NaN, with an error record: -EINVAL
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API double cede_random_student(cede_random *random, double freedom);

/**
 * The Poisson distribution: how many events in a while. By products below a mean of 10, from there
 * by transformed rejection (Hoermann, 1993).
 *
 * @param random  borrowed
 * @param mean    from 0 to 2^50
 * @return a count; -EINVAL, with an error record
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API int64_t cede_random_poisson(cede_random *random, double mean);

/**
 * The binomial distribution: how many of n trials succeed. By gaps where few do, else by
 * transformed rejection (Hoermann, 1993).
 *
 * @param random       borrowed
 * @param n            trials, from 0 to 2^50
 * @param probability  of success in each, from 0 to 1
 * @return a count; -EINVAL, with an error record
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API int64_t cede_random_binomial(cede_random *random, int64_t n, double probability);

/**
 * The geometric distribution: how many trials until the first success, that one included.
 *
 * @param random       borrowed
 * @param probability  of success in each, above 0, up to 1
 * @return a count of 1 or more; INT64_MAX where it is more; -EINVAL, with an error record
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API int64_t cede_random_geometric(cede_random *random, double probability);

/**
 * The negative binomial distribution: how many failures before so many successes.
 *
 * @param random       borrowed
 * @param successes    0 or more, or between whole numbers: finite
 * @param probability  of success in each trial, above 0, up to 1
 * @return a count; INT64_MAX where it is more; -EINVAL, with an error record
 * Suspends: never.  Cancellation point: no.  Call from: anywhere; one thread at a time.
 */
CEDE_API int64_t cede_random_negative_binomial(cede_random *random, double successes,
                                               double probability);

CEDE_END_DECLS

#endif
