/* test_client.c - what a request gives: status, headers, bodies, redirects. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <unistd.h>

#include <cede/http.h>

#include "harness/harness_http.h"
#include "harness/harness_task.h"

#define OK(length) "HTTP/1.1 200 OK\r\nContent-Length: " #length "\r\n"
#define MOVED(status, where)                                                                       \
    "HTTP/1.1 " #status " Elsewhere\r\nLocation: " where "\r\nContent-Length: 4\r\n\r\nhere"

static const struct test_page pages[] = {
    {.path = "/", .bytes = OK(5) "X-One: a\r\nx-one: b\r\nEmpty:\r\nSpaced: \t c d \r\n\r\nhello"},
    {.path = "/chunked",
     .bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
              "3\r\nabc\r\n4\r\ndefg\r\n0\r\nTrailer: late\r\n\r\n"},
    {.path = "/closed", .bytes = "HTTP/1.0 200 OK\r\n\r\nuntil the end", .closes = true},
    {.path = "/continue", .bytes = "HTTP/1.1 100 Continue\r\nEarly: 1\r\n\r\n" OK(2) "\r\nok"},
    {.path = "/folded", .bytes = OK(0) "Long: one\r\n two\r\n\r\n"},
    {.path = "/empty", .bytes = "HTTP/1.1 204 No Content\r\n\r\n"},
    {.path = "/error", .bytes = "HTTP/1.1 500 Oh My\r\nContent-Length: 3\r\n\r\nbad"},
    {.path = "/big", .bytes = OK(3000000) "\r\n", .n_more = 3000000},
    {.path = "/once", .bytes = MOVED(302, "/")},
    {.path = "/twice", .bytes = MOVED(301, "once?again=1")},
    {.path = "/303", .bytes = MOVED(303, "/")},
    {.path = "/loop", .bytes = MOVED(307, "/loop")},
    {.path = "/ftp", .bytes = MOVED(302, "ftp://127.0.0.1/file")},
    {.path = "/file", .bytes = MOVED(302, "file:///etc/passwd")},
    {.path = "/sneaky", .bytes = MOVED(302, "//127.1/?from=http://127.0.0.1/")},
    {.path = "/blank", .bytes = MOVED(302, "/with blank")},
    {.path = "/with%20blank", .bytes = OK(1) "\r\n!"},
    {.path = "/not", .bytes = "HTTP/1.1 304 Not Modified\r\nLocation: /\r\n\r\n"},
    {.path = "/long",
     .bytes = "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 200000\r\n\r\n",
     .n_more = 200000},
};

static struct test_server *server;
static cede_http_session *session;

static void start(void)
{
    server = test_server_start(pages, sizeof pages / sizeof *pages);
    CHECK_EQ(cede_http_session_create(NULL, &session), 0);
}

static void stop(void)
{
    cede_http_session_destroy(session);
    test_server_stop(server);
}

static cede_http_response *get(const char *path, const cede_http_options *options)
{
    cede_http_response *response = NULL;

    CHECK_EQ(cede_http_get(session, test_url(server, path), options, &response), 0);
    return response;
}

static const char *text_of(cede_http_response *response)
{
    const char *text = NULL;

    CHECK_EQ(cede_http_response_read_all(response, 1 << 24, &text, NULL), 0);
    return text;
}

TEST_TASK_REAL(client, get_gives_status_headers_and_body)
{
    cede_http_response *response;

    start();
    response = get("/", NULL);
    CHECK_EQ(cede_http_response_status(response), 200);
    CHECK_STR(cede_http_response_reason(response), "OK");
    CHECK_STR(cede_http_response_header(response, "content-length", 0), "5");
    CHECK_STR(cede_http_response_header(response, "X-ONE", 0), "a");
    CHECK_STR(cede_http_response_header(response, "X-ONE", 1), "b");
    CHECK_PTR(cede_http_response_header(response, "X-One", 2), NULL);
    CHECK_STR(cede_http_response_header(response, "empty", 0), "");
    CHECK_STR(cede_http_response_header(response, "spaced", 0), "c d");
    CHECK_PTR(cede_http_response_header(response, "spac", 0), NULL);
    CHECK_STR(cede_http_response_url(response), test_url(server, "/"));
    CHECK_STR(text_of(response), "hello");
    CHECK_STR(text_of(response), ""); /* it was taken */
    cede_http_response_close(response);
    stop();
}

TEST_TASK_REAL(client, headers_are_walked_in_the_order_received)
{
    static const char *const names[] = {"Content-Length", "X-One", "x-one", "Empty", "Spaced"};
    const char *name, *value = NULL;
    cede_http_response *response;
    size_t n = 0;

    start();
    response = get("/", NULL);
    for (; cede_http_response_header_at(response, n, &name, &value); n++)
        CHECK_STR(name, names[n]);
    CHECK_EQ(n, 5);
    CHECK_STR(value, "c d");
    cede_http_response_close(response);
    stop();
}

