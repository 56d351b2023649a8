/* test_plot.c - plots: well-formed, with what they are to show. */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cede/error.h>
#include <cede/plot.h>

#include "harness/harness.h"

/* The plot as text, owned by the caller. */
static char *plot(const cede_plot_options *options)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    CHECK(stream != NULL);
    CHECK_EQ(cede_plot_write(options, stream), 0);
    fclose(stream);
    return text;
}

/* Past a tag that `at` points to, whose name is put into `name`; its attributes are well-formed. */
static const char *check_tag(const char *at, char name[32])
{
    size_t n = 0;

    at++;
    while (isalpha((unsigned char)*at) && n < 31)
        name[n++] = *at++;
    name[n] = '\0';
    CHECK(n > 0);
    while (*at == ' ') {
        at++;
        if (*at == '>' || *at == '/')
            break;
        while (isalnum((unsigned char)*at) || *at == '-')
            at++;
        CHECK(at[0] == '=' && at[1] == '"');
        for (at += 2; *at != '"'; at++)
            CHECK(*at && *at != '<' && *at != '&');
        at++;
    }
    return at;
}

/* Well-formed XML, as far as plots need it: tags nest, attributes are quoted, entities are
 * known. */
static void check_xml(const char *at)
{
    char open[16][32];
    int depth = 0, n_roots = 0;

    for (; *at; at++) {
        CHECK((unsigned char)*at >= ' ' || *at == '\n');
        CHECK(*at != '>');
        if (*at == '&')
            CHECK(!strncmp(at, "&amp;", 5) || !strncmp(at, "&lt;", 4) || !strncmp(at, "&gt;", 4));
        if (at[0] == '<' && at[1] == '/') {
            CHECK(depth > 0);
            const size_t n = strlen(open[--depth]);
            CHECK(!strncmp(at + 2, open[depth], n) && at[2 + n] == '>');
            at += 2 + n;
        } else if (*at == '<') {
            CHECK(depth < 16);
            n_roots += depth == 0;
            at = check_tag(at, open[depth++]);
            if (*at == '/') {
                depth--;
                at++;
            }
            CHECK(*at == '>');
        }
    }
    CHECK_EQ(depth, 0);
    CHECK_EQ(n_roots, 1);
}

static size_t count_of(const char *text, const char *part)
{
    size_t n = 0;

    for (; (text = strstr(text, part)); text += strlen(part))
        n++;
    return n;
}

static cede_series series_of(size_t n)
{
    cede_series series = {0};

    for (size_t i = 0; i < n; i++)
        CHECK_EQ(cede_series_add(&series, (double)i, (double)(i * i % 7)), 0);
    return series;
}

TEST(plot, i13_a_series_has_axes_ticks_labels_and_a_line)
{
    cede_series series = series_of(11);
    const cede_plot_curve curve = {.series = &series, .name = "a < b & c"};
    char *svg = plot(&(cede_plot_options){.title = "Tom & \"Jerry\"\n<3",
                                          .x_label = "minutes",
                                          .y_label = "people",
                                          .curves = &curve,
                                          .n_curves = 1});

    check_xml(svg);
    CHECK_HAS(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\"");
    CHECK_HAS(svg, "<title>Tom &amp; \"Jerry\" &lt;3</title>");
    CHECK_HAS(svg, ">minutes</text>");
    CHECK_HAS(svg, ">people</text>");
    CHECK_HAS(svg, ">a &lt; b &amp; c</text>");
    for (int tick = 0; tick <= 10; tick += 2) {
        char label[32];
        (void)snprintf(label, sizeof label, ">%d</text>", tick);
        CHECK_HAS(svg, label);
    }
    CHECK_EQ(count_of(svg, "class=\"curve\""), 1);
    CHECK_HAS(svg, "d=\"M70 370L"); /* 0, 0: the corner of the axes */
    free(svg);
    cede_series_fini(&series);
}

TEST(plot, a_line_in_steps_goes_across_and_then_up)
{
    cede_series series = series_of(3);
    const cede_plot_curve curve = {.series = &series, .steps = true};
    char *svg = plot(&(cede_plot_options){.curves = &curve, .n_curves = 1});

    check_xml(svg);
    CHECK_HAS(svg, "d=\"M70 370H385V287.5H700V40\""); /* 0, 1, 4 of 4 */
    free(svg);
    cede_series_fini(&series);
}

