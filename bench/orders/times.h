/* times.h - random times of several distributions, all with a mean of 1: from 1,024 quantiles, so
 * that drawing one costs the same of each. */
/* SPDX-License-Identifier: MIT */
#ifndef BENCH_TIMES_H
#define BENCH_TIMES_H

#include <math.h>

enum { N_QUANTILES = 1024 };

static double quantiles[N_QUANTILES];

static inline double draw_time(uint64_t *series)
{
    return quantiles[bench_span(series) % N_QUANTILES];
}

/* `part` of them up to `near`, the others up to `far`. */
static double two_kinds(double u, double part, double near, double far)
{
    return u < part ? near * u / part : far * (u - part) / (1 - part);
}

static double quantile(const char *times, double u)
{
    if (strcmp(times, "uniform") == 0)
        return 2 * u;
    if (strcmp(times, "exponential") == 0)
        return -log(1 - u);
    if (strcmp(times, "bimodal-90") == 0)
        return two_kinds(u, 0.9, 0.2, 18);
    if (strcmp(times, "bimodal-99") == 0)
        return two_kinds(u, 0.99, 0.02, 198);
    if (strcmp(times, "pareto") == 0) /* of shape 1.1 */
        return pow(1 - u, -1 / 1.1) / 11;
    if (strcmp(times, "narrow") == 0)
        return 0.9 + 0.2 * u;
    bench_check(strcmp(times, "whole") == 0, "such times");
    return 1 + floor(10 * u);
}

static void times_init(const char *times)
{
    for (int i = 0; i < N_QUANTILES; i++)
        quantiles[i] = quantile(times, (i + 0.5) / N_QUANTILES);
}

#endif
