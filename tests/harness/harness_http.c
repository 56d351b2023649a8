/* harness_http.c - a server for tests that speaks bytes, right or wrong. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness.h"
#include "harness_http.h"

enum { MAX_REQUESTS = 256, MAX_HEAD = 2048, MAX_THREADS = 512 };

struct test_server {
    const struct test_page *pages;
    size_t n_pages;
    int listener, port;
    int stop[2]; /* a pipe whose end says so */
    pthread_t thread;
    pthread_t connections[MAX_THREADS];
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int n_connections, n_open, n_most, n_requests;
    char requests[MAX_REQUESTS][MAX_HEAD];
};

struct connection {
    struct test_server *server;
    int fd;
};

/* Until there is something to read: false if the server stops. */
static bool wait_readable(const struct test_server *server, int fd, int milliseconds)
{
    struct pollfd polls[2] = {{server->stop[0], POLLIN, 0}, {fd, POLLIN, 0}};

    (void)poll(polls, fd < 0 ? 1 : 2, milliseconds);
    return polls[0].revents == 0;
}

/* Reads one head; false at the end of the connection. */
static bool read_head(const struct test_server *server, int fd, char *head)
{
    size_t n = 0;

    while (n < MAX_HEAD - 1) {
        if (!wait_readable(server, fd, -1) || read(fd, head + n, 1) != 1)
            return false;
        head[++n] = '\0';
        if (n >= 4 && memcmp(head + n - 4, "\r\n\r\n", 4) == 0)
            return true;
    }
    return false;
}

static const struct test_page *find_page(const struct test_server *server, const char *head)
{
    const char *path = strchr(head, ' ') + 1;
    const size_t length = strcspn(path, " ?");

    for (size_t i = 0; i < server->n_pages; i++) {
        if (strlen(server->pages[i].path) == length &&
            memcmp(server->pages[i].path, path, length) == 0)
            return &server->pages[i];
    }
    return NULL;
}

static bool send_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t n = send(fd, bytes, size, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

/* Answers one request; whether the connection goes on. */
static bool answer(const struct test_server *server, int fd, const char *head)
{
    static const char missing[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone";
    const struct test_page *page = find_page(server, head);
    const bool is_head = strncmp(head, "HEAD ", 5) == 0;
    char more[16 * 1024];

    if (!page)
        return send_all(fd, missing, sizeof missing - (is_head ? 5 : 1));
    if (page->delay_ms > 0 && !wait_readable(server, -1, (int)page->delay_ms))
        return false;
    while (page->gate && !__atomic_load_n(page->gate, __ATOMIC_ACQUIRE)) {
        if (!wait_readable(server, -1, 1))
            return false;
    }
    if (page->bytes) {
        const size_t size = page->size ? page->size : strlen(page->bytes);
        const char *end = memmem(page->bytes, size, "\r\n\r\n", 4);
        if (!send_all(fd, page->bytes, is_head && end ? (size_t)(end + 4 - page->bytes) : size))
            return false;
    }
    memset(more, 'x', sizeof more);
    for (size_t left = is_head ? 0 : page->n_more; left > 0;) {
        const size_t n = left < sizeof more ? left : sizeof more;
        if (!send_all(fd, more, n))
            return false;
        left -= n;
    }
    if (page->hangs)
        (void)wait_readable(server, fd, -1);
    if (page->resets) {
        const struct linger none = {.l_onoff = 1};
        (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    }
    return !page->closes && !page->hangs && !page->resets;
}

static void count(struct test_server *server, int change)
{
    pthread_mutex_lock(&server->lock);
    server->n_open += change;
    if (server->n_open > server->n_most)
        server->n_most = server->n_open;
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->lock);
}

static void *connection_run(void *arg)
{
    struct connection connection = *(struct connection *)arg;
    struct test_server *server = connection.server;
    char head[MAX_HEAD];

    free(arg);
    while (read_head(server, connection.fd, head)) {
        pthread_mutex_lock(&server->lock);
        if (server->n_requests < MAX_REQUESTS)
            memcpy(server->requests[server->n_requests++], head, sizeof head);
        pthread_mutex_unlock(&server->lock);
        if (!answer(server, connection.fd, head))
            break;
    }
    close(connection.fd);
    count(server, -1);
    return NULL;
}

static void *server_run(void *arg)
{
    struct test_server *server = arg;

    while (wait_readable(server, server->listener, -1)) {
        const int fd = accept(server->listener, NULL, NULL);
        struct connection *connection = malloc(sizeof *connection);
        if (fd < 0 || !connection || server->n_connections == MAX_THREADS)
            abort();
        *connection = (struct connection){server, fd};
        count(server, 1);
        if (pthread_create(&server->connections[server->n_connections], NULL, connection_run,
                           connection) != 0)
            abort();
        pthread_mutex_lock(&server->lock);
        server->n_connections++;
        pthread_mutex_unlock(&server->lock);
    }
    return NULL;
}

static int listen_somewhere(int *port_out)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof name;
    const int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&name, sizeof name) < 0 || listen(fd, 512) < 0 ||
        getsockname(fd, (struct sockaddr *)&name, &size) < 0)
        FAIL("cannot listen");
    *port_out = ntohs(name.sin_port);
    return fd;
}

struct test_server *test_server_start(const struct test_page *pages, size_t n)
{
    struct test_server *server = calloc(1, sizeof *server);

    if (!server || pipe(server->stop) < 0)
        FAIL("cannot start a server");
    server->pages = pages;
    server->n_pages = n;
    server->listener = listen_somewhere(&server->port);
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->changed, NULL);
    if (pthread_create(&server->thread, NULL, server_run, server) != 0)
        FAIL("cannot start a thread");
    return server;
}

void test_server_stop(struct test_server *server)
{
    close(server->stop[1]);
    pthread_join(server->thread, NULL);
    for (int i = 0; i < server->n_connections; i++)
        pthread_join(server->connections[i], NULL);
    close(server->stop[0]);
    close(server->listener);
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->changed);
    free(server);
}

int test_server_port(const struct test_server *server)
{
    return server->port;
}

const char *test_url(const struct test_server *server, const char *path)
{
    static char urls[4][256];
    static int next;
    char *url = urls[next++ % 4];

    snprintf(url, sizeof urls[0], "http://127.0.0.1:%d%s", server->port, path);
    return url;
}

static int locked(struct test_server *server, const int *value)
{
    int result;

    pthread_mutex_lock(&server->lock);
    result = *value;
    pthread_mutex_unlock(&server->lock);
    return result;
}

int test_server_connections(struct test_server *server)
{
    return locked(server, &server->n_connections);
}

int test_server_open(struct test_server *server)
{
    return locked(server, &server->n_open);
}

int test_server_most(struct test_server *server)
{
    return locked(server, &server->n_most);
}

void test_server_wait_open(struct test_server *server, int n)
{
    pthread_mutex_lock(&server->lock);
    while (server->n_open != n)
        pthread_cond_wait(&server->changed, &server->lock);
    pthread_mutex_unlock(&server->lock);
}

const char *test_server_request(struct test_server *server, int n)
{
    return n < locked(server, &server->n_requests) ? server->requests[n] : "";
}

int test_closed_port(void)
{
    int port;

    close(listen_somewhere(&port));
    return port;
}
