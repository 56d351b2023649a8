/* test_pool_storm.c - pools of random shape, from several threads at once: submit, cancel, wait,
 * jobs within jobs, and a shutdown of random form in the middle of it. Nothing hangs, each job is
 * run or dropped once (row c7). */
/* SPDX-License-Identifier: MIT */
#include <sched.h>

#include "jobs.h"

enum { SUBMITTERS = 3, JOBS = 60 };

struct storm {
    cede_executor *pool;
    uint32_t random; /* the last number of the round's own series */
    int n_ran;       /* atomic */
    int n_gone;      /* atomic: dropped */
    int n_tried;     /* atomic */
};

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

static void drop_in_storm(void *in)
{
    __atomic_add_fetch(&((struct storm *)in)->n_gone, 1, __ATOMIC_RELAXED);
}

static cede_future *try_job(struct storm *storm, cede_job_fn *fn, int priority)
{
    __atomic_add_fetch(&storm->n_tried, 1, __ATOMIC_RELAXED);
    return cede_submit(
        storm->pool,
        &(cede_job){.fn = fn, .in = storm, .drop = drop_in_storm, .priority = priority});
}

static int run_in_storm(const void *in, void *out)
{
    (void)out;
    __atomic_add_fetch(&((struct storm *)in)->n_ran, 1, __ATOMIC_RELAXED);
    return 0;
}

static int nest_in_storm(const void *in, void *out)
{
    struct storm *storm = (struct storm *)in;
    cede_future *inner = try_job(storm, run_in_storm, 0);

    (void)run_in_storm(in, out);
    if (inner)
        (void)cede_await(inner); /* run, or dropped by the shutdown */
    cede_future_unref(inner);
    return 0;
}

/* One of those that submit; its input is where its random numbers begin. */
struct submitter {
    struct storm *storm;
    uint32_t random;
};

static int submit_in_storm(const void *in, void *out)
{
    const struct submitter *self = in;
    uint32_t random = self->random;
    cede_future *jobs[JOBS];

    (void)out;
    for (int i = 0; i < JOBS; i++) {
        const uint32_t dice = next_random(&random) % 16;
        jobs[i] = try_job(self->storm, dice < 4 ? nest_in_storm : run_in_storm, dice == 5 ? 1 : 0);
        if (jobs[i] && dice > 12)
            (void)cede_cancel(jobs[i]);
        if (jobs[i] && dice == 12)
            (void)cede_await(jobs[i]);
    }
    for (int i = 0; i < JOBS; i++) {
        if (jobs[i])
            (void)cede_await(jobs[i]);
        cede_future_unref(jobs[i]);
    }
    return 0;
}

static int fail_at_times(void *arg)
{
    struct storm *storm = arg;

    return __atomic_fetch_add(&storm->random, 7, __ATOMIC_RELAXED) % 5 == 0 ? -ENODEV : 0;
}

static void run_storm(cede_executor *others, uint32_t seed)
{
    struct storm storm = {.random = seed};
    struct submitter submitters[SUBMITTERS];
    cede_future *jobs[SUBMITTERS];
    uint32_t random = seed;
    const cede_pool_options options = {
        .n_threads = 1 + next_random(&random) % 4,
        .queue_limit = next_random(&random) % 3 * 4,
        .refuse_when_full = next_random(&random) % 4 == 0,
        .init = next_random(&random) % 8 == 0 ? fail_at_times : NULL,
        .arg = &storm,
    };
    const cede_shutdown_options form = {.no_wait = next_random(&random) % 2 == 0,
                                        .cancel_queued = next_random(&random) % 2 == 0};
    const bool is_early = next_random(&random) % 2 == 0;

    storm.pool = cede_thread_pool(&options);
    CHECK(storm.pool != NULL);
    for (int i = 0; i < SUBMITTERS; i++) {
        submitters[i] = (struct submitter){&storm, seed + (uint32_t)i};
        jobs[i] = submit(others, submit_in_storm, &submitters[i], NULL);
    }
    if (is_early) {
        for (uint32_t i = next_random(&random) % 50; i > 0; i--)
            sched_yield();
        CHECK_EQ(cede_executor_shutdown(storm.pool, &form), 0);
    }
    for (int i = 0; i < SUBMITTERS; i++)
        CHECK_EQ(cede_join(jobs[i]), 0);
    CHECK_EQ(cede_executor_shutdown(storm.pool, &form), 0);
    cede_executor_destroy(storm.pool);
    CHECK_EQ(storm.n_ran + storm.n_gone, storm.n_tried);
}

TEST(pool_storm, c7_no_form_of_shutdown_hangs_or_loses_a_job)
{
    cede_executor *others = make_pool(SUBMITTERS);

    for (uint32_t seed = 1; seed <= 300; seed++)
        run_storm(others, seed * 7919);
    cede_executor_destroy(others);
}
