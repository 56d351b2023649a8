/* test_server_files.c - the handler that serves a folder: what is found, what is not, what is told
 * of it. */
/* SPDX-License-Identifier: MIT */
#include "http/files_test.h"
#include "http/server.h"

TEST_HTTP(server_files, files_come_whole_with_their_types)
{
    struct site site = open_site();
    const char *reply = get(&site, "/a.txt?ignored");

    CHECK_EQ(status_of(reply), 200);
    CHECK_HAS(reply, "Content-Type: text/plain; charset=utf-8\r\n");
    CHECK_HAS(reply, "Content-Length: 5\r\n");
    CHECK_STR(body_of(reply), "hello");
    reply = get(&site, "/big.PNG");
    CHECK_HAS(reply, "Content-Type: image/png\r\n");
    CHECK_EQ(strspn(body_of(reply), "B"), 100000);
    reply = get(&site, "/none");
    CHECK_HAS(reply, "Content-Type: application/octet-stream\r\n");
    CHECK_STR(body_of(reply), "");
    CHECK_STR(body_of(get(&site, "/%252e%252e")), "just a name");
    close_site(&site);
}

TEST_HTTP(server_files, head_is_get_without_the_body)
{
    struct site site = open_site();
    const char *reply = ask(site.server, "HEAD /big.PNG HTTP/1.1\r\nHost: h\r\n\r\n");

    CHECK_EQ(status_of(reply), 200);
    CHECK_HAS(reply, "Content-Length: 100000\r\n");
    CHECK_STR(body_of(reply), "");
    close_site(&site);
}

TEST_HTTP(server_files, a_folder_is_its_index_and_wants_its_slash)
{
    struct site site = open_site();

    CHECK_STR(body_of(get(&site, "/sub/")), "<p>index");
    CHECK_EQ(status_of(get(&site, "/sub?q=1")), 301);
    CHECK_HAS(get(&site, "/sub?q=1"), "\r\nLocation: /sub/?q=1\r\n");
    CHECK_HAS(get(&site, "//empty%20dir"), "\r\nLocation: /empty%20dir/\r\n");
    CHECK_EQ(status_of(get(&site, "/empty%20dir/")), 404);
    CHECK_EQ(status_of(get(&site, "/")), 404);
    CHECK_EQ(status_of(get(&site, "/a.txt/")), 404);
    close_site(&site);
}

TEST_HTTP(server_files, nothing_outside_is_reached)
{
    static const char *const targets[] = {"/out",     "/absolute", "/up/secret", "/loop",
                                          "/pipe",    "/missing",  "/sub/out",   "/out/",
                                          "/a.txt/b", "/..secret", "/root"};
    struct site site = open_site();

    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        const char *reply = get(&site, targets[i]);
        if (status_of(reply) != 404 || strstr(reply, "secret"))
            FAIL("%s: %s", targets[i], reply);
    }
    close_site(&site);
}

TEST_HTTP(server_files, a_name_too_long_is_not_found)
{
    struct site site = open_site();
    char name[5000];

    static const size_t lengths[] = {300, sizeof name - 1}; /* of a part, and of all of it */

    for (int i = 0; i < 2; i++) {
        const size_t length = lengths[i];
        memset(name, 'n', length);
        name[0] = '/';
        name[length] = '\0';
        CHECK_EQ(status_of(get(&site, name)), 404);
    }
    close_site(&site);
}

TEST_HTTP(server_files, other_methods_are_told_which_are_allowed)
{
    struct site site = open_site();
    const char *reply =
        ask(site.server, "PUT /a.txt HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");

    CHECK_EQ(status_of(reply), 405);
    CHECK_HAS(reply, "\r\nAllow: GET, HEAD\r\n");
    CHECK_EQ(status_of(ask(site.server, "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n")), 405);
    close_site(&site);
}

static int ask_if(const struct site *site, const char *name, const char *value)
{
    char request[512];

    snprintf(request, sizeof request, "GET /a.txt HTTP/1.1\r\nHost: h\r\n%s: %s\r\n\r\n", name,
             value);
    return status_of(ask(site->server, request));
}

TEST_HTTP(server_files, a_client_that_has_the_file_is_told_304)
{
    struct site site = open_site();
    const char *reply = get(&site, "/a.txt");
    char tag[64], date[64], list[128];

    header_of(reply, "\r\nETag: ", tag, sizeof tag);
    header_of(reply, "\r\nLast-Modified: ", date, sizeof date);
    CHECK_EQ(ask_if(&site, "If-None-Match", tag), 304);
    CHECK_EQ(ask_if(&site, "If-None-Match", "*"), 304);
    CHECK_EQ(ask_if(&site, "If-None-Match", "\"other\""), 200);
    snprintf(list, sizeof list, "\"x\", W/%s, \"y\"", tag);
    CHECK_EQ(ask_if(&site, "If-None-Match", list), 304);
    snprintf(list, sizeof list, "\"x%s", tag);
    CHECK_EQ(ask_if(&site, "If-None-Match", list), 200); /* part of another one */
    CHECK_EQ(ask_if(&site, "If-None-Match", tag + 1), 200);
    CHECK_EQ(ask_if(&site, "If-Modified-Since", date), 304);
    CHECK_EQ(ask_if(&site, "If-Modified-Since", "Fri, 31 Dec 9999 23:59:59 GMT"), 304);
    CHECK_EQ(ask_if(&site, "If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"), 200);
    CHECK_EQ(ask_if(&site, "If-Modified-Since", "yesterday"), 200);
    close_site(&site);
}

