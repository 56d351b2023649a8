/* channel.c - pairs of sockets that keep messages apart (SOCK_SEQPACKET), and descriptors sent over
 * them (SCM_RIGHTS). See channel.h. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/channel.h"
#include "sys/clock.h"

enum { LOOK_AGAIN = 10 }; /* ms */

/* Room for the descriptors of a message, aligned as the kernel wants it. */
union control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(struct cede__passed))];
};

int cede__channel_open(int ends[2])
{
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0 ? 0 : -errno;
}

int cede__channel_adopt(int fd)
{
    int type = 0;
    socklen_t size = sizeof type;

    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_SEQPACKET)
        return -EINVAL;
    return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 ? 0 : -EINVAL;
}

int cede__channel_send(int fd, const void *bytes, size_t size, const struct cede__passed *passed,
                       cede_time patience)
{
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    union control control;
    const cede_time until = cede_time_add(cede__clock_monotonic(), patience);

    if (passed) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(sizeof *passed);
        memcpy(CMSG_DATA(&control.header), passed, sizeof *passed);
    }
    while (sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
        struct pollfd room = {.fd = fd, .events = POLLOUT};
        if (errno != EINTR && errno != EAGAIN)
            return -errno;
        if (cede__clock_monotonic() >= until)
            return -EAGAIN;
        (void)poll(&room, 1, LOOK_AGAIN); /* why ever it ends, sending is tried again */
    }
    return 0;
}

bool cede__channel_is_cut(int fd)
{
    struct pollfd end = {.fd = fd};

    return poll(&end, 1, 0) == 1 && (end.revents & (POLLHUP | POLLERR)) != 0;
}

ssize_t cede__channel_receive(int fd, void *buffer, size_t size, struct cede__passed *passed_out)
{
    struct iovec part = {.iov_base = buffer, .iov_len = size};
    union control control;
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    const struct cmsghdr *header;
    ssize_t n;

    *passed_out = (struct cede__passed){{-1, -1}};
    do
        n = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return -errno;
    header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
        /* one alone is not ours; more than two the kernel has closed */
        const size_t n_bytes = header->cmsg_len - CMSG_LEN(0);
        memcpy(passed_out, CMSG_DATA(header),
               n_bytes < sizeof *passed_out ? n_bytes : sizeof *passed_out);
        if (n_bytes < sizeof *passed_out) {
            cede__passed_close(passed_out);
            *passed_out = (struct cede__passed){{-1, -1}};
        }
    }
    return n;
}

void cede__passed_close(const struct cede__passed *passed)
{
    for (int i = 0; i < 2; i++) {
        if (passed->fds[i] >= 0)
            close(passed->fds[i]);
    }
}
