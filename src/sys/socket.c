/* socket.c - the system calls of sockets: results as values, never a signal, never a wait. See
 * socket.h. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <time.h>
#include <unistd.h>

#include "base/base.h"
#include "sys/socket.h"

/* Addresses. */

static int look_up(const char *host, const char *port, int flags, struct addrinfo **found_out)
{
    const struct addrinfo wanted = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = flags};

    return getaddrinfo(host, port, &wanted, found_out);
}

static bool address_copy(struct cede__address *out, const struct addrinfo *found)
{
    if (found->ai_addrlen > sizeof out->name)
        return false;
    memset(out, 0, sizeof *out);
    memcpy(&out->name, found->ai_addr, found->ai_addrlen);
    out->size = found->ai_addrlen;
    return true;
}

int cede__address_parse(const char *host, const char *port, struct cede__address *out)
{
    struct addrinfo *found = NULL;
    bool fits;

    if (look_up(host, port, AI_NUMERICHOST | AI_NUMERICSERV, &found) != 0)
        return -EINVAL;
    fits = address_copy(out, found);
    freeaddrinfo(found);
    return fits ? 0 : -EINVAL;
}

int cede__address_look_up(const char *host, const char *port, struct cede__address *out, int n_max,
                          const char **why_out)
{
    struct addrinfo *found = NULL;
    int rc = look_up(host, port, AI_ADDRCONFIG, &found);
    int n = 0;

    /* Without any network but loopback, "localhost" has no address by that flag. */
    if (rc != 0 && rc != EAI_MEMORY)
        rc = look_up(host, port, 0, &found);
    if (rc == EAI_MEMORY)
        return -ENOMEM;
    if (rc != 0) {
        *why_out = gai_strerror(rc);
        return CEDE_ERESOLVE;
    }
    for (const struct addrinfo *entry = found; entry && n < n_max; entry = entry->ai_next)
        n += address_copy(&out[n], entry);
    freeaddrinfo(found);
    *why_out = "it has no address of a kind that is known here";
    return n > 0 ? n : CEDE_ERESOLVE;
}

int cede__address_port(const struct cede__address *address)
{
    switch (address->size > 0 ? address->name.any.sa_family : AF_UNSPEC) {
    case AF_INET:
        return ntohs(address->name.v4.sin_port);
    case AF_INET6:
        return ntohs(address->name.v6.sin6_port);
    default:
        return 0;
    }
}

int cede__address_format(const struct cede__address *address, char *buffer, size_t size)
{
    char host[CEDE__ADDRESS_TEXT_SIZE];
    const int family = address->size > 0 ? address->name.any.sa_family : AF_UNSPEC;

    if ((family != AF_INET && family != AF_INET6) ||
        getnameinfo(&address->name.any, address->size, host, sizeof host, NULL, 0,
                    NI_NUMERICHOST) != 0)
        return snprintf(buffer, size, "a socket without a name");
    return snprintf(buffer, size, family == AF_INET ? "%s:%d" : "[%s]:%d", host,
                    cede__address_port(address));
}

void cede__socket_address(int fd, bool peer, struct cede__address *out)
{
    socklen_t size = sizeof out->name;
    int rc;

    memset(out, 0, sizeof *out);
    rc = peer ? getpeername(fd, &out->name.any, &size) : getsockname(fd, &out->name.any, &size);
    out->size = rc == 0 && size <= sizeof out->name ? size : 0;
}

/* Making connections. */

