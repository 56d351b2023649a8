/* harness_http.h - a server for tests that speaks bytes, right or wrong
 *
 *     static const struct test_page pages[] = {{"/", "HTTP/1.1 200 OK\r\nContent-Length:
 *     2\r\n\r\nhi"}}; struct test_server *server = test_server_start(pages, 1);
 *     ... test_url(server, "/") ...
 *     test_server_stop(server);
 *
 * A thread a connection, on a free port of the loopback. It reads a request's head, finds the page
 * by its path, and writes the page's bytes as they are.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TESTS_HARNESS_HTTP_H
#define CEDE_TESTS_HARNESS_HTTP_H

#include <stdbool.h>
#include <stddef.h>

struct test_page {
    const char *path;  /* without a query */
    const char *bytes; /* the answer; NULL: none */
    size_t size;       /* of them; 0: they are text */
    bool closes;       /* close the connection behind it */
    bool hangs;        /* say nothing more and read nothing, until the server is stopped */
    bool resets;       /* cut the connection off, losing what is under way */
    unsigned delay_ms; /* before it */
    const bool *gate;  /* before it: until that is set; atomic; NULL: nothing */
    size_t n_more;     /* bytes of 'x' behind it */
};

struct test_server;

struct test_server *test_server_start(const struct test_page *pages, size_t n);
void test_server_stop(struct test_server *server);

int test_server_port(const struct test_server *server);
const char *test_url(const struct test_server *server, const char *path); /* four at a time */

/* How many connections came, are open, and were at most open. */
int test_server_connections(struct test_server *server);
int test_server_open(struct test_server *server);
int test_server_most(struct test_server *server);

/* Waits until `n` are open. */
void test_server_wait_open(struct test_server *server, int n);

/* The head of the n-th request, as it came; "" if there were not that many. */
const char *test_server_request(struct test_server *server, int n);

/* A port of the loopback that nobody listens on. */
int test_closed_port(void);

#endif
