/* test_pool_options.c - pools whose threads are set up (row c8), bounded queues, priorities. */
/* SPDX-License-Identifier: MIT */
#include "jobs.h"

/* Threads that are set up. */

struct set_up {
    int n_begun;
    int n_ended;
    int fails_from; /* the n-th thread fails */
};

static __thread bool is_set_up;

static int set_up(void *arg)
{
    struct set_up *setup = arg;
    const int n = __atomic_add_fetch(&setup->n_begun, 1, __ATOMIC_RELAXED);

    is_set_up = true;
    return n >= setup->fails_from ? cede_raise(-ENODEV, "no device for thread %d", n) : 0;
}

static void set_down(void *arg)
{
    CHECK(is_set_up);
    __atomic_add_fetch(&((struct set_up *)arg)->n_ended, 1, __ATOMIC_RELAXED);
}

static cede_executor *make_set_up_pool(unsigned n_threads, struct set_up *setup)
{
    cede_executor *pool = cede_thread_pool(&(cede_pool_options){
        .n_threads = n_threads, .init = set_up, .fini = set_down, .arg = setup});

    CHECK(pool != NULL);
    return pool;
}

static int look_at_set_up(const void *in, void *out)
{
    (void)in;
    (void)out;
    return is_set_up;
}

TEST(pool_options, c8_each_thread_is_set_up_before_its_first_job_and_down_after_its_last)
{
    struct set_up setup = {.fails_from = 100};
    cede_executor *pool = make_set_up_pool(3, &setup);
    cede_future *jobs[50];

    for (int i = 0; i < 50; i++)
        jobs[i] = submit(pool, look_at_set_up, NULL, NULL);
    for (int i = 0; i < 50; i++)
        CHECK_EQ(cede_join(jobs[i]), 1);
    CHECK_EQ(cede_executor_shutdown(pool, NULL), 0);
    CHECK(setup.n_begun >= 1 && setup.n_begun <= 3);
    CHECK_EQ(setup.n_ended, setup.n_begun);
    cede_executor_destroy(pool);
}

TEST(pool_options, c8_a_thread_that_cannot_be_set_up_breaks_the_pool)
{
    struct set_up setup = {.fails_from = 1};
    cede_executor *pool = make_set_up_pool(1, &setup);
    cede_future *jobs[5];
    int n_ran = 0, n_refused = 0;

    for (int i = 0; i < 5; i++) {
        jobs[i] = cede_submit(pool, &(cede_job){.fn = count_up, .out = &n_ran, .drop = count_drop});
        n_refused += jobs[i] == NULL;
    }
    for (int i = 0; i < 5 - n_refused; i++)
        CHECK_EQ(cede_await(jobs[i]), CEDE_EBROKEN);
    CHECK_HAS(test_traceback(), "no device for thread 1");
    CHECK_EQ(cede_executor_shutdown(pool, NULL), 0);
    CHECK_PTR(cede_submit(pool, &(cede_job){.fn = count_up, .out = &n_ran}), NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), CEDE_EBROKEN);
    CHECK_HAS(test_traceback(), "no device for thread 1");
    CHECK_EQ(n_ran, 0);
    CHECK_EQ(n_dropped, 5);
    CHECK_EQ(setup.n_ended, 0);
    for (int i = 0; i < 5; i++)
        cede_future_unref(jobs[i]);
    cede_executor_destroy(pool);
}

TEST(pool_options, c8_what_runs_when_a_pool_breaks_ends_well)
{
    struct set_up setup = {.fails_from = 2};
    cede_executor *pool = make_set_up_pool(2, &setup);
    struct gate gate = make_gate();
    cede_future *first = submit(pool, wait_at_gate, &gate, NULL), *second;
    int n_ran = 0;

    CHECK_EQ(cede_await(gate.begun), 0);
    second = submit(pool, count_up, NULL, &n_ran); /* wants another thread */
    CHECK_EQ(cede_join(second), CEDE_EBROKEN);
    CHECK_EQ(cede_future_set(gate.open, NULL), 0);
    CHECK_EQ(cede_join(first), 0);
    cede_executor_destroy(pool);
    CHECK_EQ(setup.n_ended, 1);
    drop_gate(&gate);
}

/* Bounded queues. */

