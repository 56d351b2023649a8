/* cede/http_server.h - an HTTP/1.1 server: a task a connection, a function a request
 *
 *     static int hello(cede_http_request *request, void *arg)
 *     {
 *         return cede_http_reply_text(request, 200, "hello\n");
 *     }
 *     ...
 *     cede_http_server *server;
 *     CEDE_TRY(cede_http_server_start(&(cede_http_server_options){.handler = hello}, &server));
 *
 * What is no proper request is refused before a handler sees it: 400, 408, 413, 414, 431, 501, 505.
 * Lines end with CR LF and nothing else; a length is said once and in one way; obsolete folding is
 * refused. Bodies of requests are read and thrown away. A connection has a task while it sends
 * requests, and none while it is idle.
 * Source: src/http/server.c   Tests: tests/http/test_server.c   Guide: docs/http-server.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_HTTP_SERVER_H
#define CEDE_HTTP_SERVER_H

#include <stddef.h>
#include <stdint.h>

#include <cede/def.h>
#include <cede/error.h>
#include <cede/http_log.h>
#include <cede/tcp.h>
#include <cede/time.h>

CEDE_BEGIN_DECLS

typedef struct cede_http_server cede_http_server;

/* A request that is being answered; gone when its handler returns. */
typedef struct cede_http_request cede_http_request;

/**
 * Answers a request; runs in the task of its connection and may wait.
 *
 * @param request  borrowed until it returns
 * @param arg      as given to the server
 * @return 0: it has replied; 200 to 599: to be replied with this status and its name; negative:
 *         500, and the error is reported, unless it is the connection's own or -ECANCELED
 */
typedef int cede_http_handler(cede_http_request *request, void *arg);

/* How a server is to be; zero is the default everywhere but for the handler. */
typedef struct cede_http_server_options {
    cede_tcp_listen_options listen; /* where; by default on loopback, on a port that is free */
    cede_http_handler *handler;
    void *arg; /* handed to it; borrowed as long as the server runs */
    /* a file with a certificate and those that vouch for it, in PEM, borrowed during the call: with
     * it, TLS (1.2 and up) is spoken; NULL: none */
    const char *certificate;
    const char *key;      /* a file with its private key; NULL: that of the certificate */
    cede_http_log *log;   /* of every reply; borrowed as long as the server runs; NULL: none */
    cede_time delay;      /* before each reply, for experiments */
    size_t max_target;    /* bytes of a request's target; 8 KiB; beyond: 414 */
    size_t max_head;      /* bytes of a request line and headers; 32 KiB; beyond: 431 */
    unsigned max_headers; /* 100; beyond: 431 */
    int64_t max_body;     /* bytes of a request's body; 1 MiB; beyond: 413 */
    /* 10,000; for one beyond, the one that has been idle longest is closed; if none is idle, it
     * waits in the backlog */
    unsigned max_connections;
    cede_time idle_timeout; /* until the next request begins; 60 s */
    /* from its first byte to the end of its headers; 10 s; then 408. A handshake has as much. */
    cede_time head_timeout;
    cede_time body_timeout; /* to the end of its body; 30 s */
    cede_time send_timeout; /* for the peer to take a megabyte, or a rest; 60 s */
} cede_http_server_options;

/**
 * Start to listen and serve, in tasks of its own.
 *
 * @param options     borrowed during the call, what they point to as said there
 * @param server_out  receives the server, owned by the caller: cede_http_server_stop
 * @return 0, or -EINVAL: there is no handler, or no such certificate or key; -ENOMEM; or as
 *         cede_tcp_listen
 * Suspends: as cede_tcp_listen.  Cancellation point: as that.  Call from: a task.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int
cede_http_server_start(const cede_http_server_options *options, cede_http_server **server_out);

/**
 * Stop: the port is free at once, idle connections are closed, requests being answered have until
 * the end of the grace, then they are cancelled. Works although the caller is cancelled.
 *
 * @param server  owned; NULL is nothing
 * @param grace   nanoseconds; 0 or less: cancel at once
 * @return 0; -ETIMEDOUT: some had to be cancelled; CEDE_ENOTASK: there is no task here, and it goes
 *         on
 * Suspends: until all is closed.  Cancellation point: no.  Call from: a task of its loop that is no
 * handler of it.
 */
