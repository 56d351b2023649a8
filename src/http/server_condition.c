/* server_condition.c - conditions of requests: whether the client has this version already, or
 * means another one (RFC 9110, 13).
 *
 * Tags are compared strongly where the answer depends on every byte (If-Match, If-Range), weakly
 * where it is about a copy to be used again. Ours are all strong. A date that is none is ignored.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "http/files.h"

/* Whether a list of tags has ours in it, which is strong; `weakly`: W/ before it does not
 * matter. */
static bool list_has_tag(const char *list, const char *tag, bool weakly)
{
    const size_t size = strlen(tag);

    for (;;) {
        bool is_weak;
        const char *end;

        list += strspn(list, " \t,");
        if (*list == '*')
            return true;
        is_weak = strncmp(list, "W/", 2) == 0;
        list += is_weak ? 2 : 0;
        end = *list == '"' ? strchr(list + 1, '"') : NULL;
        if (!end)
            return false; /* the end, or no tag: what follows cannot be told */
        end++;
        if ((size_t)(end - list) == size && memcmp(list, tag, size) == 0 && (weakly || !is_weak))
            return true;
        list = end;
    }
}

/* The same over all headers of that name, which are one list. */
static bool header_has_tag(const cede_http_request *request, const char *name, const char *tag,
                           bool weakly)
{
    const char *list;

    for (unsigned i = 0; (list = cede__http_request_header_at(request, name, i)); i++) {
        if (list_has_tag(list, tag, weakly))
            return true;
    }
    return false;
}

/* The second that a header tells; negative: there is none. */
static int64_t header_date(const cede_http_request *request, const char *name)
{
    const char *text = cede_http_request_header(request, name);

    return text ? cede__http_date_parse(text) : -1;
}

int cede__http_condition(const cede_http_request *request, const char *tag, int64_t modified)
{
    const bool has_match = cede_http_request_header(request, "If-Match");
    const int64_t second = modified / 1000000000;
    int64_t date;

    if (has_match && !header_has_tag(request, "If-Match", tag, false))
        return 412;
    date = has_match ? -1 : header_date(request, "If-Unmodified-Since");
    if (date >= 0 && date < second)
        return 412;
    if (cede_http_request_header(request, "If-None-Match"))
        return header_has_tag(request, "If-None-Match", tag, true) ? 304 : 0;
    return header_date(request, "If-Modified-Since") >= second ? 304 : 0;
}

bool cede__http_range_applies(const cede_http_request *request, const char *tag, int64_t modified)
{
    const char *version = cede_http_request_header(request, "If-Range");

    if (!version)
        return true;
    if (*version == '"' || strncmp(version, "W/", 2) == 0)
        return strcmp(version, tag) == 0;
    return cede__http_date_parse(version) == modified / 1000000000;
}
