/* server_range.c - which bytes a Range header asks for (RFC 9110, 14.1.2 and 14.2).
 *
 * A header that makes no sense, or asks for more than the whole, is as good as none: the answer is
 * the whole, which is always right. That also ends the trick of asking for a thousand overlapping
 * pieces.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <strings.h>

#include "http/files.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A number, or the most there is if it is greater; negative if there is no digit. */
static int64_t take_number(const char **at)
{
    int64_t number = 0;

    if (!is_digit(**at))
        return -1;
    for (; is_digit(**at); ++*at) {
        const int digit = **at - '0';
        number = number > (INT64_MAX - digit) / 10 ? INT64_MAX : number * 10 + digit;
    }
    return number;
}

/* One "first-last", "first-" or "-length" of `size` bytes. 1: it is in `out`; 0: there are no such
 * bytes; negative: it makes no sense. */
static int take_range(const char **at, int64_t size, struct cede__http_range *out)
{
    const int64_t first = take_number(at);
    int64_t last;

    if (*(*at)++ != '-')
        return -1;
    last = take_number(at);
    if (first < 0) {
        if (last < 0)
            return -1;
        out->size = last < size ? last : size;
        out->offset = size - out->size;
        return out->size > 0;
    }
    if (last >= 0 && last < first)
        return -1;
    if (first >= size)
        return 0;
    out->offset = first;
    out->size = (last < 0 || last >= size ? size : last + 1) - first;
    return 1;
}

static const char *skip_separators(const char *at)
{
    while (is_blank(*at) || *at == ',')
        at++;
    return at;
}

int cede__http_range_parse(const char *text, int64_t size,
                           struct cede__http_range ranges[CEDE__HTTP_MOST_RANGES])
{
    int64_t total = 0;
    int n = 0;
    int n_seen = 0;

    if (strncasecmp(text, "bytes=", 6) != 0 || size <= 0)
        return 0;
    for (text = skip_separators(text + 6); *text; n_seen++) {
        struct cede__http_range range;
        const int found = take_range(&text, size, &range);
        if (found < 0 || n_seen == CEDE__HTTP_MOST_RANGES)
            return 0;
        while (is_blank(*text))
            text++;
        if (*text && *text != ',')
            return 0;
        text = skip_separators(text);
        if (found == 0)
            continue;
        if (range.size > size - total)
            return 0;
        total += range.size;
        ranges[n++] = range;
    }
    return n > 0 ? n : n_seen > 0 ? CEDE__HTTP_NO_RANGE : 0;
}
