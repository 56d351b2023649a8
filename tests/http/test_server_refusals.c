/* test_server_refusals.c - what is no proper request, byte for byte, and what it is told. */
/* SPDX-License-Identifier: MIT */
#include "http/server_test.h"

#define HOST "Host: h\r\n"

static const struct refusal {
    const char *what;
    int status;
    const char *bytes;
} refusals[] = {
    {"a bare LF after the request line", 400, "GET / HTTP/1.1\nHost: h\r\n\r\n"},
    {"a bare LF after a header", 400, "GET / HTTP/1.1\r\nHost: h\n\r\n"},
    {"a bare LF at the end", 400, "GET / HTTP/1.1\r\nHost: h\r\n\n"},
    {"a bare CR in a header", 400, "GET / HTTP/1.1\r\nHost: h\r\nA: b\rC: d\r\n\r\n"},
    {"a bare CR in the request line", 400, "GET /\r HTTP/1.1\r\n" HOST "\r\n"},
    {"no version", 400, "GET /\r\n" HOST "\r\n"},
    {"no target", 400, "GET  HTTP/1.1\r\n" HOST "\r\n"},
    {"too many words", 400, "GET / / HTTP/1.1\r\n" HOST "\r\n"},
    {"blanks before", 400, " GET / HTTP/1.1\r\n" HOST "\r\n"},
    {"another protocol", 400, "GET / HTTQ/1.1\r\n" HOST "\r\n"},
    {"the hello of TLS", 400, "\x16\x03\x01\x02"},
    {"nonsense", 400, "\xff\xfe\r\n\r\n"},
    {"no Host", 400, "GET / HTTP/1.1\r\n\r\n"},
    {"two Hosts", 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
    {"a Host with a path", 400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
    {"a Host with a user", 400, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"},
    {"a blank before the colon", 400, "GET / HTTP/1.1\r\n" HOST "A : b\r\n\r\n"},
    {"a header without a colon", 400, "GET / HTTP/1.1\r\n" HOST "Abc\r\n\r\n"},
    {"a header without a name", 400, "GET / HTTP/1.1\r\n" HOST ": b\r\n\r\n"},
    {"a name that is no word", 400, "GET / HTTP/1.1\r\n" HOST "A(b): c\r\n\r\n"},
    {"a bell in a value", 400, "GET / HTTP/1.1\r\n" HOST "A: b\ac\r\n\r\n"},
    {"a bell in the target", 400, "GET /a\ab HTTP/1.1\r\n" HOST "\r\n"},
    {"a tab in the target", 400, "GET /a\tb HTTP/1.1\r\n" HOST "\r\n"},
    {"a folded header", 400, "GET / HTTP/1.1\r\n" HOST "A: b\r\n c\r\n\r\n"},
    {"a folded header after a tab", 400, "GET / HTTP/1.1\r\n" HOST "A:\r\n\tc\r\n\r\n"},
    {"two lengths that differ", 400,
     "POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"},
    {"two lengths that agree", 400,
     "POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"},
    {"a length and chunks", 400,
     "POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"chunks and a length", 400,
     "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"},
    {"a negative length", 400, "POST / HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n"},
    {"a length with a sign", 400, "POST / HTTP/1.1\r\n" HOST "Content-Length: +1\r\n\r\na"},
    {"a length that is a list", 400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1, 1\r\n\r\na"},
    {"a length that is none", 400, "POST / HTTP/1.1\r\n" HOST "Content-Length: ten\r\n\r\n"},
    {"a length beyond counting", 400,
     "POST / HTTP/1.1\r\n" HOST "Content-Length: 99999999999999999999\r\n\r\n"},
    {"a length beyond the limit", 413,
     "POST / HTTP/1.1\r\n" HOST "Content-Length: 1048577\r\n\r\n"},
    {"a huge length", 413,
     "POST / HTTP/1.1\r\n" HOST "Content-Length: 9223372036854775808\r\n\r\n"},
    {"a coding that is unknown", 501,
     "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
    {"two codings", 400,
     "POST / HTTP/1.1\r\n" HOST
     "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"chunks of an old client", 400,
     "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"a method that is unknown", 501, "FETCH / HTTP/1.1\r\n" HOST "\r\n"},
    {"a method in small letters", 501, "get / HTTP/1.1\r\n" HOST "\r\n"},
    {"a tunnel", 501, "CONNECT h:80 HTTP/1.1\r\n" HOST "\r\n"},
    {"a version before", 505, "GET / HTTP/0.9\r\n" HOST "\r\n"},
    {"a version after", 505, "GET / HTTP/2.0\r\n" HOST "\r\n"},
    {"a version of the future", 505, "GET / HTTP/3.0\r\n" HOST "\r\n"},
    {"a version between", 505, "GET / HTTP/1.2\r\n" HOST "\r\n"},
    {"the preface of version 2", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
    {"a climb", 400, "GET /../etc/passwd HTTP/1.1\r\n" HOST "\r\n"},
    {"a climb in the middle", 400, "GET /a/../../b HTTP/1.1\r\n" HOST "\r\n"},
    {"a climb at the end", 400, "GET /a/.. HTTP/1.1\r\n" HOST "\r\n"},
    {"a climb, encoded", 400, "GET /%2e%2E/etc HTTP/1.1\r\n" HOST "\r\n"},
    {"a climb with its slash encoded", 400, "GET /..%2fetc HTTP/1.1\r\n" HOST "\r\n"},
    {"a zero byte, encoded", 400, "GET /a%00b HTTP/1.1\r\n" HOST "\r\n"},
    {"an escape that is none", 400, "GET /%zz HTTP/1.1\r\n" HOST "\r\n"},
    {"an escape that is cut", 400, "GET /%4 HTTP/1.1\r\n" HOST "\r\n"},
    {"a fragment", 400, "GET /a#b HTTP/1.1\r\n" HOST "\r\n"},
    {"a relative target", 400, "GET a HTTP/1.1\r\n" HOST "\r\n"},
    {"an absolute target without a host", 400, "GET http:///a HTTP/1.1\r\n" HOST "\r\n"},
    {"another scheme", 400, "GET ftp://h/a HTTP/1.1\r\n" HOST "\r\n"},
};

TEST_HTTP(server_refusals, each_is_told_its_status_and_closed)
{
    cede_http_server *server = start((cede_http_server_options){0});

    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const struct refusal *refusal = &refusals[i];
        const char *reply = ask(server, refusal->bytes);
        if (status_of(reply) != refusal->status)
            FAIL("%s: not %d but: %s", refusal->what, refusal->status, reply);
        if (!strstr(reply, "Connection: close\r\n"))
            FAIL("%s: the connection is not closed: %s", refusal->what, reply);
        if (strstr(reply + 1, "HTTP/1.1"))
            FAIL("%s: more than one reply: %s", refusal->what, reply);
    }
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

TEST_HTTP(server_refusals, zero_bytes_are_refused_wherever_they_are)
{
    static const char line[] = "GET /a\0b HTTP/1.1\r\n" HOST "\r\n";
    static const char name[] = "GET / HTTP/1.1\r\n" HOST "A\0: b\r\n\r\n";
    static const char value[] = "GET / HTTP/1.1\r\n" HOST "A: b\0c\r\n\r\n";
    cede_http_server *server = start((cede_http_server_options){0});

    CHECK_EQ(status_of(ask_bytes(server, line, sizeof line - 1)), 400);
    CHECK_EQ(status_of(ask_bytes(server, name, sizeof name - 1)), 400);
    CHECK_EQ(status_of(ask_bytes(server, value, sizeof value - 1)), 400);
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

TEST_HTTP(server_refusals, targets_of_every_form_are_understood)
{
    cede_http_server *server = start((cede_http_server_options){0});
    static const struct {
        const char *target;
        const char *told;
    } targets[] = {
        {"/", "\nGET / -"},
        {"/a//b/./c/", "\nGET /a/b/c/ -"},
        {"/.", "\nGET / -"},
        {"//", "\nGET / -"},
        {"/a%20b%2Fc", "\nGET /a b/c -"},
        {"/%252e%252e/x", "\nGET /%2e%2e/x -"}, /* encoded twice: just a name */
        {"/...", "\nGET /... -"},
        {"/a?", "\nGET /a "},
        {"/a?x=%2e%2e/../?", "\nGET /a x=%2e%2e/../?"},
        {"http://h/p?q", "\nGET /p q"},
        {"http://h:80", "\nGET / -"},
        {"HTTPS://h?q", "\nGET / q"},
    };

    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        char request[256];
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n" HOST "\r\n", targets[i].target);
        const char *reply = ask(server, request);
        if (!strstr(reply, targets[i].told))
            FAIL("%s: not %s but %s", targets[i].target, targets[i].told + 1, reply);
    }
    CHECK_HAS(ask(server, "OPTIONS * HTTP/1.1\r\n" HOST "\r\n"), "OPTIONS * -");
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

/* A request with a target, a header and headers of the given sizes. */
static const char *make_request(size_t target, size_t header, int n_headers)
{
    static char text[128 * 1024];
    size_t n = (size_t)snprintf(text, sizeof text, "GET /");

    memset(text + n, 't', target - 1);
    n += target - 1;
    n += (size_t)snprintf(text + n, sizeof text - n, " HTTP/1.1\r\n" HOST);
    for (int i = 0; i < n_headers; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "X-%d: ", i);
        memset(text + n, 'h', header);
        n += header;
        n += (size_t)snprintf(text + n, sizeof text - n, "\r\n");
    }
    snprintf(text + n, sizeof text - n, "\r\n");
    return text;
}

TEST_HTTP(server_refusals, limits_are_exact)
{
    cede_http_server *server = start((cede_http_server_options){
        .max_target = 1000, .max_head = 4000, .max_headers = 10, .max_body = 5});

    CHECK_EQ(status_of(ask(server, make_request(1000, 1, 1))), 200);
    CHECK_EQ(status_of(ask(server, make_request(1001, 1, 1))), 414);
    CHECK_EQ(status_of(ask(server, make_request(100000, 1, 1))), 414);
    CHECK_EQ(status_of(ask(server, make_request(1, 1, 9))), 200); /* and Host */
    CHECK_EQ(status_of(ask(server, make_request(1, 1, 10))), 431);
    CHECK_EQ(status_of(ask(server, make_request(1, 3966, 1))), 200);
    CHECK_EQ(status_of(ask(server, make_request(1, 3967, 1))), 431);
    CHECK_EQ(status_of(ask(server, make_request(1, 100000, 1))), 431);
    CHECK_EQ(status_of(ask(server, "PUT / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nabcde")),
             200);
    CHECK_EQ(status_of(ask(server, "PUT / HTTP/1.1\r\n" HOST "Content-Length: 6\r\n\r\nabcdef")),
             413);
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

/* The refusal arrives although the client goes on sending for a while. */
TEST_HTTP(server_refusals, a_client_that_is_still_sending_hears_its_refusal)
{
    cede_http_server *server = start((cede_http_server_options){0});
    cede_stream *stream = connect_to_server(server);
    static char body[500000];

    say(stream, "POST / HTTP/1.1\r\n" HOST "Content-Length: 99999999\r\n\r\n");
    CHECK_EQ(cede_stream_write_all(stream, body, sizeof body), 0);
    CHECK_EQ(cede_stream_end(stream), 0);
    CHECK_EQ(status_of(hear_all(stream)), 413);
    cede_stream_close(stream);
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}
