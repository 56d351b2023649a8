/* plot.c - plots as SVG: a frame that maps values to pixels, axes, and a path for each curve.
 *
 * Ranges are those of all curves together, the vertical one widened to round numbers. A line has at
 * most four points in a column of pixels: where it comes in, its least and greatest, where it goes
 * out, which looks the same as all of them.
 */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <cede/plot.h>

#include "base/base.h"
#include "sim/number.h"

enum { LEFT = 70, RIGHT = 20, TOP = 40, BOTTOM = 50, LEGEND = 18 };

struct range {
    double low, high;
    double step; /* between ticks */
};

struct plot {
    FILE *stream;
    int width, height;
    struct range x, y;
};

static const char *const colours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                      "#56b4e9", "#e69f00", "#000000"};

static double plot_x(const struct plot *plot, double x)
{
    return LEFT + (x - plot->x.low) / (plot->x.high - plot->x.low) * (plot->width - LEFT - RIGHT);
}

static double plot_y(const struct plot *plot, double y)
{
    return plot->height - BOTTOM -
           (y - plot->y.low) / (plot->y.high - plot->y.low) * (plot->height - TOP - BOTTOM);
}

static void range_add(struct range *range, double value)
{
    range->low = fmin(range->low, value);
    range->high = fmax(range->high, value);
}

/* A range that is none becomes one; its step: 1, 2 or 5 times a power of ten, some `n` in it. */
static void range_finish(struct range *range, int n)
{
    double power = 1, wanted;

    if (!(range->low <= range->high))
        *range = (struct range){.low = 0, .high = 1};
    if (range->low == range->high) {
        const double margin = fmax(fabs(range->low) * 0.1, 0.5);
        range->low -= margin;
        range->high += margin;
    }
    wanted = (range->high - range->low) / n;
    while (power < wanted / 10)
        power *= 10;
    while (power > wanted && power > 0x1p-1000)
        power /= 10;
    range->step = power * (wanted <= power * 2 ? 2 : wanted <= power * 5 ? 5 : 10);
}

static void curve_measure(const cede_plot_curve *curve, struct plot *plot)
{
    if (curve->series) {
        for (size_t i = 0; i < curve->series->n; i++) {
            range_add(&plot->x, curve->series->points[i].x);
            range_add(&plot->y, curve->series->points[i].y);
        }
        return;
    }
    const size_t n = cede_histogram_size(curve->histogram);
    range_add(&plot->x, cede_histogram_limit(curve->histogram, 0));
    range_add(&plot->x, cede_histogram_limit(curve->histogram, n));
    range_add(&plot->y, 0);
    for (size_t i = 0; i < n; i++)
        range_add(&plot->y, cede_histogram_weight(curve->histogram, (ptrdiff_t)i));
}

static int plot_measure(struct plot *plot, const cede_plot_options *options)
{
    const struct range nothing = {.low = (double)INFINITY, .high = -(double)INFINITY};

    plot->width = options->width ? options->width : 720;
    plot->height = options->height ? options->height : 420;
    if (plot->width < 200 || plot->width > 10000 || plot->height < 200 || plot->height > 10000)
        return cede_raise(-EINVAL, "no plot of %d by %d pixels", plot->width, plot->height);
    plot->x = plot->y = nothing;
    for (size_t i = 0; i < options->n_curves; i++) {
        if (!options->curves[i].series && !options->curves[i].histogram)
            return cede_raise(-EINVAL, "curve %zu of a plot is nothing", i);
        curve_measure(&options->curves[i], plot);
    }
    range_finish(&plot->x, 8);
    range_finish(&plot->y, 6);
    plot->y.low = floor(plot->y.low / plot->y.step) * plot->y.step;
    plot->y.high = ceil(plot->y.high / plot->y.step) * plot->y.step;
    if (!isfinite(plot->x.high - plot->x.low) || !isfinite(plot->y.high - plot->y.low))
        return cede_raise(-EINVAL, "the values of a plot span more than can be shown");
    return 0;
}

