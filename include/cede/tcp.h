/* cede/tcp.h - making TCP connections: by connecting, and by listening and accepting
 *
 *     cede_stream *stream;
 *     CEDE_TRY(cede_tcp_connect("localhost", "8000", &stream));
 *
 * Source: src/io/tcp.c   Tests: tests/io/test_tcp.c   Guide: docs/stream.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TCP_H
#define CEDE_TCP_H

#include <stdbool.h>

#include <cede/stream.h>

CEDE_BEGIN_DECLS

/* A socket that connections come in on. */
typedef struct cede_listener cede_listener;

/* Where and how to listen; zero is the default everywhere. */
typedef struct cede_tcp_listen_options {
    /* an address of this machine, or a name of it; NULL: "127.0.0.1". "0.0.0.0", "::": all of its
     * kind */
    const char *host;
    /* a number or a service's name; NULL or "0": one that is free (cede_listener_port) */
    const char *port;
    int backlog; /* connections that may wait to be accepted; 0: 1024 */
    /* other listeners may share the port, and the kernel spreads connections over them */
    bool reuse_port;
} cede_tcp_listen_options;

/**
 * Connect. A name is looked up in a thread; its addresses are tried one after the other.
 *
 * @param host        an address or a name
 * @param port        a number or a service's name
 * @param stream_out  receives the stream, owned by the caller: cede_stream_close
 * @return 0, or
 *   CEDE_ERESOLVE  the name could not be resolved
 *   -ECONNREFUSED, -EHOSTUNREACH, -ETIMEDOUT, ...  as the last address failed
 *   -ECANCELED     the scope is cancelled; nothing is left behind
 *   CEDE_ENOTASK   there is no task here
 *   -ENOTSUP       the loop's clock is virtual, and its options do not allow I/O
 *   -EMFILE, -ENFILE, -ENOMEM
 * Suspends: always, but for a refusal at once.  Cancellation point: always.  Call from: a task.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_tcp_connect(const char *host, const char *port,
                                                       cede_stream **stream_out);

/**
 * Listen.
 *
 * @param options       borrowed during the call; NULL for the defaults
 * @param listener_out  receives the listener, owned by the caller: cede_listener_close
 * @return 0, or
 *   CEDE_ERESOLVE  the name could not be resolved
 *   -EADDRINUSE    somebody listens there
 *   -EACCES, -EADDRNOTAVAIL
 *   -EINVAL        the thread has no loop
 *   -ENOTSUP       the loop's clock is virtual, and its options do not allow I/O
 *   -EMFILE, -ENFILE, -ENOMEM
 * Suspends: if a name is to be looked up, which outside of a task blocks.  Cancellation point: if
 * it suspends.
 * Call from: the loop's thread.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_tcp_listen(const cede_tcp_listen_options *options,
                                                      cede_listener **listener_out);

/**
 * Wait for a connection.
 *
 * @param listener    borrowed
 * @param stream_out  receives the stream, owned by the caller: cede_stream_close
 * @return 0, or
 *   -EMFILE, -ENFILE, -ENOBUFS  it cannot be taken just now and stays in the queue: wait a little
 *   and call again
 *   -ENOMEM         no memory; at worst that connection is lost
 *   -ECANCELED      the scope is cancelled; no connection was taken
 *   -EBUSY          another task accepts
 *   CEDE_ESHUTDOWN  the listener was closed meanwhile, by another task or with its loop
 *   CEDE_ENOTASK    there is no task here
 *   CEDE_EFOREIGN   it is another loop's
 * Suspends: if none is waiting.  Cancellation point: always.  Call from: a task of the listener's
 * loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_tcp_accept(cede_listener *listener,
                                                      cede_stream **stream_out);

/**
 * Stop listening at once. A task that waits for a connection is woken with CEDE_ESHUTDOWN.
 *
 * @param listener  owned; NULL is nothing
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API void cede_listener_close(cede_listener *listener);

/**
 * The port that is listened on.
 *
 * @param listener  borrowed
 * @return 1 to 65535; 0 once its loop is closed
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API int cede_listener_port(const cede_listener *listener);

/**
 * The address that is listened on, as cede_stream_local_address.
 *
 * @param listener  borrowed
 * @param buffer    receives the text, cut to fit, terminated
 * @param size      bytes of `buffer`
 * @return the length of the whole text; -ENOTCONN: none any more
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API int cede_listener_address(const cede_listener *listener, char *buffer, size_t size);

CEDE_END_DECLS

#endif