static cede_executor *make_bounded_pool(size_t queue_limit, bool refuse)
{
    cede_executor *pool = cede_thread_pool(&(cede_pool_options){
        .n_threads = 1, .queue_limit = queue_limit, .refuse_when_full = refuse});

    CHECK(pool != NULL);
    return pool;
}

/* Keep the one thread of the pool busy. */
static cede_future *hold(cede_executor *pool, struct gate *gate)
{
    cede_future *job = submit(pool, wait_at_gate, gate, NULL);

    CHECK_EQ(cede_await(gate->begun), 0);
    return job;
}

TEST(pool_options, a_full_queue_refuses_if_told_to)
{
    cede_executor *pool = make_bounded_pool(2, true);
    struct gate gate = make_gate();
    cede_future *held = hold(pool, &gate);
    int n_ran = 0;

    for (int i = 0; i < 2; i++)
        cede_future_unref(submit(pool, count_up, NULL, &n_ran));
    CHECK_PTR(cede_submit(pool, &(cede_job){.fn = count_up, .out = &n_ran, .drop = count_drop}),
              NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), -EAGAIN);
    CHECK_EQ(n_dropped, 1);
    CHECK_EQ(cede_future_set(gate.open, NULL), 0);
    CHECK_EQ(cede_join(held), 0);
    cede_executor_destroy(pool);
    CHECK_EQ(n_ran, 2);
    drop_gate(&gate);
}

struct feeder {
    cede_executor *pool;
    int n_jobs;
    int n_ran;
    int n_fed; /* atomic */
};

static int feed(void *arg)
{
    struct feeder *feeder = arg;

    for (int i = 0; i < feeder->n_jobs; i++) {
        cede_future *job =
            cede_submit(feeder->pool, &(cede_job){.fn = count_up, .out = &feeder->n_ran});
        if (!job)
            return cede_error_code(cede_error_last());
        cede_future_unref(job);
        __atomic_add_fetch(&feeder->n_fed, 1, __ATOMIC_RELAXED);
    }
    return 0;
}

TEST_TASK_REAL(pool_options, a_task_that_submits_to_a_full_queue_waits_until_there_is_room)
{
    struct feeder feeder = {.pool = make_bounded_pool(3, false), .n_jobs = 20};
    struct gate gate = make_gate();
    cede_future *held = hold(feeder.pool, &gate);
    cede_future *task = cede_spawn(feed, &feeder);

    for (int i = 0; i < 10; i++)
        CHECK_EQ(cede_sleep(0), 0);
    CHECK(!cede_future_is_done(task));
    CHECK_EQ(feeder.n_fed, 3);
    CHECK_EQ(cede_future_set(gate.open, NULL), 0);
    CHECK_EQ(cede_join(task), 0);
    CHECK_EQ(cede_join(held), 0);
    cede_executor_destroy(feeder.pool);
    CHECK_EQ(feeder.n_ran, 20);
    drop_gate(&gate);
}

TEST_TASK_REAL(pool_options, a_task_that_waits_for_room_can_be_cancelled)
{
    struct feeder feeder = {.pool = make_bounded_pool(1, false), .n_jobs = 20};
    struct gate gate = make_gate();
    cede_future *held = hold(feeder.pool, &gate);
    cede_future *task = cede_spawn(feed, &feeder);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(cede_wait_for(task, CEDE_MS(5)), -ETIMEDOUT);
    CHECK(cede_future_is_cancelled(task));
    cede_future_unref(task);
    CHECK_EQ(cede_future_set(gate.open, NULL), 0);
    CHECK_EQ(cede_join(held), 0);
    CHECK_EQ(cede_executor_shutdown(feeder.pool, NULL), 0);
    CHECK_EQ(feeder.n_ran, 1);
    cede_executor_destroy(feeder.pool);
    drop_gate(&gate);
}

TEST_TASK_REAL(pool_options, c7_shutdown_turns_away_who_waits_for_room)
{
    struct feeder feeder = {.pool = make_bounded_pool(1, false), .n_jobs = 20};
    struct gate gate = make_gate();
    cede_future *held = hold(feeder.pool, &gate);
    cede_future *task = cede_spawn(feed, &feeder);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(cede_executor_shutdown(feeder.pool, &(cede_shutdown_options){.no_wait = true}), 0);
    CHECK_EQ(cede_join(task), CEDE_ESHUTDOWN);
    CHECK_EQ(cede_future_set(gate.open, NULL), 0);
    CHECK_EQ(cede_join(held), 0);
    cede_executor_destroy(feeder.pool);
    CHECK_EQ(feeder.n_ran, 1);
    drop_gate(&gate);
}

