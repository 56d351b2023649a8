/* poll.h - waiting for descriptors, behind a table that several engines fill. Floor 1.
 *
 * An engine watches descriptors and waits. A watch made with CEDE__POLL_EDGE is told of a change
 * once and is registered once for its life; one without is told as long as the condition holds.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_POLL_H
#define CEDE_SYS_POLL_H

#include <stddef.h>
#include <stdint.h>

enum {
    CEDE__POLL_READ = 1,  /* readable, or at its end, or in error */
    CEDE__POLL_WRITE = 2, /* writable, or in error */
    CEDE__POLL_EDGE = 4,
    CEDE__POLL_HANGUP = 8, /* in events only: the peer will send no more, or it is in error */
};

struct cede__poll; /* an engine's own state */

struct cede__poll_event {
    void *data;    /* as given to set */
    unsigned mask; /* CEDE__POLL_READ, CEDE__POLL_WRITE, CEDE__POLL_HANGUP */
};

struct cede__poll_engine {
    const char *name;

    /* 0, or -EMFILE, -ENFILE, -ENOMEM; -ENOSYS where the kernel lacks it. */
    int (*open)(struct cede__poll **out);
    void (*close)(struct cede__poll *poll);

    /* Start watching `fd`. 0, or -EEXIST, -EPERM (a plain file), -EBADF, -ENOMEM, -ENOSPC. */
    int (*add)(struct cede__poll *poll, int fd, unsigned mask, void *data);
    /* Change what a watched `fd` is watched for. Codes as above, and -ENOENT. */
    int (*change)(struct cede__poll *poll, int fd, unsigned mask, void *data);
    /* Stop; a descriptor that was closed meanwhile is as good as removed. */
    void (*remove)(struct cede__poll *poll, int fd);

    /* Wait up to `timeout` ns (negative: for ever) for at most n events. The count, 0 on time-out,
     * interruption or wake. */
    int (*wait)(struct cede__poll *poll, int64_t timeout, struct cede__poll_event *events,
                size_t n);

    /* End the wait that is under way or the next one. From any thread and from signal handlers. */
    void (*wake)(struct cede__poll *poll);
};

extern const struct cede__poll_engine cede__poll_epoll;

#endif
