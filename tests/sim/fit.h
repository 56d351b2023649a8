/* fit.h - does a sample fit a distribution? Seeds are fixed, so these checks either hold or do not.
 *
 * Limits are those that one sample in ten thousand from the right distribution would exceed.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TESTS_SIM_FIT_H
#define CEDE_TESTS_SIM_FIT_H

#include <math.h>
#include <stdlib.h>

#include "harness/harness.h"

static inline int fit_compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The Kolmogorov-Smirnov statistic, times the root of n, of a sample that is sorted here. */
static inline double fit_distance(double *sample, size_t n, double (*cdf)(double x))
{
    double distance = 0;

    qsort(sample, n, sizeof *sample, fit_compare);
    for (size_t i = 0; i < n; i++) {
        const double p = cdf(sample[i]);
        distance = fmax(distance, fmax(p - (double)i / (double)n, (double)(i + 1) / (double)n - p));
    }
    return distance * sqrt((double)n);
}

#define CHECK_FITS(sample, n, cdf)                                                                 \
    do {                                                                                           \
        const double fit_d = fit_distance((sample), (n), (cdf));                                   \
        if (!(fit_d < 2.23))                                                                       \
            FAIL("%s: Kolmogorov-Smirnov %g", #cdf, fit_d);                                        \
    } while (0)

/* Chi-squared of counts of n classes against their probabilities, as a normal number (Wilson and
 * Hilferty). */
static inline double fit_chi(const uint64_t *counts, const double *p, size_t n)
{
    double total = 0, chi = 0;
    const double freedom = (double)(n - 1), spread = 2 / (9 * freedom);

    for (size_t i = 0; i < n; i++)
        total += (double)counts[i];
    for (size_t i = 0; i < n; i++) {
        const double expected = total * p[i];
        if (expected < 5)
            FAIL("class %zu is expected to have %g members: too few", i, expected);
        chi += ((double)counts[i] - expected) * ((double)counts[i] - expected) / expected;
    }
    return (cbrt(chi / freedom) - (1 - spread)) / sqrt(spread);
}

#define CHECK_COUNTS(counts, p, n)                                                                 \
    do {                                                                                           \
        const double fit_z = fit_chi((counts), (p), (n));                                          \
        if (!(fit_z < 3.72))                                                                       \
            FAIL("chi-squared is %g deviations too large", fit_z);                                 \
    } while (0)

/* A mean of n numbers of that variance is where it should be. */
#define CHECK_MEAN(mean, expected, variance, n)                                                    \
    do {                                                                                           \
        const double fit_m = (mean), fit_e = (expected);                                           \
        if (!(fabs(fit_m - fit_e) <= 3.9 * sqrt((variance) / (double)(n))))                        \
            FAIL("%s is %g, not %g", #mean, fit_m, fit_e);                                         \
    } while (0)

#endif
