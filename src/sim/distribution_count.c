/* distribution_count.c - distributions of counts.
 *
 * Where the expected count is below 10, counts are counted: products of uniforms, gaps between
 * successes. From there on Hoermann's transformed rejection: a hat of the form of a ratio, placed
 * over the probabilities, mostly accepted by a look at two uniforms, else by comparing with the
 * probability itself. That is calculated as Loader does (2000), from distances to the mean, so that
 * means up to 2^50 lose nothing to cancellation.
 */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <cede/distribution.h>

#include "base/base.h"
#include "sim/random.h"
#include "sim/real.h"

#define MANY 0x1p50 /* counts up to this are exact in what follows */

/* x log(x / mean) + mean - x, x above 0. */
static double deviance(double x, double mean)
{
    const double d = (mean - x) / x;

    return x * (d - cede__log1p(d));
}

/* The logarithm of P(count). */
static double log_poisson(double count, double mean)
{
    if (count < 1)
        return -mean;
    return -CEDE__HALF_LOG_2PI - cede__stirling_rest(count) - deviance(count, mean) -
           0.5 * cede__log(count);
}

/* Likewise; 0 < p < 1. */
static double log_binomial(double count, double n, double p)
{
    const double rest = n - count;

    if (count < 1)
        return n * cede__log1p(-p);
    if (rest < 1)
        return n * cede__log(p);
    return cede__stirling_rest(n) - cede__stirling_rest(count) - cede__stirling_rest(rest) -
           deviance(count, n * p) - deviance(rest, n * (1 - p)) - CEDE__HALF_LOG_2PI +
           0.5 * (cede__log(n / rest) - cede__log(count));
}

static int64_t poisson_small(cede_random *random, double mean)
{
    const double end = cede__exp(-mean);
    double product = cede__random_open(random);
    int64_t count = 0;

    for (; product > end; count++)
        product *= cede__random_open(random);
    return count;
}

/* Hoermann's PTRS; `mean` of 10 or more. */
static int64_t poisson_large(cede_random *random, double mean)
{
    const double b = 0.931 + 2.53 * sqrt(mean);
    const double a = -0.059 + 0.02483 * b;
    const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    const double sure = 0.9277 - 3.6224 / (b - 2);

    for (;;) {
        const double u = cede__random_open(random) - 0.5;
        const double v = cede__random_open(random);
        const double margin = 0.5 - fabs(u);
        const double count = floor((2 * a / margin + b) * u + mean + 0.43);

        if (margin >= 0.07 && v <= sure)
            return (int64_t)count;
        if (count < 0 || count > 0x1p62 || (margin < 0.013 && v > margin))
            continue;
        if (cede__log(v * inverse_alpha / (a / (margin * margin) + b)) <= log_poisson(count, mean))
            return (int64_t)count;
    }
}

/* The next success is so many trials ahead. */
static double gap(cede_random *random, double log_failure)
{
    return floor(cede__random_exponential(random) / -log_failure) + 1;
}

/* n p below 10, p above 0. */
static int64_t binomial_small(cede_random *random, double n, double p)
{
    const double log_failure = cede__log1p(-p);
    double at = gap(random, log_failure);
    int64_t count = 0;

    for (; at <= n; count++)
        at += gap(random, log_failure);
    return count;
}

/* Hoermann's BTRS; n p of 10 or more, p up to 1/2. */
static int64_t binomial_large(cede_random *random, double n, double p)
{
    const double spread = sqrt(n * p * (1 - p));
    const double b = 1.15 + 2.53 * spread;
    const double a = -0.0873 + 0.0248 * b + 0.01 * p;
    const double alpha = (2.83 + 5.1 / b) * spread;
    const double sure = 0.92 - 4.2 / b;
    const double top = log_binomial(floor((n + 1) * p), n, p);

    for (;;) {
        const double u = cede__random_open(random) - 0.5;
        const double v = cede__random_open(random);
        const double margin = 0.5 - fabs(u);
        const double count = floor((2 * a / margin + b) * u + n * p + 0.5);

        if (margin >= 0.07 && v <= sure)
            return (int64_t)count;
        if (count < 0 || count > n)
            continue;
        if (cede__log(v * alpha / (a / (margin * margin) + b)) <= log_binomial(count, n, p) - top)
            return (int64_t)count;
    }
}

int64_t cede_random_poisson(cede_random *random, double mean)
{
    if (!(mean >= 0 && mean <= MANY))
        return cede_raise(-EINVAL, "no Poisson distribution of the mean %g", mean);
    return mean < 10 ? poisson_small(random, mean) : poisson_large(random, mean);
}

int64_t cede_random_binomial(cede_random *random, int64_t n, double probability)
{
    const bool mirrored = probability > 0.5;
    const double p = mirrored ? 1 - probability : probability;
    int64_t count;

    if (!(n >= 0 && n <= (int64_t)MANY && probability >= 0 && probability <= 1))
        return cede_raise(-EINVAL, "no binomial distribution of %lld, %g", (long long)n,
                          probability);
    if (p <= 0)
        count = 0;
    else if ((double)n * p < 10)
        count = binomial_small(random, (double)n, p);
    else
        count = binomial_large(random, (double)n, p);
    return mirrored ? n - count : count;
}

int64_t cede_random_geometric(cede_random *random, double probability)
{
    double count;

    if (!(probability > 0 && probability <= 1))
        return cede_raise(-EINVAL, "no geometric distribution of %g", probability);
    if (probability == 1)
        return 1;
    count = gap(random, cede__log1p(-probability));
    return count < 0x1p63 ? (int64_t)count : INT64_MAX;
}

/* A Poisson variate whose mean is itself a gamma variate. */
int64_t cede_random_negative_binomial(cede_random *random, double successes, double probability)
{
    double mean;

    if (!(successes >= 0 && isfinite(successes) && probability > 0 && probability <= 1))
        return cede_raise(-EINVAL, "no negative binomial distribution of %g, %g", successes,
                          probability);
    if (successes == 0 || probability == 1)
        return 0;
    mean = cede__random_gamma(random, successes) * ((1 - probability) / probability);
    if (mean <= MANY)
        return cede_random_poisson(random, mean);
    return mean < 0x1p63 ? (int64_t)mean : INT64_MAX;
}
