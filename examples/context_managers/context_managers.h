/* context_managers.h - a stream that turns lines round, for the looking-glasses of this folder. */
/* SPDX-License-Identifier: MIT */
#ifndef CONTEXT_MANAGERS_H
#define CONTEXT_MANAGERS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* fopencookie */
#endif
#include <stdio.h>

#include <cede.h>

/* [mirror] */
static inline ssize_t reverse_write(void *original, const char *text, size_t size)
{
    const size_t n = size > 0 && text[size - 1] == '\n' ? size - 1 : size;

    for (size_t i = n; i > 0; i--)
        putc(text[i - 1], original);
    fwrite(text + n, 1, size - n, original);
    return (ssize_t)size;
}

/* What is printed on it comes out of `original`, line by line, reversed. */
static inline int open_mirror(FILE *original, FILE **mirror_out)
{
    FILE *mirror = fopencookie(original, "w", (cookie_io_functions_t){.write = reverse_write});

    if (!mirror)
        return cede_raise(-ENOMEM, "no memory for a looking-glass");
    setvbuf(mirror, NULL, _IOLBF, BUFSIZ);
    *mirror_out = mirror;
    return 0;
}
/* [/mirror] */

static inline int divide(int a, int b, int *out)
{
    if (b == 0)
        return cede_raise(-EDOM, "division by zero");
    *out = a / b;
    return 0;
}

#endif
