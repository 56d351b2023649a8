/* cede/http.h - fetching over HTTP: sessions and requests
 *
 *     cede_http_session *session;
 *     cede_http_response *response;
 *
 *     CEDE_TRY(cede_http_session_create(NULL, &session));
 *     rc = cede_http_get(session, "http://localhost:8000/", NULL, &response);
 *     ... cede_http_response_read_all(response, 1 << 20, &text, NULL) ...
 *     cede_http_response_close(response);
 *     cede_http_session_destroy(session);
 *
 * A session keeps connections open between requests and bounds how many there are; whoever finds
 * none free waits in line. It belongs to one loop. Time-outs are scopes (cede/scope.h): a request
 * that is cancelled closes its connection and makes room for the next at once. A server's answer of
 * 404 or 500 is an answer and no error, unless the options say so. A proxy is used if the session's
 * options name it, never one of the environment, and no cookies are kept.
 * Source: src/http/client_request.c   Tests: tests/http/test_client.c   Guide: docs/http-client.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_HTTP_H
#define CEDE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cede/def.h>
#include <cede/error.h>
#include <cede/http_response.h>
#include <cede/time.h>

CEDE_BEGIN_DECLS

typedef struct cede_http_session cede_http_session;

/* Zero is the default everywhere. */
typedef struct cede_http_session_options {
    int limit;              /* connections in use at once; 0: 100; negative: no limit */
    int limit_per_host;     /* of them to one origin (scheme, host and port); 0: no limit */
    size_t buffer_size;     /* bytes of a body that wait for their reader; 0: 256 KiB */
    const char *user_agent; /* copied; NULL: "cede/" and the version */
    const char *ca_file;    /* certificates that are trusted, PEM, copied; NULL: the system's */
    bool insecure;          /* do not check certificates: anybody may read and answer */
    /* through which all is fetched, copied: http://, https:// or socks5h://, with a name and
     * password if need be; its port is 80, or 443 for https, unless given; NULL: none */
    const char *proxy;
    cede_time connect_timeout; /* for TCP and TLS, then -ETIMEDOUT; 0: 300 s */
} cede_http_session_options;

/* Zero is the default everywhere. */
typedef struct cede_http_options {
    const char *const *headers; /* n_headers of the form "Name: value"; they replace our own */
    size_t n_headers;
    int max_redirects;      /* 0: 10; negative: a redirect is the answer */
    size_t max_header_size; /* bytes of all headers of an answer; 0: 64 KiB */
    int64_t max_body_size;  /* bytes, decoded; beyond it the body is CEDE_ELIMIT; 0: no limit */
    /* ask for gzip, deflate, br or zstd, and undo what the server has chosen. Headers of your own,
     * Accept-Encoding or Range, take the place of the question; parts (206) are not undone */
    bool decode;
    /* a body that decodes to more than 1 MiB, and to more than so many bytes for each that came, is
     * CEDE_ELIMIT; 0: 200; negative: no limit */
    int max_coding_ratio;
    bool check_status; /* an answer of 400 and above is CEDE_ESTATUS */
} cede_http_options;

/**
 * Create a session.
 *
 * @param options      borrowed during the call; NULL for the defaults
 * @param session_out  receives the session, owned by the caller: cede_http_session_destroy
 * @return 0, or
 *   -EINVAL   this thread has no loop
 *   CEDE_EURL the proxy is no URL, or of none of those schemes
 *   -ENOTSUP  the loop is on a virtual clock, and its options do not allow input and output
 *   -ENOMEM
 * Suspends: for a moment, in a task.  Cancellation point: no.  Call from: a task, or the loop's
 * thread.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int
cede_http_session_create(const cede_http_session_options *options, cede_http_session **session_out);

/**
 * Close a session and its connections. Requests and bodies under way end with CEDE_ESHUTDOWN.
 *
 * @param session  owned; NULL is nothing. Responses stay their owners' to close
 * Suspends: for a moment, in a task.  Cancellation point: no.  Call from: the session's loop.
 */
CEDE_API CEDE_SUSPENDS void cede_http_session_destroy(cede_http_session *session);

/**
 * Fetch a page: ask, follow redirects, and return when the last answer's headers are there.
 *
 * Redirects are followed to http and https only; the method stays, as GET does for 303 too. Once
 * one leads to another origin, name and password of the URL and the headers Authorization, Cookie
 * and Proxy-Authorization are not sent any more.
 *
 * @param session       borrowed
 * @param url           http:// or https://, as a browser shows it: what cannot stand in a URL must
 *                      be percent-encoded. Addresses are written in full (127.0.0.1, not 127.1)
 * @param options       borrowed during the call; NULL for the defaults
 * @param response_out  receives the response, owned by the caller: cede_http_response_close
 * @return 0, or
 *   -ECANCELED       the scope is cancelled; no connection is left behind
 *   CEDE_EURL        it is no URL, or neither http nor https; or a redirect leads to such
 *   CEDE_ERESOLVE    the host has no address
 *   -ECONNREFUSED    nobody listens there; -EHOSTUNREACH, -ENETUNREACH, -ETIMEDOUT as well
 *   CEDE_ETLS        no secure connection: the message says why
 *   CEDE_EINCOMPLETE the connection ended before the headers did; -ECONNRESET: it was reset
 *   CEDE_EHTTP       the answer is not HTTP
 *   CEDE_EREDIRECTS  more than max_redirects; CEDE_ESTATUS: see check_status
 *   CEDE_ELIMIT      the headers are longer than max_header_size
 *   CEDE_ECODING     with `decode`: the body is coded more than once, or as nobody asked for
 *   CEDE_ESHUTDOWN   the session was destroyed meanwhile; CEDE_ENOTASK: called outside of tasks
 *   -EINVAL          a header of the options is malformed; -ENOMEM
 * Suspends: always.  Cancellation point: always.  Call from: a task of the session's loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_http_get(cede_http_session *session, const char *url,
                                                    const cede_http_options *options,
                                                    cede_http_response **response_out);

/**
 * cede_http_get that asks for the headers only; the body is empty.
 *
 * @param session       borrowed
 * @param url           as for cede_http_get
 * @param options       borrowed during the call; NULL for the defaults
 * @param response_out  receives the response, owned by the caller: cede_http_response_close
 * @return as cede_http_get
 * Suspends: always.  Cancellation point: always.  Call from: a task of the session's loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_http_head(cede_http_session *session, const char *url,
                                                     const cede_http_options *options,
                                                     cede_http_response **response_out);

CEDE_END_DECLS

#endif
