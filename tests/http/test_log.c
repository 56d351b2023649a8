/* test_log.c - the log of requests: its lines, what clients cannot do to it, and losing lines. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/server_test.h"

static char path[] = "/tmp/cede-log-XXXXXX";

static cede_http_server *start_logged(cede_http_log **log)
{
    close(mkstemp(path));
    CHECK_EQ(cede_http_log_open(path, log), 0);
    return start((cede_http_server_options){.log = *log});
}

/* Stop the server, close the log, and read it. */
static const char *finish(cede_http_server *server, cede_http_log *log)
{
    static char text[300000];
    FILE *file;
    size_t n;

    CHECK_EQ(cede_http_server_stop(server, 0), 0);
    cede_http_log_close(log);
    file = fopen(path, "r");
    n = fread(text, 1, sizeof text - 1, file);
    text[n] = '\0';
    fclose(file);
    unlink(path);
    return text;
}

TEST_HTTP(log, every_reply_is_a_line_of_the_combined_format)
{
    cede_http_log *log;
    cede_http_server *server = start_logged(&log);
    const char *text;
    char month[4];
    int day, year, hour, minute, second, n = 0;

    (void)ask(server, "GET /%61?q HTTP/1.1\r\nHost: h\r\nReferer: http://r/\r\n"
                      "User-Agent: test/1.0\r\n\r\n");
    (void)ask(server, "HEAD /b HTTP/1.0\r\n\r\n");
    (void)ask(server, "nonsense\r\n\r\n");
    text = finish(server, log);
    CHECK_EQ(sscanf(text,
                    "127.0.0.1 - - [%2d/%3s/%4d:%2d:%2d:%2d +0000] \"GET /%%61?q HTTP/1.1\" 200 8 "
                    "\"http://r/\" \"test/1.0\"%n",
                    &day, month, &year, &hour, &minute, &second, &n),
             6);
    CHECK_EQ(text[n], '\n');
    CHECK_HAS(text, "] \"HEAD /b HTTP/1.0\" 200 0 \"-\" \"-\"\n");
    CHECK_HAS(text, "] \"nonsense\" 400 16 \"-\" \"-\"\n");
}

TEST_HTTP(log, what_clients_say_stays_between_its_quotes)
{
    static char request[20000];
    cede_http_log *log;
    cede_http_server *server = start_logged(&log);
    const char *text;
    size_t n;

    (void)ask(server, "GET /\"x HTTP/1.1\r\nHost: h\r\nUser-Agent: a\" \\ 200\r\n\r\n");
    (void)ask(server, "GET /\x1b[2J HTTP/1.1\r\nHost: h\r\n\r\n");
    n = (size_t)snprintf(request, sizeof request, "GET /");
    memset(request + n, '\x01', 7000); /* the most that a line could grow by */
    snprintf(request + n + 7000, 100, " HTTP/1.1\r\nHost: h\r\n\r\n");
    (void)ask(server, request);
    text = finish(server, log);
    CHECK_HAS(text, "\"GET /\\x22x HTTP/1.1\" 200 ");
    CHECK_HAS(text, "\"a\\x22 \\x5c 200\"\n");
    CHECK_HAS(text, "\"GET /\\x1b[2J HTTP/1.1\" 400 ");
    CHECK_HAS(text, "\\x01\" 400 ");
}

TEST_HTTP(log, a_log_that_is_not_read_loses_lines_and_says_so)
{
    cede_http_log *log;
    cede_http_server *server;
    static char request[4000], text[1 << 20];
    size_t n = 0;
    int reader;

    close(mkstemp(path));
    CHECK(unlink(path) == 0 && mkfifo(path, 0600) == 0);
    reader = open(path, O_RDONLY | O_NONBLOCK);
    CHECK_EQ(cede_http_log_open(path, &log), 0);
    server = start((cede_http_server_options){.log = log});
    n = (size_t)snprintf(request, sizeof request, "GET / HTTP/1.1\r\nHost: h\r\nUser-Agent: ");
    memset(request + n, 'u', 1700);
    snprintf(request + n + 1700, 100, "\r\n\r\n");
    for (int i = 0; i < 400; i++) /* more than a pipe and both buffers hold */
        CHECK_EQ(status_of(ask(server, request)), 200);
    CHECK_EQ(fcntl(reader, F_SETFL, 0), 0);
    CHECK_EQ(cede_http_server_stop(server, 0), 0);
    for (size_t size = 0; size < 600000;) { /* from here on it is read */
        const ssize_t got = read(reader, text + size, sizeof text - 1 - size);
        CHECK(got > 0);
        size += (size_t)got;
        text[size] = '\0';
        if (strstr(text, "lines were lost here"))
            break;
    }
    CHECK_HAS(text, "lines were lost here\n");
    cede_http_log_close(log);
    close(reader);
    unlink(path);
}

TEST_HTTP(log, a_file_that_cannot_be_opened_is_an_error)
{
    cede_http_log *log;

    CHECK_EQ(cede_http_log_open("/no/such/folder/log", &log), -ENOENT);
    CHECK_EQ(cede_http_log_open("/tmp", &log), -EISDIR);
    cede_http_log_close(NULL);
}

static int open_and_close(void)
{
    cede_http_log *log;

    CEDE_TRY(cede_http_log_open("/dev/null", &log));
    cede_http_log_close(log);
    return 0;
}

TEST(log, every_allocation_may_fail)
{
    test_sweep_allocations(open_and_close);
}
