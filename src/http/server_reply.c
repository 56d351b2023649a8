/* server_reply.c - replies: a head made of parts, then a body from memory or from a file.
 *
 * A reply of up to 64 KiB is put together in the server's scratch memory and sent by one call; the
 * scratch is everybody's, so nothing waits while it is in use: what the kernel does not take is
 * queued as a copy. A larger body is sent from where it is.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "http/server.h"
#include "io/stream.h"
#include "sys/clock.h"
#include "sys/file.h"

enum {
    HEAD_SIZE = 1024,         /* without the handler's headers */
    PIECE_SIZE = 1024 * 1024, /* of a file; each has the time of options.send_timeout */
};

static const struct {
    int status;
    const char *name;
} statuses[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {418, "I'm a teapot"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

const char *cede__http_status_name(int status)
{
    for (size_t i = 0; i < cede__countof(statuses); i++) {
        if (statuses[i].status == status)
            return statuses[i].name;
    }
    return "Unknown";
}

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

int cede_http_reply_header(cede_http_request *request, const char *name, const char *value)
{
    const size_t size = strlen(name) + strlen(value) + strlen(": \r\n");
    char *extra;

    if (request->status != 0)
        return cede_raise(-EALREADY, "the reply is sent");
    if (!is_header_text(name, true) || !is_header_text(value, false))
        return cede_raise(-EINVAL, "a header holds what it may not hold");
    extra = cede__realloc(request->extra, request->extra_size + size + 1);
    if (!extra)
        return cede_raise(-ENOMEM, "no memory for a header");
    request->extra = extra;
    snprintf(extra + request->extra_size, size + 1, "%s: %s\r\n", name, value);
    request->extra_size += size;
    return 0;
}

/* The head. */

static const char *server_date(cede_http_server *server)
{
    const int64_t second = cede__clock_realtime() / 1000000000;

    if (second != server->date_second) {
        server->date_second = second;
        cede__http_date_format(second, server->date);
    }
    return server->date;
}

/* Write a head of less than HEAD_SIZE bytes, the handler's headers left out, without the empty line
 * that ends it. */
static size_t reply_head(struct cede_http_request *request, int status, const char *type,
                         int64_t size, char head[HEAD_SIZE])
{
    struct cede__text text = {head, HEAD_SIZE, 0};
    cede_http_server *server = request->connection->server;

    if (server->is_stopping)
        request->keep_alive = false;
    cede__text_add(&text, "HTTP/1.1 %d %s\r\nDate: %s\r\n", status, cede__http_status_name(status),
                   server_date(server));
    if (type && strlen(type) < 200)
        cede__text_add(&text, "Content-Type: %s\r\n", type);
    if (status != 204 && status != 304)
        cede__text_add(&text, "Content-Length: %lld\r\n", (long long)size);
    if (!request->keep_alive)
        cede__text_add(&text, "Connection: close\r\n");
    else if (request->is_old)
        cede__text_add(&text, "Connection: keep-alive\r\n");
    cede__assert(text.length < HEAD_SIZE);
    return text.length;
}

/* Sending. */

/* What went wrong is the connection's: it is over. */
static int reply_sent(struct cede_http_request *request, int rc)
{
    if (rc < 0)
        request->is_broken = true;
    return rc;
}

/* Wait until the kernel has what was queued. */
static int reply_flush(struct cede_http_request *request)
{
    struct cede__http_connection *c = request->connection;
    int rc = 0;

    if (cede_stream_queued(c->stream) == 0)
        return 0;
    CEDE_TIMEOUT(c->server->options.send_timeout, rc) {
        rc = cede_stream_flush(c->stream);
    }
    return rc;
}

/* The parts of a reply that fit the scratch, with a body that lies in memory or in a file. */
struct small_reply {
    const char *head;
    size_t head_size;
    const void *body; /* NULL: it is in the file */
    int fd;
    size_t size;
};

static int reply_small(struct cede_http_request *request, const struct small_reply *reply)
{
    struct cede__http_connection *c = request->connection;
    char *out = c->server->scratch;
    ssize_t n = (ssize_t)reply->size;
    int rc;

    memcpy(out, reply->head, reply->head_size);
    out += reply->head_size;
    if (request->extra_size > 0)
        memcpy(out, request->extra, request->extra_size);
    out += request->extra_size;
    *out++ = '\r';
    *out++ = '\n';
    if (reply->body)
        memcpy(out, reply->body, reply->size);
    else if (reply->size > 0)
        n = cede__file_read_at(reply->fd, out, reply->size, 0);
    if (n < (ssize_t)reply->size)
        return n < 0 ? cede_raise((int)n, "a file cannot be read")
                     : cede_raise(CEDE_EINCOMPLETE, "a file ended too early");
    out += reply->size;
    rc = cede_stream_write(c->stream, c->server->scratch, (size_t)(out - c->server->scratch));
    return rc < 0 ? rc : reply_flush(request);
}

static int send_within(struct cede_http_request *request, struct iovec *parts, size_t n, bool more)
{
    int rc = 0;

    CEDE_TIMEOUT(request->connection->server->options.send_timeout, rc) {
        rc = cede__stream_write_parts(request->connection->stream, parts, n, more);
    }
    return rc;
}

static int reply_large_file(struct cede_http_request *request, int fd, int64_t size)
{
    struct cede__http_connection *c = request->connection;
    int rc = 0;

    for (int64_t offset = 0; rc == 0 && offset < size; offset += PIECE_SIZE) {
        const int64_t rest = size - offset;
        CEDE_TIMEOUT(c->server->options.send_timeout, rc) {
            rc =
                cede_stream_send_file(c->stream, fd, offset, rest < PIECE_SIZE ? rest : PIECE_SIZE);
        }
    }
    return rc;
}

/* The three ways to say a body, for one that is checked. `body` NULL: it is in the file. */
static int reply_send(struct cede_http_request *request, const struct small_reply *reply)
{
    const size_t around = reply->head_size + request->extra_size + 2;
    struct iovec parts[4] = {{(void *)reply->head, reply->head_size},
                             {request->extra, request->extra_size},
                             {(void *)"\r\n", 2},
                             {(void *)reply->body, reply->body ? reply->size : 0}};
    int rc;

    if (around + reply->size <= CEDE__HTTP_SCRATCH_SIZE)
        return reply_small(request, reply);
    rc = send_within(request, parts, 4, !reply->body);
    if (rc == 0 && !reply->body)
        rc = reply_large_file(request, reply->fd, (int64_t)reply->size);
    return rc;
}

static int reply_check(const struct cede_http_request *request, int status)
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
    char head[HEAD_SIZE];
    struct small_reply reply = {.head = head, .body = body ? body : "", .fd = -1};

    CEDE_TRY(reply_check(request, status));
    reply.size = has_body ? size : 0;
    reply.head_size = reply_head(request, status, type, (int64_t)size, head);
    request->status = status;
    return reply_sent(request, reply_send(request, &reply));
}

int cede_http_reply_text(cede_http_request *request, int status, const char *text)
{
    return cede_http_reply(request, status, "text/plain; charset=utf-8", text, strlen(text));
}

int cede_http_reply_file(cede_http_request *request, const char *type, int fd, int64_t size)
{
    char head[HEAD_SIZE];
    struct small_reply reply = {.head = head, .fd = fd};

    CEDE_TRY(reply_check(request, 200));
    if (size < 0)
        return cede_raise(-EINVAL, "a file has no negative size");
    reply.size = request->is_head ? 0 : (size_t)size;
    reply.head_size = reply_head(request, 200, type, size, head);
    request->status = 200;
    return reply_sent(request, reply_send(request, &reply));
}
