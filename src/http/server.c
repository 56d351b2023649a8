/* server.c - the HTTP server: started, accepting, stopped.
 *
 * One task accepts; each connection is a task of its group. The scopes nest like this:
 *
 *     whole                      its deadline, set by stop, is the end of the grace
 *       group                    of the connections' tasks: they end with it
 *         accepting              cancelled by stop
 *
 * Stopping cancels `accepting`, closes idle connections, sets the deadline and awaits the task,
 * which waits for the group. What is left at the deadline is cancelled by it.
 *
 * A new connection is worth more than one that has been silent: where there are too many, or the
 * process is out of descriptors, the one that has waited longest is closed. If none waits, who
 * accepts does: for one of them to end, or for a tenth of a second. Meanwhile the others stay in
 * the kernel's backlog.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "http/server.h"
#include "io/stream.h"
#include "loop/loop.h"
#include "task/task.h"

/* Connections that wait. */

static struct cede__http_connection *server_longest_idle(cede_http_server *server)
{
    return cede__list_is_empty(&server->idle)
               ? NULL
               : cede__container_of(server->idle.next, struct cede__http_connection, link);
}

/* Make room for a new one. Whether there was any that waited. */
static bool server_evict(cede_http_server *server)
{
    struct cede__http_connection *longest = server_longest_idle(server);

    if (longest)
        cede__http_connection_close(longest);
    return longest != NULL;
}

void cede__http_server_watch_idle(cede_http_server *server)
{
    struct cede__http_connection *longest = server_longest_idle(server);

    if (!longest || server->idle_timer.slot != CEDE__TIMER_IDLE)
        return;
    /* No memory: the next that falls idle tries again. */
    (void)cede__loop_add_timer(cede__loop_here, &server->idle_timer, longest->deadline);
}

static void server_idle_timer(struct cede__timer *timer)
{
    cede_http_server *server = cede__container_of(timer, cede_http_server, idle_timer);
    struct cede__http_connection *longest;

    while ((longest = server_longest_idle(server)) && longest->deadline <= cede_now())
        cede__http_connection_close(longest);
    cede__http_server_watch_idle(server);
}

/* Accepting. */

/* A connection came: wait until there may be one more. */
static int server_await_room(cede_http_server *server)
{
    int rc = 0;

    while (rc == 0 && server->n_connections >= server->options.max_connections) {
        if (server_evict(server))
            break;
        server->room = cede_future_create();
        if (!server->room)
            return -ENOMEM;
        rc = cede_await(server->room);
        cede_future_unref(server->room);
        server->room = NULL;
    }
    return rc;
}

static bool is_shortage(int rc)
{
    return rc == -EMFILE || rc == -ENFILE || rc == -ENOBUFS || rc == -ENOMEM;
}

static int server_take(cede_http_server *server, cede_stream *stream)
{
    const int rc = server_await_room(server);

    if (rc < 0)
        cede_stream_close(stream);
    else
        cede__http_connection_start(server, stream);
    return rc;
}

static int server_accept(cede_http_server *server)
{
    cede_stream *stream = NULL;
    const int rc = cede_tcp_accept(server->listener, &stream);

    if (rc == 0)
        return server_take(server, stream);
    if (!is_shortage(rc))
        return rc;
    if (!server->has_reported)
        cede__report("cede: the HTTP server at %s cannot accept: %s; it goes on trying\n",
                     server->url, cede_strerror(rc));
    server->has_reported = true;
    return cede_sleep(server_evict(server) ? 0 : CEDE_MS(100));
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
    if (server->is_stopping)
        rc = 0;
    server->is_stopping = true; /* none falls idle from here on */
    while (server_evict(server))
        ;
    cede__loop_remove_timer(cede__loop_here, &server->idle_timer);
    rc = cede_group_join(&server->group, rc);
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
    if (o->body_timeout == 0)
        o->body_timeout = CEDE_S(30);
    if (o->send_timeout == 0)
        o->send_timeout = CEDE_S(60);
}

static void server_free(cede_http_server *server)
{
    cede_listener_close(server->listener);
    cede__http_request_free_spare(server);
    cede__tls_context_destroy(server->tls);
    cede__free(server->scratch);
    cede__free(server);
}

/* What may fail. */
static int server_prepare(cede_http_server *server)
{
    const cede_http_server_options *o = &server->options;

    server->scratch = cede__malloc(CEDE__HTTP_SCRATCH_SIZE);
    if (!server->scratch)
        return cede_raise(-ENOMEM, "no memory for a server");
    if (o->certificate)
        CEDE_TRY(cede__tls_context_create(o->certificate, o->key, &server->tls));
    return cede_tcp_listen(&o->listen, &server->listener);
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
    cede__list_init(&server->idle);
    server->idle_timer = (struct cede__timer){server_idle_timer, CEDE__TIMER_IDLE};
    rc = server_prepare(server);
    if (rc == 0) {
        (void)cede_listener_address(server->listener, address, sizeof address);
        snprintf(server->url, sizeof server->url, "http%s://%s/", server->tls ? "s" : "", address);
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
        while (server_evict(server))
            ;
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