/* Text where XML has its own meaning for some characters, and none for control characters. */
static void write_text(FILE *stream, const char *text)
{
    for (; *text; text++) {
        if (*text == '&')
            fputs("&amp;", stream);
        else if (*text == '<')
            fputs("&lt;", stream);
        else if (*text == '>')
            fputs("&gt;", stream);
        else
            fputc((unsigned char)*text < ' ' ? ' ' : *text, stream);
    }
}

/* name="value" */
static void write_attribute(FILE *stream, const char *name, double value)
{
    fprintf(stream, " %s=\"", name);
    cede__number_write(stream, value, 7);
    fputc('"', stream);
}

static void write_label(const struct plot *plot, double x, double y, const char *style)
{
    fprintf(plot->stream, "<text");
    write_attribute(plot->stream, "x", x);
    write_attribute(plot->stream, "y", y);
    fprintf(plot->stream, " %s>", style);
}

static void write_line(const struct plot *plot, const double from[2], const double to[2])
{
    fprintf(plot->stream, "<line class=\"grid\"");
    write_attribute(plot->stream, "x1", from[0]);
    write_attribute(plot->stream, "y1", from[1]);
    write_attribute(plot->stream, "x2", to[0]);
    write_attribute(plot->stream, "y2", to[1]);
    fprintf(plot->stream, "/>\n");
}

/* A tick's number; what rounding left of 0 is 0. */
static void write_tick(const struct plot *plot, double value, double step)
{
    cede__number_write(plot->stream, fabs(value) < step / 2 ? 0 : value, 6);
    fputs("</text>\n", plot->stream);
}

static void write_axes(const struct plot *plot)
{
    const double bottom = plot->height - BOTTOM, right = plot->width - RIGHT;
    const struct range *x = &plot->x, *y = &plot->y;

    for (double i = ceil(x->low / x->step - 1e-9); i * x->step <= x->high + 1e-9 * x->step; i++) {
        const double at = plot_x(plot, i * x->step);
        write_line(plot, (double[]){at, TOP}, (double[]){at, bottom});
        write_label(plot, at, bottom + 17, "text-anchor=\"middle\"");
        write_tick(plot, i * x->step, x->step);
    }
    for (double i = round(y->low / y->step); i * y->step <= y->high + 1e-9 * y->step; i++) {
        const double at = plot_y(plot, i * y->step);
        write_line(plot, (double[]){LEFT, at}, (double[]){right, at});
        write_label(plot, LEFT - 8, at + 4, "text-anchor=\"end\"");
        write_tick(plot, i * y->step, y->step);
    }
    fprintf(plot->stream, "<path class=\"axis\" d=\"M%d %dV%dH%d\"/>\n", LEFT, TOP,
            plot->height - BOTTOM, plot->width - RIGHT);
}

static void write_point(const struct plot *plot, const cede_point *point, bool steps, bool first)
{
    if (steps && !first) {
        fputc('H', plot->stream);
        cede__number_write(plot->stream, plot_x(plot, point->x), 7);
        fputc('V', plot->stream);
    } else {
        fputc(first ? 'M' : 'L', plot->stream);
        cede__number_write(plot->stream, plot_x(plot, point->x), 7);
        fputc(' ', plot->stream);
    }
    cede__number_write(plot->stream, plot_y(plot, point->y), 7);
}

/* Of the points `from` to `to` - 1, which share a column of pixels, those that are seen. */
static void write_column(const struct plot *plot, const cede_plot_curve *curve, size_t from,
                         size_t to)
{
    const cede_point *p = curve->series->points;
    size_t least = from, greatest = from;

    for (size_t i = from; i < to; i++) {
        least = p[i].y < p[least].y ? i : least;
        greatest = p[i].y > p[greatest].y ? i : greatest;
    }
    for (size_t i = from; i < to; i++)
        if (i == from || i == to - 1 || i == least || i == greatest)
            write_point(plot, &p[i], curve->steps, i == 0);
}

