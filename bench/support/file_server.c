/* file_server.c - a server for get.files that is neither cede's nor a peer's: every answer comes
 * after a fixed delay.
 *
 * A thread a connection, which sleeps and then writes: the least that adds nothing of its own to
 * the delay. It answers any GET with the same bytes and any HEAD without them, keeps connections
 * open, and prints its port on a line when it listens. usage: file_server DELAY_MS SIZE
 */
/* SPDX-License-Identifier: MIT */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

static struct timespec delay;
static char answer[1 << 20]; /* head and body */
static size_t head_length, answer_length;

/* Reads up to the end of a request's head; false if the connection ended before. */
static int read_request(int connection, char *request, size_t size)
{
    size_t length = 0;

    while (length < size - 1) {
        const ssize_t got = read(connection, request + length, size - 1 - length);
        if (got <= 0)
            return 0;
        length += (size_t)got;
        request[length] = '\0';
        if (strstr(request, "\r\n\r\n") != NULL)
            return 1;
    }
    return 0;
}

static void *serve(void *arg)
{
    const int connection = (int)(intptr_t)arg, on = 1;
    char request[8192];

    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    while (read_request(connection, request, sizeof request)) {
        const size_t length = strncmp(request, "HEAD", 4) == 0 ? head_length : answer_length;
        nanosleep(&delay, NULL);
        if (write(connection, answer, length) != (ssize_t)length)
            break;
    }
    close(connection);
    return NULL;
}

static void prepare_answer(size_t size)
{
    head_length = (size_t)snprintf(answer, sizeof answer,
                                   "HTTP/1.1 200 OK\r\nContent-Type: image/gif\r\n"
                                   "Content-Length: %zu\r\n\r\n",
                                   size);
    answer_length = head_length + size;
    bench_check(answer_length <= sizeof answer, "SIZE is too large");
    memset(answer + head_length, 'x', size);
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {0}; /* any port */
    socklen_t length = sizeof address;

    bench_check(argc == 3, "usage: file_server DELAY_MS SIZE");
    const long milliseconds = strtol(argv[1], NULL, 10);
    delay = (struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000};
    prepare_answer(strtoul(argv[2], NULL, 10));
    signal(SIGPIPE, SIG_IGN);

    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bench_check(listener >= 0 && bind(listener, (struct sockaddr *)&address, length) == 0 &&
                    listen(listener, 128) == 0,
                "listen");
    bench_check(getsockname(listener, (struct sockaddr *)&address, &length) == 0, "getsockname");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    for (;;) {
        pthread_t thread;
        const int connection = accept(listener, NULL, NULL);
        bench_check(connection >= 0, "accept");
        bench_check(pthread_create(&thread, NULL, serve, (void *)(intptr_t)connection) == 0,
                    "pthread_create");
        pthread_detach(thread);
    }
}
