/* meter.c - the line of a progress bar as a text, number for number as tqdm writes it.
 *
 * Pure: numbers in, text out; no clock, no terminal, no allocation. A line is left part, bar, right
 * part; the bar takes the columns that the other two leave. Decimal points are points in every
 * locale. Called by progress.c. tests/conformance compares it with tqdm's format_meter over
 * thousands of generated lines.
 */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "progress/meter.h"
#include "progress/width.h"

#define DEFAULT_BAR_COLUMNS 10

/* Add `value` with `digits` after the point, at least `width` characters. */
static void add_fixed(struct cede__text *text, double value, int width, int digits)
{
    char number[400]; /* the largest double has 309 digits */
    int whole;

    snprintf(number, sizeof number, "%*.*f", width, digits, value);
    if (digits > 0) {
        /* The locale's decimal point, which may be several bytes, stands between the whole part and
         * `digits` digits. */
        whole = (int)strspn(number, " -0123456789");
        if (number[whole] != '\0')
            cede__text_add(text, "%.*s.%s", whole, number, number + strlen(number) - digits);
        else
            cede__text_add(text, "%s", number);
    } else {
        cede__text_add(text, "%s", number);
    }
}

void cede__meter_add_size(struct cede__text *text, double value, int divisor)
{
    static const char *const prefixes[] = {"", "k", "M", "G", "T", "P", "E", "Z"};

    for (size_t i = 0; i < cede__countof(prefixes); i++) {
        const double size = fabs(value);
        if (size < 999.5) {
            if (size < 9.995)
                add_fixed(text, value, 1, 2);
            else if (size < 99.95)
                add_fixed(text, value, 2, 1);
            else
                add_fixed(text, value, 3, 0);
            cede__text_add(text, "%s", prefixes[i]);
            return;
        }
        value /= divisor;
    }
    add_fixed(text, value, 3, 1);
    cede__text_add(text, "Y");
}

/* `value` cut to an integer, held within what fits. */
static int64_t whole_seconds(double value)
{
    const double most = 9e18;

    if (isnan(value))
        return 0;
    return (int64_t)(value > most ? most : value < -most ? -most : value);
}

void cede__meter_add_interval(struct cede__text *text, double seconds)
{
    const int64_t whole = whole_seconds(seconds);
    /* Rounded down, as Python divides: a negative span shows as -1:59:57. */
    const int64_t minutes = whole / 60 - (whole % 60 < 0);
    const int64_t hours = minutes / 60 - (minutes % 60 < 0);
    const int second = (int)(whole - minutes * 60);
    const int minute = (int)(minutes - hours * 60);

    if (hours != 0)
        cede__text_add(text, "%lld:%02d:%02d", (long long)hours, minute, second);
    else
        cede__text_add(text, "%02d:%02d", minute, second);
}

