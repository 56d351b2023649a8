/* test_client_options.c - what a session's options add: proxies and patience; and bodies nobody
 * wants. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include <cede/http.h>

#include "harness/harness_http.h"
#include "harness/harness_task.h"

#define OK(length) "HTTP/1.1 200 OK\r\nContent-Length: " #length "\r\n\r\n"

#define CODED(length)                                                                              \
    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " #length "\r\n\r\n"

static const struct test_page pages[] = {
    {.path = "/", .bytes = OK(5) "hello"},
    {.path = "/once", .bytes = OK(5) "hello", .closes = true},
    {.path = "/big", .bytes = OK(3000000), .n_more = 3000000},
    {.path = "/cut", .bytes = OK(3000000), .n_more = 2000000, .closes = true},
    {.path = "/slow", .bytes = OK(5) "hello", .delay_ms = 1200},
    {.path = "/stall", .bytes = OK(10) "half ", .hangs = true},
    {.path = "/mute", .closes = true},
    {.path = "/gzip", .bytes = CODED(8) "\x1f\x8b\x08 cut!"},
    {.path = "/bomb", .bytes = CODED(3000000), .n_more = 3000000},
    {.path = "http://far.invalid/", .bytes = OK(9) "fetched\r\n"},
};

static struct test_server *server;
static cede_http_session *session;

static void start(const cede_http_session_options *options)
{
    server = test_server_start(pages, sizeof pages / sizeof *pages);
    CHECK_EQ(cede_http_session_create(options, &session), 0);
}

static void stop(void)
{
    cede_http_session_destroy(session);
    test_server_stop(server);
}

static cede_http_response *get(const char *url)
{
    cede_http_response *response = NULL;

    CHECK_EQ(cede_http_get(session, url, NULL, &response), 0);
    return response;
}

TEST_TASK_REAL(client_options, a_body_is_skipped)
{
    cede_http_response *response;
    char byte;

    start(NULL);
    response = get(test_url(server, "/big"));
    CHECK_EQ(cede_http_response_skip(response), 0);
    CHECK_EQ(cede_http_response_received(response), 3000000);
    CHECK_EQ(cede_http_response_read(response, &byte, 1), 0);
    cede_http_response_close(response);
    cede_http_response_close(get(test_url(server, "/")));
    CHECK_EQ(test_server_connections(server), 1);
    stop();
}

TEST_TASK_REAL(client_options, a_skipped_body_that_is_cut_short_is_incomplete)
{
    cede_http_response *response;

    start(NULL);
    response = get(test_url(server, "/cut"));
    CHECK_EQ(cede_http_response_skip(response), CEDE_EINCOMPLETE);
    CHECK_HAS(cede_error_message(cede_error_last()), "before the body did");
    CHECK_EQ(cede_http_response_received(response), 2000000);
    cede_http_response_close(response);
    stop();
}

TEST_TASK_REAL(client_options, a_skip_that_is_cancelled_may_be_taken_up_again)
{
    cede_http_response *response;
    int rc = 0;

    start(NULL);
    response = get(test_url(server, "/stall"));
    for (int i = 0; i < 3; i++) {
        CEDE_TIMEOUT(CEDE_MS(5), rc) {
            rc = cede_http_response_skip(response);
        }
        CHECK_EQ(rc, -ETIMEDOUT);
    }
    CHECK_EQ(cede_http_response_received(response), 5);
    cede_http_response_close(response);
    stop();
}

TEST_TASK_REAL(client_options, a_proxy_is_asked_and_looks_the_name_up)
{
    cede_http_response *response;
    const char *text;
    char proxy[64];

    server = test_server_start(pages, sizeof pages / sizeof *pages);
    snprintf(proxy, sizeof proxy, "http://me:secret@127.0.0.1:%d", test_server_port(server));
    CHECK_EQ(cede_http_session_create(&(cede_http_session_options){.proxy = proxy}, &session), 0);
    response = get("http://far.invalid/");
    CHECK_EQ(cede_http_response_read_all(response, 100, &text, NULL), 0);
    CHECK_STR(text, "fetched\r\n");
    CHECK_HAS(test_server_request(server, 0), "GET http://far.invalid/ HTTP/1.1\r\n");
    CHECK_HAS(test_server_request(server, 0), "Proxy-Authorization: Basic bWU6c2VjcmV0\r\n");
    cede_http_response_close(response);
    stop();
}

TEST_TASK_REAL(client_options, a_proxy_of_another_kind_is_refused)
{
    CHECK_EQ(cede_http_session_create(&(cede_http_session_options){.proxy = "ftp://127.0.0.1"},
                                      &session),
             CEDE_EURL);
    CHECK_EQ(cede_http_session_create(&(cede_http_session_options){.proxy = "nonsense:"}, &session),
             CEDE_EURL);
}

TEST_TASK_REAL(client_options, a_proxy_of_the_environment_is_not_asked)
{
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("all_proxy", "http://127.0.0.1:1", 1);
    start(NULL);
    cede_http_response_close(get(test_url(server, "/")));
    stop();
}

/* The server answers no TLS: it waits for the end of a head that never comes. */
TEST_TASK_REAL(client_options, connecting_has_a_limit_of_its_own)
{
    cede_http_response *response;
    char url[64];

    start(&(cede_http_session_options){.connect_timeout = CEDE_MS(50)});
    snprintf(url, sizeof url, "https://127.0.0.1:%d/", test_server_port(server));
    CHECK_EQ(cede_http_get(session, url, NULL, &response), -ETIMEDOUT);
    stop();
    start(&(cede_http_session_options){.connect_timeout = CEDE_S(1)});
    cede_http_response_close(get(test_url(server, "/slow"))); /* an answer may take longer */
    stop();
}

