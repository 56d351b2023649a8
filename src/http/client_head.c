/* client_head.c - the head of an answer: its status line and its headers.
 *
 * curl hands it over line by line, having refused what is no HTTP. A new status line begins anew,
 * so that only the last of several heads counts (100 Continue comes before 200). Names and values
 * lie one behind the other in one buffer, each ended by a zero.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <strings.h>

#include "http/client.h"

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* "HTTP/1.1 404 Not Found" (RFC 9112, 4) */
static int headers_take_status(struct cede__http_headers *headers, const char *line, size_t length)
{
    const char *end = line + length, *at = memchr(line, ' ', length);
    size_t n;

    headers->text.start = headers->text.end = 0;
    headers->n = 0;
    headers->reason[0] = '\0';
    while (at && at < end && *at == ' ')
        at++;
    if (!at || end - at < 3 || !is_digit(at[0]) || !is_digit(at[1]) || !is_digit(at[2]))
        return CEDE_EHTTP;
    headers->status = (at[0] - '0') * 100 + (at[1] - '0') * 10 + (at[2] - '0');
    at += 3;
    while (at < end && is_blank(*at))
        at++;
    n = (size_t)(end - at);
    n = n < sizeof headers->reason ? n : sizeof headers->reason - 1;
    memcpy(headers->reason, at, n);
    headers->reason[n] = '\0';
    return 0;
}

/* A line that begins with a blank continues the value before it (RFC 9112, 5.2). */
static int headers_continue(struct cede__http_headers *headers, const char *line, size_t length)
{
    struct cede__http_buffer *text = &headers->text;

    if (headers->n == 0)
        return CEDE_EHTTP;
    text->end--; /* the zero behind the value */
    if (cede__http_buffer_add(text, " ", 1) < 0 || cede__http_buffer_add(text, line, length) < 0 ||
        cede__http_buffer_add(text, "", 1) < 0)
        return -ENOMEM;
    return 0;
}

static int headers_add(struct cede__http_headers *headers, const char *line, size_t length)
{
    const char *colon = memchr(line, ':', length), *end = line + length, *value;
    size_t name_size, size;
    char *at;

    if (!colon || colon == line)
        return CEDE_EHTTP;
    value = colon + 1;
    while (value < end && is_blank(*value))
        value++;
    name_size = (size_t)(colon - line);
    size = (size_t)(end - value);
    at = cede__http_buffer_extend(&headers->text, name_size + size + 2);
    if (!at)
        return -ENOMEM;
    memcpy(at, line, name_size);
    at[name_size] = '\0';
    memcpy(at + name_size + 1, value, size);
    at[name_size + 1 + size] = '\0';
    headers->n++;
    return 0;
}

int cede__http_headers_take(struct cede__http_headers *headers, const char *line, size_t length)
{
    const bool continues = length > 0 && is_blank(line[0]);

    while (length > 0 &&
           (line[length - 1] == '\n' || line[length - 1] == '\r' || is_blank(line[length - 1])))
        length--;
    if (memchr(line, '\0', length))
        return CEDE_EHTTP;
    if (length >= 5 && memcmp(line, "HTTP/", 5) == 0)
        return headers_take_status(headers, line, length);
    if (headers->status == 0)
        return CEDE_EHTTP;
    if (length == 0)
        return !continues;
    if (!continues)
        return headers_add(headers, line, length);
    while (is_blank(*line)) {
        line++;
        length--;
    }
    return headers_continue(headers, line, length);
}

static bool headers_at(const struct cede__http_headers *headers, size_t index, const char **name,
                       const char **value)
{
    const char *at = headers->text.bytes;

    if (index >= headers->n)
        return false;
    for (size_t i = 0; i < 2 * index; i++)
        at += strlen(at) + 1;
    *name = at;
    *value = at + strlen(at) + 1;
    return true;
}

const char *cede__http_headers_find(const struct cede__http_headers *headers, const char *name,
                                    size_t index)
{
    const char *at = headers->text.bytes;

    for (size_t i = 0; i < headers->n; i++) {
        const char *value = at + strlen(at) + 1;
        if (strcasecmp(at, name) == 0 && index-- == 0)
            return value;
        at = value + strlen(value) + 1;
    }
    return NULL;
}

bool cede_http_response_header_at(const cede_http_response *response, size_t index,
                                  const char **name_out, const char **value_out)
{
    return headers_at(&response->transfer.head, index, name_out, value_out);
}
