/* server_connection.c - one connection: request after request, in order, until one side has enough.
 *
 *     +-> wait for the first byte -> head -> handler -> reply -> rest of the body -+
 *     |      idle_timeout          head_timeout              body_timeout         |
 *     +------------------------------- keep-alive --------------------------------+
 *
 * A body in chunks is taken before the handler is called, so that what is wrong with it can be
 * said.
 *
 * A connection that waits has neither task nor buffers: it is on the server's list `idle`, in the
 * order in which it fell silent, which is that of the deadlines, so that one timer serves them all.
 * The first byte starts a task, which goes on until there is nothing more to read.
 *
 * Requests that come before the reply to the last one was sent (pipelining) wait in the buffer.
 * After a refusal the connection is closed, but slowly: this side is ended, and what still comes is
 * read and thrown away for a while, since closing at once would destroy the refusal on its way.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "http/log.h"
#include "http/server.h"
#include "io/stream.h"
#include "loop/loop.h"

enum {
    LINGER_BYTES = 1024 * 1024, /* thrown away after a refusal, at most */
    PIPELINE_TURN = 16,         /* pipelined requests answered before the others have their turn */

    /* Why a connection's task is through with it. */
    ENDED = -1,  /* the peer is gone, or has been silent for too long: nothing is to be said */
    SILENT = -2, /* nothing is there to be read */
};

/* Opened and closed. */

void cede__http_connection_close(struct cede__http_connection *c)
{
    cede_http_server *server = c->server;

    cede_stream_close(c->stream);
    if (c->request)
        cede__http_request_give(c->request);
    cede__list_remove(&c->link);
    server->n_connections--;
    if (server->room)
        (void)cede_future_set(server->room, NULL); /* set already: as well */
    cede__free(c);
}

static void connection_drop(void *connection)
{
    cede__http_connection_close(connection);
}

static int connection_run(void *connection);

static void connection_spawn(struct cede__http_connection *c)
{
    const cede_task_options options = {.name = "http connection", .drop = connection_drop};

    if (cede_group_spawn_with(&c->server->group, &options, connection_run, c) < 0)
        cede_error_clear(); /* no memory: it was closed, the client sees it and may come again */
}

void cede__http_connection_start(cede_http_server *server, cede_stream *stream)
{
    struct cede__http_connection *c = cede__calloc(1, sizeof *c);

    if (!c) {
        cede_stream_close(stream);
        return;
    }
    c->server = server;
    c->stream = stream;
    cede__list_init(&c->link);
    server->n_connections++;
    connection_spawn(c);
}

/* Waiting. */

/* There is something to read. */
static void connection_wake(void *connection)
{
    struct cede__http_connection *c = connection;

    cede__list_remove(&c->link);
    connection_spawn(c);
}

/* Go on without a task. */
static void connection_wait(struct cede__http_connection *c)
{
    cede_http_server *server = c->server;

    cede__http_request_give(c->request);
    c->request = NULL;
    c->deadline = cede_after(server->options.idle_timeout);
    if (server->is_stopping || cede__stream_on_input(c->stream, connection_wake, c) < 0) {
        cede__http_connection_close(c);
        return;
    }
    cede__list_append(&server->idle, &c->link);
    cede__http_server_watch_idle(server);
    if (server->room)
        (void)cede_future_set(server->room, NULL); /* set already: as well */
}

/* Receiving. */

static int connection_grow(struct cede_http_request *r)
{
    char *grown = cede__realloc(r->buffer, r->size * 2);

    if (!grown)
        return -ENOMEM;
    r->buffer = grown;
    r->size *= 2;
    return 0;
}

/* Some more into the buffer: how much; 0 at the end; or an error, -EAGAIN among it if it is not to
 * wait. */
static int connection_receive(struct cede__http_connection *c, bool waits)
{
    struct cede_http_request *r = c->request;
    int n = r->end == r->size ? connection_grow(r) : 0;

    if (n < 0)
        return n;
    n = waits ? cede_stream_read(c->stream, r->buffer + r->end, r->size - r->end)
              : cede__stream_try_read(c->stream, r->buffer + r->end, r->size - r->end);
    if (n > 0)
        r->end += (size_t)n;
    return n;
}

/* Have the first bytes of a request. 0, ENDED, or SILENT. */
static int connection_begin_request(struct cede__http_connection *c)
{
    int n;

    if (c->request->end > 0)
        return 0;
    if (c->server->is_stopping)
        return ENDED;
    n = connection_receive(c, false);
    return n > 0 ? 0 : n == -EAGAIN ? SILENT : ENDED;
}

/* Receive until the head is whole: 1; or a status, or ENDED. */
static int connection_receive_head(struct cede__http_connection *c)
{
    int found = cede__http_head_scan(c->request);
    cede_scope scope;

    if (found != 0)
        return found;
    cede_scope_enter(&scope, cede_after(c->server->options.head_timeout));
    while (found == 0) {
        const int n = connection_receive(c, true);
        if (n <= 0)
            found = n == 0 ? ENDED : n;
        else
            found = cede__http_head_scan(c->request);
    }
    found = cede_scope_exit(&scope, found);
    if (found == -ETIMEDOUT)
        return 408;
    return found < 0 ? ENDED : found;
}

/* Take the chunks that are there, and close the gap behind the head. As cede__http_chunks_take. */
static int connection_take_chunks(struct cede_http_request *r)
{
    char *body = r->buffer + r->head_size;
    const size_t there = r->end - r->head_size;
    size_t taken;
    const int rc = cede__http_chunks_take(r, body, there, &taken);

    memmove(body, body + taken, there - taken);
    r->end -= taken;
    return rc;
}

