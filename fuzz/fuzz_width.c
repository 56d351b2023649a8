/* fuzz_width.c - any bytes as a text on a terminal: it is cut to fit, terminated, and stays on its
 * line. */
/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "progress/width.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const int columns = size > 0 ? data[0] % 40 : 0;
    const size_t memory = size + 5;
    char *text = calloc(1, memory);
    char *clean = calloc(1, memory);

    if (size > 1)
        memcpy(text, data + 1, size - 1);
    cede__width_copy_clean(clean, memory - 4, text);
    for (const char *c = clean; *c; c++)
        cede__assert((unsigned char)*c >= ' ' || *c == '\033');
    cede__assert(cede__width_of(clean) >= 0);
    cede__assert(cede__width_trim(clean, memory, columns) <= columns);
    cede__assert(cede__width_of(clean) <= columns);
    cede__assert(strlen(clean) < memory);
    free(text);
    free(clean);
    return 0;
}
