/* server_test.h - a server and a raw client in one loop, for tests of what goes over the wire */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TESTS_SERVER_TEST_H
#define CEDE_TESTS_SERVER_TEST_H

#include <cede/error.h>
#include <cede/http_server.h>
#include <cede/scope.h>

#include "io/io_test.h"

#define TEST_HTTP(noun, name) TEST_IO(noun, name)

/* Answers "METHOD path query". */
static inline int tell(cede_http_request *request, void *arg)
{
    char text[256];
    const char *query = cede_http_request_query(request);

    (void)arg;
    snprintf(text, sizeof text, "%s %s %s", cede_http_request_method(request),
             cede_http_request_path(request), query ? query : "-");
    return cede_http_reply_text(request, 200, text);
}

static inline cede_http_server *start(cede_http_server_options options)
{
    cede_http_server *server;

    if (!options.handler)
        options.handler = tell;
    CHECK_EQ(cede_http_server_start(&options, &server), 0);
    return server;
}

static inline cede_stream *connect_to_server(const cede_http_server *server)
{
    cede_stream *stream;
    char port[8];

    snprintf(port, sizeof port, "%d", cede_http_server_port(server));
    CHECK_EQ(cede_tcp_connect("127.0.0.1", port, &stream), 0);
    return stream;
}

/* What comes until the peer ends its side, terminated; cut at the size of the buffer. */
static inline const char *hear_all(cede_stream *stream)
{
    static char heard[256 * 1024];
    size_t n = 0;
    int rc;

    while ((rc = cede_stream_read(stream, heard + n, sizeof heard - 1 - n)) > 0)
        n += (size_t)rc;
    CHECK_EQ(rc, 0);
    heard[n] = '\0';
    return heard;
}

/* Say it, end this side, and hear the whole answer; or a part of `size` bytes, zeros included. */
static inline const char *ask_bytes(const cede_http_server *server, const char *bytes, size_t size)
{
    cede_stream *stream = connect_to_server(server);
    const char *heard;

    CHECK_EQ(cede_stream_write_all(stream, bytes, size), 0);
    CHECK_EQ(cede_stream_end(stream), 0);
    heard = hear_all(stream);
    cede_stream_close(stream);
    return heard;
}

static inline const char *ask(const cede_http_server *server, const char *text)
{
    return ask_bytes(server, text, strlen(text));
}

/* The status of a reply; 0 if that is none. */
static inline int status_of(const char *reply)
{
    int status = 0;

    return sscanf(reply, "HTTP/1.1 %3d ", &status) == 1 ? status : 0;
}

/* A request where any allocation may fail, on either side: the reply, or -ENOMEM, or a connection
 * that ends. */
static inline int ask_carefully(const cede_http_server *server)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    cede_stream *stream;
    char reply[8192] = "";
    size_t n = 0;
    char port[8];
    int rc;

    snprintf(port, sizeof port, "%d", cede_http_server_port(server));
    CEDE_TRY(cede_tcp_connect("127.0.0.1", port, &stream));
    rc = cede_stream_write_all(stream, request, sizeof request - 1);
    if (rc == 0)
        rc = cede_stream_read_exactly(stream, reply, sizeof reply - 1, &n);
    CHECK(rc < 0); /* it ends before the buffer does */
    cede_stream_close(stream);
    return status_of(reply) == 200 ? 0 : -ENOMEM;
}

#endif
