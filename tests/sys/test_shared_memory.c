/* test_shared_memory.c - memory that two processes see. */
/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/harness.h"
#include "sys/shared_memory.h"

enum { PIECE = 1 << 20, WINDOW = 1 << 30 };

TEST(shared_memory, what_one_process_writes_the_other_reads_also_in_memory_added_later)
{
    const int fd = cede__shared_create();
    char *window;
    pid_t child;
    int status;

    CHECK(fd >= 0);
    window = cede__shared_map(fd, WINDOW);
    CHECK(window != NULL);
    child = fork();
    if (child == 0) {
        if (cede__shared_extend(fd, 0, PIECE) < 0)
            _exit(1);
        window[PIECE - 1] = 5;
        _exit(0);
    }
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
    CHECK_EQ(window[PIECE - 1], 5); /* mapped before it was there */
    close(fd);
    munmap(window, WINDOW);
}

TEST(shared_memory, what_is_given_back_is_zero_when_it_is_added_again)
{
    const int fd = cede__shared_create();
    char *window = cede__shared_map(fd, WINDOW);

    CHECK_EQ(cede__shared_extend(fd, 0, 2 * PIECE), 0);
    window[0] = window[PIECE] = 1;
    cede__shared_release(fd, PIECE, 2 * PIECE);
    CHECK_EQ(cede__shared_extend(fd, PIECE, 2 * PIECE), 0);
    CHECK_EQ(window[0], 1);
    CHECK_EQ(window[PIECE], 0);
    close(fd);
    munmap(window, WINDOW);
}

TEST(shared_memory, it_cannot_be_pulled_from_under_the_other)
{
    const int fd = cede__shared_create();

    CHECK_EQ(cede__shared_extend(fd, 0, PIECE), 0);
    CHECK_EQ(ftruncate(fd, 0), -1);
    close(fd);
}

TEST(shared_memory, more_than_there_can_be_is_an_error)
{
    /* Should it be asked for all the same, this test ends, and not the machine's memory. */
    const struct rlimit limit = {1 << 30, 1 << 30};
    const int fd = cede__shared_create();

    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
    CHECK_EQ(cede__shared_extend(fd, 0, SIZE_MAX / 4), -ENOMEM);
    CHECK_PTR(cede__shared_map(fd, (size_t)1 << 62), NULL);
    close(fd);
}
