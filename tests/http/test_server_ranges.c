/* test_server_ranges.c - parts of files: which are asked for, and how they are sent. */
/* SPDX-License-Identifier: MIT */
#include "http/files.h"
#include "http/files_test.h"

/* What a header means, as "offset+size" after each other; "" to be ignored, "none" for 416. */
static const char *parsed(const char *header, int64_t size)
{
    static char text[1024];
    struct cede__http_range ranges[CEDE__HTTP_MOST_RANGES];
    const int n = cede__http_range_parse(header, size, ranges);
    size_t length = 0;

    snprintf(text, sizeof text, "%s", n == CEDE__HTTP_NO_RANGE ? "none" : "");
    for (int i = 0; i < n; i++)
        length +=
            (size_t)snprintf(text + length, sizeof text - length, "%s%lld+%lld", i > 0 ? " " : "",
                             (long long)ranges[i].offset, (long long)ranges[i].size);
    return text;
}

TEST(server_ranges, headers_are_understood_or_ignored)
{
    static const struct {
        const char *header;
        const char *ranges; /* of ten bytes */
    } cases[] = {
        {"bytes=0-0", "0+1"},
        {"bytes=0-", "0+10"},
        {"bytes=3-5", "3+3"},
        {"BYTES=3-5", "3+3"},
        {"bytes=9-9", "9+1"},
        {"bytes=5-99", "5+5"},
        {"bytes=5-99999999999999999999999999", "5+5"},
        {"bytes=-3", "7+3"},
        {"bytes=-10", "0+10"},
        {"bytes=-99", "0+10"},
        {"bytes=0-1,4-5", "0+2 4+2"},
        {"bytes= ,, 0-1 ,\t4-5 ,, ", "0+2 4+2"},
        {"bytes=8-,0-1", "8+2 0+2"},
        {"bytes=0-1,99-", "0+2"},
        {"bytes=10-", "none"},
        {"bytes=99-100,200-", "none"},
        {"bytes=99999999999999999999-", "none"},
        {"bytes=-0", "none"},
        /* without sense */
        {"", ""},
        {"bytes", ""},
        {"bytes=", ""},
        {"bytes=,", ""},
        {"bytes=-", ""},
        {"bytes=--1", ""},
        {"bytes=1", ""},
        {"bytes=a-b", ""},
        {"bytes=1-a", ""},
        {"bytes=5-3", ""},
        {"bytes=1-2;", ""},
        {"bytes=1-2 3-4", ""},
        {"bytes=+1-2", ""},
        {"bytes=0x1-2", ""},
        {"bytes 1-2", ""},
        {"bytes =1-2", ""},
        {"lines=1-2", ""},
        /* more than there is: the whole is less */
        {"bytes=0-,0-", ""},
        {"bytes=0-5,5-9", ""},
        {"bytes=0-0,1-1,2-2,3-3,4-4,5-5,6-6,7-7,8-8,9-9,9-9", ""},
        {"bytes=90-,91-,92-,93-,94-,95-,96-,97-,98-,99-,90-,90-,90-,90-,90-,90-,90-", ""},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (strcmp(parsed(cases[i].header, 10), cases[i].ranges) != 0)
            FAIL("'%s' is '%s', not '%s'", cases[i].header, parsed(cases[i].header, 10),
                 cases[i].ranges);
    }
    CHECK_STR(parsed("bytes=0-", 0), ""); /* nothing is not to be divided */
    CHECK_STR(parsed("bytes=0-9223372036854775807", INT64_MAX), "0+9223372036854775807");
    CHECK_STR(parsed("bytes=0-,0-", INT64_MAX), "");
}

static const char *get_range(const struct site *site, const char *target, const char *headers)
{
    char request[1024];

    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: h\r\n%s\r\n", target, headers);
    return ask(site->server, request);
}

