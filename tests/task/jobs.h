/* jobs.h - jobs that tests of executors and pools have in common. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TESTS_TASK_JOBS_H
#define CEDE_TESTS_TASK_JOBS_H

#include <pthread.h>

#include <cede/executor.h>

#include "harness/harness_task.h"

/* A job that says when it has begun, and ends when it is let go. */
struct gate {
    cede_future *begun;
    cede_future *open;
};

static inline struct gate make_gate(void)
{
    struct gate gate = {cede_future_create(), cede_future_create()};

    CHECK(gate.begun && gate.open);
    cede_future_share(gate.begun);
    cede_future_share(gate.open);
    return gate;
}

static inline void drop_gate(struct gate *gate)
{
    cede_future_unref(gate->begun);
    cede_future_unref(gate->open);
}

static inline int wait_at_gate(const void *in, void *out)
{
    const struct gate *gate = in;

    (void)out;
    CEDE_TRY(cede_future_set(gate->begun, NULL));
    return cede_await(gate->open);
}

static inline int square(const void *in, void *out)
{
    const int n = *(const int *)in;

    *(int *)out = n * n;
    return n;
}

static inline int count_up(const void *in, void *out)
{
    (void)in;
    __atomic_add_fetch((int *)out, 1, __ATOMIC_RELAXED);
    return 0;
}

static inline int fail_with_words(const void *in, void *out)
{
    (void)out;
    return cede_raise(-EBADMSG, "%s", (const char *)in);
}

static inline int fail_without_words(const void *in, void *out)
{
    (void)in;
    (void)out;
    return -EBADMSG;
}

static int n_dropped; /* how often count_drop was called */

static inline void count_drop(void *in)
{
    (void)in;
    __atomic_add_fetch(&n_dropped, 1, __ATOMIC_RELAXED);
}

static inline cede_executor *make_pool(unsigned n_threads)
{
    cede_executor *pool =
        cede_thread_pool(&(cede_pool_options){.n_threads = n_threads, .name = "test"});

    CHECK(pool != NULL);
    return pool;
}

static inline cede_future *submit(cede_executor *pool, cede_job_fn *fn, const void *in, void *out)
{
    cede_future *job =
        cede_submit(pool, &(cede_job){.fn = fn, .in = in, .out = out, .drop = count_drop});

    CHECK(job != NULL);
    return job;
}

#endif
