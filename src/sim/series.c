/* series.c - an array of points that doubles, and where its steady part begins. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <cede/series.h>

#include "base/base.h"

int cede_series_add(cede_series *series, double x, double y)
{
    if (!isfinite(x) || !isfinite(y))
        return cede_raise(-EINVAL, "the point %g, %g has no place in a series", x, y);
    if (series->n == series->room) {
        const size_t room = series->room ? 2 * series->room : 64;
        cede_point *points = cede__realloc(series->points, room * sizeof *points);

        if (!points)
            return cede_raise(-ENOMEM, "no memory for %zu points of a series", room);
        series->points = points;
        series->room = room;
    }
    series->points[series->n++] = (cede_point){x, y};
    return 0;
}

void cede_series_fini(cede_series *series)
{
    cede__free(series->points);
    *series = (cede_series){0};
}

/* The squared standard error of the mean of the means of five, from each on to the end: least
 * where? */
size_t cede_series_warm_up(const cede_series *series)
{
    const size_t n = series->n / 5;
    cede_tally rest = {0};
    double least = (double)INFINITY;
    size_t best = 0;

    if (n < 4)
        return 0;
    for (size_t i = n; i-- > 0;) {
        const cede_point *p = series->points + 5 * i;
        double error;

        cede_tally_add(&rest, (p[0].y + p[1].y + p[2].y + p[3].y + p[4].y) / 5);
        error = rest.squares / ((double)rest.count * (double)rest.count);
        if (i <= n / 2 && error <= least) {
            least = error;
            best = i;
        }
    }
    return 5 * best;
}

cede_tally cede_series_tally(const cede_series *series, size_t first)
{
    cede_tally tally = {0};

    for (size_t i = first; i < series->n; i++)
        cede_tally_add(&tally, series->points[i].y);
    return tally;
}
