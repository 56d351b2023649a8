/* server_coding.c - which codings a client accepts: "br;q=0.9, gzip, *;q=0" (RFC 9110, 12.5.3). */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <strings.h>

#include "http/files.h"

/* The weight behind a coding, in thousandths; what is none is 0, which accepts nothing. */
static int take_quality(const char *text, const char *end)
{
    int quality = 0;
    int unit = 1000;

    text += strspn(text, " \t;");
    if (text >= end)
        return 1000;
    if ((*text != 'q' && *text != 'Q') || text[1] != '=' || (text[2] != '0' && text[2] != '1'))
        return 0;
    quality = text[2] == '1' ? 1000 : 0;
    text += 3;
    if (*text == '.')
        text++;
    for (; text < end && *text >= '0' && *text <= '9' && unit > 1; text++) {
        unit /= 10;
        quality += (*text - '0') * unit;
    }
    return quality < 1000 ? quality : 1000;
}

/* The weight of a coding in a list; -1: it is not named; `any` receives that of "*". */
static int list_quality(const char *accepted, const char *coding, int *any)
{
    const size_t size = strlen(coding);

    while (*accepted) {
        const char *name = accepted + strspn(accepted, " \t");
        const size_t name_size = strcspn(name, " \t;,");
        const char *end = name + strcspn(name, ",");

        if (name_size == size && strncasecmp(name, coding, size) == 0)
            return take_quality(name + name_size, end);
        if (name_size == 1 && *name == '*')
            *any = take_quality(name + name_size, end);
        accepted = *end ? end + 1 : end;
    }
    return -1;
}

int cede__http_coding_quality(const cede_http_request *request, const char *coding)
{
    const char *accepted;
    int any = 0;

    for (unsigned i = 0; (accepted = cede__http_request_header_at(request, "Accept-Encoding", i));
         i++) {
        const int quality = list_quality(accepted, coding, &any);
        if (quality >= 0)
            return quality;
    }
    return any;
}
