/* batches.c - batch means of a fixed number: when the array is full, neighbours are joined and the
 * length of a batch doubles. No observation is kept. Models call.
 */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include <cede/batches.h>

void cede_batches_init(cede_batches *batches, double size)
{
    memset(batches, 0, sizeof *batches);
    batches->size = size > 0 && isfinite(size) ? size : 1;
}

static void batches_close(cede_batches *batches)
{
    batches->means[batches->n++] = batches->sum / batches->size;
    batches->filled = batches->sum = 0;
    if (batches->n < CEDE_BATCHES_MAX)
        return;
    for (int i = 0; i < CEDE_BATCHES_MAX / 2; i++)
        batches->means[i] = (batches->means[2 * i] + batches->means[2 * i + 1]) / 2;
    batches->n = CEDE_BATCHES_MAX / 2;
    batches->size *= 2;
}

void cede_batches_add(cede_batches *batches, double value, double weight)
{
    if (!isfinite(value) || !isfinite(weight) || weight < 0) {
        batches->n_refused++;
        return;
    }
    while (weight >= batches->size - batches->filled) {
        const double room = batches->size - batches->filled;
        batches->sum += value * room;
        weight -= room;
        batches_close(batches);
    }
    batches->sum += value * weight;
    batches->filled += weight;
}

cede_interval cede_batches_interval(const cede_batches *batches, double confidence)
{
    cede_tally means = {0};

    for (unsigned i = 0; i < batches->n; i++)
        cede_tally_add(&means, batches->means[i]);
    return cede_interval_of(&means, confidence);
}

double cede_batches_correlation(const cede_batches *batches)
{
    const double mean = cede_batches_interval(batches, 0.5).mean;
    double products = 0, squares = 0;

    for (unsigned i = 0; i < batches->n; i++) {
        const double distance = batches->means[i] - mean;
        squares += distance * distance;
        if (i > 0)
            products += distance * (batches->means[i - 1] - mean);
    }
    return batches->n < 3 || squares == 0 ? (double)NAN : products / squares;
}
