/* server_reply.c - replies: a head made of parts, then a body from memory.
 *
 * A reply of up to 64 KiB is put together in the server's scratch memory and sent by one call; the
 * scratch is everybody's, so nothing waits while it is in use: what the kernel does not take is
 * queued as a copy. A larger body is sent from where it is.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "http/server.h"
#include "io/stream.h"
#include "sys/clock.h"

enum {
    LONGEST_TYPE = 200,
    MOST_EXTRA = 32 * 1024, /* bytes of the handler's headers */
};

/* Headers of the handler. */

static bool is_header_text(const char *text, bool is_name)
{
    if (is_name && !*text)
        return false;
    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c < ' ' ? c != '\t' || is_name : c == 127)
            return false;
        if (is_name && (c == ':' || c == ' '))
            return false;
    }
    return true;
}

static char *put(char *out, const char *text, size_t size)
{
    memcpy(out, text, size);
    return out + size;
}

/* Make room for `size` bytes more. */
static int extra_reserve(cede_http_request *request, size_t size)
{
    size_t room = request->extra_room;
    char *extra;

    if (request->extra_size + size > MOST_EXTRA)
        return cede_raise(CEDE_ELIMIT, "more than %d bytes of headers", MOST_EXTRA);
    if (request->extra_size + size <= room)
        return 0;
    while (room < request->extra_size + size)
        room *= 2;
    extra = cede__realloc(request->extra, room);
    if (!extra)
        return cede_raise(-ENOMEM, "no memory for a header");
    request->extra = extra;
    request->extra_room = room;
    return 0;
}

int cede_http_reply_header(cede_http_request *request, const char *name, const char *value)
{
    const size_t name_size = strlen(name);
    const size_t value_size = strlen(value);
    char *out;

    if (request->status != 0)
        return cede_raise(-EALREADY, "the reply is sent");
    if (!is_header_text(name, true) || !is_header_text(value, false))
        return cede_raise(-EINVAL, "a header holds what it may not hold");
    CEDE_TRY(extra_reserve(request, name_size + value_size + strlen(": \r\n")));
    out = put(request->extra + request->extra_size, name, name_size);
    out = put(out, ": ", 2);
    out = put(out, value, value_size);
    out = put(out, "\r\n", 2);
    request->extra_size = (size_t)(out - request->extra);
    return 0;
}

/* The head. */

static char *put_text(char *out, const char *text)
{
    return put(out, text, strlen(text));
}

static char *put_number(char *out, uint64_t number)
{
    char digits[20];
    size_t n = 0;

    do
        digits[n++] = (char)('0' + number % 10);
    while (number /= 10);
    while (n > 0)
        *out++ = digits[--n];
    return out;
}

static const char *server_date(cede_http_server *server)
{
    const int64_t second = cede__clock_realtime() / 1000000000;

    if (second != server->date_second) {
        server->date_second = second;
        cede__http_date_format(second, server->date);
    }
    return server->date;
}

size_t cede__http_reply_head(struct cede_http_request *request, int status, const char *type,
                             int64_t size, char head[CEDE__HTTP_HEAD_SIZE])
{
    cede_http_server *server = request->connection->server;
    char *out = put_text(head, "HTTP/1.1 ");

    if (server->is_stopping)
        request->keep_alive = false;
    out = put_number(out, (uint64_t)status);
    *out++ = ' ';
    out = put_text(out, cede__http_status_name(status));
    out = put_text(out, "\r\nDate: ");
    out = put(out, server_date(server), CEDE__HTTP_DATE_SIZE - 1);
    if (type && strlen(type) < LONGEST_TYPE) {
        out = put_text(out, "\r\nContent-Type: ");
        out = put_text(out, type);
    }
    if (status != 204 && status != 304) {
        out = put_text(out, "\r\nContent-Length: ");
        out = put_number(out, (uint64_t)size);
    }
    if (!request->keep_alive)
        out = put_text(out, "\r\nConnection: close");
    else if (request->is_old)
        out = put_text(out, "\r\nConnection: keep-alive");
    out = put(out, "\r\n", 2);
    cede__assert(out - head < CEDE__HTTP_HEAD_SIZE);
    request->status = status;
    return (size_t)(out - head);
}

char *cede__http_reply_put_head(const struct cede_http_request *request, const char *head,
                                size_t head_size, char *out)
{
    out = put(out, head, head_size);
    out = put(out, request->extra, request->extra_size);
    return put(out, "\r\n", 2);
}

/* Sending. */

int cede__http_reply_sent(struct cede_http_request *request, int rc)
{
    if (rc < 0)
        request->is_broken = true;
    return rc;
}

int cede__http_reply_send_scratch(struct cede_http_request *request, const char *end)
{
    struct cede__http_connection *c = request->connection;
    const char *scratch = c->server->scratch;
    int rc = cede_stream_write(c->stream, scratch, (size_t)(end - scratch));

    if (rc < 0 || cede_stream_queued(c->stream) == 0)
        return rc;
    CEDE_TIMEOUT(c->server->options.send_timeout, rc) {
        rc = cede_stream_flush(c->stream);
    }
    return rc;
}

int cede__http_reply_send_parts(struct cede_http_request *request, const char *head,
                                size_t head_size, const void *body, size_t size)
{
    struct iovec parts[4] = {{(void *)head, head_size},
                             {request->extra, request->extra_size},
                             {(void *)"\r\n", 2},
                             {(void *)body, size}};
    int rc = 0;

    CEDE_TIMEOUT(request->connection->server->options.send_timeout, rc) {
        rc = cede__stream_write_parts(request->connection->stream, parts, 4, size == 0);
    }
    return rc;
}

int cede__http_reply_check(const struct cede_http_request *request, int status)
{
    if (request->status != 0)
        return cede_raise(-EALREADY, "the request has its reply");
    if (status < 200 || status > 599)
        return cede_raise(-EINVAL, "%d is no status of a reply", status);
    return cede_checkpoint();
}

int cede_http_reply(cede_http_request *request, int status, const char *type, const void *body,
                    size_t size)
{
    const bool has_body = !request->is_head && status != 204 && status != 304;
    const size_t sent = has_body ? size : 0;
    char head[CEDE__HTTP_HEAD_SIZE];
    size_t head_size;
    char *out;

    CEDE_TRY(cede__http_reply_check(request, status));
    head_size = cede__http_reply_head(request, status, type, (int64_t)size, head);
    request->n_sent = (int64_t)sent;
    if (head_size + request->extra_size + 2 + sent > CEDE__HTTP_SCRATCH_SIZE)
        return cede__http_reply_sent(
            request, cede__http_reply_send_parts(request, head, head_size, body, sent));
    out = cede__http_reply_put_head(request, head, head_size, request->connection->server->scratch);
    if (sent > 0)
        out = put(out, body, sent);
    return cede__http_reply_sent(request, cede__http_reply_send_scratch(request, out));
}

int cede_http_reply_text(cede_http_request *request, int status, const char *text)
{
    return cede_http_reply(request, status, "text/plain; charset=utf-8", text, strlen(text));
}
