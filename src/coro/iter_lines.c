/* iter_lines.c - the lines of a stream. One buffer is read into again and again; lines that are to
 * stay are copied out of it, into a list of texts that is given back when the iterator closes. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <cede/iter_source.h>

#include "coro/iter.h"
#include "sys/text_file.h"

/* A line that stays. */
struct text {
    struct text *before; /* the line before it */
    char bytes[];
};

struct lines {
    cede_iter iter;
    FILE *file;
    char *buffer; /* of the line read last; NULL at first */
    size_t size;  /* bytes of buffer */
    unsigned flags;
    bool owns_file;
    struct text *last; /* of those that stay */
};

/* Hand out a copy of the `length` bytes in the buffer. */
static int lines_keep(struct lines *lines, size_t length, void **item)
{
    struct text *text = cede__malloc(sizeof *text + length + 1);

    if (!text)
        return cede_raise(-ENOMEM, "no memory for a line of %zu bytes", length);
    memcpy(text->bytes, lines->buffer, length + 1);
    text->before = lines->last;
    lines->last = text;
    *item = text->bytes;
    return 1;
}

static void lines_close_file(struct lines *lines)
{
    if (lines->owns_file)
        cede__text_file_close(lines->file);
    lines->owns_file = false;
}

static int lines_next(cede_iter *it, void **item)
{
    struct lines *lines = (struct lines *)it;
    const int64_t n = cede__text_file_read_line(lines->file, &lines->buffer, &lines->size);

    if (n < 0)
        return cede_raise((int)n, "could not read the next line");
    if (n == 0) {
        lines_close_file(lines);
        return 0;
    }
    size_t length = (size_t)n;
    if ((lines->flags & CEDE_LINES_CHOMP) && lines->buffer[length - 1] == '\n')
        lines->buffer[--length] = '\0';
    if (lines->flags & CEDE_LINES_KEEP)
        return lines_keep(lines, length, item);
    *item = lines->buffer;
    return 1;
}

static void lines_close(cede_iter *it)
{
    struct lines *lines = (struct lines *)it;

    lines_close_file(lines);
    while (lines->last) {
        struct text *before = lines->last->before;

        cede__free(lines->last);
        lines->last = before;
    }
    cede__free(lines->buffer);
    cede__free(lines);
}

static const cede_iter_kind lines_kind = {
    .name = "lines",
    .next = lines_next,
    .close = lines_close,
};

cede_iter *cede_iter_lines(FILE *file, unsigned flags)
{
    const size_t item_size = flags & CEDE_LINES_KEEP ? CEDE_ITEM_OUTLIVES : CEDE_ITEM_UNKNOWN;
    struct lines *lines = cede__iter_create(&lines_kind, sizeof *lines, item_size);

    if (!lines)
        return NULL;
    lines->file = file;
    lines->flags = flags;
    return &lines->iter;
}

cede_iter *cede_iter_lines_of(const char *path, unsigned flags)
{
    FILE *file;
    const int rc = cede__text_file_open(path, &file);

    if (rc < 0) {
        (void)cede_raise(rc, "could not open %s", path);
        return NULL;
    }
    cede_iter *it = cede_iter_lines(file, flags);
    if (it)
        ((struct lines *)it)->owns_file = true;
    else
        cede__text_file_close(file);
    return it;
}
