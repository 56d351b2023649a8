/* text_file.c - streams of the C library: getline would do, but that takes memory of its own. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>

#include "base/base.h"
#include "sys/text_file.h"

enum { FIRST_SIZE = 128 };

int cede__text_file_open(const char *path, FILE **out)
{
    FILE *file = fopen(path, "re");

    if (!file)
        return errno > 0 ? -errno : -EIO;
    *out = file;
    return 0;
}

void cede__text_file_close(FILE *file)
{
    if (file)
        (void)fclose(file); /* only read: nothing is lost */
}

/* Room for one more byte and the terminator. */
static int buffer_reserve(char **buffer, size_t *size, size_t length)
{
    if (length + 2 <= *size)
        return 0;
    const size_t grown = *size > 0 ? 2 * *size : FIRST_SIZE;
    char *memory = grown > *size ? cede__realloc(*buffer, grown) : NULL;

    if (!memory)
        return -ENOMEM;
    *buffer = memory;
    *size = grown;
    return 0;
}

static int64_t read_line_locked(FILE *file, char **buffer, size_t *size)
{
    size_t length = 0;
    int byte;

    do {
        byte = getc_unlocked(file);
        if (byte == EOF)
            break;
        if (buffer_reserve(buffer, size, length) < 0)
            return -ENOMEM;
        (*buffer)[length++] = (char)byte;
    } while (byte != '\n');
    if (byte == EOF && ferror_unlocked(file))
        return errno > 0 ? -errno : -EIO;
    if (length > 0)
        (*buffer)[length] = '\0';
    return (int64_t)length;
}

int64_t cede__text_file_read_line(FILE *file, char **buffer, size_t *size)
{
    flockfile(file);
    const int64_t length = read_line_locked(file, buffer, size);
    funlockfile(file);
    return length;
}
