/* number.c - numbers as text: what printf makes of them, but with a point. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sim/number.h"

void cede__number_write(FILE *stream, double value, int n_digits)
{
    char text[64];

    (void)snprintf(text, sizeof text, "%.*g", n_digits, value);
    for (char *c = text; *c; c++) /* no other character can be the locale's decimal sign */
        if (!strchr("0123456789+-einfa", *c))
            *c = '.';
    fputs(text, stream);
}