TEST(plot, i13_a_histogram_has_a_bar_a_class)
{
    cede_histogram *histogram;

    CHECK_EQ(cede_histogram_create(0, 10, 5, &histogram), 0);
    for (int i = 0; i < 12; i++)
        cede_histogram_add(histogram, i, 2);
    const cede_plot_curve curve = {.histogram = histogram};
    char *svg = plot(&(cede_plot_options){.curves = &curve, .n_curves = 1});

    check_xml(svg);
    CHECK_EQ(count_of(svg, "class=\"bar\""), 5);
    CHECK_HAS(svg, "x=\"70\" y=\"40\" width=\"126\" height=\"330\"");
    free(svg);
    cede_histogram_destroy(histogram);
}

TEST(plot, a_long_series_is_written_no_longer_than_it_is_seen)
{
    cede_series series = series_of(300000);
    const cede_plot_curve curve = {.series = &series};
    char *svg = plot(&(cede_plot_options){.curves = &curve, .n_curves = 1});

    check_xml(svg);
    CHECK(strlen(svg) < 100000);
    CHECK(count_of(svg, "L") < 4 * 632 && count_of(svg, "L") > 2 * 600);
    free(svg);
    cede_series_fini(&series);
}

TEST(plot, nothing_one_point_and_odd_numbers_make_plots_too)
{
    const double pairs[][2] = {{5, 5}, {-1e300, 1e-300}, {1e-9, 1e-9}, {-0.3, 1e15}};

    for (size_t i = 0; i <= 4; i++) {
        cede_series series = {0};
        const cede_plot_curve curve = {.series = &series};
        for (size_t k = 0; k < i; k++)
            CHECK_EQ(cede_series_add(&series, pairs[k][0], pairs[k][1]), 0);
        char *svg = plot(&(cede_plot_options){.curves = &curve, .n_curves = 1});
        check_xml(svg);
        CHECK(!strstr(svg, "nan") && !strstr(svg, "inf"));
        CHECK(count_of(svg, "class=\"grid\"") >= 4 && count_of(svg, "class=\"grid\"") < 40);
        free(svg);
        cede_series_fini(&series);
    }
}

/* A locale with a decimal comma, as far as the library can see one. */
static bool has_comma;

int __wrap_snprintf(char *buffer, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int __wrap_snprintf(char *buffer, size_t size, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(buffer, size, format, arguments);
    va_end(arguments);
    for (char *c = buffer; has_comma && c && *c; c++)
        *c = *c == '.' ? ',' : *c;
    return length;
}

TEST(plot, numbers_have_a_point_in_every_locale)
{
    cede_series series = {0};
    const cede_plot_curve curve = {.series = &series};

    CHECK_EQ(cede_series_add(&series, 0, 0), 0);
    CHECK_EQ(cede_series_add(&series, 0.5, 1.5), 0);
    char *expected = plot(&(cede_plot_options){.curves = &curve, .n_curves = 1});
    has_comma = true;
    char *svg = plot(&(cede_plot_options){.curves = &curve, .n_curves = 1});
    CHECK_STR(svg, expected);
    CHECK_HAS(svg, ">0.1</text>");
    free(svg);
    free(expected);
    cede_series_fini(&series);
}

TEST(plot, what_cannot_be_drawn_is_refused)
{
    cede_series series = {0};
    const cede_plot_curve curve = {.series = &series}, none = {.name = "none"};
    cede_plot_options options = {.curves = &curve, .n_curves = 1, .width = 10};

    CHECK_EQ(cede_plot_write(&options, stdout), -EINVAL);
    options.width = 300;
    options.curves = &none;
    CHECK_EQ(cede_plot_write(&options, stdout), -EINVAL);
    CHECK_HAS(cede_error_message(cede_error_last()), "nothing");
    CHECK_EQ(cede_series_add(&series, -1.7e308, 0), 0);
    CHECK_EQ(cede_series_add(&series, 1.7e308, 0), 0);
    options.curves = &curve;
    CHECK_EQ(cede_plot_write(&options, stdout), -EINVAL);
    cede_series_fini(&series);

    FILE *full = fopen("/dev/full", "w");
    CHECK(full != NULL);
    CHECK_EQ(cede_plot_write(&options, full), -EIO);
    fclose(full);
}
