/* test_client_session.c - what a session shares: slots, connections, credentials. */
/* SPDX-License-Identifier: MIT */
#include <cede/http.h>

#include "harness/harness_http.h"
#include "harness/harness_task.h"

#define OK(length) "HTTP/1.1 200 OK\r\nContent-Length: " #length "\r\n\r\n"

static char away[200]; /* a redirect to the other server, made by its test */

static bool gate; /* atomic */

static const struct test_page pages[] = {
    {.path = "/", .bytes = OK(5) "hello"},
    {.path = "/slow", .bytes = OK(5) "hello", .delay_ms = 30},
    {.path = "/gated", .bytes = OK(5) "hello", .gate = &gate},
    {.path = "/hang", .hangs = true},
    {.path = "/hang-body", .bytes = OK(9) "half", .hangs = true},
    {.path = "/away", .bytes = away},
    {.path = "/here", .bytes = "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"},
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

/* Takes a whole page; notes its name when done. */
struct fetch {
    const char *url;
    const char *name;
};

static int fetch(void *arg)
{
    const struct fetch *what = arg;
    cede_http_response *response;
    const char *text;
    int rc;

    CEDE_TRY(cede_http_get(session, what->url, NULL, &response));
    rc = cede_http_response_read_all(response, 1000, &text, NULL);
    cede_http_response_close(response);
    test_note("%s", what->name ? what->name : "-");
    return rc;
}

static void open_gate(void)
{
    __atomic_store_n(&gate, true, __ATOMIC_RELEASE);
}

static void join_all(cede_future **tasks, size_t n)
{
    CHECK_EQ(cede_gather(tasks, n, NULL), 0);
    for (size_t i = 0; i < n; i++)
        cede_future_unref(tasks[i]);
}

TEST_TASK_REAL(client_session, never_more_connections_than_its_limit)
{
    struct fetch slow = {.name = NULL};
    cede_future *tasks[20];

    start(&(cede_http_session_options){.limit = 3});
    slow.url = test_url(server, "/slow");
    for (int i = 0; i < 20; i++)
        tasks[i] = cede_spawn(fetch, &slow);
    join_all(tasks, 20);
    CHECK_EQ(test_server_most(server), 3);
    CHECK_EQ(test_server_connections(server), 3); /* each used again and again */
    stop();
}

TEST_TASK_REAL(client_session, who_waits_for_a_slot_is_served_in_order)
{
    struct fetch slow[5] = {{0}};
    cede_future *tasks[5];
    char names[5][12];

    start(&(cede_http_session_options){.limit = 1});
    for (int i = 0; i < 5; i++) {
        snprintf(names[i], sizeof names[i], "%d", i);
        slow[i] = (struct fetch){test_url(server, "/"), names[i]};
        if (i > 0)
            slow[i].url = slow[0].url;
        tasks[i] = cede_spawn(fetch, &slow[i]);
    }
    join_all(tasks, 5);
    CHECK_STR(test_notes(), "0 1 2 3 4");
    stop();
}

TEST_TASK_REAL(client_session, a_full_host_holds_up_nobody_behind_it)
{
    struct test_server *other = test_server_start(pages, sizeof pages / sizeof *pages);
    struct fetch slow = {.name = "slow"}, fast = {.name = "fast"};
    cede_future *tasks[4];

    start(&(cede_http_session_options){.limit_per_host = 1});
    slow.url = test_url(server, "/gated");
    fast.url = test_url(other, "/");
    for (int i = 0; i < 4; i++)
        tasks[i] = cede_spawn(fetch, i < 3 ? &slow : &fast);
    CHECK_EQ(cede_shield(tasks[3]), 0);
    open_gate();
    join_all(tasks, 4);
    CHECK_STR(test_notes(), "fast slow slow slow");
    CHECK_EQ(test_server_most(server), 1);
    stop();
    test_server_stop(other);
}

TEST_TASK_REAL(client_session, twenty_at_once_take_the_time_of_one)
{
    struct fetch slow = {.name = NULL};
    cede_future *tasks[20];

    start(NULL);
    slow.url = test_url(server, "/gated");
    for (int i = 0; i < 20; i++)
        tasks[i] = cede_spawn(fetch, &slow);
    while (test_server_connections(server) < 20)
        CHECK_EQ(cede_sleep(CEDE_MS(1)), 0);
    open_gate();
    join_all(tasks, 20);
    CHECK_EQ(test_server_connections(server), 20);
    stop();
}

TEST_TASK_REAL(client_session, cancelling_frees_the_slot_and_the_descriptor)
{
    const int before = test_open_descriptors();
    struct fetch hanging = {.name = NULL}, next = {.name = "next"};
    cede_future *first, *waiting, *second;
    int with_session;

    start(&(cede_http_session_options){.limit = 1});
    with_session = test_open_descriptors();
    hanging.url = test_url(server, "/hang");
    next.url = test_url(server, "/");
    first = cede_spawn(fetch, &hanging);
    waiting = cede_spawn(fetch, &hanging);
    second = cede_spawn(fetch, &next);
    CHECK_EQ(cede_sleep(CEDE_MS(10)), 0);
    test_server_wait_open(server, 1);
    CHECK_HAS(test_format(first), "waiting for an answer of http://127.0.0.1:");
    CHECK_HAS(test_format(second), "all of the session's being in use");
    cede_cancel(waiting);
    cede_cancel(first);
    CHECK_EQ(cede_join(waiting), CEDE_EREVOKED);
    CHECK_EQ(cede_join(first), CEDE_EREVOKED);
    CHECK_EQ(cede_join(second), 0);
    CHECK_STR(test_notes(), "next");
    test_server_wait_open(server, 1); /* the one that is kept */
    CHECK_EQ(test_open_descriptors(), with_session + 2);
    stop();
    CHECK_EQ(test_open_descriptors(), before);
}

TEST_TASK_REAL(client_session, closing_an_unread_response_frees_its_slot)
{
    cede_http_response *response;

    start(&(cede_http_session_options){.limit = 1});
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(cede_http_get(session, test_url(server, "/"), NULL, &response), 0);
        cede_http_response_close(response);
    }
    stop();
}

