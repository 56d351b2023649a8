/* test_terminal.c - writing where nobody reads, where it must wait, and what a terminal says of
 * itself. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/harness.h"
#include "sys/terminal.h"

/* A pipe that nobody reads. */
static int widowed_pipe(void)
{
    int ends[2];

    CHECK_EQ(pipe(ends), 0);
    close(ends[0]);
    return ends[1];
}

static bool sigpipe_is_pending(void)
{
    sigset_t pending;

    sigpending(&pending);
    return sigismember(&pending, SIGPIPE) == 1;
}

TEST(terminal, a_pipe_nobody_reads_is_an_error_and_no_signal)
{
    const int fd = widowed_pipe();

    signal(SIGPIPE, SIG_DFL); /* would end the test */
    CHECK_EQ(cede__terminal_write(fd, "x", 1), -EPIPE);
    CHECK(!sigpipe_is_pending());
    CHECK_EQ(cede__terminal_write(fd, "x", 1), -EPIPE);
}

TEST(terminal, a_signal_that_was_pending_before_stays)
{
    const int fd = widowed_pipe();
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGPIPE);
    CHECK_EQ(cede__terminal_write(fd, "x", 1), -EPIPE);
    CHECK(sigpipe_is_pending());
}

TEST(terminal, the_signal_mask_is_as_it_was)
{
    sigset_t set;

    CHECK_EQ(cede__terminal_write(widowed_pipe(), "x", 1), -EPIPE);
    sigprocmask(SIG_BLOCK, NULL, &set);
    CHECK_EQ(sigismember(&set, SIGPIPE), 0);
}

TEST(terminal, a_full_pipe_that_does_not_block_is_waited_for)
{
    static char bytes[1 << 20];
    char buffer[4096];
    size_t n_read = 0;
    int ends[2], status = 0;

    CHECK_EQ(pipe2(ends, O_NONBLOCK), 0);
    fcntl(ends[0], F_SETFL, 0);
    if (fork() == 0) {
        close(ends[0]);
        _exit(cede__terminal_write(ends[1], bytes, sizeof bytes) == 0 ? 0 : 1);
    }
    close(ends[1]);
    for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0;)
        n_read += (size_t)n;
    CHECK_EQ(n_read, sizeof bytes);
    wait(&status);
    CHECK_EQ(status, 0);
}

TEST(terminal, a_closed_descriptor_is_an_error)
{
    CHECK_EQ(cede__terminal_write(-1, "x", 1), -EBADF);
    CHECK(!cede__terminal_is_at(-1));
}

TEST(terminal, a_terminal_tells_its_size)
{
    const struct winsize size = {.ws_col = 132, .ws_row = 50};
    const int master = posix_openpt(O_RDWR | O_NOCTTY);
    int columns = -1, rows = -1;

    CHECK(master >= 0);
    CHECK_EQ(grantpt(master), 0);
    CHECK_EQ(unlockpt(master), 0);
    const int fd = open(ptsname(master), O_RDWR | O_NOCTTY);
    CHECK(cede__terminal_is_at(fd));
    cede__terminal_size(fd, &columns, &rows);
    CHECK_EQ(columns, 0); /* nobody has said */
    CHECK_EQ(rows, 0);
    CHECK_EQ(ioctl(fd, TIOCSWINSZ, &size), 0);
    cede__terminal_size(fd, &columns, &rows);
    CHECK_EQ(columns, 132);
    CHECK_EQ(rows, 50);
}

TEST(terminal, what_is_no_terminal_has_no_size)
{
    int columns = -1, rows = -1;
    const int fd = open("/dev/null", O_WRONLY);

    CHECK(!cede__terminal_is_at(fd));
    cede__terminal_size(fd, &columns, &rows);
    CHECK_EQ(columns, 0);
    CHECK_EQ(rows, 0);
}
