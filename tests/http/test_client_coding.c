/* test_client_coding.c - bodies that come in a coding: undone if that was asked for, with limits,
 * and never half.
 *
 * Each page is made where it is needed: put() codes a text, or takes bytes as they are. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include <zlib.h>
#include <zstd.h>

#include <cede/http.h>

#include "harness/harness_http.h"
#include "harness/harness_task.h"

#define TEXT    "hello, hello, hello, hello\n"
#define TEN_MIB ((size_t)10 << 20)

enum { MOST_PAGES = 16 };

struct bytes {
    char *at;
    size_t size;
};

/* TEXT, and ten MiB of zeros, by the encoder of brotli. */
static const char br_text[] = "\x1b\x1a\x00\xf8\x8d\x94\x6e\xde\x44\x09\x52\x86\xd6\x0a\x2c\x6c"
                              "\x6f\x4a\x91\x79\x22\x81\xbb\x5a\x00";
static const char br_zeros[] = "\x9f\xff\xff\x9f\xf8\x27\x00\xe2\xb1\x40\x20\xf7\xfe\x13";

static struct test_page pages[MOST_PAGES];
static size_t n_pages;
static struct test_server *server;
static cede_http_session *session;

static struct bytes literally(const char *at, size_t size)
{
    struct bytes result = {malloc(size), size};

    memcpy(result.at, at, size);
    return result;
}

/* window: 31 for gzip, 15 for deflate, -15 for deflate as some servers send it. */
static struct bytes deflated(const void *text, size_t size, int window)
{
    struct bytes result = {malloc(size + 100), 0};
    z_stream z = {.next_in = (void *)text,
                  .avail_in = (unsigned)size,
                  .next_out = (void *)result.at,
                  .avail_out = (unsigned)size + 100};

    CHECK_EQ(deflateInit2(&z, 9, Z_DEFLATED, window, 9, Z_DEFAULT_STRATEGY), Z_OK);
    CHECK_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
    result.size = z.total_out;
    deflateEnd(&z);
    return result;
}

static struct bytes zstd_of(const void *text, size_t size)
{
    const size_t room = ZSTD_compressBound(size);
    struct bytes result = {malloc(room), 0};

    result.size = ZSTD_compress(result.at, room, text, size, 3);
    return result;
}

static struct bytes joined(struct bytes a, struct bytes b)
{
    struct bytes result = {realloc(a.at, a.size + b.size), a.size + b.size};

    memcpy(result.at + a.size, b.at, b.size);
    free(b.at);
    return result;
}

/* Add a page with that body, which becomes its own. */
static void put(const char *path, const char *coding, struct bytes body)
{
    char head[200];
    const int n = snprintf(head, sizeof head,
                           "HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %zu\r\n\r\n",
                           coding, body.size);
    const struct bytes page = joined(literally(head, (size_t)n), body);

    CHECK(n_pages < MOST_PAGES);
    pages[n_pages++] = (struct test_page){.path = path, .bytes = page.at, .size = page.size};
}

/* The same, a byte a chunk. */
static void put_in_chunks(const char *path, const char *coding, struct bytes body)
{
    const size_t room = 200 + 6 * body.size;
    char *page = malloc(room);
    size_t n = (size_t)snprintf(page, room,
                                "HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\n"
                                "Transfer-Encoding: chunked\r\n\r\n",
                                coding);

    for (size_t i = 0; i < body.size; i++) {
        const char chunk[] = {'1', '\r', '\n', body.at[i], '\r', '\n'};
        memcpy(page + n, chunk, sizeof chunk);
        n += sizeof chunk;
    }
    n += (size_t)snprintf(page + n, room - n, "0\r\n\r\n");
    free(body.at);
    pages[n_pages++] = (struct test_page){.path = path, .bytes = page, .size = n};
}

static void put_text(const char *path, const char *bytes)
{
    pages[n_pages++] = (struct test_page){.path = path, .bytes = strdup(bytes)};
}

static void start(void)
{
    server = test_server_start(pages, n_pages);
    CHECK_EQ(cede_http_session_create(NULL, &session), 0);
}

static void stop(void)
{
    cede_http_session_destroy(session);
    test_server_stop(server);
    while (n_pages > 0)
        free((void *)pages[--n_pages].bytes);
}

static cede_http_response *get(const char *path, const cede_http_options *options)
{
    cede_http_response *response = NULL;

    CHECK_EQ(cede_http_get(session, test_url(server, path), options, &response), 0);
    return response;
}

