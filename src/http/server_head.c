/* server_head.c - the head of a request: found line by line, then taken apart by llhttp.
 *
 * The scan goes over every byte once, as it comes in, and holds the limits: no line ends with
 * anything but CR LF, no line is too long, not too many lines, not too many bytes. So a client
 * learns at once what is wrong, and llhttp, which older versions of are lenient about line ends,
 * sees a head only when it is whole and clean. Names and values stay where they are and are
 * terminated in place.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <strings.h>

#include "http/server.h"

enum {
    AROUND_TARGET = 48, /* bytes of a request line that are not its target, at most */
    LONGEST_METHOD = 32,
};

bool cede__http_is_token_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

/* The scan. */

/* A whole line, buffer[start..end) with its CR LF at the end. 0, 1 as the scan; or a status. */
static int head_line(struct cede_http_request *r, size_t start, size_t end)
{
    const cede_http_server_options *o = &r->connection->server->options;
    const char *line = r->buffer + start;
    const size_t length = end - start;

    if (length < 2 || line[length - 2] != '\r' || memchr(line, '\r', length - 2))
        return 400;
    if (r->n_lines > 0 && (line[0] == ' ' || line[0] == '\t'))
        return 400; /* a header that goes on: obsolete, and read differently by different readers */
    if (r->n_lines == 0 && length > o->max_target + AROUND_TARGET)
        return 414;
    if (length == 2) {
        r->head_size = end;
        return end > o->max_head ? 431 : 1;
    }
    if (++r->n_lines > o->max_headers + 1)
        return 431;
    return end > o->max_head ? 431 : 0;
}

/* Empty lines before a request are forgiven (RFC 9112, 2.2). */
static bool head_skip_empty_line(struct cede_http_request *r)
{
    if (r->n_lines > 0 || r->scanned != 2 || r->buffer[0] != '\r')
        return false;
    memmove(r->buffer, r->buffer + 2, r->end - 2);
    r->end -= 2;
    r->scanned = 0;
    return true;
}

int cede__http_head_scan(struct cede_http_request *r)
{
    const cede_http_server_options *o = &r->connection->server->options;

    while (r->scanned < r->end) {
        const char *from = r->buffer + r->scanned;
        const char *newline = memchr(from, '\n', r->end - r->scanned);
        int found;

        if (r->scanned == 0 && r->buffer[0] != '\r' && !cede__http_is_token_char(r->buffer[0]))
            return 400; /* the beginning of something else, of TLS perhaps */
        if (!newline) {
            r->scanned = r->end;
            break;
        }
        r->scanned = (size_t)(newline - r->buffer) + 1;
        if (head_skip_empty_line(r))
            continue;
        found = head_line(r, r->line_start, r->scanned);
        if (found != 0)
            return found;
        r->line_start = r->scanned;
    }
    if (r->n_lines == 0 && r->end - r->line_start > o->max_target + AROUND_TARGET)
        return 414;
    return r->end > o->max_head ? 431 : 0;
}

/* What llhttp finds. */

static struct cede_http_request *request_of(const llhttp_t *parser)
{
    return parser->data;
}

static int on_url(llhttp_t *parser, const char *at, size_t length)
{
    struct cede_http_request *request = request_of(parser);

    (void)length;
    if (!request->target)
        request->target = (char *)at;
    return 0;
}

static int on_field(llhttp_t *parser, const char *at, size_t length)
{
    struct cede_http_request *request = request_of(parser);
    struct cede__http_header *header = &request->headers[request->n_headers];

    (void)length;
    if (!header->name)
        header->name = (char *)at;
    return 0;
}

static int on_value(llhttp_t *parser, const char *at, size_t length)
{
    struct cede_http_request *request = request_of(parser);
    struct cede__http_header *header = &request->headers[request->n_headers];

    (void)length;
    if (!header->value)
        header->value = (char *)at;
    return 0;
}

static int on_value_complete(llhttp_t *parser)
{
    request_of(parser)->n_headers++;
    return 0;
}

/* The parser forgets all this when the message is complete, which without a body is at once. */
static int on_headers_complete(llhttp_t *parser)
{
    struct cede_http_request *request = request_of(parser);

    request->is_complete = true;
    request->keep_alive = llhttp_should_keep_alive(parser);
    request->length = parser->content_length;
    return 0;
}

static const llhttp_settings_t settings = {
    .on_url = on_url,
    .on_header_field = on_field,
    .on_header_value = on_value,
    .on_header_value_complete = on_value_complete,
    .on_headers_complete = on_headers_complete,
};

/* What remains to be judged. */

/* Whether a request line is three words with a blank between, the last a version of whatever
 * number. llhttp would take more blanks, where others see an empty target. */
static bool line_has_form(const char *line, const char *end)
{
    const char *version = end - strlen(" HTTP/1.1\r\n");
    int n_blanks = 0;

    for (const char *at = line; at < end; at++)
        n_blanks += *at == ' ';
    return n_blanks == 2 && version > line && memcmp(version, " HTTP/", 6) == 0 &&
           version[6] >= '0' && version[6] <= '9' && version[7] == '.' && version[8] >= '0' &&
           version[8] <= '9' && version[-1] != ' ';
}