static void write_series(const struct plot *plot, const cede_plot_curve *curve, const char *colour)
{
    const cede_series *series = curve->series;

    if (series->n == 0)
        return;
    fprintf(plot->stream, "<path class=\"curve\" stroke=\"%s\" d=\"", colour);
    for (size_t from = 0, to; from < series->n; from = to) {
        const double column = floor(plot_x(plot, series->points[from].x));
        for (to = from + 1; to < series->n; to++)
            if (floor(plot_x(plot, series->points[to].x)) != column)
                break;
        write_column(plot, curve, from, to);
    }
    fprintf(plot->stream, "\"/>\n");
}

static void write_histogram(const struct plot *plot, const cede_histogram *histogram,
                            const char *colour)
{
    for (size_t i = 0; i < cede_histogram_size(histogram); i++) {
        const double left = plot_x(plot, cede_histogram_limit(histogram, i));
        const double right = plot_x(plot, cede_histogram_limit(histogram, i + 1));
        const double top = plot_y(plot, cede_histogram_weight(histogram, (ptrdiff_t)i));

        fprintf(plot->stream, "<rect class=\"bar\" fill=\"%s\"", colour);
        write_attribute(plot->stream, "x", left);
        write_attribute(plot->stream, "y", top);
        write_attribute(plot->stream, "width", right - left);
        write_attribute(plot->stream, "height", plot_y(plot, 0) - top);
        fprintf(plot->stream, "/>\n");
    }
}

static void write_curves(const struct plot *plot, const cede_plot_options *options)
{
    int line = 0;

    for (size_t i = 0; i < options->n_curves; i++) {
        const cede_plot_curve *curve = &options->curves[i];
        const char *colour = colours[i % cede__countof(colours)];

        if (curve->series)
            write_series(plot, curve, colour);
        else
            write_histogram(plot, curve->histogram, colour);
    }
    for (size_t i = 0; i < options->n_curves; i++) {
        const int y = TOP + 16 + LEGEND * line;

        if (!options->curves[i].name)
            continue;
        fprintf(plot->stream, "<rect fill=\"%s\" x=\"%d\" y=\"%d\" width=\"14\" height=\"4\"/>\n",
                colours[i % cede__countof(colours)], LEFT + 10, y - 6);
        write_label(plot, LEFT + 30, y, "");
        write_text(plot->stream, options->curves[i].name);
        fputs("</text>\n", plot->stream);
        line++;
    }
}

static void write_titles(const struct plot *plot, const cede_plot_options *options)
{
    const double middle_x = (plot->width + LEFT - RIGHT) / 2.0;
    const double middle_y = (plot->height + TOP - BOTTOM) / 2.0;

    if (options->title) {
        write_label(plot, middle_x, 24, "text-anchor=\"middle\" font-size=\"16\"");
        write_text(plot->stream, options->title);
        fputs("</text>\n", plot->stream);
    }
    if (options->x_label) {
        write_label(plot, middle_x, plot->height - 12, "text-anchor=\"middle\"");
        write_text(plot->stream, options->x_label);
        fputs("</text>\n", plot->stream);
    }
    if (options->y_label) {
        fprintf(plot->stream, "<g transform=\"translate(18 ");
        cede__number_write(plot->stream, middle_y, 7);
        fprintf(plot->stream, ") rotate(-90)\"><text text-anchor=\"middle\">");
        write_text(plot->stream, options->y_label);
        fputs("</text></g>\n", plot->stream);
    }
}

int cede_plot_write(const cede_plot_options *options, FILE *stream)
{
    struct plot plot = {.stream = stream};

    CEDE_TRY(plot_measure(&plot, options));
    fprintf(stream,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"%d\" height=\"%d\" "
            "viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n<title>",
            plot.width, plot.height, plot.width, plot.height);
    write_text(stream, options->title ? options->title : "plot");
    fprintf(stream, "</title>\n<style>.grid{stroke:#ddd}.axis{stroke:#333;fill:none}"
                    ".curve{fill:none;stroke-width:1.5;stroke-linejoin:round}"
                    ".bar{fill-opacity:0.7;stroke:#fff;stroke-width:0.5}</style>\n"
                    "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n");
    write_axes(&plot);
    write_curves(&plot, options);
    write_titles(&plot, options);
    fprintf(stream, "</svg>\n");
    return ferror(stream) || fflush(stream) ? -EIO : 0;
}
