/* meter.h - the line of a progress bar as a text: ` 63%|######3   | 12/19
 * [00:14<00:08,  1.29it/s]`. Floor 6c. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_PROGRESS_METER_H
#define CEDE_PROGRESS_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

/* Columns a line is held to at most, whatever the terminal says. */
#define CEDE__METER_COLUMNS 1000

/* cede__meter.columns: no bar, numbers only. */
#define CEDE__METER_NO_BAR (-1)

/* Everything a line shows; all borrowed. */
struct cede__meter {
    int64_t n;
    int64_t total;     /* 0 or less: unknown, no bar */
    int64_t initial;   /* of n, that do not count for the mean rate */
    double elapsed;    /* seconds since the start */
    double rate;       /* units a second, if has_rate; else the mean since the start */
    double unit_scale; /* 0 plain numbers; 1 with prefixes k, M, ...; else numbers are multiplied by
                          it */
    int unit_divisor;  /* between prefixes of n and total: 1000 or 1024 */
    int columns;       /* the whole line; 0: a bar of ten; CEDE__METER_NO_BAR */
    const char *prefix; /* "" for none; shown with ": " */
    const char *unit;
    const char *postfix; /* "" for none; shown after ", " */
    const char *colour;  /* the escape sequence before the bar, "" for none */
    bool has_rate;
    bool unicode; /* the bar in eighths of blocks, else in ASCII digits and # */
};

/* Write the line into `text`, whose memory is not empty. A line without a bar (total unknown) is
 * not cut to `columns`. */
void cede__meter_format(const struct cede__meter *meter, struct cede__text *text);

/* The escape sequence of a colour: its English name in any case, or "#rrggbb"; "" for anything else
 * and for NULL. */
enum { CEDE__COLOUR_SIZE = 24 };
void cede__meter_colour(const char *name, char out[CEDE__COLOUR_SIZE]);

/* `value` with three significant digits and a prefix: "1.29k". */
void cede__meter_add_size(struct cede__text *text, double value, int divisor);

/* A span as [H:]MM:SS, fractions of a second cut off. */
void cede__meter_add_interval(struct cede__text *text, double seconds);

#endif