/* A method that is a word nobody knows is not implemented; a version likewise. What else llhttp
 * refuses is malformed. */
static int head_refusal(const char *line, enum llhttp_errno error)
{
    const char *blank = strchr(line, ' '); /* there is one, before the version */
    bool is_word = blank > line && blank - line <= LONGEST_METHOD;

    if (error == HPE_INVALID_VERSION || error == HPE_PAUSED_H2_UPGRADE)
        return 505;
    for (const char *at = line; is_word && at < blank; at++)
        is_word = cede__http_is_token_char(*at);
    return error == HPE_INVALID_METHOD && is_word ? 501 : 400;
}

static bool is_plain_text(const char *text, char least)
{
    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;
        if ((c < (unsigned char)least && c != '\t') || c == 127)
            return false;
    }
    return true;
}

/* Not every llhttp looks at every character. */
static bool request_is_clean(const struct cede_http_request *request)
{
    for (unsigned i = 0; i < request->n_headers; i++) {
        const char *name = request->headers[i].name;
        size_t length = 0;
        while (cede__http_is_token_char(name[length]))
            length++;
        if (length == 0 || name[length] || !is_plain_text(request->headers[i].value, ' '))
            return false;
    }
    return is_plain_text(request->target, '!') && !strchr(request->target, '\t');
}

static unsigned header_count(const struct cede_http_request *request, const char *name)
{
    unsigned n = 0;

    for (unsigned i = 0; i < request->n_headers; i++)
        n += strcasecmp(request->headers[i].name, name) == 0;
    return n;
}

/* How the body is delimited. RFC 9112, 6: both ways at once is an attack, another coding is not
 * known here. */
static int request_check_body(struct cede_http_request *request)
{
    const char *coding = cede_http_request_header(request, "Transfer-Encoding");
    const char *length = cede_http_request_header(request, "Content-Length");

    if ((coding && length) || header_count(request, "Transfer-Encoding") > 1)
        return 400;
    if (coding && strcasecmp(coding, "chunked") != 0)
        return 501;
    if (coding && request->is_old)
        return 400;
    request->is_chunked = coding != NULL;
    return length && request->length > (uint64_t)request->connection->server->options.max_body ? 413
                                                                                               : 0;
}

/* One Host, unless the client is old; RFC 9112, 3.2. */
static int request_check_host(const struct cede_http_request *request)
{
    const char *host = cede_http_request_header(request, "Host");

    if (!host)
        return request->is_old ? 0 : 400;
    return strpbrk(host, " \t/@,\\") || header_count(request, "Host") > 1 ? 400 : 0;
}

static int request_check(struct cede_http_request *request)
{
    const llhttp_t *parser = &request->parser;
    int rc;

    if (parser->http_major != 1 || parser->http_minor > 1)
        return 505;
    if (!request->is_complete || !request->target || !request_is_clean(request))
        return 400;
    request->is_old = parser->http_minor == 0;
    request->is_head = parser->method == HTTP_HEAD;
    if (cede_http_request_header(request, "Expect"))
        request->keep_alive = false; /* the body may come or not: nobody can tell */
    if (strlen(request->target) > request->connection->server->options.max_target)
        return 414;
    rc = request_check_host(request);
    if (rc == 0)
        rc = request_check_body(request);
    if (rc == 0 && parser->method == HTTP_CONNECT)
        rc = 501;
    if (rc == 0)
        rc = cede__http_target_split(request->target, &request->path, &request->query);
    return rc;
}

/* Terminate names and values where they lie, in a head that llhttp has found to be well-formed. */
static void request_terminate(struct cede_http_request *request)
{
    request->method = request->buffer;
    request->method[strcspn(request->method, " ")] = '\0';
    if (request->target)
        request->target[strcspn(request->target, " ")] = '\0';
    for (unsigned i = 0; i < request->n_headers; i++) {
        struct cede__http_header *header = &request->headers[i];
        char *name_end = header->name + strcspn(header->name, ":");
        char *end = header->value ? header->value + strcspn(header->value, "\r") : name_end;

        *name_end = '\0';
        if (!header->value)
            header->value = name_end;
        while (end > header->value && (end[-1] == ' ' || end[-1] == '\t'))
            end--;
        *end = '\0';
    }
}

int cede__http_head_parse(struct cede_http_request *request)
{
    char *head = request->buffer;
    const char *line_end = (const char *)memchr(head, '\n', request->head_size) + 1;
    enum llhttp_errno error;

    if (memchr(head, '\0', request->head_size) || !line_has_form(head, line_end))
        return 400;
    memset(request->headers, 0, request->n_lines * sizeof *request->headers);
    llhttp_init(&request->parser, HTTP_REQUEST, &settings);
    request->parser.data = request;
    error = llhttp_execute(&request->parser, head, request->head_size);
    head[request->head_size - 1] = '\0'; /* from here on it is a string, up to its last LF */
    if (error != HPE_OK && error != HPE_PAUSED_UPGRADE)
        return head_refusal(head, error);
    request_terminate(request);
    return request_check(request);
}
