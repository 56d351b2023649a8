/* serve.c - `cede serve`: the files of a folder over HTTP, until Ctrl-C.
 *
 * The main thread's loop listens first, so that the others know the port, and is told of signals.
 * With --loops there are more threads, each with a loop and a server of its own on the same port,
 * among which the kernel spreads connections; they share the folder and the log.
 */
/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cede/event.h>
#include <cede/task.h>

#include "serve.h"
#include "tool.h"

struct serve {
    struct serve_options options;
    cede_event stop; /* shared: set when all are to end */
};

/* One more loop. */
struct worker {
    struct serve *serve; /* NULL: not begun */
    pthread_t thread;
    cede_event ready; /* shared: set when it listens, or cannot */
    int rc;
    char message[200]; /* why it cannot */
};

static int worker_serve(void *arg)
{
    struct worker *worker = arg;
    cede_http_server *server;
    int rc;

    worker->rc = cede_http_server_start(&worker->serve->options.server, &server);
    if (worker->rc < 0)
        snprintf(worker->message, sizeof worker->message, "%s",
                 cede_error_message(cede_error_last()));
    (void)cede_event_set(&worker->ready); /* shared: it cannot fail */
    if (worker->rc < 0) {
        cede_error_clear(); /* told by who waits for it */
        return 0;
    }
    rc = cede_event_wait(&worker->serve->stop);
    (void)cede_http_server_stop(server, worker->serve->options.grace); /* as was asked for */
    return rc;
}

static void *worker_run(void *arg)
{
    struct worker *worker = arg;
    const int rc = cede_run(worker_serve, worker);

    if (rc < 0 && worker->rc == 0) {
        worker->rc = rc; /* it did not come to its task */
        (void)cede_event_set(&worker->ready);
    }
    return NULL;
}

/* Start one and wait until it listens. */
static int worker_start(struct serve *serve, struct worker *worker)
{
    int rc;

    worker->serve = serve;
    cede_event_init(&worker->ready, &(cede_sync_options){.shared = true});
    rc = -pthread_create(&worker->thread, NULL, worker_run, worker);
    if (rc < 0) {
        worker->serve = NULL;
        cede_event_fini(&worker->ready);
        return cede_raise(rc, "no thread can be started");
    }
    rc = cede_event_wait(&worker->ready);
    if (rc == 0 && worker->rc < 0)
        rc = cede_raise(worker->rc, "%s", worker->message);
    return rc;
}

/* Start all, serve until cancelled, and end all. */
static int serve_with_workers(struct serve *serve, struct worker *workers)
{
    const long n = serve->options.n_loops - 1;
    int rc = 0;

    for (long i = 0; rc == 0 && i < n; i++)
        rc = worker_start(serve, &workers[i]);
    if (rc == 0)
        rc = cede_sleep(CEDE_NEVER);
    (void)cede_event_set(&serve->stop); /* shared: it cannot fail */
    return rc;
}

static void workers_join(struct worker *workers, long n)
{
    for (long i = 0; i < n; i++) {
        if (!workers[i].serve)
            continue;
        pthread_join(workers[i].thread, NULL);
        cede_event_fini(&workers[i].ready);
    }
}

static void terminated(void *task)
{
    (void)cede_cancel(task); /* done: then it ends anyway */
}

/* Serve until cancelled. */
static int serve_files(struct serve *serve)
{
    struct serve_options *o = &serve->options;
    struct worker *workers = calloc((size_t)o->n_loops, sizeof *workers);
    cede_http_server *server = NULL;
    char url[128], port[8];
    int rc = workers ? 0 : cede_raise(-ENOMEM, "no memory for so many loops");

    if (rc == 0)
        rc = cede_loop_on_signal(cede_loop_current(), SIGTERM, terminated, cede_task_current());
    if (rc == 0)
        rc = cede_http_server_start(&o->server, &server);
    if (rc == 0) {
        (void)cede_http_server_url(server, url, sizeof url);
        snprintf(port, sizeof port, "%d", cede_http_server_port(server));
        o->server.listen.port = port;
        printf("serving %s on %s\n", o->folder, url);
        fflush(stdout);
        rc = serve_with_workers(serve, workers);
    }
    (void)cede_http_server_stop(server, o->grace); /* late ones were cut off, as was asked for */
    if (workers)
        workers_join(workers, o->n_loops - 1);
    free(workers);
    return rc;
}

/* The folder and the log, around serving. */
static int serve_run(void *arg)
{
    struct serve *serve = arg;
    struct serve_options *o = &serve->options;
    cede_http_files *files;
    int rc = 0;

    CEDE_TRY(cede_http_files_open(o->folder, &o->files, &files));
    if (o->log)
        rc = cede_http_log_open(strcmp(o->log, "-") == 0 ? NULL : o->log, &o->server.log);
    o->server.handler = cede_http_files_handler;
    o->server.arg = files;
    o->server.listen.reuse_port = o->n_loops > 1;
    if (rc == 0)
        rc = serve_files(serve);
    cede_http_log_close(o->server.log);
    cede_http_files_close(files);
    return rc;
}

int serve_main(int argc, char **argv)
{
    struct serve serve = {.options = {.folder = ".",
                                      .n_loops = 1,
                                      .grace = CEDE_S(1),
                                      .files = {.encoded = true},
                                      .server = {.listen = {.port = "8000"}}}};
    int rc = serve_parse(argc, argv, &serve.options);

    if (rc != TOOL_OK)
        return rc < 0 ? TOOL_OK : rc;
    cede_event_init(&serve.stop, &(cede_sync_options){.shared = true});
    rc = cede_run(serve_run, &serve);
    cede_event_fini(&serve.stop);
    if (rc == -EINTR || rc == -ECANCELED)
        return TOOL_OK; /* Ctrl-C and SIGTERM are how it is stopped */
    fprintf(stderr, "cede serve: %s: %s\n", cede_error_message(cede_error_last()),
            cede_strerror(rc));
    return TOOL_FAILURE;
}