TEST_TASK_REAL(client, bodies_end_by_chunks_or_by_the_connection)
{
    cede_http_response *response;

    start();
    response = get("/chunked", NULL);
    CHECK_STR(text_of(response), "abcdefg");
    CHECK_PTR(cede_http_response_header(response, "Trailer", 0), NULL);
    cede_http_response_close(response);
    response = get("/closed", NULL);
    CHECK_STR(text_of(response), "until the end");
    cede_http_response_close(response);
    response = get("/empty", NULL);
    CHECK_EQ(cede_http_response_status(response), 204);
    CHECK_STR(text_of(response), "");
    cede_http_response_close(response);
    stop();
}

TEST_TASK_REAL(client, an_interim_answer_is_not_the_answer)
{
    cede_http_response *response;

    start();
    response = get("/continue", NULL);
    CHECK_EQ(cede_http_response_status(response), 200);
    CHECK_PTR(cede_http_response_header(response, "Early", 0), NULL);
    CHECK_STR(text_of(response), "ok");
    cede_http_response_close(response);
    response = get("/folded", NULL);
    CHECK_STR(cede_http_response_header(response, "long", 0), "one two");
    cede_http_response_close(response);
    stop();
}

TEST_TASK_REAL(client, head_has_no_body_and_stays_head)
{
    cede_http_response *response;

    start();
    CHECK_EQ(cede_http_head(session, test_url(server, "/big"), NULL, &response), 0);
    CHECK_STR(cede_http_response_header(response, "Content-Length", 0), "3000000");
    CHECK_STR(text_of(response), "");
    cede_http_response_close(response);
    CHECK_EQ(cede_http_head(session, test_url(server, "/303"), NULL, &response), 0);
    cede_http_response_close(response);
    CHECK_HAS(test_server_request(server, 0), "HEAD /big ");
    CHECK_HAS(test_server_request(server, 1), "HEAD /303 ");
    CHECK_HAS(test_server_request(server, 2), "HEAD / ");
    stop();
}

TEST_TASK_REAL(client, an_error_status_is_an_answer_unless_asked_for)
{
    const cede_http_options strict = {.check_status = true};
    cede_http_response *response;

    start();
    response = get("/error", NULL);
    CHECK_EQ(cede_http_response_status(response), 500);
    CHECK_STR(text_of(response), "bad");
    CHECK_EQ(cede_http_response_check(response), CEDE_ESTATUS);
    CHECK_HAS(cede_error_message(cede_error_last()), "/error: 500 Oh My");
    cede_http_response_close(response);
    CHECK_EQ(cede_http_get(session, test_url(server, "/nowhere"), &strict, &response),
             CEDE_ESTATUS);
    CHECK_HAS(cede_error_message(cede_error_last()), "/nowhere: 404 Not Found");
    response = get("/", &strict);
    cede_http_response_close(response);
    stop();
}

TEST_TASK_REAL(client, a_body_is_read_in_pieces_of_any_size)
{
    cede_http_response *response;
    static char piece[70000];
    size_t sum = 0, size = 1;
    int n;

    start();
    response = get("/big", NULL);
    while ((n = cede_http_response_read(response, piece, size)) > 0) {
        CHECK(n <= (int)size && piece[0] == 'x' && piece[n - 1] == 'x');
        sum += (size_t)n;
        size = size * 3 % sizeof piece + 1;
    }
    CHECK_EQ(n, 0);
    CHECK_EQ(sum, 3000000);
    CHECK_EQ(cede_http_response_read(response, piece, 1), 0); /* the end stays the end */
    CHECK_EQ(cede_http_response_read(response, piece, 0), -EINVAL);
    cede_http_response_close(response);
    stop();
}

TEST_TASK_REAL(client, a_body_is_saved_to_a_descriptor)
{
    char path[] = "/tmp/cede-test-XXXXXX";
    const int fd = mkstemp(path);
    cede_http_response *response;
    int64_t size = 0;

    start();
    unlink(path);
    response = get("/big", NULL);
    CHECK_EQ(cede_http_response_save(response, fd, &size), 0);
    CHECK_EQ(size, 3000000);
    CHECK_EQ(lseek(fd, 0, SEEK_END), 3000000);
    cede_http_response_close(response);
    close(fd);
    response = get("/", NULL);
    CHECK_EQ(cede_http_response_save(response, fd, &size), -EBADF);
    CHECK_EQ(size, 0);
    cede_http_response_close(response);
    stop();
}

TEST_TASK_REAL(client, redirects_are_followed_and_remembered)
{
    cede_http_response *response;

    start();
    response = get("/twice", NULL);
    CHECK_EQ(cede_http_response_status(response), 200);
    CHECK_STR(text_of(response), "hello");
    CHECK_STR(cede_http_response_url(response), test_url(server, "/"));
    CHECK_STR(cede_http_response_redirect(response, 0), test_url(server, "/twice"));
    CHECK_STR(cede_http_response_redirect(response, 1), test_url(server, "/once?again=1"));
    CHECK_PTR(cede_http_response_redirect(response, 2), NULL);
    cede_http_response_close(response);
    response = get("/blank", NULL);
    CHECK_STR(text_of(response), "!");
    cede_http_response_close(response);
    response = get("/not", NULL);
    CHECK_EQ(cede_http_response_status(response), 304);
    cede_http_response_close(response);
    CHECK_EQ(test_server_connections(server), 1); /* all of it on one */
    response = get("/long", NULL);
    CHECK_STR(text_of(response), "hello");
    cede_http_response_close(response);
    stop();
}

