/* test_server.c - the HTTP server: requests in order, keep-alive, limits, time, stopping. */
/* SPDX-License-Identifier: MIT */
#include <sys/resource.h>
#include <unistd.h>

#include <cede/group.h>

#include "http/server_test.h"

TEST_HTTP(server, a_request_gets_what_its_handler_replies)
{
    cede_http_server *server = start((cede_http_server_options){0});
    const char *reply = ask(server, "GET /a/b?c=d HTTP/1.1\r\nHost: h\r\n\r\n");

    CHECK_HAS(reply, "HTTP/1.1 200 OK\r\n");
    CHECK_HAS(reply, "\r\nDate: ");
    CHECK_HAS(reply, "\r\nContent-Type: text/plain; charset=utf-8\r\n");
    CHECK_HAS(reply, "\r\nContent-Length: 12\r\n");
    CHECK_HAS(reply, "\r\n\r\nGET /a/b c=d");
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

TEST_HTTP(server, a_connection_carries_request_after_request)
{
    cede_http_server *server = start((cede_http_server_options){0});
    cede_stream *stream = connect_to_server(server);
    char reply[512];

    for (int i = 0; i < 5; i++) {
        say(stream, "GET /again HTTP/1.1\r\nHost: h\r\n\r\n");
        const int n = cede_stream_read(stream, reply, sizeof reply - 1);
        CHECK(n > 0);
        reply[n] = '\0';
        CHECK_EQ(status_of(reply), 200);
        CHECK(!strstr(reply, "Connection:"));
        CHECK_HAS(reply, "\r\n\r\nGET /again -");
    }
    cede_stream_close(stream);
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

TEST_HTTP(server, pipelined_requests_are_answered_in_order)
{
    cede_http_server *server = start((cede_http_server_options){0});
    const char *reply = ask(server, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"
                                    "POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
                                    "\r\nHEAD /3 HTTP/1.1\r\nHost: h\r\n\r\n"
                                    "GET /4 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
                                    "GET /never HTTP/1.1\r\nHost: h\r\n\r\n");
    const char *first = strstr(reply, "GET /1 -");
    const char *second = first ? strstr(first, "POST /2 -") : NULL;
    const char *fourth = second ? strstr(second, "GET /4 -") : NULL;

    CHECK(fourth != NULL);
    CHECK(!strstr(reply, "HEAD /3")); /* a reply to HEAD has no body */
    CHECK(!strstr(reply, "never"));
    CHECK_HAS(fourth - 80, "Connection: close\r\n");
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

TEST_HTTP(server, a_head_may_come_byte_by_byte)
{
    cede_http_server *server = start((cede_http_server_options){0});
    cede_stream *stream = connect_to_server(server);
    const char *text = "\r\nGET /slow HTTP/1.1\r\nHost: h\r\nX: \r\nConnection: close\r\n\r\n";

    for (; *text; text++) {
        CHECK_EQ(cede_stream_write(stream, text, 1), 0);
        CHECK_EQ(cede_sleep(CEDE_US(50)), 0);
    }
    CHECK_HAS(hear_all(stream), "\r\n\r\nGET /slow -");
    cede_stream_close(stream);
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

TEST_HTTP(server, old_clients_are_closed_unless_they_ask_to_stay)
{
    cede_http_server *server = start((cede_http_server_options){0});
    const char *reply = ask(server, "GET /old HTTP/1.0\r\n\r\nGET /x HTTP/1.0\r\n\r\n");

    CHECK_HAS(reply, "Connection: close\r\n");
    CHECK_HAS(reply, "GET /old -");
    CHECK(!strstr(reply, "GET /x -"));
    reply = ask(server, "GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
                        "GET /x HTTP/1.0\r\n\r\n");
    CHECK_HAS(reply, "Connection: keep-alive\r\n");
    CHECK_HAS(reply, "GET /x -");
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

TEST_HTTP(server, bodies_are_read_and_thrown_away)
{
    cede_http_server *server = start((cede_http_server_options){0});
    cede_stream *stream = connect_to_server(server);
    static char body[300000];

    memset(body, 'b', sizeof body);
    say(stream, "POST /big HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n");
    CHECK_EQ(cede_stream_write_all(stream, body, sizeof body), 0);
    say(stream, "GET /after HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    const char *reply = hear_all(stream);
    CHECK_HAS(reply, "POST /big -");
    CHECK_HAS(reply, "GET /after -");
    cede_stream_close(stream);
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

TEST_HTTP(server, a_chunked_body_is_taken_and_the_next_request_found)
{
    cede_http_server *server = start((cede_http_server_options){0});
    const char *reply =
        ask(server, "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "3\r\nabc\r\n0\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\n\r\n");

    CHECK_HAS(reply, "POST /c -");
    CHECK_HAS(reply, "GET /next -");
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

/* The head fills the buffer to its end, where the body does not fit behind it. */
TEST_HTTP(server, a_chunked_body_behind_a_head_of_any_size_is_taken)
{
    cede_http_server *server = start((cede_http_server_options){0});
    char text[5000], chunk[128];

    for (int size = 4000; size < 4200; size++) {
        cede_stream *stream = connect_to_server(server);
        snprintf(text, sizeof text,
                 "POST /c HTTP/1.1\r\nHost: h\r\nA: %0*d\r\nTransfer-Encoding: chunked\r\n\r\n",
                 size - 69, 1);
        say(stream, text);
        CHECK_EQ(cede_sleep(0), 0);
        for (unsigned char i = 0; i < 3; i++) {
            snprintf(chunk, sizeof chunk, "%x\r\n%0*d\r\n", 60 + i, 60 + i, i);
            say(stream, chunk);
        }
        say(stream, "0\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        const char *reply = hear_all(stream);
        CHECK_HAS(reply, "POST /c -");
        CHECK_HAS(reply, "GET /next -");
        cede_stream_close(stream);
    }
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

/* Handlers. */

static int by_path(cede_http_request *request, void *arg)
{
    const char *path = cede_http_request_path(request);

    (void)arg;
    if (strcmp(path, "/status") == 0)
        return 418;
    if (strcmp(path, "/error") == 0)
        return cede_raise(-EIO, "the disk is on fire");
    if (strcmp(path, "/nothing") == 0)
        return 0;
    if (strcmp(path, "/twice") == 0) {
        CEDE_TRY(cede_http_reply_text(request, 200, "once"));
        CHECK_EQ(cede_http_reply_text(request, 200, "twice"), -EALREADY);
        CHECK_EQ(cede_http_reply_header(request, "Late", "x"), -EALREADY);
        return 0;
    }
    if (strcmp(path, "/headers") == 0) {
        CHECK_STR(cede_http_request_header(request, "x-ONE"), "1 2");
        CHECK_STR(cede_http_request_header(request, "Empty"), "");
        CHECK_PTR(cede_http_request_header(request, "None"), NULL);
        CHECK_EQ(cede_http_reply_header(request, "X-Bad", "a\r\nSet-Cookie: b"), -EINVAL);
        CHECK_EQ(cede_http_reply_header(request, "X Bad", "a"), -EINVAL);
        CHECK_EQ(cede_http_reply_header(request, "", "a"), -EINVAL);
        CEDE_TRY(cede_http_reply_header(request, "X-Two", "two"));
        CEDE_TRY(cede_http_reply_header(request, "X-Three", "three"));
        return cede_http_reply(request, 204, NULL, NULL, 0);
    }
    if (strcmp(path, "/") == 0) {
        CEDE_TRY(cede_http_reply_header(request, "X-One", "one"));
        return cede_http_reply_text(request, 200, "root");
    }
    CHECK_EQ(cede_http_reply_text(request, 199, ""), -EINVAL);
    return 404;
}

TEST_HTTP(server, handlers_may_return_a_status_or_an_error)
{
    cede_http_server *server = start((cede_http_server_options){.handler = by_path});

    test_capture_reports();
    CHECK_HAS(ask(server, "GET /status HTTP/1.1\r\nHost: h\r\n\r\n"), "418 I'm a teapot");
    CHECK_HAS(ask(server, "GET /x HTTP/1.1\r\nHost: h\r\n\r\n"), "\r\n\r\n404 Not Found\n");
    CHECK_STR(test_reports(), "");
    CHECK_EQ(status_of(ask(server, "GET /error HTTP/1.1\r\nHost: h\r\n\r\n")), 500);
    CHECK_HAS(test_reports(), "the handler of GET /error failed");
    CHECK_HAS(test_reports(), "the disk is on fire");
    CHECK_EQ(status_of(ask(server, "GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n")), 500);
    CHECK_HAS(test_reports(), "gave no reply");
    CHECK_HAS(ask(server, "GET /twice HTTP/1.1\r\nHost: h\r\n\r\n"), "\r\n\r\nonce");
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

TEST_HTTP(server, headers_go_both_ways_and_carry_nothing_else)
{
    cede_http_server *server = start((cede_http_server_options){.handler = by_path});
    const char *reply = ask(server, "GET /headers HTTP/1.1\r\nHost: h\r\nX-One: \t 1 2 \t\r\n"
                                    "Empty:\r\n\r\n");

    CHECK_EQ(status_of(reply), 204);
    CHECK_HAS(reply, "\r\nX-Two: two\r\nX-Three: three\r\n\r\n");
    CHECK(!strstr(reply, "Cookie"));
    CHECK(!strstr(reply, "Content-Length"));
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

static int reply_big(cede_http_request *request, void *arg)
{
    static char body[150000];

    (void)arg;
    memset(body, 'x', sizeof body);
    return cede_http_reply(request, 200, "text/plain", body, sizeof body);
}

TEST_HTTP(server, a_large_body_is_sent_from_where_it_lies)
{
    cede_http_server *server = start((cede_http_server_options){.handler = reply_big});
    const char *reply = ask(server, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    const char *body = strstr(reply, "\r\n\r\n");

    CHECK(body != NULL);
    CHECK_EQ(strspn(body + 4, "x"), 150000);
    reply = ask(server, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK_HAS(reply, "Content-Length: 150000\r\n");
    CHECK_STR(strstr(reply, "\r\n\r\n"), "\r\n\r\n");
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

TEST_HTTP(server, a_handler_is_needed)
{
    cede_http_server *server;

    CHECK_EQ(cede_http_server_start(&(cede_http_server_options){.handler = NULL}, &server),
             -EINVAL);
    CHECK_EQ(cede_http_server_stop(NULL, 0), 0);
}

/* Time. */

TEST_HTTP(server, a_silent_connection_is_closed)
{
    cede_http_server *server = start((cede_http_server_options){.idle_timeout = CEDE_MS(5)});
    cede_stream *stream = connect_to_server(server);

    CHECK_STR(hear_all(stream), "");
    cede_stream_close(stream);
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

static void check_told_408(cede_http_server_options options, const char *half)
{
    cede_http_server *server = start(options);
    cede_stream *stream = connect_to_server(server);

    say(stream, half);
    CHECK_EQ(status_of(hear_all(stream)), 408);
    cede_stream_close(stream);
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

TEST_HTTP(server, a_head_that_never_ends_is_told_408)
{
    check_told_408((cede_http_server_options){.head_timeout = CEDE_MS(5)},
                   "GET / HTTP/1.1\r\nX-Slow");
}

TEST_HTTP(server, a_chunked_body_that_never_ends_is_told_408)
{
    check_told_408((cede_http_server_options){.body_timeout = CEDE_MS(5)},
                   "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab");
}

TEST_HTTP(server, a_peer_that_does_not_read_is_given_up)
{
    cede_http_server *server = start((cede_http_server_options){
        .handler = reply_big, .send_timeout = CEDE_MS(20), .max_connections = 1});
    cede_stream *stream = connect_to_server(server);

    for (int i = 0; i < 200; i++)
        CHECK_EQ(cede_stream_write(stream, "GET / HTTP/1.1\r\nHost: h\r\n\r\n", 27), 0);
    /* The only place is free again, so somebody else is served. */
    CHECK_EQ(status_of(ask(server, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")), 200);
    cede_stream_close(stream);
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

TEST_HTTP(server, replies_can_be_delayed)
{
    cede_http_server *server = start((cede_http_server_options){.delay = CEDE_MS(30)});
    const cede_time before = cede_now();

    CHECK_EQ(status_of(ask(server, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")), 200);
    CHECK(cede_now() - before >= CEDE_MS(30));
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

/* Limits. */

static int slow(cede_http_request *request, void *arg)
{
    const cede_time *delay = arg;

    CEDE_TRY(cede_sleep(*delay));
    return cede_http_reply_text(request, 200, "slow");
}

TEST_HTTP(server, connections_beyond_the_limit_wait_for_those_that_are_busy)
{
    cede_time delay = CEDE_MS(30);
    cede_http_server *server =
        start((cede_http_server_options){.handler = slow, .arg = &delay, .max_connections = 1});
    cede_stream *first = connect_to_server(server);
    cede_stream *second;
    char reply[512];
    int rc = 0;

    say(first, "GET /1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    CHECK_EQ(cede_sleep(CEDE_MS(2)), 0);
    second = connect_to_server(server);
    say(second, "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
    CEDE_TIMEOUT(CEDE_MS(5), rc) {
        rc = cede_stream_read(second, reply, sizeof reply);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_EQ(status_of(hear_all(first)), 200);
    CHECK(cede_stream_read(second, reply, sizeof reply) > 0);
    cede_stream_close(first);
    cede_stream_close(second);
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

TEST_HTTP(server, for_one_beyond_the_limit_the_longest_idle_is_closed)
{
    cede_http_server *server = start((cede_http_server_options){.max_connections = 2});
    cede_stream *streams[3];
    char reply[512];

    for (int i = 0; i < 3; i++) {
        streams[i] = connect_to_server(server);
        say(streams[i], "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        CHECK(cede_stream_read(streams[i], reply, sizeof reply) > 0);
    }
    CHECK_STR(hear_all(streams[0]), "");
    for (int i = 1; i < 3; i++) {
        say(streams[i], "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        CHECK(cede_stream_read(streams[i], reply, sizeof reply) > 0);
    }
    for (int i = 0; i < 3; i++)
        cede_stream_close(streams[i]);
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

TEST_HTTP(server, running_out_of_descriptors_is_survived)
{
    cede_http_server *server = start((cede_http_server_options){0});
    const int next = dup(0);
    struct rlimit before, few;
    cede_stream *stream;

    close(next);
    test_capture_reports();
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = before;
    few.rlim_cur = (rlim_t)next + 1; /* one for the client, none for the server */
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
    stream = connect_to_server(server);
    CHECK_EQ(cede_sleep(CEDE_MS(20)), 0);
    CHECK_HAS(test_reports(), "cannot accept");
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
    say(stream, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    CHECK_EQ(status_of(hear_all(stream)), 200);
    cede_stream_close(stream);
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

/* Stopping, e4. */

TEST_HTTP(server, stopping_lets_requests_end_and_closes_idle_connections)
{
    cede_time delay = CEDE_MS(20);
    cede_http_server *server = start((cede_http_server_options){.handler = slow, .arg = &delay});
    cede_stream *idle = connect_to_server(server);
    cede_stream *active = connect_to_server(server);
    const char *reply;

    say(active, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK_EQ(cede_sleep(CEDE_MS(5)), 0);
    CHECK_EQ(cede_http_server_stop(server, CEDE_S(30)), 0);
    reply = hear_all(active);
    CHECK_HAS(reply, "Connection: close\r\n");
    CHECK_HAS(reply, "slow");
    CHECK_STR(hear_all(idle), "");
    cede_stream_close(idle);
    cede_stream_close(active);
}

TEST_HTTP(server, stopping_cancels_what_does_not_end_within_the_grace)
{
    cede_time delay = CEDE_NEVER;
    cede_http_server *server = start((cede_http_server_options){.handler = slow, .arg = &delay});
    cede_stream *active = connect_to_server(server);

    say(active, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK_EQ(cede_sleep(CEDE_MS(5)), 0);
    CHECK_EQ(cede_http_server_stop(server, CEDE_MS(5)), -ETIMEDOUT);
    CHECK_STR(hear_all(active), "");
    cede_stream_close(active);
}

TEST_HTTP(server, a_server_can_be_stopped_before_it_began_and_by_a_cancelled_task)
{
    cede_http_server *server = start((cede_http_server_options){0});
    cede_scope scope;

    CHECK_EQ(cede_http_server_stop(server, CEDE_S(1)), 0);
    server = start((cede_http_server_options){0});
    CHECK_EQ(cede_sleep(0), 0);
    cede_scope_enter(&scope, CEDE_NEVER);
    cede_scope_cancel(&scope);
    CHECK_EQ(cede_http_server_stop(server, CEDE_S(1)), 0);
    CHECK_EQ(cede_scope_exit(&scope, 0), 0);
}

TEST_HTTP(server, it_says_where_it_is)
{
    cede_http_server *server = start((cede_http_server_options){0});
    char url[64], expected[64];

    CHECK(cede_http_server_url(server, url, sizeof url) > 0);
    snprintf(expected, sizeof expected, "http://127.0.0.1:%d/", cede_http_server_port(server));
    CHECK_STR(url, expected);
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
}

static int ask_once(void *arg)
{
    cede_stream *stream = connect_to_server(arg);
    char reply[512];

    for (int i = 0; i < 5; i++) {
        say(stream, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        CHECK(cede_stream_read(stream, reply, sizeof reply) > 0);
    }
    cede_stream_close(stream);
    return 0;
}

TEST_HTTP(server, many_clients_leave_nothing_behind)
{
    cede_http_server *server = start((cede_http_server_options){0});
    cede_group group;
    int rc = 0;

    cede_group_init(&group);
    for (int i = 0; rc == 0 && i < 50; i++)
        rc = cede_group_spawn(&group, ask_once, server);
    CHECK_EQ(cede_group_join(&group, rc), 0);
    CHECK_EQ(cede_http_server_stop(server, CEDE_S(1)), 0);
}

static int sweep_body(void *arg)
{
    cede_http_server *server;
    int rc;

    (void)arg;
    CEDE_TRY(cede_http_server_start(&(cede_http_server_options){.handler = by_path}, &server));
    rc = ask_carefully(server);
    (void)cede_http_server_stop(server, 0);
    return rc;
}

static int sweep(void)
{
    return cede_run(sweep_body, NULL);
}

TEST(server, every_allocation_may_fail)
{
    const int before = test_open_descriptors();

    test_capture_reports(); /* it says so when it cannot serve */
    io_test_warm_up();
    test_sweep_allocations(sweep);
    CHECK_EQ(test_open_descriptors(), before);
}