TEST_HTTP(server_ranges, one_range_is_206_with_its_place)
{
    struct site site = open_site();
    const char *reply;

    put("root/ten.txt", "0123456789", 10);
    reply = get_range(&site, "/ten.txt", "Range: bytes=2-4\r\n");
    CHECK_HAS(reply, "HTTP/1.1 206 Partial Content\r\n");
    CHECK_HAS(reply, "Content-Range: bytes 2-4/10\r\n");
    CHECK_HAS(reply, "Content-Length: 3\r\n");
    CHECK_HAS(reply, "Accept-Ranges: bytes\r\n");
    CHECK_STR(body_of(reply), "234");
    CHECK_STR(body_of(get_range(&site, "/ten.txt", "Range: bytes=-1\r\n")), "9");
    reply = get_range(&site, "/ten.txt", "Range: bytes=20-\r\n");
    CHECK_EQ(status_of(reply), 416);
    CHECK_HAS(reply, "Content-Range: bytes */10\r\n");
    CHECK_STR(body_of(get_range(&site, "/ten.txt", "Range: bytes=x\r\n")), "0123456789");
    reply = ask(site.server, "HEAD /ten.txt HTTP/1.1\r\nHost: h\r\nRange: bytes=1-2\r\n\r\n");
    CHECK_EQ(status_of(reply), 200);
    CHECK_HAS(reply, "Content-Length: 10\r\n");
    reply = get_range(&site, "/none", "Range: bytes=0-\r\n");
    CHECK_EQ(status_of(reply), 200);
    close_site(&site);
}

TEST_HTTP(server_ranges, several_come_in_parts)
{
    struct site site = open_site();
    char type[128], expected[512];
    const char *boundary, *reply;

    put("root/ten.txt", "0123456789", 10);
    reply = get_range(&site, "/ten.txt", "Range: bytes=0-1, -3\r\n");
    CHECK_EQ(status_of(reply), 206);
    header_of(reply, "\r\nContent-Type: ", type, sizeof type);
    CHECK_EQ(strncmp(type, "multipart/byteranges; boundary=", 31), 0);
    boundary = type + 31;
    snprintf(
        expected, sizeof expected,
        "--%s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes 0-1/10\r\n\r\n"
        "01\r\n--%s\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Range: bytes 7-9/10\r\n\r\n789\r\n--%s--\r\n",
        boundary, boundary, boundary);
    CHECK_STR(body_of(reply), expected);
    snprintf(expected, sizeof expected, "Content-Length: %zu\r\n", strlen(body_of(reply)));
    CHECK_HAS(reply, expected);
    close_site(&site);
}

TEST_HTTP(server_ranges, long_parts_are_sent_by_the_kernel)
{
    static char big[3 << 20], heard[3 << 20];
    struct site site = open_site();
    cede_stream *stream;
    size_t n = 0;

    for (size_t i = 0; i < sizeof big; i++)
        big[i] = (char)('a' + i % 26);
    put("root/big", big, sizeof big);
    stream = connect_to_server(site.server);
    say(stream, "GET /big HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                "Range: bytes=1-1500000, 1600000-3000000\r\n\r\n");
    CHECK_EQ(cede_stream_read_exactly(stream, heard, sizeof heard - 1, &n), CEDE_EINCOMPLETE);
    const char *body = strstr(body_of(heard), "\r\n\r\n") + 4;
    CHECK_EQ(memcmp(body, big + 1, 1500000), 0);
    body = strstr(body + 1500000, "\r\n\r\n") + 4;
    CHECK_EQ(memcmp(body, big + 1600000, 1400001), 0);
    CHECK_EQ(strncmp(body + 1400001, "\r\n--cede-", 9), 0);
    cede_stream_close(stream);
    close_site(&site);
}

TEST_HTTP(server_ranges, if_range_gives_the_whole_when_it_is_another_version)
{
    struct site site = open_site();
    char tag[64], date[64], headers[256];
    const char *reply;

    put("root/ten.txt", "0123456789", 10);
    reply = get(&site, "/ten.txt");
    header_of(reply, "\r\nETag: ", tag, sizeof tag);
    header_of(reply, "\r\nLast-Modified: ", date, sizeof date);
    const struct {
        const char *value;
        int status;
    } cases[] = {{tag, 206},
                 {date, 206},
                 {"\"other\"", 200},
                 {"Sun, 06 Nov 1994 08:49:37 GMT", 200},
                 {"Fri, 31 Dec 9999 23:59:59 GMT", 200},
                 {"nonsense", 200}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(headers, sizeof headers, "Range: bytes=0-1\r\nIf-Range: %s\r\n", cases[i].value);
        CHECK_EQ(status_of(get_range(&site, "/ten.txt", headers)), cases[i].status);
    }
    snprintf(headers, sizeof headers, "Range: bytes=0-1\r\nIf-Range: W/%s\r\n", tag);
    CHECK_EQ(status_of(get_range(&site, "/ten.txt", headers)), 200);
    close_site(&site);
}
