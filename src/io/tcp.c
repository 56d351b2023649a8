/* tcp.c - TCP connections: looking up, connecting, listening, accepting.
 *
 * Addresses that are numbers are taken as they are; names go to a thread. A connection being made
 * is a stream already, which becomes writable when it is decided, so waiting for it is waiting for
 * any stream.
 */
/* SPDX-License-Identifier: MIT */
#include <cede/executor.h>
#include <cede/tcp.h>

#include "base/base.h"
#include "io/stand_in.h"
#include "io/stream.h"

enum { MAX_ADDRESSES = 16, DEFAULT_BACKLOG = 1024 };

struct cede_listener {
    struct cede__descriptor descriptor; /* first */
    struct cede__listener_layer *layer; /* owned; of a simulated one, else NULL */
};

/* Names. */

struct look_up {
    const char *host;
    const char *port;
    struct cede__address found[MAX_ADDRESSES];
    const char *why; /* it failed */
};

/* A job for a thread. */
static int look_up_run(void *arg)
{
    struct look_up *look_up = arg;

    return cede__address_look_up(look_up->host, look_up->port, look_up->found, MAX_ADDRESSES,
                                 &look_up->why);
}

/* How many addresses were found. */
static int look_up_all(struct look_up *look_up)
{
    int n;

    if (cede__address_parse(look_up->host, look_up->port, &look_up->found[0]) == 0)
        return 1;
    n = cede__task_here() ? cede_run_in_thread(look_up_run, look_up) : look_up_run(look_up);
    if (n == CEDE_ERESOLVE)
        return cede_raise(n, "cannot resolve %s:%s: %s", look_up->host, look_up->port,
                          look_up->why);
    return n;
}

/* What stands in for the kernel. */

const char cede__stand_in_key;

struct cede__stand_in *cede__stand_in_here(void)
{
    struct cede__attachment *attachment =
        cede__loop_here ? cede__loop_attachment(cede__loop_here, &cede__stand_in_key) : NULL;

    return attachment ? cede__container_of(attachment, struct cede__stand_in, attachment) : NULL;
}

/* Connecting. */

/* Wait until it is decided. */
static int connect_await(cede_stream *stream)
{
    struct cede__descriptor *descriptor = &stream->descriptor;

    descriptor->may_try[CEDE__READING] = false;
    descriptor->may_try[CEDE__WRITING] = false;
    while (!descriptor->may_try[CEDE__WRITING])
        CEDE_TRY(cede__descriptor_wait(descriptor, CEDE__WRITING));
    return 0;
}

static int connect_finish(cede_stream *stream)
{
    CEDE_TRY(connect_await(stream));
    return cede__socket_connect_result(stream->descriptor.watch.fd);
}

static int connect_simulated(struct cede__stand_in *stand_in, const char *host, const char *port,
                             cede_stream **stream_out)
{
    cede_stream *stream;
    int rc;

    CEDE_TRY(stand_in->kind->connect(stand_in, host, port, &stream));
    rc = stand_in->kind->connect_result(stream->layer) < 0 ? 0 : connect_await(stream);
    if (rc == 0) {
        rc = stand_in->kind->connect_result(stream->layer);
        if (rc < 0)
            (void)cede_raise(rc, "cannot connect to %s:%s", host, port);
    }
    if (rc < 0) {
        cede_stream_close(stream);
        return rc;
    }
    *stream_out = stream;
    return 0;
}

static int connect_one(const struct cede__address *address, cede_stream **stream_out)
{
    cede_stream *stream;
    int fd = -1;
    int rc = cede__socket_connect(address, &fd);
    const bool is_pending = rc == -EINPROGRESS;

    if (rc < 0 && !is_pending)
        return rc;
    CEDE_TRY(cede__stream_create(fd, &stream));
    rc = is_pending ? connect_finish(stream) : 0;
    if (rc < 0) {
        cede_stream_close(stream);
        return rc;
    }
    *stream_out = stream;
    return 0;
}

/* Whether the next address may do better. */
static bool is_of_this_address(int rc)
{
    return rc != -ECANCELED && rc != -ENOMEM && rc != -EMFILE && rc != -ENFILE;
}

static int connect_any(const struct look_up *look_up, int n, cede_stream **stream_out)
{
    int rc = 0;

    for (int i = 0; i < n; i++) {
        char name[CEDE__ADDRESS_TEXT_SIZE];
        rc = connect_one(&look_up->found[i], stream_out);
        if (rc == 0 || rc == -ECANCELED)
            return rc;
        (void)cede__address_format(&look_up->found[i], name, sizeof name);
        rc = cede_raise(rc, "cannot connect to %s:%s (%s)", look_up->host, look_up->port, name);
        if (!is_of_this_address(rc))
            break;
    }
    return rc;
}

int cede_tcp_connect(const char *host, const char *port, cede_stream **stream_out)
{
    struct cede_task *task = cede__task_here();
    struct cede__stand_in *stand_in = cede__stand_in_here();
    struct look_up look_up = {.host = host, .port = port};
    int n;

    if (!task)
        return cede_raise(CEDE_ENOTASK, "only a task may connect");
    if (!stand_in)
        CEDE_TRY(cede__io_check());
    CEDE_TRY(cede__task_checkpoint(task));
    if (stand_in)
        return connect_simulated(stand_in, host, port, stream_out);
    n = look_up_all(&look_up);
    CEDE_TRY(n);
    return connect_any(&look_up, n, stream_out);
}

