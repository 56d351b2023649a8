/* choice.c - drawing from weights by an alias table, and from a sample.
 *
 * An alias table has n columns of equal height. Column i holds i up to a mark and another number,
 * its alias, above it, so that a draw is a column, a height, a comparison. It is filled by giving
 * each number with too little for a column the rest of one with too much.
 */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cede/choice.h>

#include "base/base.h"
#include "sim/random.h"

struct column {
    double mark; /* from 0 to 1: below it the column's own number, else the alias */
    uint32_t alias;
};

struct cede_choice {
    size_t n;
    struct column columns[];
};

struct cede_empirical {
    size_t n;
    double values[]; /* rising */
};

/* The sum; NaN if these are no weights. */
static double weights_sum(const double *weights, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        if (!(weights[i] >= 0))
            return (double)NAN;
        sum += weights[i];
    }
    return sum;
}

/* Marks begin as weights in columns, 1 on average. `todo` has room for n: those with too little
 * grow from its beginning, the others from its end. */
static void choice_fill(cede_choice *choice, uint32_t *todo)
{
    struct column *columns = choice->columns;
    size_t n_small = 0, large = choice->n;

    for (size_t i = 0; i < choice->n; i++)
        todo[columns[i].mark < 1 ? n_small++ : --large] = (uint32_t)i;
    while (n_small > 0 && large < choice->n) {
        const uint32_t small = todo[--n_small];
        const uint32_t giver = todo[large];

        columns[small].alias = giver;
        columns[giver].mark -= 1 - columns[small].mark;
        if (columns[giver].mark < 1) {
            large++;
            todo[n_small++] = giver;
        }
    }
    /* What is left has 1 but for rounding. */
    while (n_small > 0)
        columns[todo[--n_small]].mark = 1;
    for (; large < choice->n; large++)
        columns[todo[large]].mark = 1;
}

int cede_choice_create(const double *weights, size_t n, cede_choice **choice_out)
{
    const double sum = n > 0 && n <= UINT32_MAX ? weights_sum(weights, n) : (double)NAN;
    cede_choice *choice;
    uint32_t *todo;

    if (!(sum > 0) || !isfinite(sum) || !isfinite((double)n / sum))
        return cede_raise(-EINVAL, "%zu weights of the sum %g are nothing to choose by", n, sum);
    choice = cede__malloc(sizeof *choice + n * sizeof choice->columns[0]);
    todo = cede__malloc(n * sizeof *todo);
    if (!choice || !todo) {
        cede__free(choice);
        cede__free(todo);
        return cede_raise(-ENOMEM, "no memory for a choice of %zu", n);
    }
    choice->n = n;
    for (size_t i = 0; i < n; i++)
        choice->columns[i] = (struct column){weights[i] * ((double)n / sum), (uint32_t)i};
    choice_fill(choice, todo);
    cede__free(todo);
    *choice_out = choice;
    return 0;
}

size_t cede_choice_draw(const cede_choice *choice, cede_random *random)
{
    const size_t i = cede_random_below(random, choice->n);

    return cede__random_unit(random) < choice->columns[i].mark ? i : choice->columns[i].alias;
}

void cede_choice_destroy(cede_choice *choice)
{
    cede__free(choice);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

int cede_empirical_create(const double *values, size_t n, cede_empirical **empirical_out)
{
    cede_empirical *empirical;

    for (size_t i = 0; i < n; i++)
        if (!isfinite(values[i]))
            return cede_raise(-EINVAL, "value %zu of a sample is %g", i, values[i]);
    if (n == 0)
        return cede_raise(-EINVAL, "a sample of nothing");
    empirical = cede__malloc(sizeof *empirical + n * sizeof empirical->values[0]);
    if (!empirical)
        return cede_raise(-ENOMEM, "no memory for a sample of %zu", n);
    empirical->n = n;
    memcpy(empirical->values, values, n * sizeof *values);
    qsort(empirical->values, n, sizeof *values, compare);
    *empirical_out = empirical;
    return 0;
}

double cede_empirical_draw(const cede_empirical *empirical, cede_random *random)
{
    const double at = cede__random_unit(random) * (double)(empirical->n - 1);
    const size_t i = (size_t)at;
    const double low = empirical->values[i];

    if (i + 1 >= empirical->n)
        return low;
    return low + (at - (double)i) * (empirical->values[i + 1] - low);
}

void cede_empirical_destroy(cede_empirical *empirical)
{
    cede__free(empirical);
}
