/* tally.c - count, mean, variance, least and greatest of a row of numbers.
 *
 * Welford's recurrence keeps the mean and the sum of squared distances from it, so that nothing
 * large is ever subtracted from something large; parts are merged by the formula of Chan, Golub and
 * LeVeque. An empty tally is all zero. Whoever observes calls: models, resources, experiments.
 */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <cede/tally.h>

void cede_tally_add(cede_tally *tally, double value)
{
    double distance;

    if (!isfinite(value)) {
        tally->n_refused++;
        return;
    }
    distance = value - tally->mean;
    tally->count++;
    tally->mean += distance / (double)tally->count;
    tally->squares += distance * (value - tally->mean);
    if (tally->count == 1 || value < tally->least)
        tally->least = value;
    if (tally->count == 1 || value > tally->greatest)
        tally->greatest = value;
}

void cede_tally_merge(cede_tally *tally, const cede_tally *other)
{
    const double distance = other->mean - tally->mean;
    const uint64_t n_refused = tally->n_refused + other->n_refused;
    const double n = (double)tally->count;
    const double m = (double)other->count;

    if (tally->count == 0) {
        *tally = *other;
    } else if (other->count > 0) {
        tally->count += other->count;
        tally->mean += distance * (m / (n + m));
        tally->squares += other->squares + distance * distance * (n * m / (n + m));
        tally->least = fmin(tally->least, other->least);
        tally->greatest = fmax(tally->greatest, other->greatest);
    }
    tally->n_refused = n_refused;
}

double cede_tally_mean(const cede_tally *tally)
{
    return tally->count ? tally->mean : (double)NAN;
}

double cede_tally_sum(const cede_tally *tally)
{
    return tally->mean * (double)tally->count;
}

double cede_tally_variance(const cede_tally *tally)
{
    return tally->count > 1 ? tally->squares / (double)(tally->count - 1) : (double)NAN;
}

double cede_tally_deviation(const cede_tally *tally)
{
    return sqrt(cede_tally_variance(tally));
}

double cede_tally_min(const cede_tally *tally)
{
    return tally->count ? tally->least : (double)NAN;
}

double cede_tally_max(const cede_tally *tally)
{
    return tally->count ? tally->greatest : (double)NAN;
}
