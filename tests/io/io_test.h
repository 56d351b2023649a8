/* io_test.h - tests that run in a task on the real clock, and leave no descriptor and no memory
 * behind */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TESTS_IO_TEST_H
#define CEDE_TESTS_IO_TEST_H

#include <stdlib.h>

#include <cede/stream.h>
#include <cede/task.h>
#include <cede/tcp.h>

#include "harness/harness_task.h"

static inline int io_test_main(void *arg)
{
    void (**body)(void) = arg;

    (*body)();
    return 0;
}

static inline int io_test_nothing(void *arg)
{
    (void)arg;
    return 0;
}

enum { N_WARM = 64 }; /* more than any test has at once */

static inline int io_test_spawn_many(void *arg)
{
    (void)arg;
    for (int i = 0; i < N_WARM; i++)
        CHECK_EQ(cede_start(io_test_nothing, NULL), 0);
    return cede_sleep(0);
}

/* Stacks stay with the process for good: let there be enough of them. */
static inline void io_test_warm_up(void)
{
    CHECK_EQ(cede_run(io_test_spawn_many, NULL), 0);
}

/* Run it in a task; what it opened and allocated is to be closed and freed again. */
static inline void io_test_run(void (*body)(void))
{
    /* To report a stall takes memory, too. */
    static const cede_run_options patient = {.loop = {.stall_after = CEDE_NEVER}};
    const int before = test_open_descriptors();

    io_test_warm_up();
    test_count_allocations();
    CHECK_EQ(cede_run_with(&patient, io_test_main, &body), 0);
    CHECK_EQ(test_open_descriptors(), before);
    CHECK_EQ(test_live_allocations(), 0);
}

#define TEST_IO(noun, name)                                                                        \
    static void in_task_##name(void);                                                              \
    TEST(noun, name)                                                                               \
    {                                                                                              \
        io_test_run(in_task_##name);                                                               \
    }                                                                                              \
    static void in_task_##name(void)

/* A pair of joined streams. */
struct pair {
    cede_stream *a;
    cede_stream *b;
};

static inline struct pair make_pair(void)
{
    struct pair pair = {NULL, NULL};

    CHECK_EQ(cede_stream_pair(&pair.a, &pair.b), 0);
    return pair;
}

static inline void close_pair(struct pair *pair)
{
    cede_stream_close(pair->a);
    cede_stream_close(pair->b);
}

/* Write text now. */
static inline void say(cede_stream *stream, const char *text)
{
    CHECK_EQ(cede_stream_write_all(stream, text, strlen(text)), 0);
}

/* What comes next is this text. */
static inline void hear(cede_stream *stream, const char *text)
{
    char buffer[4096] = {0};

    CHECK_EQ(cede_stream_read_exactly(stream, buffer, strlen(text), NULL), 0);
    CHECK_STR(buffer, text);
}

#endif
