/* progress_meter.c - reads numbers, prints the lines that cede makes of them; progress_meter.py
 * compares them with tqdm's.
 *
 * A case is a line of fields between tabs: n, total, initial, elapsed, rate ("-" for the mean),
 * columns, unit_scale, unit_divisor, unicode, prefix, unit, postfix, colour; or "size" value
 * divisor; or "interval" seconds. The answer is one line.
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "progress/meter.h"

static void answer_meter(char **field, struct cede__text *text)
{
    char colour[CEDE__COLOUR_SIZE];

    cede__meter_colour(field[12], colour);
    const struct cede__meter meter = {
        .n = strtoll(field[0], NULL, 10),
        .total = strtoll(field[1], NULL, 10),
        .initial = strtoll(field[2], NULL, 10),
        .elapsed = strtod(field[3], NULL),
        .has_rate = strcmp(field[4], "-") != 0,
        .rate = strtod(field[4], NULL),
        .columns = atoi(field[5]),
        .unit_scale = strtod(field[6], NULL),
        .unit_divisor = atoi(field[7]),
        .unicode = atoi(field[8]) != 0,
        .prefix = field[9],
        .unit = field[10],
        .postfix = field[11],
        .colour = colour,
    };

    cede__meter_format(&meter, text);
}

int main(void)
{
    static char line[16384], buffer[16384];

    while (fgets(line, sizeof line, stdin)) {
        struct cede__text text = {buffer, sizeof buffer, 0};
        char *field[13] = {NULL}, *rest = line;
        int n_fields = 0;

        line[strcspn(line, "\n")] = '\0';
        while (rest && n_fields < 13)
            field[n_fields++] = strsep(&rest, "\t");
        buffer[0] = '\0';
        if (strcmp(field[0], "size") == 0 && n_fields == 3)
            cede__meter_add_size(&text, strtod(field[1], NULL), atoi(field[2]));
        else if (strcmp(field[0], "interval") == 0 && n_fields == 2)
            cede__meter_add_interval(&text, strtod(field[1], NULL));
        else if (n_fields == 13)
            answer_meter(field, &text);
        else
            return 1;
        puts(buffer);
    }
    return 0;
}