/* Fetch and read all of it: 0 if it is TEXT, 1 if it is not, or what went wrong. */
static int fetch(const char *path, cede_http_options options)
{
    cede_http_response *response = NULL;
    const char *text;
    size_t size;
    int rc;

    options.decode = true;
    CEDE_TRY(cede_http_get(session, test_url(server, path), &options, &response));
    rc = cede_http_response_read_all(response, TEN_MIB * 2, &text, &size);
    if (rc == 0)
        rc = size != sizeof TEXT - 1 || memcmp(text, TEXT, size) != 0;
    cede_http_response_close(response);
    return rc;
}

static const char *why(void)
{
    return cede_error_message(cede_error_last());
}

#define ASIS ((cede_http_options){0})

TEST_TASK_REAL(client_coding, whatever_coding_the_server_chooses_is_undone)
{
    put("/gzip", "gzip", deflated(TEXT, 27, 31));
    put("/x-gzip", "X-GZIP", deflated(TEXT, 27, 31));
    put("/deflate", "deflate", deflated(TEXT, 27, 15));
    put("/raw", "deflate", deflated(TEXT, 27, -15));
    put("/br", "br", literally(br_text, sizeof br_text - 1));
    put("/zstd", "zstd", zstd_of(TEXT, 27));
    put("/identity", "identity", literally(TEXT, 27));
    put("/both", "identity, gzip,", deflated(TEXT, 27, 31));
    start();
    for (size_t i = 0; i < n_pages; i++) {
        if (fetch(pages[i].path, ASIS) != 0)
            FAIL("%s: %s", pages[i].path, why());
        CHECK_HAS(test_server_request(server, (int)i),
                  "\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n");
    }
    CHECK_EQ(test_server_connections(server), 1);
    stop();
}

TEST_TASK_REAL(client_coding, bytes_may_come_one_by_one)
{
    put_in_chunks("/gzip", "gzip", joined(deflated(TEXT, 7, 31), deflated(&TEXT[7], 20, 31)));
    put_in_chunks("/deflate", "deflate", deflated(TEXT, 27, 15));
    put_in_chunks("/raw", "deflate", deflated(TEXT, 27, -15));
    put_in_chunks("/br", "br", literally(br_text, sizeof br_text - 1));
    put_in_chunks("/zstd", "zstd", joined(zstd_of(TEXT, 7), zstd_of(&TEXT[7], 20)));
    start();
    for (size_t i = 0; i < n_pages; i++) {
        if (fetch(pages[i].path, ASIS) != 0)
            FAIL("%s: %s", pages[i].path, why());
    }
    stop();
}

TEST_TASK_REAL(client_coding, f7_gzip_members_and_zstd_frames_may_follow_each_other)
{
    put("/gzip", "gzip", joined(deflated(TEXT, 7, 31), deflated(&TEXT[7], 20, 31)));
    put("/empty", "gzip", joined(deflated("", 0, 31), deflated(TEXT, 27, 31)));
    put("/zstd", "zstd", joined(zstd_of(TEXT, 7), zstd_of(&TEXT[7], 20)));
    start();
    for (size_t i = 0; i < n_pages; i++)
        CHECK_EQ(fetch(pages[i].path, ASIS), 0);
    stop();
}

/* Cut behind each byte: the length of the body says that it is whole, its coding that it is not. */
TEST_TASK_REAL(client_coding, f7_a_coding_that_is_cut_short_is_incomplete)
{
    const struct {
        const char *name;
        struct bytes body;
    } whole[] = {{"gzip", deflated(TEXT, 27, 31)},
                 {"deflate", deflated(TEXT, 27, 15)},
                 {"br", literally(br_text, sizeof br_text - 1)},
                 {"zstd", zstd_of(TEXT, 27)}};

    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        for (size_t n = 1; n < whole[i].body.size; n++) {
            put("/x", whole[i].name, literally(whole[i].body.at, n));
            start();
            CHECK_EQ(fetch("/x", ASIS), CEDE_EINCOMPLETE);
            CHECK_HAS(why(), "/x: the body stops before its coding does: ");
            CHECK_HAS(why(), whole[i].name);
            stop();
        }
        free(whole[i].body.at);
    }
}

TEST_TASK_REAL(client_coding, f7_what_follows_the_end_of_a_coding_is_an_error)
{
    put("/gzip", "gzip", joined(deflated(TEXT, 27, 31), literally("more", 4)));
    put("/zero", "gzip", joined(deflated(TEXT, 27, 31), literally("", 1)));
    put("/deflate", "deflate", joined(deflated(TEXT, 27, 15), literally("x", 1)));
    put("/br", "br", joined(literally(br_text, sizeof br_text - 1), literally("x", 1)));
    start();
    for (size_t i = 0; i < n_pages; i++) {
        CHECK_EQ(fetch(pages[i].path, ASIS), CEDE_ECODING);
        CHECK_HAS(why(), ": bytes follow the end of its coding: ");
    }
    stop();
}