/* f1: the server closes a connection that is idle, without having said so. */
TEST_TASK_REAL(client_options, a_connection_that_went_stale_is_replaced)
{
    start(NULL);
    for (int i = 0; i < 20; i++) {
        cede_http_response *response = get(test_url(server, "/once"));
        const char *text;
        CHECK_EQ(cede_http_response_read_all(response, 100, &text, NULL), 0);
        CHECK_STR(text, "hello");
        cede_http_response_close(response);
        if (i % 2 == 0)
            test_server_wait_open(server, 0);
    }
    CHECK_HAS(test_server_request(server, 19), "GET /once ");
    stop();
}

/* f1: each time the connection that was kept is taken for stale, and asked again is a new one. */
TEST_TASK_REAL(client_options, f1_a_request_is_repeated_once_however_many_were_before)
{
    cede_http_response *response;

    start(NULL);
    for (int i = 0; i < 10; i++) {
        cede_http_response_close(get(test_url(server, "/")));
        CHECK_EQ(cede_http_get(session, test_url(server, "/mute"), NULL, &response),
                 CEDE_EINCOMPLETE);
        CHECK_HAS(test_server_request(server, 3 * i + 1), "GET /mute ");
        CHECK_HAS(test_server_request(server, 3 * i + 2), "GET /mute ");
        CHECK_STR(test_server_request(server, 3 * i + 3), "");
    }
    stop();
}

/* A socket that is idle stays watched: when its server goes, and its number is another's, nothing
 * is mistaken for it. */
TEST_TASK_REAL(client_options, a_server_that_restarts_is_found_again)
{
    start(NULL);
    for (int i = 0; i < 5; i++) {
        for (int k = 0; k < 3; k++)
            cede_http_response_close(get(test_url(server, k ? "/" : "/big")));
        test_server_stop(server);
        server = test_server_start(pages, sizeof pages / sizeof *pages);
    }
    stop();
}

/* f7: what nobody asked for is not decoded, so it can be neither half nor a bomb. */
TEST_TASK_REAL(client_options, f7_a_coding_is_neither_asked_for_nor_undone)
{
    cede_http_response *response;
    const char *text;

    start(NULL);
    response = get(test_url(server, "/gzip"));
    CHECK_EQ(cede_http_response_read_all(response, 100, &text, NULL), 0);
    CHECK_STR(text, "\x1f\x8b\x08 cut!");
    CHECK(!strstr(test_server_request(server, 0), "Encoding"));
    cede_http_response_close(response);
    response = get(test_url(server, "/bomb"));
    CHECK_EQ(cede_http_response_skip(response), 0);
    CHECK_EQ(cede_http_response_received(response), 3000000);
    cede_http_response_close(response);
    stop();
}