/* Listening. */

/* Of one that is simulated. */
static int listener_descriptor_address(const struct cede__descriptor *descriptor, char *buffer,
                                       size_t size)
{
    return cede_listener_address(cede__container_of(descriptor, cede_listener, descriptor), buffer,
                                 size);
}

static const struct cede__descriptor_kind listener_kind = {.noun = "listener",
                                                           .address = listener_descriptor_address};

static int listen_simulated(struct cede__stand_in *stand_in, const cede_tcp_listen_options *options,
                            cede_listener **listener_out)
{
    cede_listener *listener = cede__calloc(1, sizeof *listener);
    int rc;

    if (!listener)
        return cede_raise(-ENOMEM, "no memory for a listener");
    rc = stand_in->kind->listen(stand_in, options, &listener->layer);
    if (rc == 0) {
        rc = cede__descriptor_open_simulated(&listener->descriptor, &listener_kind);
        if (rc < 0)
            listener->layer->kind->destroy(listener->layer);
    }
    if (rc < 0) {
        cede__free(listener);
        return rc;
    }
    listener->layer->descriptor = &listener->descriptor;
    *listener_out = listener;
    return 0;
}

static int listener_create(int fd, cede_listener **listener_out)
{
    cede_listener *listener = cede__calloc(1, sizeof *listener);
    int rc;

    if (!listener) {
        cede__socket_close(fd);
        return cede_raise(-ENOMEM, "no memory for a listener");
    }
    rc = cede__descriptor_open(&listener->descriptor, &listener_kind, fd);
    if (rc < 0) {
        cede__free(listener);
        return rc;
    }
    *listener_out = listener;
    return 0;
}

int cede_tcp_listen(const cede_tcp_listen_options *options, cede_listener **listener_out)
{
    static const cede_tcp_listen_options defaults;
    const cede_tcp_listen_options *o = options ? options : &defaults;
    struct look_up look_up = {.host = o->host ? o->host : "127.0.0.1",
                              .port = o->port ? o->port : "0"};
    struct cede__stand_in *stand_in = cede__stand_in_here();
    int fd = -EINVAL;
    int n;

    if (stand_in)
        return listen_simulated(stand_in, o, listener_out);
    CEDE_TRY(cede__io_check());
    n = look_up_all(&look_up);
    CEDE_TRY(n);
    for (int i = 0; i < n && fd < 0; i++)
        fd = cede__socket_listen(&look_up.found[i], o->backlog > 0 ? o->backlog : DEFAULT_BACKLOG,
                                 o->reuse_port);
    if (fd < 0)
        return cede_raise(fd, "cannot listen on %s:%s", look_up.host, look_up.port);
    return listener_create(fd, listener_out);
}

void cede_listener_close(cede_listener *listener)
{
    if (!listener)
        return;
    cede__descriptor_close(&listener->descriptor);
    if (listener->layer)
        listener->layer->kind->destroy(listener->layer);
    cede__free(listener);
}

/* The next connection's descriptor. */
static int listener_take(cede_listener *listener)
{
    struct cede__descriptor *descriptor = &listener->descriptor;

    for (;;) {
        if (descriptor->may_try[CEDE__READING]) {
            const int fd = cede__socket_accept(descriptor->watch.fd);
            if (fd >= 0)
                return fd;
            if (fd != -EAGAIN)
                return cede_raise(fd, "a connection cannot be accepted");
            descriptor->may_try[CEDE__READING] = false;
        }
        CEDE_TRY(cede__descriptor_wait(descriptor, CEDE__READING));
    }
}

static int accept_simulated(struct cede__listener_layer *layer, struct cede__descriptor *descriptor,
                            cede_stream **stream_out)
{
    int rc;

    while ((rc = layer->kind->accept(layer, stream_out)) == -EAGAIN)
        CEDE_TRY(cede__descriptor_wait(descriptor, CEDE__READING));
    return rc;
}

int cede_tcp_accept(cede_listener *listener, cede_stream **stream_out)
{
    int fd;

    CEDE_TRY(cede__descriptor_begin(&listener->descriptor, CEDE__READING));
    if (listener->layer)
        return accept_simulated(listener->layer, &listener->descriptor, stream_out);
    fd = listener_take(listener);
    CEDE_TRY(fd);
    return cede__stream_create(fd, stream_out);
}

/* Facts. */

int cede_listener_port(const cede_listener *listener)
{
    struct cede__address address;

    if (listener->layer)
        return listener->layer->kind->port(listener->layer);
    cede__socket_address(listener->descriptor.watch.fd, false, &address);
    return cede__address_port(&address);
}

int cede_listener_address(const cede_listener *listener, char *buffer, size_t size)
{
    struct cede__address address;

    if (listener->layer)
        return listener->layer->kind->address(listener->layer, buffer, size);
    cede__socket_address(listener->descriptor.watch.fd, false, &address);
    return address.size > 0 ? cede__address_format(&address, buffer, size) : -ENOTCONN;
}
