/* channel.h - messages between processes, and descriptors that travel with them. Floor 1.
 *
 * A channel has two ends: what is sent into one comes out of the other, whole and in order, until
 * every copy of one end is closed. Descriptors made or received here are closed on exec. Errors are
 * -errno.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_CHANNEL_H
#define CEDE_SYS_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <cede/time.h>

/* Descriptors that travel together; -1 and -1: none do. */
struct cede__passed {
    int fds[2];
};

/* 0, or -EMFILE, -ENFILE, -ENOMEM. */
int cede__channel_open(int ends[2]);

/* Make a descriptor that was inherited an end of ours: closed on exec. -EINVAL: it is none. */
int cede__channel_adopt(int fd);

/* Send a message of at least a byte, with copies of two descriptors if `passed` is not NULL. Waits
 * for room as long as `patience`. 0, -EAGAIN: there was none; -EPIPE, -ECONNRESET: nobody is there;
 * -ENOMEM, -ENOBUFS, -EMSGSIZE. */
int cede__channel_send(int fd, const void *bytes, size_t size, const struct cede__passed *passed,
                       cede_time patience);

/* Whether the other end has gone. */
bool cede__channel_is_cut(int fd);

/* The next message, never waiting, and the descriptors that came with it. Its size; 0: the channel
 * has ended; -EAGAIN: there is none; -ECONNRESET. For streams too. */
ssize_t cede__channel_receive(int fd, void *buffer, size_t size, struct cede__passed *passed_out);

/* Close both, if there are any. */
void cede__passed_close(const struct cede__passed *passed);

#endif