static int socket_make(const struct cede__address *address)
{
    const int fd =
        socket(address->name.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    return fd >= 0 ? fd : -errno;
}

static int socket_set(int fd, int level, int option)
{
    const int on = 1;

    return setsockopt(fd, level, option, &on, sizeof on) == 0 ? 0 : -errno;
}

int cede__socket_listen(const struct cede__address *address, int backlog, bool reuse_port)
{
    const int fd = socket_make(address);
    int rc;

    if (fd < 0)
        return fd;
    rc = socket_set(fd, SOL_SOCKET, SO_REUSEADDR);
    if (rc == 0 && reuse_port)
        rc = socket_set(fd, SOL_SOCKET, SO_REUSEPORT);
    if (rc == 0 && address->name.any.sa_family == AF_INET6)
        rc = socket_set(fd, IPPROTO_IPV6, IPV6_V6ONLY);
    if (rc == 0)
        rc = socket_set(fd, IPPROTO_TCP, TCP_NODELAY); /* inherited by what it accepts */
    if (rc == 0 && bind(fd, &address->name.any, address->size) < 0)
        rc = -errno;
    if (rc == 0 && listen(fd, backlog) < 0)
        rc = -errno;
    if (rc == 0)
        return fd;
    close(fd);
    return rc;
}

int cede__socket_accept(int fd)
{
    for (;;) {
        const int accepted = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (accepted >= 0)
            return accepted;
        switch (errno) {
        case EINTR:
        case ECONNABORTED: /* it gave up while it was queued, or failed: as if it had never come */
        case EPROTO:
        case ENETDOWN:
        case ENOPROTOOPT:
        case EHOSTDOWN:
        case ENONET:
        case EHOSTUNREACH:
        case ENETUNREACH:
            continue;
        default:
            return -errno;
        }
    }
}

int cede__socket_connect(const struct cede__address *address, int *fd_out)
{
    const int fd = socket_make(address);
    int rc;

    if (fd < 0)
        return fd;
    rc = socket_set(fd, IPPROTO_TCP, TCP_NODELAY);
    if (rc == 0 && connect(fd, &address->name.any, address->size) < 0)
        rc = errno == EINTR ? -EINPROGRESS : -errno; /* interrupted: it goes on all the same */
    if (rc < 0 && rc != -EINPROGRESS) {
        close(fd);
        return rc;
    }
    *fd_out = fd;
    return rc;
}

int cede__socket_connect_result(int fd)
{
    int error = 0;
    socklen_t size = sizeof error;

    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? -error : -errno;
}

int cede__socket_pair(int fds[2])
{
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0 ? 0
                                                                                        : -errno;
}

/* Bytes. */

static ssize_t again_is_one_code(ssize_t n)
{
    if (n >= 0)
        return n;
    return errno == EWOULDBLOCK ? -EAGAIN : -errno;
}

ssize_t cede__socket_receive(int fd, void *buffer, size_t size)
{
    ssize_t n;

    do
        n = recv(fd, buffer, size, 0);
    while (n < 0 && errno == EINTR);
    return again_is_one_code(n);
}

ssize_t cede__socket_send(int fd, const struct iovec *parts, size_t n_parts, bool more)
{
    const int flags = MSG_NOSIGNAL | (more ? MSG_MORE : 0);
    const struct msghdr message = {.msg_iov = (struct iovec *)parts, .msg_iovlen = n_parts};
    ssize_t n;

    do
        n = n_parts == 1 ? send(fd, parts->iov_base, parts->iov_len, flags)
                         : sendmsg(fd, &message, flags);
    while (n < 0 && errno == EINTR);
    return again_is_one_code(n);
}

/* sendfile has no MSG_NOSIGNAL: the signal is held back, and taken back if it came of this call. */
ssize_t cede__socket_send_file(int fd, int file, int64_t *offset, size_t size)
{
    const struct timespec at_once = {0, 0};
    sigset_t pipe_only, before, pending;
    off_t position = *offset;
    bool was_pending;
    ssize_t n;

    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
    was_pending = sigismember(&before, SIGPIPE) && sigpending(&pending) == 0 &&
                  sigismember(&pending, SIGPIPE);
    do
        n = sendfile(fd, file, &position, size);
    while (n < 0 && errno == EINTR);
    n = again_is_one_code(n);
    /* It may have come after some bytes were taken, which is what is returned then. */
    if (n < (ssize_t)size && !was_pending) {
        while (sigtimedwait(&pipe_only, NULL, &at_once) < 0 && errno == EINTR)
            ;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    *offset = position;
    return n;
}

int cede__socket_end_writing(int fd)
{
    return shutdown(fd, SHUT_WR) == 0 ? 0 : -errno;
}

void cede__socket_close(int fd)
{
    if (fd >= 0)
        close(fd); /* on Linux the descriptor is gone whatever this returns */
}
