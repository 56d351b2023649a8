/* sketch.c - DDSketch with two windows of counts.
 *
 * Class i of a side holds magnitudes above g^(i-1) up to g^i, g = (1 + accuracy) / (1 - accuracy).
 * A side keeps the counts of N_CLASSES in a row, of which the highest that holds anything is always
 * one; magnitudes below them go to the lowest that may be kept, which depends on the highest alone,
 * so the order in which things come leaves no trace.
 */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include <cede/sketch.h>

#include "base/base.h"
#include "sim/real.h"

enum { N_CLASSES = 2048 };

struct side {
    uint64_t count;
    int64_t first;   /* the class of counts[0]; if count is above 0 */
    int64_t highest; /* that holds anything; likewise */
    uint64_t counts[N_CLASSES];
};

struct cede_sketch {
    double accuracy;
    double inverse_log; /* 1 / log(g) */
    uint64_t count;
    uint64_t n_zero; /* and what is too small to have a logarithm of its own */
    double least, greatest;
    struct side negative, positive;
};

int cede_sketch_create(double accuracy, cede_sketch **sketch_out)
{
    cede_sketch *sketch;

    if (!(accuracy >= 0.0001 && accuracy <= 0.5))
        return cede_raise(-EINVAL, "no sketch of the accuracy %g", accuracy);
    sketch = cede__calloc(1, sizeof *sketch);
    if (!sketch)
        return cede_raise(-ENOMEM, "no memory for a sketch");
    sketch->accuracy = accuracy;
    sketch->inverse_log = 1 / cede__log((1 + accuracy) / (1 - accuracy));
    *sketch_out = sketch;
    return 0;
}

void cede_sketch_destroy(cede_sketch *sketch)
{
    cede__free(sketch);
}

/* Have the window begin with the class `first`; what lies below is counted there. */
static void side_move(struct side *side, int64_t first)
{
    const int64_t by = first - side->first;
    const size_t n =
        (size_t)(by < 0 ? -by : by) < N_CLASSES ? (size_t)(by < 0 ? -by : by) : N_CLASSES;
    uint64_t below = 0;

    if (by > 0) {
        for (size_t i = 0; i < n; i++)
            below += side->counts[i];
        memmove(side->counts, side->counts + n, (N_CLASSES - n) * sizeof *side->counts);
        memset(side->counts + N_CLASSES - n, 0, n * sizeof *side->counts);
        side->counts[0] += below;
    } else if (by < 0) { /* what is pushed out at the top is empty */
        memmove(side->counts + n, side->counts, (N_CLASSES - n) * sizeof *side->counts);
        memset(side->counts, 0, n * sizeof *side->counts);
    }
    side->first = first;
}

static void side_add(struct side *side, int64_t class, uint64_t count)
{
    if (count == 0)
        return;
    if (side->count == 0) {
        side->first = class - N_CLASSES / 2;
        side->highest = class;
    }
    if (class > side->highest)
        side->highest = class;
    if (class < side->highest - N_CLASSES + 1)
        class = side->highest - N_CLASSES + 1;
    if (class < side->first)
        side_move(side, class);
    if (side->highest >= side->first + N_CLASSES)
        side_move(side, side->highest - N_CLASSES + 1);
    side->counts[class - side->first] += count;
    side->count += count;
}

void cede_sketch_add(cede_sketch *sketch, double value)
{
    const double magnitude = fabs(value);

    if (!isfinite(value))
        return;
    if (magnitude < 0x1p-1022)
        sketch->n_zero++;
    else
        side_add(value < 0 ? &sketch->negative : &sketch->positive,
                 (int64_t)ceil(cede__log(magnitude) * sketch->inverse_log), 1);
    if (sketch->count == 0 || value < sketch->least)
        sketch->least = value;
    if (sketch->count == 0 || value > sketch->greatest)
        sketch->greatest = value;
    sketch->count++;
}

static void side_merge(struct side *side, const struct side *other)
{
    if (other->count > 0)
        for (int64_t i = N_CLASSES - 1; i >= 0;
             i--) /* from the highest, which moves the window once */
            side_add(side, other->first + i, other->counts[i]);
}

int cede_sketch_merge(cede_sketch *sketch, const cede_sketch *other)
{
    if (sketch->accuracy != other->accuracy)
        return cede_raise(-EINVAL, "sketches of the accuracies %g and %g do not merge",
                          sketch->accuracy, other->accuracy);
    if (other->count == 0)
        return 0;
    side_merge(&sketch->negative, &other->negative);
    side_merge(&sketch->positive, &other->positive);
    sketch->least = sketch->count ? fmin(sketch->least, other->least) : other->least;
    sketch->greatest = sketch->count ? fmax(sketch->greatest, other->greatest) : other->greatest;
    sketch->n_zero += other->n_zero;
    sketch->count += other->count;
    return 0;
}

uint64_t cede_sketch_count(const cede_sketch *sketch)
{
    return sketch->count;
}

/* The magnitude that is off by the same factor from both ends of its class; of the rank-th. */
static double side_quantile(const cede_sketch *sketch, const struct side *side, uint64_t rank)
{
    size_t i = 0;

    while (i < N_CLASSES - 1 && rank >= side->counts[i])
        rank -= side->counts[i++];
    return cede__exp((double)(side->first + (int64_t)i) / sketch->inverse_log) *
           (1 - sketch->accuracy);
}

double cede_sketch_quantile(const cede_sketch *sketch, double q)
{
    uint64_t rank;
    double value = 0;

    if (sketch->count == 0 || !(q >= 0 && q <= 1))
        return (double)NAN;
    if (q == 1)
        return sketch->greatest;
    rank = (uint64_t)(q * (double)(sketch->count - 1));
    if (rank == 0)
        return sketch->least;
    if (rank < sketch->negative.count)
        value = -side_quantile(sketch, &sketch->negative, sketch->negative.count - 1 - rank);
    else if (rank >= sketch->negative.count + sketch->n_zero)
        value = side_quantile(sketch, &sketch->positive,
                              rank - sketch->negative.count - sketch->n_zero);
    return fmin(fmax(value, sketch->least), sketch->greatest);
}