TEST_TASK_REAL(client, redirects_end_at_their_limit)
{
    const cede_http_options three = {.max_redirects = 3}, none = {.max_redirects = -1};
    cede_http_response *response;

    start();
    CHECK_EQ(cede_http_get(session, test_url(server, "/loop"), NULL, &response), CEDE_EREDIRECTS);
    CHECK_HAS(cede_error_message(cede_error_last()), "redirected more than 10 times");
    CHECK_STR(test_server_request(server, 11), "");
    CHECK_HAS(test_server_request(server, 10), "GET /loop ");
    CHECK_EQ(cede_http_get(session, test_url(server, "/loop"), &three, &response), CEDE_EREDIRECTS);
    response = get("/once", &none);
    CHECK_EQ(cede_http_response_status(response), 302);
    CHECK_STR(text_of(response), "here");
    CHECK_STR(cede_http_response_header(response, "Location", 0), "/");
    cede_http_response_close(response);
    stop();
}

TEST_TASK_REAL(client, a_redirect_to_another_scheme_is_refused)
{
    cede_http_response *response;

    start();
    CHECK_EQ(cede_http_get(session, test_url(server, "/ftp"), NULL, &response), CEDE_EURL);
    CHECK_HAS(cede_error_message(cede_error_last()),
              "redirected to ftp://127.0.0.1/file: neither http nor https");
    CHECK_EQ(cede_http_get(session, test_url(server, "/file"), NULL, &response), CEDE_EURL);
    stop();
}

TEST_TASK_REAL(client, a_redirect_to_half_an_address_is_refused)
{
    cede_http_response *response;

    start();
    CHECK_EQ(cede_http_get(session, test_url(server, "/sneaky"), NULL, &response), CEDE_EURL);
    CHECK_HAS(cede_error_message(cede_error_last()), "neither a name nor an address in full");
    stop();
}

TEST_TASK_REAL(client, connections_are_kept_and_used_again)
{
    start();
    for (int i = 0; i < 20; i++) {
        cede_http_response *response = get(i % 2 ? "/" : "/chunked", NULL);
        (void)text_of(response);
        cede_http_response_close(response);
    }
    CHECK_EQ(test_server_connections(server), 1);
    stop();
}

TEST_TASK_REAL(client, own_headers_replace_ours)
{
    static const char *const headers[] = {"X-Flag: BR", "User-Agent: tester/1", "Accept:"};
    static const char *const bad[] = {"no colon", "Bad\r\nX: y", "X: y\r\nEvil: z", "a b: c",
                                      ": d"};
    const cede_http_options options = {.headers = headers, .n_headers = 3};
    cede_http_response *response;

    start();
    cede_http_response_close(get("/", &options));
    CHECK_HAS(test_server_request(server, 0), "\r\nX-Flag: BR\r\n");
    CHECK_HAS(test_server_request(server, 0), "\r\nUser-Agent: tester/1\r\n");
    CHECK(!strstr(test_server_request(server, 0), "Accept"));
    cede_http_response_close(get("/", NULL));
    CHECK_HAS(test_server_request(server, 1), "\r\nUser-Agent: cede/");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_EQ(cede_http_get(session, test_url(server, "/"),
                               &(cede_http_options){.headers = &bad[i], .n_headers = 1}, &response),
                 -EINVAL);
    stop();
}

TEST_TASK_REAL(client, a_name_is_looked_up)
{
    cede_http_response *response;
    char url[64];

    start();
    snprintf(url, sizeof url, "http://LocalHost:%d/", test_server_port(server));
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(cede_http_get(session, url, NULL, &response), 0);
        CHECK_STR(text_of(response), "hello");
        cede_http_response_close(response);
    }
    CHECK_EQ(cede_http_get(session, "http://no-such-host.invalid/", NULL, &response),
             CEDE_ERESOLVE);
    CHECK_HAS(cede_error_message(cede_error_last()), "no-such-host.invalid: ");
    stop();
}

TEST_TASK_REAL(client, what_is_no_url_is_refused)
{
    static const char *const bad[] = {
        "",
        "127.0.0.1/",
        "http://",
        "ftp://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.0.0.1/",
        "http://127.0.0.01/",
        "http://a b/",
        "http://h/a b",
        "http://h/\x01",
        "http://h:99999/",
        "http://\xc3\xa9.fr/",
        "file:///etc/passwd",
        "http://u@127.1:80/",
        "http://[::1/",
        "http:127.1/", /* libcurl takes that for a host */
        "http:/127.1/",
        "http:///127.1/",
        "HTTP:?127.1",
        "http://127%2e1/",
        "http://h*st/",
    };
    cede_http_response *response;

    start();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (cede_http_get(session, bad[i], NULL, &response) != CEDE_EURL)
            FAIL("'%s' is not refused", bad[i]);
    }
    CHECK_EQ(test_server_connections(server), 0);
    stop();
}
