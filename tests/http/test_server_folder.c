/* test_server_folder.c - pages of names, and encoded siblings. */
/* SPDX-License-Identifier: MIT */
#include "http/files.h"
#include "http/files_test.h"

static const cede_http_files_options with_index = {.index = true};
static const cede_http_files_options with_encoded = {.encoded = true};

TEST_HTTP(server_folder, a_page_names_folders_then_files)
{
    struct site site = open_site_with(&with_index);
    const char *reply = get(&site, "/");
    const char *folder_at, *file_at;

    CHECK_EQ(status_of(reply), 200);
    CHECK_HAS(reply, "Content-Type: text/html; charset=utf-8\r\n");
    folder_at = strstr(reply, "<a href=\"./empty%20dir/\">empty dir/</a>");
    file_at = strstr(reply, "<a href=\"./a.txt\">a.txt</a>");
    CHECK(folder_at && file_at && folder_at < file_at);
    CHECK_HAS(file_at, ">5</td>");
    CHECK(!strstr(reply, "href=\"../\""));
    CHECK_HAS(reply, ">out</a></td></tr>"); /* a link: by name alone */
    CHECK_HAS(get(&site, "/empty%20dir/"), "href=\"../\"");
    CHECK_STR(body_of(get(&site, "/sub/")), "<p>index"); /* its own index goes before */
    CHECK_EQ(status_of(get(&site, "/empty%20dir")), 301);
    CHECK_EQ(status_of(get(&site, "/up/")), 404);
    CHECK_EQ(status_of(get(&site, "/a.txt/")), 404);
    CHECK_EQ(status_of(get(&site, "/missing/")), 404);
    CHECK_STR(body_of(ask(site.server, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n")), "");
    close_site(&site);
}

TEST_HTTP(server_folder, names_are_no_commands)
{
    struct site site = open_site_with(&with_index);
    const char *reply;

    put("root/empty dir/<script>alert('&\"')<", "", 0);
    put("root/empty dir/javascript:alert(1)", "", 0);
    CHECK_EQ(mkdir(in_folder("root/<b>"), 0755), 0);
    reply = get(&site, "/empty%20dir/");
    CHECK(!strstr(reply, "<script"));
    CHECK_HAS(reply, "./%3Cscript%3Ealert(&#39;&amp;%22&#39;)%3C\"");
    CHECK_HAS(reply, ">&lt;script&gt;alert(&#39;&amp;&quot;&#39;)&lt;</a>");
    CHECK_HAS(reply, "href=\"./javascript:alert(1)\"");
    reply = get(&site, "/%3Cb%3E/");
    CHECK_EQ(status_of(reply), 200);
    CHECK(!strstr(reply, "<b>"));
    CHECK_HAS(reply, "<h1>/&lt;b&gt;/</h1>");
    close_site(&site);
}

TEST_HTTP(server_folder, a_folder_of_many_names_is_cut)
{
    static char heard[4 << 20];
    struct site site = open_site_with(&with_index);
    cede_stream *stream = connect_to_server(site.server);
    char name[64];
    size_t n = 0;

    for (int i = 0; i < 10001; i++) {
        snprintf(name, sizeof name, "root/empty dir/%d", i);
        close(open(in_folder(name), O_CREAT | O_WRONLY, 0644));
    }
    say(stream, "GET /empty%20dir/ HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    CHECK_EQ(cede_stream_read_exactly(stream, heard, sizeof heard - 1, &n), CEDE_EINCOMPLETE);
    CHECK_HAS(heard, "<tr><td>and more</td></tr>");
    cede_stream_close(stream);
    close_site(&site);
}

/* Siblings. */

TEST(server_folder, codings_are_weighed)
{
    static const struct {
        const char *accepted;
        int br, gzip;
    } cases[] = {
        {"gzip", 0, 1000},
        {"GZIP", 0, 1000},
        {"gzip, br", 1000, 1000},
        {"br;q=0.5, gzip;q=0.25", 500, 250},
        {"br ; q=0.5 ,gzip; Q=1.0", 500, 1000},
        {"*", 1000, 1000},
        {"*;q=0.1, br", 1000, 100},
        {"br;q=0, *", 0, 1000},
        {"gzip;q=0", 0, 0},
        {"gzip;q=0.000", 0, 0},
        {"gzip;q=0.001", 0, 1},
        {"gzip;q=1.9", 0, 1000},
        {"gzip;q=2", 0, 0},
        {"gzip;level=9", 0, 0},
        {"", 0, 0},
        {",,", 0, 0},
        {"xgzip, gzipx, bro", 0, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cede__http_header header = {"Accept-Encoding", (char *)cases[i].accepted};
        const cede_http_request request = {.headers = &header, .n_headers = 1};
        if (cede__http_coding_quality(&request, "br") != cases[i].br ||
            cede__http_coding_quality(&request, "gzip") != cases[i].gzip)
            FAIL("'%s'", cases[i].accepted);
    }
}

static const char *get_accepting(const struct site *site, const char *accepted)
{
    char request[512];

    snprintf(request, sizeof request,
             "GET /page.html HTTP/1.1\r\nHost: h\r\nAccept-Encoding: %s\r\n\r\n", accepted);
    return ask(site->server, request);
}

TEST_HTTP(server_folder, siblings_go_to_who_accepts_them)
{
    struct site site = open_site_with(&with_encoded);
    const char *reply;
    char plain_tag[64], tag[64];

    put("root/page.html", "plain", 5);
    put("root/page.html.gz", "gz", 2);
    put("root/page.html.br", "br!", 3);
    reply = get(&site, "/page.html");
    CHECK_STR(body_of(reply), "plain");
    CHECK_HAS(reply, "\r\nVary: Accept-Encoding\r\n");
    CHECK(!strstr(reply, "Content-Encoding"));
    header_of(reply, "\r\nETag: ", plain_tag, sizeof plain_tag);
    reply = get_accepting(&site, "gzip, br");
    CHECK_STR(body_of(reply), "br!");
    CHECK_HAS(reply, "\r\nVary: Accept-Encoding\r\n");
    CHECK_HAS(reply, "\r\nContent-Encoding: br\r\n");
    CHECK_HAS(reply, "\r\nContent-Type: text/html; charset=utf-8\r\n");
    header_of(reply, "\r\nETag: ", tag, sizeof tag);
    CHECK(strcmp(tag, plain_tag) != 0);
    CHECK_STR(body_of(get_accepting(&site, "gzip, br;q=0.9")), "gz");
    CHECK_STR(body_of(get_accepting(&site, "br;q=0, gzip;q=0.1")), "gz");
    CHECK_STR(body_of(get_accepting(&site, "gzip;q=0, identity")), "plain");
    CHECK_STR(body_of(get(&site, "/a.txt")), "hello"); /* without any */
    CHECK_EQ(unlink(in_folder("root/page.html.br")), 0);
    CHECK_STR(body_of(get_accepting(&site, "gzip;q=0.1, br")), "gz");
    close_site(&site);
}

TEST_HTTP(server_folder, a_sibling_that_is_old_or_leads_out_is_left)
{
    struct site site = open_site_with(&with_encoded);
    const struct timespec long_ago[2] = {{1000000000, 0}, {1000000000, 0}};

    put("root/page.html", "plain", 5);
    put("root/page.html.gz", "old", 3);
    CHECK_EQ(utimensat(AT_FDCWD, in_folder("root/page.html.gz"), long_ago, 0), 0);
    CHECK_EQ(symlink("../secret", in_folder("root/page.html.br")), 0);
    CHECK_STR(body_of(get_accepting(&site, "gzip, br")), "plain");
    close_site(&site);
}

/* Where any allocation may fail. */

static int sweep_body(void *arg)
{
    cede_http_server_options options = {.handler = cede_http_files_handler};
    cede_http_server *server;
    cede_http_files *files;
    int rc;

    (void)arg;
    CEDE_TRY(cede_http_files_open(in_folder("root"), &with_index, &files));
    options.arg = files;
    rc = cede_http_server_start(&options, &server);
    if (rc == 0) {
        rc = ask_carefully(server);
        (void)cede_http_server_stop(server, 0);
    }
    cede_http_files_close(files);
    return rc;
}

static int sweep(void)
{
    return cede_run(sweep_body, NULL);
}

TEST(server_folder, every_allocation_may_fail)
{
    const int before = test_open_descriptors();

    test_capture_reports(); /* it says so when it cannot serve */
    io_test_warm_up();
    make_folder();
    test_sweep_allocations(sweep);
    remove_folder();
    CHECK_EQ(test_open_descriptors(), before);
}
