/* test_process.c - processes that run this program anew, and the bells between them. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/harness.h"
#include "sys/process.h"
#include "sys/shared_memory.h"

/* As a child: the last argument says what to do. */
void test_begin(int argc, char **argv)
{
    const char *order = argc == 3 && strcmp(argv[1], "--child") == 0 ? argv[2] : "";

    if (strcmp(order, "exit") == 0)
        _exit(cede__child_is_here() && cede__child_settle() ? 5 : 6);
    if (strcmp(order, "wait") == 0)
        _exit(cede__child_settle() && cede__bell_wait(CEDE__CHILD_SOCKET) ? 7 : 8);
    if (strcmp(order, "interrupt") == 0)
        _exit(cede__child_settle() && raise(SIGINT) == 0 ? 9 : 10);
}

static struct cede__child start(const char *order)
{
    char name[] = "test", word[] = "--child", last[16];
    char *argv[] = {name, word, last, NULL};
    const int memory = cede__shared_create();
    struct cede__child child;

    snprintf(last, sizeof last, "%s", order);
    CHECK_EQ(cede__child_start(argv, memory, &child), 0);
    close(memory);
    return child;
}

static struct cede__child_end end_of(struct cede__child *child)
{
    struct pollfd watch = {.fd = child->pidfd, .events = POLLIN};
    struct cede__child_end end;

    CHECK_EQ(poll(&watch, 1, -1), 1); /* its end can be waited for */
    cede__child_reap(child, &end);
    CHECK(end.is_known);
    cede__child_close(child);
    return end;
}

TEST(process, a_child_runs_this_program_and_its_exit_is_seen)
{
    struct cede__child child = start("exit");
    const struct cede__child_end end = end_of(&child);

    CHECK_EQ(end.signal, 0);
    CHECK_EQ(end.status, 5);
    CHECK(!cede__child_is_here()); /* we are none */
}

TEST(process, a_child_is_killed)
{
    struct cede__child child = start("wait");
    struct cede__child_end end;

    cede__child_kill(&child);
    end = end_of(&child);
    CHECK_EQ(end.signal, SIGKILL);
    CHECK_STR(cede__signal_name(end.signal), "SIGKILL");
}

TEST(process, a_bell_wakes_a_child)
{
    struct cede__child child = start("wait");

    cede__bell_ring(child.socket);
    CHECK_EQ(end_of(&child).status, 7);
}

TEST(process, a_child_is_told_by_the_end_of_its_socket)
{
    struct cede__child child = start("wait");

    close(child.socket);
    child.socket = -1;
    CHECK_EQ(end_of(&child).status, 8);
}

TEST(process, a_settled_child_leaves_interrupts_alone)
{
    struct cede__child child = start("interrupt");

    CHECK_EQ(end_of(&child).status, 9);
}

TEST(process, a_child_that_somebody_else_waited_for_has_ended_nobody_knows_how)
{
    struct cede__child child = start("exit");
    struct cede__child_end end;

    CHECK_EQ(cede__child_start(NULL, -1, &(struct cede__child){.pid = 0}), -EBADF);
    cede__child_reap(&child, &end);
    cede__child_reap(&child, &end); /* a second time: as after a stranger's */
    CHECK(!end.is_known);
    cede__child_close(&child);
}

TEST(process, ringing_never_waits_and_one_clearing_silences)
{
    struct cede__passed passed;
    int ends[2];
    char byte;

    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    for (int i = 0; i < 100000; i++) /* more than there is room for */
        cede__bell_ring(ends[0]);
    CHECK(cede__bell_wait(ends[1]));
    CHECK(!cede__bell_clear(ends[1], &passed));
    CHECK_EQ(recv(ends[1], &byte, 1, MSG_DONTWAIT), -1);
    CHECK_EQ(errno, EAGAIN);
    close(ends[0]);
    CHECK(!cede__bell_wait(ends[1]));
    cede__bell_ring(ends[1]); /* into nowhere: no signal */
    close(ends[1]);
}

TEST(process, signals_have_names)
{
    CHECK_STR(cede__signal_name(SIGSEGV), "SIGSEGV");
    CHECK_STR(cede__signal_name(60), "signal 60");
}