/* The shortest digits that read back as `value`, written as Python writes a float. */
static void add_shortest(struct cede__text *text, double value)
{
    char digits[40], *exponent_at;
    int precision = 0, exponent, n_digits;

    if (value < 0) {
        cede__text_add(text, "-");
        value = -value;
    }
    do {
        snprintf(digits, sizeof digits, "%.*e", precision, value);
    } while (strtod(digits, NULL) != value && ++precision < 17);
    exponent_at = strchr(digits, 'e');
    if (!exponent_at) {
        cede__text_add(text, "%s", digits); /* inf, nan */
        return;
    }
    exponent = (int)strtol(exponent_at + 1, NULL, 10);
    n_digits = precision + 1;
    if (exponent >= -4 && exponent < 16) {
        add_fixed(text, value, 1, n_digits - 1 > exponent ? n_digits - 1 - exponent : 1);
    } else {
        *exponent_at = '\0';
        cede__text_add(text, "%c%s%s", digits[0], precision ? "." : "",
                       precision ? digits + strlen(digits) - precision : "");
        cede__text_add(text, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
    }
}

/* A count as the options want it: plain, with a prefix, or multiplied. */
static void add_count(const struct cede__meter *meter, struct cede__text *text, int64_t count)
{
    const double scale = meter->unit_scale;
    int64_t product;

    if (scale == 0)
        cede__text_add(text, "%lld", (long long)count);
    else if (scale == 1)
        cede__meter_add_size(text, (double)count, meter->unit_divisor);
    else if (scale == floor(scale) && fabs(scale) < 0x1p53 &&
             !__builtin_mul_overflow(count, (int64_t)scale, &product))
        cede__text_add(text, "%lld", (long long)product);
    else
        add_shortest(text, (double)count * scale);
}

/* "1.29it/s", or, where that is below one, " 1.55s/it". */
static void add_rate(const struct cede__meter *meter, struct cede__text *text, double rate)
{
    const double inverse = rate != 0 ? 1 / rate : 0;
    const bool inverted = inverse > 1;

    if (rate == 0)
        cede__text_add(text, "?");
    else if (meter->unit_scale == 1)
        cede__meter_add_size(text, inverted ? inverse : rate, 1000);
    else
        add_fixed(text, inverted ? inverse : rate, 5, 2);
    cede__text_add(text, inverted ? "s/%s" : "%s/s", meter->unit);
}

static void add_prefix(const struct cede__meter *meter, struct cede__text *text)
{
    const size_t length = strlen(meter->prefix);

    if (length == 0)
        return;
    cede__text_add(text, "%s", meter->prefix);
    if (length < 2 || strcmp(meter->prefix + length - 2, ": ") != 0)
        cede__text_add(text, ": ");
}

/* ", 1.29it/s, postfix]": how both kinds of line end. */
static void add_end(const struct cede__meter *meter, struct cede__text *text, double rate)
{
    cede__text_add(text, ", ");
    add_rate(meter, text, rate);
    if (meter->postfix[0] != '\0')
        cede__text_add(text, ", %s", meter->postfix);
    cede__text_add(text, "]");
}

void cede__meter_colour(const char *name, char out[CEDE__COLOUR_SIZE])
{
    static const char *const names[] = {"black", "red",     "green", "yellow",
                                        "blue",  "magenta", "cyan",  "white"};

    out[0] = '\0';
    if (!name)
        return;
    for (size_t i = 0; i < cede__countof(names); i++) {
        if (strcasecmp(name, names[i]) == 0)
            snprintf(out, CEDE__COLOUR_SIZE, "\x1b[3%zum", i);
    }
    if (name[0] == '#' && strlen(name) == 7 && strspn(name + 1, "0123456789abcdefABCDEF") == 6) {
        const unsigned long code = strtoul(name + 1, NULL, 16);
        snprintf(out, CEDE__COLOUR_SIZE, "\x1b[38;2;%lu;%lu;%lum", code >> 16 & 0xff,
                 code >> 8 & 0xff, code & 0xff);
    }
}

static void add_bar(const struct cede__meter *meter, struct cede__text *text, double fraction,
                    int columns)
{
    static const char *const ascii[] = {" ", "1", "2", "3", "4", "5", "6", "7", "8", "9", "#"};
    static const char *const blocks[] = {" ",      "\u258f", "\u258e", "\u258d", "\u258c",
                                         "\u258b", "\u258a", "\u2589", "\u2588"};
    const char *const *steps = meter->unicode ? blocks : ascii;
    const int n_steps = meter->unicode ? 8 : 10; /* a column is filled in so many steps */
    int filled, part;

    fraction = fraction < 0 ? 0 : fraction > 1 ? 1 : fraction;
    filled = (int)(fraction * columns * n_steps);
    part = filled % n_steps;
    filled /= n_steps;
    cede__text_add(text, "%s", meter->colour);
    for (int i = 0; i < filled; i++)
        cede__text_add(text, "%s", steps[n_steps]);
    if (filled < columns)
        cede__text_add(text, "%s%*s", steps[part], columns - filled - 1, "");
    if (meter->colour[0] != '\0')
        cede__text_add(text, CEDE__COLOUR_RESET);
}

/* The right part, from the bar's end on; `remaining` seconds are estimated. */
static void add_right(const struct cede__meter *meter, struct cede__text *text, double rate,
                      double remaining)
{
    cede__text_add(text, meter->columns == CEDE__METER_NO_BAR ? " " : "| ");
    add_count(meter, text, meter->n);
    cede__text_add(text, "/");
    add_count(meter, text, meter->total);
    cede__text_add(text, " [");
    cede__meter_add_interval(text, meter->elapsed);
    cede__text_add(text, "<");
    if (rate != 0)
        cede__meter_add_interval(text, remaining);
    else
        cede__text_add(text, "?");
    add_end(meter, text, rate);
}

void cede__meter_format(const struct cede__meter *meter, struct cede__text *text)
{
    const double scale = meter->unit_scale == 0 ? 1 : meter->unit_scale;
    const double n = (double)meter->n * scale, total = (double)meter->total * scale;
    double rate = 0, remaining;
    char right_buffer[1024];
    struct cede__text right = {right_buffer, sizeof right_buffer, 0};
    int room = DEFAULT_BAR_COLUMNS;

    if (meter->has_rate)
        rate = meter->rate * scale;
    else if (meter->elapsed != 0)
        rate = (double)(meter->n - meter->initial) * scale / meter->elapsed;

    add_prefix(meter, text);
    if (meter->total <= 0 || meter->n > meter->total) {
        add_count(meter, text, meter->n);
        cede__text_add(text, "%s [", meter->unit);
        cede__meter_add_interval(text, meter->elapsed);
        add_end(meter, text, rate);
        return;
    }
    remaining = rate != 0 ? (total - n) / rate : 0;
    add_fixed(text, n / total * 100, 3, 0);
    cede__text_add(text, meter->columns == CEDE__METER_NO_BAR ? "%%" : "%%|");
    add_right(meter, &right, rate, remaining);
    if (meter->columns != CEDE__METER_NO_BAR) {
        if (meter->columns > 0)
            room = meter->columns - cede__width_of(text->buffer) - cede__width_of(right.buffer);
        add_bar(meter, text, n / total, room > 1 ? room : 1);
    }
    cede__text_add(text, "%s", right.buffer);
    if (meter->columns > 0) {
        cede__width_trim(text->buffer, text->size, meter->columns);
        text->length = strlen(text->buffer);
    }
}
