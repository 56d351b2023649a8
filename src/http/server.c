/* server.c - the HTTP server: started, accepting, stopped.
 *
 * One task accepts; each connection is a task of its group. The scopes nest like this:
 *
 *     whole                      its deadline, set by stop, is the end of the grace
 *       group                    of the connections' tasks: they end with it
 *         accepting              cancelled by stop
 *
 * Stopping cancels `accepting` and the waits of idle connections, sets the deadline and awaits the
 * task, which waits for the group. What is left at the deadline is cancelled by it.
 *
 * Who accepts waits while there are too many connections, and for a tenth of a second if the
 * process is out of descriptors: the connections stay in the kernel's backlog.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "http/server.h"
#include "io/stream.h"
#include "task/task.h"

/* Accepting. */

/* Wait until there may be one connection more. */
static int server_await_room(cede_http_server *server)
{
    int rc = 0;

    while (rc == 0 && server->n_connections >= server->options.max_connections) {
        server->room = cede_future_create();
        if (!server->room)
            return -ENOMEM;
        rc = cede_await(server->room);
        cede_future_unref(server->room);
        server->room = NULL;
    }
    return rc;
}

static void server_take(cede_http_server *server, cede_stream *stream)
{
    const cede_task_options options = {.name = "http connection",
                                       .drop = cede__http_connection_drop};
    struct cede__http_connection *c = cede__http_connection_create(server, stream);

    if (!c) {
        cede_stream_close(stream); /* no memory: the client sees it and may come again */
        return;
    }
    if (cede_group_spawn_with(&server->group, &options, cede__http_connection_run, c) < 0)
        cede_error_clear(); /* likewise; the connection was dropped */
}

static bool is_shortage(int rc)
{
    return rc == -EMFILE || rc == -ENFILE || rc == -ENOBUFS || rc == -ENOMEM;
}

static int server_accept(cede_http_server *server)
{
    cede_stream *stream = NULL;
    int rc = server_await_room(server);

    if (rc == 0)
        rc = cede_tcp_accept(server->listener, &stream);
    if (rc == 0) {
        server_take(server, stream);
    } else if (is_shortage(rc)) {
        if (!server->has_reported)
            cede__report("cede: the HTTP server at %s cannot accept: %s; it goes on trying\n",
                         server->url, cede_strerror(rc));
        server->has_reported = true;
        rc = cede_sleep(CEDE_MS(100));
    }
    return rc;
}

static int server_run(void *arg)
{
    cede_http_server *server = arg;
    int rc = 0;

    server->has_begun = true;
    cede_scope_enter(&server->whole, CEDE_NEVER);
    cede_group_init(&server->group);
    cede_scope_enter(&server->accepting, CEDE_NEVER);
    while (rc == 0 && !server->is_stopping)
        rc = server_accept(server);
    rc = cede_scope_exit(&server->accepting, rc);
    cede_listener_close(server->listener);
    server->listener = NULL;
    rc = cede_group_join(&server->group, server->is_stopping ? 0 : rc);
    return cede_scope_exit(&server->whole, rc);
}

/* Starting. */

static void server_fill_in(cede_http_server_options *o)
{
    if (o->max_target == 0)
        o->max_target = 8192;
    if (o->max_head == 0)
        o->max_head = 32768;
    if (o->max_headers == 0)
        o->max_headers = 100;
    if (o->max_body == 0)
        o->max_body = 1 << 20;
    if (o->max_connections == 0)
        o->max_connections = 10000;
    if (o->idle_timeout == 0)
        o->idle_timeout = CEDE_S(60);
    if (o->head_timeout == 0)
        o->head_timeout = CEDE_S(10);
    if (o->send_timeout == 0)
        o->send_timeout = CEDE_S(60);
}

static void server_free(cede_http_server *server)
{
    cede_listener_close(server->listener);
    cede__free(server->scratch);
    cede__free(server);
}

int cede_http_server_start(const cede_http_server_options *options, cede_http_server **server_out)
{
    const cede_task_options task_options = {.name = "http server"};
    cede_http_server *server;
    char address[80];
    int rc;

    if (!options->handler)
        return cede_raise(-EINVAL, "a server needs a handler");
    server = cede__calloc(1, sizeof *server);
    if (!server)
        return cede_raise(-ENOMEM, "no memory for a server");
    server->options = *options;
    server_fill_in(&server->options);
    cede__list_init(&server->connections);
    server->scratch = cede__malloc(CEDE__HTTP_SCRATCH_SIZE);
    rc = server->scratch ? cede_tcp_listen(&server->options.listen, &server->listener)
                         : cede_raise(-ENOMEM, "no memory for a server");
    if (rc == 0) {
        (void)cede_listener_address(server->listener, address, sizeof address);
        snprintf(server->url, sizeof server->url, "http://%s/", address);
        server->task = cede_spawn_with(&task_options, server_run, server);
        rc = server->task ? 0 : cede_error_code(cede_error_last());
    }
    if (rc < 0) {
        server_free(server);
        return rc;
    }
    *server_out = server;
    return 0;
}

/* Stopping. */

int cede_http_server_stop(cede_http_server *server, cede_time grace)
{
    cede_scope shield;
    bool was_cut;

    if (!server)
        return 0;
    if (!cede_task_current())
        return cede_raise(CEDE_ENOTASK, "only a task may stop a server");
    /* Everything ends by the deadline of the server's own scope, so this wait needs none. */
    cede_scope_enter_shield(&shield, CEDE_NEVER);
    server->is_stopping = true;
    if (server->has_begun && !cede_future_is_done(server->task)) {
        if (server->listener)
            cede_scope_cancel(&server->accepting);
        for (struct cede__list *link = server->connections.next; link != &server->connections;
             link = link->next) {
            struct cede__http_connection *c =
                cede__container_of(link, struct cede__http_connection, link);
            if (c->idle)
                cede_scope_cancel(c->idle);
        }
        (void)cede_scope_reschedule(&server->whole, cede_after(grace));
    }
    (void)cede_await(server->task); /* however it ended: it has */
    (void)cede_scope_exit(&shield, 0);
    was_cut = server->n_cut > 0;
    cede_future_unref(server->task);
    server_free(server);
    return was_cut ? cede_raise(-ETIMEDOUT, "requests were cut off by the end of the grace") : 0;
}

/* Facts. */

int cede_http_server_port(const cede_http_server *server)
{
    return server->listener ? cede_listener_port(server->listener) : 0;
}

int cede_http_server_url(const cede_http_server *server, char *buffer, size_t size)
{
    return snprintf(buffer, size, "%s", server->url);
}