TEST_TASK_REAL(client_session, cancelling_at_every_moment_leaves_nothing_behind)
{
    struct fetch what = {.name = NULL};

    start(&(cede_http_session_options){.limit = 2});
    what.url = test_url(server, "/here");
    for (int turns = 0; turns < 40; turns++) {
        cede_future *task = cede_spawn(fetch, &what);
        for (int i = 0; i < turns; i++)
            CHECK_EQ(cede_sleep(turns < 20 ? 0 : CEDE_US(20)), 0);
        cede_cancel(task);
        (void)cede_join(task);
    }
    cede_error_clear();
    for (int i = 0; i < 4; i++) /* both slots are free */
        CHECK_EQ(fetch(&what), 0);
    stop();
}

TEST_TASK_REAL(client_session, a_look_up_is_left_behind_by_who_is_cancelled)
{
    struct fetch what = {.name = NULL};
    char url[64];

    start(NULL);
    snprintf(url, sizeof url, "http://localhost:%d/", test_server_port(server));
    what.url = url;
    for (int turns = 0; turns < 12; turns++) {
        cede_future *task = cede_spawn(fetch, &what);
        for (int i = 0; i < turns; i++)
            CHECK_EQ(cede_sleep(0), 0);
        cede_cancel(task);
        (void)cede_join(task);
    }
    cede_error_clear();
    CHECK_EQ(fetch(&what), 0);
    stop();
}

TEST_TASK_REAL(client_session, a_session_is_destroyed_during_a_look_up)
{
    struct fetch what = {.url = "http://no-such-host.invalid/"};
    cede_future *tasks[2];

    start(NULL);
    for (int i = 0; i < 2; i++)
        tasks[i] = cede_spawn(fetch, &what);
    for (int i = 0; i < 4; i++)
        CHECK_EQ(cede_sleep(0), 0);
    stop();
    for (int i = 0; i < 2; i++) {
        const int rc = cede_join(tasks[i]);
        CHECK(rc == CEDE_ESHUTDOWN || rc == CEDE_ERESOLVE); /* whichever came first */
    }
}

static int wait_for_own_slot(void *arg)
{
    cede_http_response *held, *second = NULL;
    int rc;

    (void)arg;
    start(&(cede_http_session_options){.limit = 1});
    CHECK_EQ(cede_http_get(session, test_url(server, "/hang-body"), NULL, &held), 0);
    rc = cede_http_get(session, test_url(server, "/"), NULL, &second);
    CHECK_EQ(rc, -ECANCELED);
    cede_http_response_close(held);
    stop();
    return rc;
}

TEST(client_session, waiting_for_a_slot_that_one_holds_is_reported)
{
    test_capture_reports();
    CHECK_EQ(cede_run(wait_for_own_slot, NULL), -EDEADLK);
    CHECK_HAS(test_reports(), "all of the session's being in use");
}

TEST_TASK_REAL(client_session, credentials_stay_with_their_origin)
{
    static const char *const headers[] = {"Authorization: Bearer s3cret", "cookie: a=b",
                                          "X-Me: me"};
    const cede_http_options options = {.headers = headers, .n_headers = 3};
    struct test_server *other = test_server_start(pages, sizeof pages / sizeof *pages);
    cede_http_response *response;

    start(NULL);
    snprintf(away, sizeof away, "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n",
             test_url(other, "/here"));
    CHECK_EQ(cede_http_get(session, test_url(server, "/here"), &options, &response), 0);
    cede_http_response_close(response);
    CHECK_HAS(test_server_request(server, 1), "Authorization: Bearer s3cret\r\n");
    CHECK_HAS(test_server_request(server, 1), "cookie: a=b\r\n");
    CHECK_EQ(cede_http_get(session, test_url(server, "/away"), &options, &response), 0);
    cede_http_response_close(response);
    for (int i = 0; i < 2; i++) {
        CHECK(!strstr(test_server_request(other, i), "s3cret"));
        CHECK(!strstr(test_server_request(other, i), "a=b"));
        CHECK_HAS(test_server_request(other, i), "X-Me: me\r\n");
    }
    stop();
    test_server_stop(other);
}

TEST_TASK_REAL(client_session, name_and_password_of_a_url_are_sent_and_not_shown)
{
    struct test_server *other = test_server_start(pages, sizeof pages / sizeof *pages);
    cede_http_response *response;
    char url[100];

    start(NULL);
    snprintf(away, sizeof away, "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n",
             test_url(other, "/"));
    snprintf(url, sizeof url, "http://me:a%%40b@127.0.0.1:%d/here#part", test_server_port(server));
    CHECK_EQ(cede_http_get(session, url, NULL, &response), 0);
    CHECK_STR(cede_http_response_url(response), test_url(server, "/"));
    CHECK_STR(cede_http_response_redirect(response, 0), test_url(server, "/here"));
    cede_http_response_close(response);
    for (int i = 0; i < 2; i++)
        CHECK_HAS(test_server_request(server, i), "Authorization: Basic bWU6YUBi\r\n");
    snprintf(url, sizeof url, "http://me:a%%40b@127.0.0.1:%d/away", test_server_port(server));
    CHECK_EQ(cede_http_get(session, url, NULL, &response), 0);
    cede_http_response_close(response);
    CHECK(!strstr(test_server_request(other, 0), "Authorization"));
    stop();
    test_server_stop(other);
}