TEST_TASK_REAL(client_coding, f7_a_coding_that_is_broken_is_an_error_that_says_how)
{
    struct bytes length = deflated(TEXT, 27, 31), sum = deflated(TEXT, 27, 31);
    struct bytes zstd = zstd_of(TEXT, 27);

    length.at[length.size - 4]++;
    sum.at[sum.size - 8]++;
    put("/length", "gzip", length);
    put("/sum", "gzip", sum);
    put("/none", "gzip", literally(TEXT, 27));
    put("/other", "br", literally("\xff\xff\xff", 3));
    put("/frame", "zstd", literally(TEXT, 27));
    put("/more", "zstd", joined(zstd, literally("garbage", 7)));
    start();
    CHECK_EQ(fetch("/length", ASIS), CEDE_ECODING);
    CHECK_HAS(why(), "/length: the body is no proper gzip: incorrect length check");
    CHECK_EQ(fetch("/sum", ASIS), CEDE_ECODING);
    CHECK_HAS(why(), "gzip: incorrect data check");
    CHECK_EQ(fetch("/none", ASIS), CEDE_ECODING);
    CHECK_HAS(why(), "gzip: incorrect header check");
    CHECK_EQ(fetch("/other", ASIS), CEDE_ECODING);
    CHECK_HAS(why(), "no proper br: ");
    CHECK_EQ(fetch("/frame", ASIS), CEDE_ECODING);
    CHECK_HAS(why(), "no proper zstd: Unknown frame descriptor");
    CHECK_EQ(fetch("/more", ASIS), CEDE_ECODING);
    stop();
}

TEST_TASK_REAL(client_coding, f7_a_coding_in_a_coding_or_an_unknown_one_is_refused)
{
    const struct bytes once = deflated(TEXT, 27, 31);
    cede_http_response *response;
    const cede_http_options decode = {.decode = true};

    put("/twice", "gzip, gzip", deflated(once.at, once.size, 31));
    put("/again", "gzip\r\nContent-Encoding: br", literally("x", 1));
    put("/unknown", "compress", literally("x", 1));
    start();
    for (size_t i = 0; i < n_pages; i++)
        CHECK_EQ(cede_http_get(session, test_url(server, pages[i].path), &decode, &response),
                 CEDE_ECODING);
    CHECK_HAS(why(), "/unknown: nobody asked for its coding, 'compress'");
    CHECK_EQ(fetch("/twice", ASIS), CEDE_ECODING);
    CHECK_HAS(why(), "/twice: it is coded more than once");
    free(once.at);
    stop();
}

static void put_bombs(void)
{
    char *zeros = calloc(1, TEN_MIB);

    put("/gzip", "gzip", deflated(zeros, TEN_MIB, 31));
    put("/deflate", "deflate", deflated(zeros, TEN_MIB, 15));
    put("/br", "br", literally(br_zeros, sizeof br_zeros - 1));
    put("/zstd", "zstd", zstd_of(zeros, TEN_MIB));
    free(zeros);
}

TEST_TASK_REAL(client_coding, f7_a_bomb_ends_at_the_ratio)
{
    put_bombs();
    start();
    for (size_t i = 0; i < n_pages; i++) {
        cede_http_response *response = get(pages[i].path, &(cede_http_options){.decode = true});
        CHECK_EQ(cede_http_response_skip(response), CEDE_ELIMIT);
        CHECK_HAS(why(), ": it decodes to more than max_coding_ratio times what came");
        CHECK(cede_http_response_received(response) < (2 << 20));
        cede_http_response_close(response);
        CHECK_EQ(fetch(pages[i].path, (cede_http_options){.max_coding_ratio = -1}), 1);
        CHECK_EQ(fetch(pages[i].path, (cede_http_options){.max_coding_ratio = 20}), CEDE_ELIMIT);
    }
    CHECK_EQ(fetch("/gzip", (cede_http_options){.max_coding_ratio = 1100}), 1);
    stop();
}

TEST_TASK_REAL(client_coding, f7_the_limit_of_a_body_counts_what_it_decodes_to)
{
    put_bombs();
    put("/text", "gzip", deflated(TEXT, 27, 31));
    start();
    for (size_t i = 0; i < 4; i++) {
        const cede_http_options options = {.max_body_size = 1000000, .max_coding_ratio = -1};
        CHECK_EQ(fetch(pages[i].path, options), CEDE_ELIMIT);
        CHECK_HAS(why(), "longer than max_body_size");
    }
    CHECK_EQ(fetch("/text", (cede_http_options){.max_body_size = 27}), 0); /* 41 bytes came */
    CHECK_EQ(fetch("/text", (cede_http_options){.max_body_size = 26}), CEDE_ELIMIT);
    stop();
}

