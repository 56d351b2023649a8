/* poll_epoll.c - the epoll engine: an epoll descriptor, and an eventfd in it for wake. See
 * poll.h. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/base.h"
#include "sys/poll.h"
#include "sys/valgrind.h"

struct cede__poll {
    int epoll_fd;
    int wake_fd;      /* eventfd, watched by edge so that it needs no reading */
    bool only_millis; /* the kernel lacks epoll_pwait2 */
};

enum { MAX_EVENTS = 256 };

static uint32_t epoll_mask(unsigned mask)
{
    uint32_t events = 0;

    if (mask & CEDE__POLL_READ)
        events |= EPOLLIN | EPOLLRDHUP;
    if (mask & CEDE__POLL_WRITE)
        events |= EPOLLOUT;
    if (mask & CEDE__POLL_EDGE)
        events |= EPOLLET;
    return events;
}

static int epoll_control(struct cede__poll *poll, int operation, int fd, unsigned mask, void *data)
{
    struct epoll_event event = {.events = epoll_mask(mask), .data = {.ptr = data}};

    return epoll_ctl(poll->epoll_fd, operation, fd, &event) == 0 ? 0 : -errno;
}

static int epoll_add(struct cede__poll *poll, int fd, unsigned mask, void *data)
{
    return epoll_control(poll, EPOLL_CTL_ADD, fd, mask, data);
}

static int epoll_change(struct cede__poll *poll, int fd, unsigned mask, void *data)
{
    return epoll_control(poll, EPOLL_CTL_MOD, fd, mask, data);
}

static void epoll_remove(struct cede__poll *poll, int fd)
{
    (void)epoll_control(poll, EPOLL_CTL_DEL, fd, 0, NULL); /* closed meanwhile: gone already */
}

static void epoll_close(struct cede__poll *poll)
{
    if (!poll)
        return;
    if (poll->wake_fd >= 0)
        close(poll->wake_fd);
    if (poll->epoll_fd >= 0)
        close(poll->epoll_fd);
    cede__free(poll);
}

static int epoll_open(struct cede__poll **out)
{
    struct cede__poll *poll = cede__calloc(1, sizeof *poll);
    int rc;

    if (!poll)
        return -ENOMEM;
    poll->wake_fd = -1;
    poll->only_millis = cede__runs_on_valgrind(); /* which would warn */
    poll->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (poll->epoll_fd < 0)
        goto fail;
    poll->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (poll->wake_fd < 0)
        goto fail;
    if (epoll_add(poll, poll->wake_fd, CEDE__POLL_READ | CEDE__POLL_EDGE, poll) < 0)
        goto fail;
    *out = poll;
    return 0;

fail:
    rc = -errno;
    epoll_close(poll);
    return rc;
}

/* Waits in nanoseconds where the kernel can, else in milliseconds, rounded up so as not to wake too
 * early. */
static int epoll_wait_for(struct cede__poll *poll, int64_t timeout, struct epoll_event *raw, int n)
{
    const int64_t day = 86400LL * 1000000000;
    const int64_t capped = timeout > day ? day : timeout;

    if (timeout == 0)
        return epoll_wait(poll->epoll_fd, raw, n, 0);
    if (timeout > 0 && !poll->only_millis) {
        const struct timespec ts = {(time_t)(capped / 1000000000), (long)(capped % 1000000000)};
        const int count = epoll_pwait2(poll->epoll_fd, raw, n, &ts, NULL);
        if (count >= 0 || errno != ENOSYS)
            return count;
        poll->only_millis = true;
    }
    return epoll_wait(poll->epoll_fd, raw, n,
                      timeout < 0 ? -1 : (int)((capped + 999999) / 1000000));
}

static int epoll_wait_events(struct cede__poll *poll, int64_t timeout,
                             struct cede__poll_event *events, size_t n)
{
    struct epoll_event raw[MAX_EVENTS];
    int n_events = 0;
    const int count = epoll_wait_for(poll, timeout, raw, n < MAX_EVENTS ? (int)n : MAX_EVENTS);

    for (int i = 0; i < count; i++) {
        const uint32_t bits = raw[i].events;
        unsigned mask = 0;

        if (raw[i].data.ptr == poll)
            continue; /* woken */
        if (bits & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
            mask |= CEDE__POLL_READ;
        if (bits & (EPOLLOUT | EPOLLHUP | EPOLLERR))
            mask |= CEDE__POLL_WRITE;
        if (bits & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
            mask |= CEDE__POLL_HANGUP;
        events[n_events++] = (struct cede__poll_event){raw[i].data.ptr, mask};
    }
    return n_events;
}

static void epoll_wake(struct cede__poll *poll)
{
    const uint64_t one = 1;
    const int saved = errno; /* a signal handler may be calling */

    if (write(poll->wake_fd, &one, sizeof one) < 0) {
        /* Full: then a wake is on its way already. */
    }
    errno = saved;
}

const struct cede__poll_engine cede__poll_epoll = {
    .name = "epoll",
    .open = epoll_open,
    .close = epoll_close,
    .add = epoll_add,
    .change = epoll_change,
    .remove = epoll_remove,
    .wait = epoll_wait_events,
    .wake = epoll_wake,
};