TEST_HTTP(server_files, a_list_may_come_in_several_headers)
{
    struct site site = open_site();
    const char *reply = get(&site, "/a.txt");
    char tag[64], list[128];

    header_of(reply, "\r\nETag: ", tag, sizeof tag);
    snprintf(list, sizeof list, "\"x\"\r\nIf-None-Match: %s", tag);
    CHECK_EQ(ask_if(&site, "If-None-Match", list), 304);
    snprintf(list, sizeof list, "\"x\"\r\nIf-Match: %s", tag);
    CHECK_EQ(ask_if(&site, "If-Match", list), 200);
    CHECK_EQ(ask_if(&site, "If-Match", "\"x\"\r\nIf-Match: \"y\""), 412);
    close_site(&site);
}

TEST_HTTP(server_files, dates_are_read_in_all_three_forms)
{
    struct site site = open_site();

    CHECK_EQ(cede__http_date_parse("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777);
    CHECK_EQ(cede__http_date_parse("Sunday, 06-Nov-94 08:49:37 GMT"), 784111777);
    CHECK_EQ(cede__http_date_parse("Sun Nov  6 08:49:37 1994"), 784111777);
    CHECK_EQ(cede__http_date_parse("Tuesday, 29-Feb-00 00:00:00 GMT"), 951782400);
    CHECK_EQ(cede__http_date_parse("Sunday, 06-Nov-94 08:49:37 GMT+1"), -1);
    CHECK_EQ(cede__http_date_parse("Sunday, 06-Nov-94 24:49:37 GMT"), -1);
    CHECK_EQ(cede__http_date_parse("Sun Nov  0 08:49:37 1994"), -1);
    CHECK_EQ(cede__http_date_parse("Sun Nev  6 08:49:37 1994"), -1);
    CHECK_EQ(ask_if(&site, "If-Modified-Since", "Sunday, 06-Nov-94 08:49:37 GMT"), 200);
    CHECK_EQ(ask_if(&site, "If-Unmodified-Since", "Sunday, 06-Nov-94 08:49:37 GMT"), 412);
    CHECK_EQ(ask_if(&site, "If-Unmodified-Since", "Sun Nov  6 08:49:37 1994"), 412);
    CHECK_EQ(ask_if(&site, "If-Modified-Since", "Fri Dec 31 23:59:59 9999"), 304);
    close_site(&site);
}

TEST_HTTP(server_files, who_means_another_version_is_told_412)
{
    struct site site = open_site();
    const char *reply = get(&site, "/a.txt");
    char tag[64], date[64], weak[80];

    header_of(reply, "\r\nETag: ", tag, sizeof tag);
    header_of(reply, "\r\nLast-Modified: ", date, sizeof date);
    snprintf(weak, sizeof weak, "W/%s", tag);
    CHECK_EQ(ask_if(&site, "If-Match", tag), 200);
    CHECK_EQ(ask_if(&site, "If-Match", "*"), 200);
    CHECK_EQ(ask_if(&site, "If-Match", weak), 412);
    CHECK_EQ(ask_if(&site, "If-Match", "\"other\""), 412);
    CHECK_EQ(ask_if(&site, "If-Unmodified-Since", date), 200);
    CHECK_EQ(ask_if(&site, "If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"), 412);
    CHECK_EQ(ask_if(&site, "If-Unmodified-Since", "never"), 200);
    close_site(&site);
}

TEST_HTTP(server_files, a_peer_that_leaves_amid_a_file_is_no_signal)
{
    struct site site = open_site();
    static char big[8 << 20];

    put("root/huge", big, sizeof big);
    for (int i = 0; i < 10; i++) {
        cede_stream *stream = connect_to_server(site.server);
        char some[1000];
        say(stream, "GET /huge HTTP/1.1\r\nHost: h\r\n\r\n");
        CHECK(cede_stream_read(stream, some, sizeof some) > 0);
        cede_stream_close(stream);
    }
    CHECK_EQ(status_of(get(&site, "/a.txt")), 200);
    close_site(&site);
}

TEST_HTTP(server_files, a_folder_must_be_there)
{
    cede_http_files *files;

    CHECK_EQ(cede_http_files_open("/no/such/folder", NULL, &files), -ENOENT);
    CHECK_EQ(cede_http_files_open("/etc/passwd", NULL, &files), -ENOTDIR);
    cede_http_files_close(NULL);
}