/* Take a body in chunks and throw it away: 0; a status that refuses it; or ENDED. The head stays
 * where it is: there is room behind it. */
static int connection_receive_chunks(struct cede__http_connection *c)
{
    int rc = connection_take_chunks(c->request);
    cede_scope scope;

    if (rc == 0) {
        cede_scope_enter(&scope, cede_after(c->server->options.body_timeout));
        while (rc == 0) {
            rc = connection_receive(c, true);
            rc = rc > 0 ? connection_take_chunks(c->request) : rc == 0 ? ENDED : rc;
        }
        rc = cede_scope_exit(&scope, rc);
    }
    if (rc == -ETIMEDOUT)
        return 408;
    if (rc != 1)
        return rc < 0 ? ENDED : rc;
    c->request->is_chunked = false;
    return 0;
}

/* Whether bytes came, or will, that nobody is going to read: closing on them would reset the
 * connection. */
static bool connection_has_unread(const struct cede__http_connection *c)
{
    const struct cede_http_request *r = c->request;

    return r->length > 0 || r->is_chunked || r->end > r->head_size;
}

/* Read what is left of the request's body and throw it away. 0: the next request follows at `used`;
 * else ENDED. */
static int connection_skip_body(struct cede__http_connection *c, size_t *used)
{
    struct cede_http_request *r = c->request;
    int64_t rest = (int64_t)r->length; /* no more than max_body */
    const size_t there = r->end - r->head_size;
    int rc = 0;

    *used = r->head_size;
    if (r->is_chunked)
        return ENDED; /* it was announced only, and may not come */
    if (rest <= (int64_t)there) {
        *used += (size_t)rest;
        return 0;
    }
    rest -= (int64_t)there;
    *used = r->end = 0;
    CEDE_TIMEOUT(c->server->options.body_timeout, rc) {
        while (rest > 0) {
            const int64_t most = rest < (int64_t)r->size ? rest : (int64_t)r->size;
            const int n = cede_stream_read(c->stream, r->buffer, (size_t)most);
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
            n = cede_stream_read(c->stream, c->request->buffer, c->request->size);
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

static void connection_log(const struct cede__http_connection *c)
{
    cede_http_log *log = c->server->options.log;

    if (log && c->request->status != 0)
        cede__http_log_request(log, c->request);
}

/* Answer one request. 0: the connection goes on; else ENDED. */
static int connection_answer(struct cede__http_connection *c)
{
    const cede_http_server_options *o = &c->server->options;
    struct cede_http_request *request = c->request;
    size_t used;
    int rc = o->delay > 0 ? cede_sleep(o->delay) : 0;

    if (rc == 0)
        rc = o->handler(request, o->arg);
    rc = connection_conclude(request, rc);
    connection_log(c);
    if (rc < 0) {
        c->server->n_cut += c->server->whole.expired;
        return ENDED;
    }
    if (!request->keep_alive || c->server->is_stopping || connection_skip_body(c, &used) < 0) {
        if (connection_has_unread(c))
            connection_linger(c);
        return ENDED;
    }
    cede__http_request_next(request, used);
    return 0;
}

static void connection_refuse(struct cede__http_connection *c, int status)
{
    c->request->keep_alive = false;
    c->request->is_head = false;
    status = reply_status(c->request, status);
    connection_log(c);
    if (status == 0)
        connection_linger(c);
}

/* Take the head apart, and a body in chunks away. 0, a status, or ENDED. */
static int connection_parse(struct cede__http_connection *c)
{
    enum { ROOM = 512 }; /* for a body behind a head, which is not moved any more */
    struct cede_http_request *r = c->request;
    int status;

    if (r->size - r->head_size < ROOM && connection_grow(r) < 0)
        return ENDED;
    status = cede__http_head_parse(r);
    if (status == 0 && r->is_chunked && !cede_http_request_header(r, "Expect"))
        status = connection_receive_chunks(c);
    return status;
}

/* 0: it was answered, and there may be another; else ENDED or SILENT. */
static int connection_serve_one(struct cede__http_connection *c)
{
    int status;

    CEDE_TRY(connection_begin_request(c));
    status = connection_receive_head(c);
    if (status < 0)
        return ENDED;
    if (c->server->options.log)
        cede__http_request_keep_line(c->request);
    if (status == 1)
        status = connection_parse(c);
    if (status == 0)
        return connection_answer(c);
    if (status < 0)
        return ENDED;
    connection_refuse(c, status);
    return ENDED;
}

/* Have what must be before the first request. 0, or ENDED. */
static int connection_prepare(struct cede__http_connection *c)
{
    int rc = 0;

    c->request = cede__http_request_take(c);
    if (!c->request)
        return ENDED; /* no memory: the client sees it and may come again */
    if (c->server->tls && !c->is_ready) {
        CEDE_TIMEOUT(c->server->options.head_timeout, rc) {
            rc = cede__tls_accept(c->stream, c->server->tls);
        }
    }
    c->is_ready = true;
    return rc < 0 ? ENDED : 0;
}

/* The body of a connection's task. */
static int connection_run(void *connection)
{
    struct cede__http_connection *c = connection;
    int rc = connection_prepare(c);

    for (int i = 1; rc == 0; i++) {
        rc = connection_serve_one(c);
        if (rc == 0 && i % PIPELINE_TURN == 0)
            rc = cede_sleep(0);
    }
    if (rc == SILENT)
        connection_wait(c);
    else
        cede__http_connection_close(c);
    return 0;
}
