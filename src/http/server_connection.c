/* server_connection.c - one connection: request after request, in order, until one side has enough.
 *
 *     wait for the first byte -> head -> handler -> reply -> rest of the body -+
 *        ^  idle_timeout        head_timeout                                   |
 *        +------------------------- keep-alive --------------------------------+
 *
 * Requests that come before the reply to the last one was sent (pipelining) wait in the buffer.
 * After a refusal the connection is closed, but slowly: this side is ended, and what still comes is
 * read and thrown away for a while, since closing at once would destroy the refusal on its way.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "http/server.h"
#include "io/stream.h"

enum {
    FIRST_BUFFER = 2048,
    LINGER_BYTES = 1024 * 1024, /* thrown away after a refusal, at most */
    ENDED = -1, /* the peer is gone, or has been silent for too long: nothing is to be said */
};

/* Made and unmade. */

struct cede__http_connection *cede__http_connection_create(cede_http_server *server,
                                                           cede_stream *stream)
{
    struct cede__http_connection *c = cede__calloc(1, sizeof *c);
    struct cede__http_header *headers =
        cede__calloc(server->options.max_headers + 1, sizeof *headers);
    char *buffer = cede__malloc(FIRST_BUFFER);

    if (!c || !headers || !buffer) {
        cede__free(c);
        cede__free(headers);
        cede__free(buffer);
        return NULL;
    }
    c->server = server;
    c->stream = stream;
    c->buffer = buffer;
    c->size = FIRST_BUFFER;
    c->request.connection = c;
    c->request.headers = headers;
    cede__list_append(&server->connections, &c->link);
    server->n_connections++;
    return c;
}

void cede__http_connection_drop(void *arg)
{
    struct cede__http_connection *c = arg;
    cede_http_server *server = c->server;

    cede_stream_close(c->stream);
    cede__list_remove(&c->link);
    server->n_connections--;
    if (server->room)
        (void)cede_future_set(server->room, NULL); /* set already: as well */
    cede__free(c->request.headers);
    cede__free(c->request.extra);
    cede__free(c->buffer);
    cede__free(c);
}

/* Forget the request that was answered; what came after it stays, at the front. */
static void connection_forget(struct cede__http_connection *c, size_t used)
{
    struct cede__http_header *headers = c->request.headers;

    cede__free(c->request.extra);
    c->request = (struct cede_http_request){.connection = c, .headers = headers};
    memmove(c->buffer, c->buffer + used, c->end - used);
    c->end -= used;
    c->scanned = 0;
    c->line_start = 0;
    c->n_lines = 0;
    c->head_size = 0;
}

/* Receiving. */

/* Some more into the buffer: how much; 0 at the end; or an error. */
static int connection_receive(struct cede__http_connection *c)
{
    int n;

    if (c->end == c->size) {
        char *grown = cede__realloc(c->buffer, c->size * 2);
        if (!grown)
            return -ENOMEM;
        c->buffer = grown;
        c->size *= 2;
    }
    n = cede_stream_read(c->stream, c->buffer + c->end, c->size - c->end);
    if (n > 0)
        c->end += (size_t)n;
    return n;
}

/* Wait for the first byte of a request. 0, or ENDED. */
static int connection_await_request(struct cede__http_connection *c)
{
    cede_scope scope;
    int n;

    if (c->end > 0)
        return 0;
    if (c->server->is_stopping)
        return ENDED;
    cede_scope_enter(&scope, cede_after(c->server->options.idle_timeout));
    c->idle = &scope;
    n = connection_receive(c);
    c->idle = NULL;
    n = cede_scope_exit(&scope, n);
    return n > 0 ? 0 : ENDED;
}

/* Receive until the head is whole: 1; or a status, or ENDED. */
static int connection_receive_head(struct cede__http_connection *c)
{
    int found = cede__http_head_scan(c);
    cede_scope scope;

    if (found != 0)
        return found;
    cede_scope_enter(&scope, cede_after(c->server->options.head_timeout));
    while (found == 0) {
        const int n = connection_receive(c);
        if (n <= 0)
            found = n == 0 ? ENDED : n;
        else
            found = cede__http_head_scan(c);
    }
    found = cede_scope_exit(&scope, found);
    if (found == -ETIMEDOUT)
        return 408;
    return found < 0 ? ENDED : found;
}

/* Whether bytes came, or will, that nobody is going to read: closing on them would reset the
 * connection. */
static bool connection_has_unread(const struct cede__http_connection *c)
{
    return c->request.length > 0 || c->request.is_chunked || c->end > c->head_size;
}

