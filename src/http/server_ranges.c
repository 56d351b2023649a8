/* server_ranges.c - replies with a file: all of it, one stretch of it, or several in the parts of a
 * multipart/byteranges (RFC 9110, 14.6).
 *
 *     --BOUNDARY CR LF  Content-Type, Content-Range  CR LF CR LF  bytes  CR LF    a part
 *     --BOUNDARY-- CR LF                                                          the end
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "http/files.h"
#include "sys/clock.h"

enum {
    WORDS_SIZE = 400, /* before a part, at most: its type has no more than 200 bytes */
    BOUNDARY_SIZE = 40,
};

/* What "Content-Range" says of one stretch. */
static void range_format(const struct cede__http_range *range, int64_t size, char text[80])
{
    snprintf(text, 80, "bytes %lld-%lld/%lld", (long long)range->offset,
             (long long)(range->offset + range->size - 1), (long long)size);
}

static int reply_one(cede_http_request *request, const struct cede__http_file *file,
                     const struct cede__http_range *range)
{
    const struct cede__http_piece piece = {.offset = range->offset, .size = range->size};
    const struct cede__http_body body = {file->type, file->fd, &piece, 1};
    char text[80];

    range_format(range, file->size, text);
    CEDE_TRY(cede_http_reply_header(request, "Content-Range", text));
    return cede__http_reply_pieces(request, 206, &body);
}

static int reply_several(cede_http_request *request, const struct cede__http_file *file,
                         const struct cede__http_range *ranges, int n)
{
    struct cede__http_piece pieces[CEDE__HTTP_MOST_RANGES + 1] = {0};
    const int64_t now = cede__clock_realtime();
    char type[80], boundary[BOUNDARY_SIZE], end[BOUNDARY_SIZE + 8];
    struct cede__http_body body = {type, file->fd, pieces, (size_t)n + 1};
    char *words = cede__malloc((size_t)n * WORDS_SIZE);
    int rc;

    if (!words)
        return cede_raise(-ENOMEM, "no memory for the parts of a reply");
    /* Not to be met in a file: nobody knows it before. */
    snprintf(boundary, sizeof boundary, "cede-%016llx%08x",
             (unsigned long long)now * 0x9e3779b97f4a7c15u, (unsigned)(uintptr_t)words);
    snprintf(type, sizeof type, "multipart/byteranges; boundary=%s", boundary);
    snprintf(end, sizeof end, "\r\n--%s--\r\n", boundary);
    for (int i = 0; i < n; i++) {
        char *before = words + (size_t)i * WORDS_SIZE;
        char text[80];
        range_format(&ranges[i], file->size, text);
        snprintf(before, WORDS_SIZE, "%s--%s\r\nContent-Type: %.200s\r\nContent-Range: %s\r\n\r\n",
                 i > 0 ? "\r\n" : "", boundary, file->type, text);
        pieces[i] =
            (struct cede__http_piece){before, strlen(before), ranges[i].offset, ranges[i].size};
    }
    pieces[n] = (struct cede__http_piece){.words = end, .words_size = strlen(end)};
    rc = cede__http_reply_pieces(request, 206, &body);
    cede__free(words);
    return rc;
}

int cede__http_reply_ranges(cede_http_request *request, const struct cede__http_file *file)
{
    const char *asked = request->is_head ? NULL : cede_http_request_header(request, "Range");
    struct cede__http_range ranges[CEDE__HTTP_MOST_RANGES];
    char text[80];
    int n = 0;

    CEDE_TRY(cede_http_reply_header(request, "Accept-Ranges", "bytes"));
    if (asked && cede__http_range_applies(request, file->tag, file->modified))
        n = cede__http_range_parse(asked, file->size, ranges);
    if (n == CEDE__HTTP_NO_RANGE) {
        snprintf(text, sizeof text, "bytes */%lld", (long long)file->size);
        CEDE_TRY(cede_http_reply_header(request, "Content-Range", text));
        return 416;
    }
    if (n == 0)
        return cede_http_reply_file(request, file->type, file->fd, file->size);
    return n == 1 ? reply_one(request, file, &ranges[0]) : reply_several(request, file, ranges, n);
}
