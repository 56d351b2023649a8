/* processes.h - what tests of process pools have in common: their main, jobs, and looking at
 * workers from outside. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TESTS_TASK_PROCESSES_H
#define CEDE_TESTS_TASK_PROCESSES_H

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <cede/process_pool.h>

#include "harness/harness_task.h"

/* Workers call it as well: one that is to die before it is ready does so here. */
void test_begin(int argc, char **argv)
{
    if (argc == 2 && argv[1][0] == '-' && argv[1][2] == 'c' && getenv("TEST_DIE_AT_START"))
        _exit(7);
    cede_process_init(argc, argv);
}

static inline cede_executor *make_processes(unsigned n_workers)
{
    cede_executor *pool =
        cede_process_pool(&(cede_process_pool_options){.n_workers = n_workers, .name = "test"});

    CHECK(pool != NULL);
    return pool;
}

/* Jobs. A file that they get a name of is how they speak with the test while they run. */

struct note {
    char path[64];
    int value;
};

static inline struct note make_note(int value)
{
    struct note note = {.path = "/tmp/cede-test-XXXXXX", .value = value};
    const int fd = mkstemp(note.path);

    CHECK(fd >= 0);
    close(fd);
    return note;
}

static inline void drop_note(const struct note *note)
{
    unlink(note->path);
}

static inline long note_size(const struct note *note)
{
    const int fd = open(note->path, O_RDONLY);
    const long size = fd < 0 ? -1 : (long)lseek(fd, 0, SEEK_END);

    if (fd >= 0)
        close(fd);
    return size;
}

static inline void note_add(const struct note *note, const void *bytes, size_t size)
{
    const int fd = open(note->path, O_WRONLY | O_APPEND);

    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
        _exit(99);
    close(fd);
}

static inline void note_wait(const struct note *note, long size)
{
    while (note_size(note) < size)
        CHECK_EQ(cede_sleep(CEDE_MS(1)), 0);
}

/* The number that a job has noted. */
static inline pid_t note_pid(const struct note *note)
{
    pid_t pid = 0;
    const int fd = open(note->path, O_RDONLY);

    note_wait(note, sizeof pid);
    CHECK_EQ(read(fd, &pid, sizeof pid), sizeof pid);
    close(fd);
    return pid;
}

static inline int tell_pid(const void *in, void *out)
{
    (void)in;
    *(pid_t *)out = getpid();
    return 0;
}

static inline int add_one(const void *in, void *out)
{
    *(int *)out = *(const int *)in + 1;
    return *(const int *)in;
}

/* Notes its number, and never ends. */
static inline int get_stuck(const void *in, void *out)
{
    const pid_t pid = getpid();

    (void)out;
    note_add(in, &pid, sizeof pid);
    while (pause() < 0) /* it is never anything else */
        ;
    return 0;
}

static inline cede_future *submit_bytes(cede_executor *pool, cede_job job)
{
    cede_future *future = cede_submit(pool, &job);

    CHECK(future != NULL);
    return future;
}

static inline cede_future *submit_add(cede_executor *pool, const int *n, int *result)
{
    return submit_bytes(pool, (cede_job){.fn = add_one,
                                         .in = n,
                                         .in_size = sizeof *n,
                                         .out = result,
                                         .out_size = sizeof *result});
}

static inline cede_future *submit_note(cede_executor *pool, cede_job_fn *fn,
                                       const struct note *note)
{
    return submit_bytes(pool, (cede_job){.fn = fn, .in = note, .in_size = sizeof *note});
}

/* The pool works. */
static inline void check_works(cede_executor *pool)
{
    const int n = 41;
    int result = 0;

    CHECK_EQ(cede_join(submit_add(pool, &n, &result)), 41);
    CHECK_EQ(result, 42);
}

#endif