/* Read what is left of the request's body and throw it away. 0: the next request follows at `used`;
 * else ENDED. */
static int connection_skip_body(struct cede__http_connection *c, size_t *used)
{
    int64_t rest = (int64_t)c->request.length; /* no more than max_body */
    const size_t there = c->end - c->head_size;
    int rc = 0;

    *used = c->head_size;
    if (c->request.is_chunked)
        return ENDED; /* nobody is to disagree with us where it ends: it costs a connection */
    if (rest <= (int64_t)there) {
        *used += (size_t)rest;
        return 0;
    }
    rest -= (int64_t)there;
    *used = c->end = 0;
    CEDE_TIMEOUT(c->server->options.send_timeout, rc) {
        while (rest > 0) {
            const int64_t most = rest < (int64_t)c->size ? rest : (int64_t)c->size;
            const int n = cede_stream_read(c->stream, c->buffer, (size_t)most);
            if (n <= 0) {
                rc = n < 0 ? n : ENDED;
                break;
            }
            rest -= n;
        }
    }
    return rc < 0 ? ENDED : 0;
}

/* End this side, and give the peer time to read what it was told. */
static void connection_linger(struct cede__http_connection *c)
{
    int left = LINGER_BYTES;
    int n = 1;

    CEDE_TIMEOUT(CEDE_S(2), n) {
        n = cede_stream_end(c->stream);
        n = n < 0 ? n : 1;
        while (n > 0 && left > 0) {
            n = cede_stream_read(c->stream, c->buffer, c->size);
            left -= n;
        }
    }
    cede_error_clear(); /* whatever it was: it is over */
}

/* Answering. */

/* Reply with a status and its name. */
static int reply_status(struct cede_http_request *request, int status)
{
    char text[64];
    struct cede__text words = {text, sizeof text, 0};

    cede__text_add(&words, "%d %s\n", status, cede__http_status_name(status));
    return cede_http_reply_text(request, status, text);
}

static void report_failure(const struct cede_http_request *request, int rc)
{
    char text[2048] = "";

    if (cede_error_code(cede_error_last()) == rc)
        (void)cede_error_format(cede_error_last(), text, sizeof text);
    cede__report("cede: the handler of %s %s failed: %s\n%s", request->method, request->path,
                 cede_strerror(rc), text);
}

/* What the handler returned becomes a reply, if there was none. 0, or ENDED. */
static int connection_conclude(struct cede_http_request *request, int rc)
{
    if (request->is_broken || rc == -ECANCELED)
        return ENDED;
    if (rc < 0)
        report_failure(request, rc);
    if (request->status != 0)
        return rc < 0 ? ENDED : 0;
    if (rc == 0)
        cede__report("cede: the handler of %s %s gave no reply\n", request->method, request->path);
    if (rc < 200 || rc > 599)
        rc = 500;
    return reply_status(request, rc) < 0 ? ENDED : 0;
}

/* Answer one request. 0: the connection goes on; else ENDED. */
static int connection_answer(struct cede__http_connection *c)
{
    const cede_http_server_options *o = &c->server->options;
    struct cede_http_request *request = &c->request;
    size_t used;
    int rc = o->delay > 0 ? cede_sleep(o->delay) : 0;

    if (rc == 0)
        rc = o->handler(request, o->arg);
    if (connection_conclude(request, rc) < 0) {
        c->server->n_cut += c->server->whole.expired;
        return ENDED;
    }
    if (!request->keep_alive || c->server->is_stopping || connection_skip_body(c, &used) < 0) {
        if (connection_has_unread(c))
            connection_linger(c);
        return ENDED;
    }
    connection_forget(c, used);
    return 0;
}

static void connection_refuse(struct cede__http_connection *c, int status)
{
    c->request.keep_alive = false;
    c->request.is_head = false;
    if (reply_status(&c->request, status) == 0)
        connection_linger(c);
}

static int connection_serve_one(struct cede__http_connection *c)
{
    int status;

    if (connection_await_request(c) < 0)
        return ENDED;
    status = connection_receive_head(c);
    if (status < 0)
        return ENDED;
    if (status == 1)
        status = cede__http_head_parse(c);
    if (status == 0)
        return connection_answer(c);
    connection_refuse(c, status);
    return ENDED;
}

int cede__http_connection_run(void *arg)
{
    struct cede__http_connection *c = arg;

    while (connection_serve_one(c) == 0)
        ;
    cede__http_connection_drop(c);
    return 0;
}