TEST_TASK_REAL(client_coding, what_has_no_body_has_no_coding)
{
    const cede_http_options decode = {.decode = true};
    cede_http_response *response;
    char byte;

    put("/empty", "gzip", literally("", 0));
    put("/head", "gzip", deflated(TEXT, 27, 31));
    put_text("/moved", "HTTP/1.1 302 Found\r\nLocation: /head\r\nContent-Encoding: gzip\r\n"
                       "Content-Length: 3\r\n\r\nno!");
    put_text("/none", "HTTP/1.1 204 None\r\nContent-Encoding: gzip\r\n\r\n");
    start();
    response = get("/empty", &decode);
    CHECK_EQ(cede_http_response_read(response, &byte, 1), 0);
    cede_http_response_close(response);
    response = get("/none", &decode);
    CHECK_EQ(cede_http_response_read(response, &byte, 1), 0);
    cede_http_response_close(response);
    CHECK_EQ(cede_http_head(session, test_url(server, "/head"), &decode, &response), 0);
    CHECK_STR(cede_http_response_header(response, "Content-Encoding", 0), "gzip");
    CHECK_EQ(cede_http_response_read(response, &byte, 1), 0);
    cede_http_response_close(response);
    CHECK_EQ(fetch("/moved", ASIS), 0);
    stop();
}

/* A part of something coded cannot be decoded. */
TEST_TASK_REAL(client_coding, a_range_is_asked_for_without_a_coding)
{
    static const char *const range[] = {"Range: bytes=0-3"};
    static const char *const accept[] = {"Accept-Encoding: gzip;q=0.5"};
    cede_http_response *response;
    const char *text;

    put_text("/part", "HTTP/1.1 206 Part\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n"
                      "Content-Range: bytes 0-3/99\r\n\r\npart");
    put("/gzip", "gzip", deflated(TEXT, 27, 31));
    start();
    response = get("/part", &(cede_http_options){.decode = true, .headers = range, .n_headers = 1});
    CHECK_EQ(cede_http_response_read_all(response, 100, &text, NULL), 0);
    CHECK_STR(text, "part");
    CHECK(!strstr(test_server_request(server, 0), "Encoding"));
    cede_http_response_close(response);
    CHECK_EQ(fetch("/gzip", (cede_http_options){.headers = accept, .n_headers = 1}), 0);
    CHECK_HAS(test_server_request(server, 1), "\r\nAccept-Encoding: gzip;q=0.5\r\n");
    stop();
}

/* The reader takes a little at a time, so that the decoder has to wait for it in the middle of what
 * curl gave it. */
TEST_TASK_REAL(client_coding, a_slow_reader_gets_every_byte_once)
{
    enum { N = 3000000 };
    char *text = malloc(N), piece[999];
    cede_http_response *response;
    size_t at = 0;
    int n;

    for (size_t i = 0; i < N; i++)
        text[i] = (char)(i / 97 * 31 % 251);
    put("/gzip", "gzip", deflated(text, N, 31));
    put("/zstd", "zstd", zstd_of(text, N));
    server = test_server_start(pages, n_pages);
    CHECK_EQ(cede_http_session_create(&(cede_http_session_options){.buffer_size = 20000}, &session),
             0);
    for (size_t i = 0; i < n_pages; i++, at = 0) {
        response = get(pages[i].path, &(cede_http_options){.decode = true, .max_coding_ratio = -1});
        while ((n = cede_http_response_read(response, piece, sizeof piece)) > 0) {
            CHECK(at + (size_t)n <= N && memcmp(text + at, piece, (size_t)n) == 0);
            at += (size_t)n;
            if (at % 7 == 0)
                CHECK_EQ(cede_sleep(0), 0);
            CHECK(cede_http_response_received(response) - (int64_t)at <= 20000);
        }
        CHECK_EQ(n, 0);
        CHECK_EQ(at, N);
        cede_http_response_close(response);
    }
    free(text);
    stop();
}

static int sweep_body(void *arg)
{
    int rc;

    (void)arg;
    CEDE_TRY(cede_http_session_create(NULL, &session));
    rc = 0;
    for (size_t i = 0; rc == 0 && i < n_pages; i++)
        rc = fetch(pages[i].path, ASIS);
    cede_http_session_destroy(session);
    return rc;
}

static int sweep(void)
{
    return cede_run(sweep_body, NULL);
}

TEST(client_coding, every_allocation_may_fail)
{
    put("/gzip", "gzip", deflated(TEXT, 27, 31));
    put("/raw", "deflate", deflated(TEXT, 27, -15));
    put("/br", "br", literally(br_text, sizeof br_text - 1));
    put("/zstd", "zstd", zstd_of(TEXT, 27));
    server = test_server_start(pages, n_pages);
    CHECK_EQ(sweep(), 0); /* stacks and curl keep what they once took */
    test_sweep_allocations(sweep);
    session = NULL;
    stop();
}
