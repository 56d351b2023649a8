/* terminal.c - what a descriptor shows its bytes on, and writing to it.
 *
 * Standard error may be shared with programs that made it non-blocking, so -EAGAIN is waited out: a
 * frame that is half written would leave the screen in a state nobody knows.
 * Called by src/progress/renderer.c.
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "sys/terminal.h"

bool cede__terminal_is_at(int fd)
{
    return isatty(fd) == 1;
}

void cede__terminal_size(int fd, int *columns, int *rows)
{
    struct winsize size = {0};

    if (ioctl(fd, TIOCGWINSZ, &size) != 0)
        size = (struct winsize){0};
    *columns = size.ws_col;
    *rows = size.ws_row;
}

static int write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t n = write(fd, bytes, size);
        if (n >= 0) {
            bytes += n;
            size -= (size_t)n;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            struct pollfd ready = {.fd = fd, .events = POLLOUT};
            (void)poll(&ready, 1, -1); /* interrupted or not, the write is tried again */
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return 0;
}

int cede__terminal_write(int fd, const char *bytes, size_t size)
{
    const struct timespec at_once = {0};
    sigset_t pipe, before, pending;
    int rc;

    /* SIGPIPE is blocked in this thread alone, and taken away again if the write raised it: one
     * that was pending before is the program's own. */
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe, &before);
    rc = write_all(fd, bytes, size);
    if (rc == -EPIPE && !sigismember(&pending, SIGPIPE)) {
        while (sigtimedwait(&pipe, NULL, &at_once) < 0 && errno == EINTR)
            ;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc;
}