static int feed_as_job(const void *in, void *out)
{
    (void)in;
    return feed(out);
}

TEST(pool_options, threads_that_submit_to_a_small_queue_take_turns)
{
    struct feeder feeder = {.pool = make_bounded_pool(2, false), .n_jobs = 2000};
    cede_executor *feeders = make_pool(3);
    cede_future *jobs[3];

    for (int i = 0; i < 3; i++)
        jobs[i] = submit(feeders, feed_as_job, NULL, &feeder);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(cede_join(jobs[i]), 0);
    cede_executor_destroy(feeders);
    cede_executor_destroy(feeder.pool);
    CHECK_EQ(feeder.n_ran, 6000);
}

TEST(pool_options, a_job_that_submits_to_its_own_full_queue_is_let_in)
{
    struct feeder feeder = {.pool = make_bounded_pool(1, false), .n_jobs = 10};

    CHECK_EQ(cede_join(submit(feeder.pool, feed_as_job, NULL, &feeder)), 0);
    cede_executor_destroy(feeder.pool);
    CHECK_EQ(feeder.n_ran, 10);
}

/* Priorities. */

static int note_number(const void *in, void *out)
{
    (void)out;
    test_note("%d", *(const int *)in);
    return 0;
}

TEST(pool_options, jobs_of_higher_priority_begin_first_and_equals_in_order)
{
    static const int priorities[] = {0, -1, 5, 0, 5, -1, 2, 0};
    static const int numbers[] = {0, 1, 2, 3, 4, 5, 6, 7};
    cede_executor *pool = make_pool(1);
    struct gate gate = make_gate();
    cede_future *held = hold(pool, &gate);

    for (int i = 0; i < 8; i++)
        cede_future_unref(cede_submit(
            pool, &(cede_job){.fn = note_number, .in = &numbers[i], .priority = priorities[i]}));
    CHECK_EQ(cede_future_set(gate.open, NULL), 0);
    CHECK_EQ(cede_join(held), 0);
    cede_executor_destroy(pool);
    CHECK_STR(test_notes(), "2 4 6 0 3 7 1 5");
    drop_gate(&gate);
}

/* Running out. */

static int scenario(void)
{
    struct set_up setup = {.fails_from = 100};
    cede_executor *pool = cede_thread_pool(&(cede_pool_options){
        .n_threads = 1, .queue_limit = 1, .init = set_up, .fini = set_down, .arg = &setup});
    cede_future *jobs[6] = {NULL};
    int n_ran = 0, n_submitted = 0;
    int rc = pool ? 0 : -ENOMEM;

    for (int i = 0; pool && i < 6 && rc == 0; i++) {
        jobs[i] = cede_submit(pool, &(cede_job){.fn = count_up, .out = &n_ran, .priority = i % 3});
        if (!jobs[i])
            rc = cede_error_code(cede_error_last());
        n_submitted += jobs[i] != NULL;
    }
    cede_executor_destroy(pool);
    CHECK_EQ(n_ran, n_submitted);
    CHECK_EQ(setup.n_ended, setup.n_begun);
    for (int i = 0; i < 6; i++)
        cede_future_unref(jobs[i]);
    return rc;
}

TEST(pool_options, a_failed_allocation_is_an_error_and_loses_nothing)
{
    test_sweep_allocations(scenario);
}

static int failing_scenario(void)
{
    struct set_up setup = {.fails_from = 1};
    cede_executor *pool =
        cede_thread_pool(&(cede_pool_options){.n_threads = 1, .init = set_up, .arg = &setup});
    cede_future *job = pool ? cede_submit(pool, &(cede_job){.fn = count_up}) : NULL;
    const int rc = job ? cede_join(job) : -ENOMEM;

    cede_executor_destroy(pool);
    return rc == CEDE_EBROKEN ? 0 : rc; /* with its cause or without */
}

TEST(pool_options, a_pool_breaks_where_there_is_no_memory_for_the_cause)
{
    test_sweep_allocations(failing_scenario);
}