CEDE_API CEDE_SUSPENDS int cede_http_server_stop(cede_http_server *server, cede_time grace);

/**
 * The port that it listens on.
 *
 * @param server  borrowed
 * @return 1 to 65535
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API int cede_http_server_port(const cede_http_server *server);

/**
 * Where it is: "http://127.0.0.1:8000/"; with a certificate, "https://...".
 *
 * @param server  borrowed
 * @param buffer  receives the text, cut to fit, terminated
 * @param size    bytes of `buffer`
 * @return the length of the whole text
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API int cede_http_server_url(const cede_http_server *server, char *buffer, size_t size);

/* Requests. What the functions return lasts as long as the request. */

/**
 * The method: "GET".
 *
 * @param request  borrowed
 * @return as sent
 * Suspends: never.  Cancellation point: no.  Call from: the handler.
 */
CEDE_API const char *cede_http_request_method(const cede_http_request *request);

/**
 * The path, percent-decoded and normalised: begins with a slash, has no empty parts and no dots.
 * "*" of OPTIONS is as it is.
 *
 * @param request  borrowed
 * @return "/a/b c/"
 * Suspends: never.  Cancellation point: no.  Call from: the handler.
 */
CEDE_API const char *cede_http_request_path(const cede_http_request *request);

/**
 * What follows the question mark.
 *
 * @param request  borrowed
 * @return as sent; NULL if there is no question mark
 * Suspends: never.  Cancellation point: no.  Call from: the handler.
 */
CEDE_API const char *cede_http_request_query(const cede_http_request *request);

/**
 * A header.
 *
 * @param request  borrowed
 * @param name     in any case
 * @return the value of the first of that name, without blanks around it; NULL if there is none
 * Suspends: never.  Cancellation point: no.  Call from: the handler.
 */
CEDE_API const char *cede_http_request_header(const cede_http_request *request, const char *name);

/* Replies: one a request. */

/**
 * Add a header to the reply that follows. Date, Connection and Content-Length are added by the
 * reply itself.
 *
 * @param request  borrowed
 * @param name     copied
 * @param value    copied
 * @return 0; -EINVAL: there is something in it that a header may not hold; -EALREADY: the reply is
 *         sent; CEDE_ELIMIT: more than 32 KiB of them; -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: the handler.
 */
CEDE_API CEDE_CHECK int cede_http_reply_header(cede_http_request *request, const char *name,
                                               const char *value);

/**
 * Reply with a body from memory; to HEAD, without it.
 *
 * @param request  borrowed
 * @param status   200 to 599
 * @param type     of the body: "text/html"; borrowed; NULL: none is said
 * @param body     borrowed during the call
 * @param size     bytes of it
 * @return 0; -EALREADY: there was a reply; -EINVAL: no such status; or as cede_stream_write_all,
 *         -ETIMEDOUT among it
 * Suspends: if the peer is slow.  Cancellation point: always.  Call from: the handler.
 */
CEDE_API CEDE_SUSPENDS int cede_http_reply(cede_http_request *request, int status, const char *type,
                                           const void *body, size_t size);

/**
 * Reply with plain text.
 *
 * @param request  borrowed
 * @param status   200 to 599
 * @param text     borrowed during the call, in UTF-8
 * @return as cede_http_reply
 * Suspends: if the peer is slow.  Cancellation point: always.  Call from: the handler.
 */
CEDE_API CEDE_SUSPENDS int cede_http_reply_text(cede_http_request *request, int status,
                                                const char *text);

/**
 * Reply with an open file, from its beginning; to HEAD, without it.
 *
 * @param request  borrowed
 * @param type     of the body; borrowed; NULL: none is said
 * @param fd       borrowed: open for reading
 * @param size     bytes to send; the file has as many
 * @return as cede_http_reply; CEDE_EINCOMPLETE: the file shrank, and the connection is broken off
 * Suspends: if the peer is slow.  Cancellation point: always.  Call from: the handler.
 */
CEDE_API CEDE_SUSPENDS int cede_http_reply_file(cede_http_request *request, const char *type,
                                                int fd, int64_t size);

CEDE_END_DECLS

#endif
