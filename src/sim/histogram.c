/* histogram.c - weights of classes of equal width, between one for all below and one for all
 * above. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <cede/histogram.h>

#include "base/base.h"

struct cede_histogram {
    double low, high;
    size_t n;
    double weights[]; /* n + 2: below, the classes, above */
};

int cede_histogram_create(double low, double high, size_t n, cede_histogram **histogram_out)
{
    cede_histogram *histogram;

    if (!(low < high) || !isfinite(high - low) || n == 0 || n > SIZE_MAX / 16)
        return cede_raise(-EINVAL, "no %zu classes from %g to %g", n, low, high);
    histogram = cede__calloc(1, sizeof *histogram + (n + 2) * sizeof histogram->weights[0]);
    if (!histogram)
        return cede_raise(-ENOMEM, "no memory for a histogram of %zu classes", n);
    histogram->low = low;
    histogram->high = high;
    histogram->n = n;
    *histogram_out = histogram;
    return 0;
}

void cede_histogram_destroy(cede_histogram *histogram)
{
    cede__free(histogram);
}

void cede_histogram_add(cede_histogram *histogram, double value, double weight)
{
    const double n = (double)histogram->n;
    double i;

    if (isnan(value) || !(weight >= 0) || !isfinite(weight))
        return;
    i = floor((value - histogram->low) * (n / (histogram->high - histogram->low)));
    if (value < histogram->low)
        histogram->weights[0] += weight;
    else if (value >= histogram->high)
        histogram->weights[histogram->n + 1] += weight;
    else
        histogram->weights[1 + (size_t)fmin(i, n - 1)] += weight;
}

int cede_histogram_merge(cede_histogram *histogram, const cede_histogram *other)
{
    if (histogram->low != other->low || histogram->high != other->high || histogram->n != other->n)
        return cede_raise(-EINVAL, "histograms of other classes do not merge");
    for (size_t i = 0; i < histogram->n + 2; i++)
        histogram->weights[i] += other->weights[i];
    return 0;
}

size_t cede_histogram_size(const cede_histogram *histogram)
{
    return histogram->n;
}

double cede_histogram_limit(const cede_histogram *histogram, size_t i)
{
    if (i >= histogram->n)
        return histogram->high;
    return histogram->low + (histogram->high - histogram->low) * ((double)i / (double)histogram->n);
}

double cede_histogram_weight(const cede_histogram *histogram, ptrdiff_t i)
{
    return i >= -1 && i <= (ptrdiff_t)histogram->n ? histogram->weights[i + 1] : 0;
}
