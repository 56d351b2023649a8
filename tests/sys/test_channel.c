/* test_channel.c - messages between processes, whole and in order, with descriptors. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/harness.h"
#include "sys/channel.h"
#include "sys/process.h"

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static bool are_same(int fd, int other)
{
    struct stat a, b;

    return fstat(fd, &a) == 0 && fstat(other, &b) == 0 && a.st_ino == b.st_ino;
}

TEST(channel, messages_arrive_whole_until_the_end)
{
    struct cede__passed passed;
    char text[16];
    int ends[2];

    CHECK_EQ(cede__channel_open(ends), 0);
    CHECK_EQ(cede__channel_receive(ends[0], text, sizeof text, &passed), -EAGAIN);
    CHECK_EQ(cede__channel_send(ends[1], "one", 3, NULL, 0), 0);
    CHECK_EQ(cede__channel_send(ends[1], "three", 5, NULL, 0), 0);
    close(ends[1]);
    CHECK_EQ(cede__channel_receive(ends[0], text, sizeof text, &passed), 3);
    CHECK_EQ(cede__channel_receive(ends[0], text, sizeof text, &passed), 5);
    CHECK_EQ(memcmp(text, "three", 5), 0);
    CHECK_EQ(passed.fds[0], -1);
    CHECK_EQ(cede__channel_receive(ends[0], text, sizeof text, &passed), 0);
    CHECK_EQ(cede__channel_send(ends[0], "x", 1, NULL, 0), -EPIPE); /* and no signal */
    close(ends[0]);
}

TEST(channel, nobody_is_waited_for_longer_than_the_sender_wants)
{
    static char message[4096];
    int ends[2], rc;

    CHECK_EQ(cede__channel_open(ends), 0);
    do
        rc = cede__channel_send(ends[1], message, sizeof message, NULL, CEDE_MS(20));
    while (rc == 0);
    CHECK_EQ(rc, -EAGAIN);
    close(ends[0]);
    close(ends[1]);
}

TEST(channel, two_descriptors_travel_and_are_closed_on_exec)
{
    struct cede__passed passed = {{open("/dev/null", O_RDWR), open("/dev/zero", O_RDONLY)}}, got;
    char byte;
    int ends[2];

    CHECK_EQ(cede__channel_open(ends), 0);
    CHECK_EQ(cede__channel_send(ends[1], "", 1, &passed, 0), 0);
    CHECK_EQ(cede__channel_receive(ends[0], &byte, 1, &got), 1);
    for (int i = 0; i < 2; i++) {
        CHECK(got.fds[i] != passed.fds[i] && are_same(got.fds[i], passed.fds[i]));
        CHECK_EQ(fcntl(got.fds[i], F_GETFD), FD_CLOEXEC);
    }
    cede__passed_close(&got);
    CHECK(!is_open(got.fds[0]) && !is_open(got.fds[1]));
    cede__passed_close(&passed);
    close(ends[0]);
    close(ends[1]);
}

/* Sends one descriptor, which is not what is expected. */
static void send_one(int socket, int fd)
{
    char control[CMSG_SPACE(sizeof fd)] = {0};
    struct iovec part = {.iov_base = "x", .iov_len = 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    CHECK_EQ(sendmsg(socket, &message, 0), 1);
}

TEST(channel, one_descriptor_alone_is_not_kept)
{
    const int fd = open("/dev/null", O_RDWR), next = dup(fd);
    struct cede__passed got;
    char byte;
    int ends[2];

    close(next);
    CHECK_EQ(cede__channel_open(ends), 0);
    send_one(ends[1], fd);
    CHECK_EQ(cede__channel_receive(ends[0], &byte, 1, &got), 1);
    CHECK_EQ(got.fds[0], -1);
    CHECK_EQ(got.fds[1], -1);
    close(ends[0]);
    close(ends[1]);
    CHECK_EQ(dup(fd), next); /* nothing is left open */
}

TEST(channel, a_bell_hands_out_what_was_passed_with_it)
{
    struct cede__passed passed = {{open("/dev/null", O_RDWR), open("/dev/zero", O_RDONLY)}}, got;
    int ends[2];

    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    for (int i = 0; i < 200; i++)
        cede__bell_ring(ends[1]);
    for (int i = 0; i < 2; i++)
        CHECK_EQ(cede__channel_send(ends[1], "", 1, &passed, 0), 0);
    cede__bell_ring(ends[1]);
    for (int i = 0; i < 2; i++) {
        CHECK(cede__bell_clear(ends[0], &got));
        CHECK(are_same(got.fds[0], passed.fds[0]) && are_same(got.fds[1], passed.fds[1]));
        cede__passed_close(&got);
    }
    CHECK(!cede__bell_clear(ends[0], &got));
}

TEST(channel, what_is_no_end_is_not_adopted)
{
    int ends[2];

    CHECK_EQ(cede__channel_adopt(-1), -EINVAL);
    CHECK_EQ(cede__channel_adopt(0), -EINVAL);
    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    CHECK_EQ(cede__channel_adopt(ends[0]), -EINVAL);
    CHECK_EQ(cede__channel_open(ends), 0);
    CHECK_EQ(fcntl(ends[1], F_SETFD, 0), 0);
    CHECK_EQ(cede__channel_adopt(ends[1]), 0);
    CHECK_EQ(fcntl(ends[1], F_GETFD), FD_CLOEXEC);
}
