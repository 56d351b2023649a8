/* server_path.c - the target of a request: its forms, decoded and normalised in place.
 *
 * The path is decoded once, then looked at: what is encoded twice is just a name. A part ".." is
 * refused wherever it stands and however it was written, so a path never climbs; parts "." and
 * empty ones are dropped.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <strings.h>

#include "http/server.h"

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Percent-decode in place. False if an escape is none, or is that of the zero byte. */
static bool path_decode(char *path)
{
    char *out = path;

    for (const char *in = path; *in; in++) {
        if (*in != '%') {
            *out++ = *in;
            continue;
        }
        const int high = digit_value(in[1]);
        const int low = high >= 0 ? digit_value(in[2]) : -1;
        if (low < 0 || (high == 0 && low == 0))
            return false;
        *out++ = (char)(high * 16 + low);
        in += 2;
    }
    *out = '\0';
    return true;
}

/* Drop empty parts and dots, in place; the path begins with a slash. False if it climbs. */
static bool path_normalise(char *path)
{
    char *out = path;
    const char *in = path;

    while (*in) {
        const char *part = in + 1; /* after its slash */
        const size_t length = strcspn(part, "/");
        const bool is_last = part[length] == '\0';

        if (length == 2 && memcmp(part, "..", 2) == 0)
            return false;
        in = part + length;
        if (length == 0 || (length == 1 && *part == '.')) {
            if (is_last)
                *out++ = '/';
            continue;
        }
        *out++ = '/';
        memmove(out, part, length);
        out += length;
    }
    *out = '\0';
    return true;
}

/* The path of "http://host/path": what follows the host. NULL if it has no host, or is of another
 * scheme. */
static char *absolute_path(char *target)
{
    const size_t scheme = strncasecmp(target, "http://", 7) == 0    ? 7
                          : strncasecmp(target, "https://", 8) == 0 ? 8
                                                                    : 0;
    const size_t host = scheme > 0 ? strcspn(target + scheme, "/?#") : 0;

    return host > 0 ? target + scheme + host : NULL;
}

int cede__http_target_split(char *target, char **path_out, char **query_out)
{
    char *path = target[0] == '/' ? target : absolute_path(target);
    char *question;

    *query_out = NULL;
    if (strcmp(target, "*") == 0) {
        *path_out = target;
        return 0;
    }
    if (!path || strchr(path, '#'))
        return 400;
    question = strchr(path, '?');
    if (question) {
        *question = '\0';
        *query_out = question + 1;
    }
    if (*path == '\0')
        path = memcpy(target, "/", 2); /* there is room: "http://" stood here */
    if (!path_decode(path) || !path_normalise(path))
        return 400;
    *path_out = path;
    return 0;
}

int cede__http_path_encode(const char *path, char *buffer, size_t size)
{
    static const char digits[] = "0123456789ABCDEF";
    static const char plain[] = "/-._~!$&'()*+,;=:@";
    size_t n = 0;

    for (; *path; path++) {
        const unsigned char c = (unsigned char)*path;
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || strchr(plain, c) != NULL;
        if (n + 4 > size)
            return -ENOBUFS;
        if (is_plain) {
            buffer[n++] = (char)c;
        } else {
            buffer[n++] = '%';
            buffer[n++] = digits[c >> 4];
            buffer[n++] = digits[c & 15];
        }
    }
    buffer[n] = '\0';
    return (int)n;
}
