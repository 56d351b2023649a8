/* cede/plot.h - series and histograms as a picture: SVG
 *
 *     const cede_plot_curve curves[] = {{.series = &queue, .name = "waiting", .steps = true}};
 *     CEDE_TRY(cede_plot_write(&(cede_plot_options){.title = "A morning", .x_label = "minutes",
 *                                                   .curves = curves, .n_curves = 1}, file));
 *
 * Axes with ticks at round numbers, a legend where curves have names, colours that the colour-blind
 * can tell apart. However long a series is, no more is written than can be seen.
 * Source: src/sim/plot.c   Tests: tests/sim/test_plot.c   Guide: docs/experiments.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_PLOT_H
#define CEDE_PLOT_H

#include <stdbool.h>
#include <stdio.h>

#include <cede/histogram.h>
#include <cede/series.h>

CEDE_BEGIN_DECLS

/* One of several in a plot: a series or a histogram. All borrowed during the call. */
typedef struct cede_plot_curve {
    const char *name;                /* in the legend, UTF-8; NULL: not there */
    const cede_series *series;       /* a line through its points, in their order */
    const cede_histogram *histogram; /* used if `series` is NULL: a bar a class */
    bool steps; /* the line keeps its value until the next point, as levels do */
} cede_plot_curve;

typedef struct cede_plot_options {
    const char *title;   /* UTF-8, as the labels; NULL: none */
    const char *x_label; /* likewise */
    const char *y_label;
    const cede_plot_curve *curves; /* borrowed during the call */
    size_t n_curves;
    int width;  /* pixels, from 200 to 10000; 0: 720 */
    int height; /* likewise; 0: 420 */
} cede_plot_options;

/**
 * Write a plot as an SVG document.
 *
 * @param options  borrowed during the call
 * @param stream   borrowed, open for writing
 * @return 0, or
 *   -EINVAL  the size is out of its range, a curve is nothing, or values span more than a double
 *   -EIO     it could not be written
 * Suspends: never; it blocks.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API int cede_plot_write(const cede_plot_options *options, FILE *stream);

CEDE_END_DECLS

#endif
