/* csv.c - words as fields of comma-separated values: RFC 4180. */
/* SPDX-License-Identifier: MIT */
#include "sim/csv.h"

void cede__csv_write(FILE *stream, const char *text)
{
    fputc('"', stream);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', stream);
        fputc(*text, stream);
    }
    fputc('"', stream);
}
