/* socket.h - the system calls of sockets: results as values, never a signal, never a wait. Floor 1.
 *
 * Every descriptor made here is non-blocking and closed on exec. Counts and descriptors are
 * returned as they are, errors as -errno; -EAGAIN says "would block".
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_SOCKET_H
#define CEDE_SYS_SOCKET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

struct cede__address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } name;
    socklen_t size; /* bytes of `name` in use */
};

enum { CEDE__ADDRESS_TEXT_SIZE = 72 }; /* "[v6%scope]:port" and its terminator */

/* The address that `host` and `port` are, if both are numbers. 0, or -EINVAL: one is a name. */
int cede__address_parse(const char *host, const char *port, struct cede__address *out);

/* Look names up, which may block for seconds. How many of the at most `n_max` addresses were
 * written, in the order to try them; -ENOMEM; or CEDE_ERESOLVE, with `*why_out` a constant
 * sentence. */
int cede__address_look_up(const char *host, const char *port, struct cede__address *out, int n_max,
                          const char **why_out);

/* "127.0.0.1:80", "[::1]:80", "a socket without a name"; its length as snprintf counts. */
int cede__address_format(const struct cede__address *address, char *buffer, size_t size);

/* The port; 0 if it has none. */
int cede__address_port(const struct cede__address *address);

/* The address of this end of a socket, or of the other; one without a name if that fails. */
void cede__socket_address(int fd, bool peer, struct cede__address *out);

/* A listening socket; connections accepted from it do not delay small writes. */
int cede__socket_listen(const struct cede__address *address, int backlog, bool reuse_port);
int cede__socket_accept(int fd);

/* Start connecting. 0: connected; -EINPROGRESS: writable when decided; both with a descriptor. Else
 * no descriptor. */
int cede__socket_connect(const struct cede__address *address, int *fd_out);
int cede__socket_connect_result(int fd);

/* Two streams joined. */
int cede__socket_pair(int fds[2]);

/* 0 at the end of the stream. */
ssize_t cede__socket_receive(int fd, void *buffer, size_t size);

/* `more`: more follows at once, wait with a packet that is not full. */
ssize_t cede__socket_send(int fd, const struct iovec *parts, size_t n_parts, bool more);

/* From a file, without a copy through here; moves `*offset`. 0 at the file's end. -EINVAL, -ENOSYS:
 * not of this file. */
ssize_t cede__socket_send_file(int fd, int file, int64_t *offset, size_t size);

int cede__socket_end_writing(int fd);

/* Takes -1. */
void cede__socket_close(int fd);

#endif
