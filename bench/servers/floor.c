/* floor.c - the least that a server on epoll does, one thread: wait, receive, send fixed bytes. It
 * looks for the end of the head and at nothing else. Prints its port when it listens. */
/* SPDX-License-Identifier: MIT */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static const char reply[] = "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                            "Content-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, world!";

static int listen_somewhere(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    const int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (bind(fd, (struct sockaddr *)&address, size) < 0 || listen(fd, 1024) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        return -1;
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static void watch(int epoll, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void answer(int fd)
{
    char request[4096];
    const ssize_t n = recv(fd, request, sizeof request - 1, MSG_DONTWAIT);

    if (n <= 0) {
        close(fd);
        return;
    }
    request[n] = '\0';
    if (strstr(request, "\r\n\r\n"))
        send(fd, reply, sizeof reply - 1, MSG_NOSIGNAL);
}

int main(void)
{
    const int listener = listen_somewhere();
    const int epoll = epoll_create1(0);
    struct epoll_event events[256];

    if (listener < 0)
        return 1;
    watch(epoll, listener);
    for (;;) {
        const int n = epoll_wait(epoll, events, 256, -1);
        for (int i = 0; i < n; i++) {
            const int fd = events[i].data.fd;
            if (fd != listener) {
                answer(fd);
                continue;
            }
            const int connection = accept(listener, NULL, NULL);
            const int yes = 1;
            setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
            watch(epoll, connection);
        }
    }
}
