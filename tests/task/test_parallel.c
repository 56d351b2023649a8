/* test_parallel.c - loops on several threads: each round once, whatever the schedule; reductions,
 * errors, cancellation, from threads, jobs and tasks. */
/* SPDX-License-Identifier: MIT */
#include <cede/parallel.h>

#include "jobs.h"

enum { MOST = 10000 };

static unsigned char n_done[MOST]; /* atomic: how often each round was done */

static int do_rounds(size_t begin, size_t end, void *arg)
{
    CHECK(begin < end);
    for (size_t i = begin; i < end; i++)
        __atomic_add_fetch(&n_done[i], 1, __ATOMIC_RELAXED);
    if (arg)
        __atomic_add_fetch((int *)arg, 1, __ATOMIC_RELAXED);
    return 0;
}

/* Whether the rounds from begin to end - 1 were done once, and no others; for the next time, none
 * was. */
static bool done_once(size_t begin, size_t end)
{
    bool right = true;

    for (size_t i = 0; i < MOST; i++)
        right &= n_done[i] == (i >= begin && i < end);
    memset(n_done, 0, sizeof n_done);
    return right;
}

TEST(parallel, each_round_is_done_once)
{
    static const size_t counts[] = {1, 2, 3, 7, 100, 4095, MOST};
    static const size_t grains[] = {0, 1, 3, 1000, 1000000};
    cede_executor *pool = make_pool(3);

    for (int schedule = CEDE_GUIDED; schedule <= CEDE_STATIC; schedule++) {
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            for (size_t j = 0; j < sizeof grains / sizeof *grains; j++) {
                const cede_parallel_options options = {.executor = pool,
                                                       .schedule = (cede_schedule)schedule,
                                                       .grain = grains[j],
                                                       .n_threads = (unsigned)(1 + i % 4)};
                const size_t begin = (MOST - counts[i]) / 2;
                CHECK_EQ(cede_parallel_for(begin, begin + counts[i], do_rounds, NULL, &options), 0);
                CHECK(done_once(begin, begin + counts[i]));
            }
        }
    }
    cede_executor_destroy(pool);
}

TEST(parallel, dynamic_pieces_are_as_large_as_the_grain)
{
    int n_pieces = 0;

    CHECK_EQ(cede_parallel_for(0, 1003, do_rounds, &n_pieces,
                               &(cede_parallel_options){.schedule = CEDE_DYNAMIC, .grain = 10}),
             0);
    CHECK_EQ(n_pieces, 101);
}

TEST(parallel, static_pieces_are_one_a_thread)
{
    cede_executor *pool = make_pool(3);
    int n_pieces = 0;

    CHECK_EQ(cede_parallel_for(0, 1000, do_rounds, &n_pieces,
                               &(cede_parallel_options){
                                   .executor = pool, .schedule = CEDE_STATIC, .n_threads = 4}),
             0);
    CHECK_EQ(n_pieces, 4);
    cede_executor_destroy(pool);
}

TEST(parallel, an_empty_loop_does_nothing)
{
    CHECK_EQ(cede_parallel_for(5, 5, do_rounds, NULL, NULL), 0);
    CHECK_EQ(cede_parallel_for(5, 3, do_rounds, NULL, NULL), 0);
    CHECK(done_once(0, 0));
}

/* Two rounds that wait for each other: only two threads at once can do them. */
static int meet(size_t begin, size_t end, void *arg)
{
    struct gate *gate = arg;

    (void)end;
    if (begin == 0) {
        CEDE_TRY(cede_future_set(gate->begun, NULL));
        return cede_await(gate->open);
    }
    CEDE_TRY(cede_await(gate->begun));
    return cede_future_set(gate->open, NULL);
}

TEST(parallel, rounds_run_at_the_same_time)
{
    cede_executor *pool = make_pool(1); /* and the caller */
    struct gate gate = make_gate();

    CHECK_EQ(cede_parallel_for(0, 2, meet, &gate,
                               &(cede_parallel_options){
                                   .executor = pool, .n_threads = 2, .schedule = CEDE_DYNAMIC}),
             0);
    cede_executor_destroy(pool);
    drop_gate(&gate);
}

/* Arrays and reductions. */

static int halve(void *item, void *arg)
{
    *(int *)item /= *(int *)arg;
    return 0;
}

TEST(parallel, each_item_of_an_array_is_visited_once)
{
    int numbers[1000], two = 2;

    for (int i = 0; i < 1000; i++)
        numbers[i] = 2 * i;
    CHECK_EQ(
        cede_parallel_each(&(cede_parallel_items){numbers, 1000, sizeof(int)}, halve, &two, NULL),
        0);
    for (int i = 0; i < 1000; i++)
        CHECK_EQ(numbers[i], i);
}

static int sum_rounds(size_t begin, size_t end, void *part, void *arg)
{
    (void)arg;
    for (size_t i = begin; i < end; i++)
        *(double *)part += 1.0 / (double)(i + 1);
    return 0;
}

static void add_sums(void *into, const void *part, void *arg)
{
    (void)arg;
    *(double *)into += *(const double *)part;
}

static const cede_reduction harmonic = {
    .fold = sum_rounds, .combine = add_sums, .size = sizeof(double)};

TEST(parallel, a_reduction_makes_one_result_of_all_parts)
{
    cede_executor *pool = make_pool(3);

    for (int schedule = CEDE_GUIDED; schedule <= CEDE_STATIC; schedule++) {
        double sum = -1;
        CHECK_EQ(cede_parallel_reduce(
                     0, 100000, &harmonic, &sum,
                     &(cede_parallel_options){
                         .executor = pool, .n_threads = 4, .schedule = (cede_schedule)schedule}),
                 0);
        CHECK(sum > 12.0901461298 && sum < 12.0901461299);
    }
    cede_executor_destroy(pool);
}

TEST(parallel, a_static_reduction_rounds_the_same_each_time)
{
    const cede_parallel_options options = {.schedule = CEDE_STATIC, .n_threads = 2};
    double first, again;

    CHECK_EQ(cede_parallel_reduce(0, 100000, &harmonic, &first, &options), 0);
    for (int i = 0; i < 20; i++) {
        CHECK_EQ(cede_parallel_reduce(0, 100000, &harmonic, &again, &options), 0);
        CHECK(memcmp(&first, &again, sizeof first) == 0);
    }
}

static int multiply(size_t begin, size_t end, void *part, void *arg)
{
    (void)arg;
    for (size_t i = begin; i < end; i++)
        *(long *)part *= (long)i;
    return 0;
}

static void multiply_parts(void *into, const void *part, void *arg)
{
    (void)arg;
    *(long *)into *= *(const long *)part;
}

TEST(parallel, parts_begin_with_the_identity)
{
    static const long one = 1;
    const cede_reduction product = {
        .fold = multiply, .combine = multiply_parts, .size = sizeof(long), .identity = &one};
    long result = 0;

    CHECK_EQ(cede_parallel_reduce(1, 11, &product, &result, NULL), 0);
    CHECK_EQ(result, 3628800);
    CHECK_EQ(cede_parallel_reduce(1, 1, &product, &result, NULL), 0);
    CHECK_EQ(result, 1);
}

/* Errors. */

static int fail_at_500(size_t begin, size_t end, void *arg)
{
    CEDE_TRY(do_rounds(begin, end, arg));
    return begin == 500 ? cede_raise(-EDOM, "round %zu", begin) : 0;
}

TEST(parallel, a_failure_ends_the_loop_and_keeps_its_record)
{
    cede_executor *pool = make_pool(2);

    for (int i = 0; i < 50; i++) {
        const cede_parallel_options options = {
            .executor = pool, .n_threads = 1U + i % 3, .schedule = CEDE_DYNAMIC, .grain = 1};
        CHECK_EQ(cede_parallel_for(0, 1000, fail_at_500, NULL, &options), -EDOM);
        CHECK_STR(cede_error_message(cede_error_last()), "round 500");
        for (size_t j = 0; j < 1000; j++)
            CHECK(n_done[j] <= 1);
        memset(n_done, 0, sizeof n_done);
    }
    cede_executor_destroy(pool);
}

/* Rounds in any number are left out, but for those that run in the moment of the failure. */
static int fail_at_once(size_t begin, size_t end, void *arg)
{
    (void)arg;
    CEDE_TRY(do_rounds(begin, end, NULL));
    return -EDOM;
}

TEST(parallel, after_a_failure_no_round_begins)
{
    cede_executor *pool = make_pool(2);
    const cede_parallel_options options = {
        .executor = pool, .n_threads = 3, .schedule = CEDE_DYNAMIC, .grain = 1};
    int n = 0;

    CHECK_EQ(cede_parallel_for(0, MOST, fail_at_once, NULL, &options), -EDOM);
    for (int i = 0; i < MOST; i++)
        n += n_done[i];
    CHECK(n >= 1 && n <= 3);
    cede_executor_destroy(pool);
}

TEST(parallel, the_result_of_a_failed_reduction_is_not_written)
{
    const cede_reduction failing = {.fold = NULL, .combine = add_sums, .size = sizeof(double)};
    double untouched = 7;

    CHECK_EQ(cede_parallel_reduce(0, 10, &failing, &untouched, NULL), -EINVAL);
    CHECK(untouched == 7);
    CHECK_EQ(cede_parallel_for(0, 10, NULL, NULL, NULL), -EINVAL);
}

/* Few rounds and many threads: they come, find nothing left, and take from each other. */
TEST(parallel, threads_that_find_nothing_left_do_no_harm)
{
    cede_executor *pool = make_pool(3);

    for (int i = 0; i < 3000; i++) {
        const cede_parallel_options options = {
            .executor = pool, .n_threads = 4, .schedule = (cede_schedule)(i % 2), .grain = 1};
        double sum = 0;
        CHECK_EQ(cede_parallel_reduce(0, 4 + (size_t)i % 9, &harmonic, &sum, &options), 0);
        CHECK(sum > 2 && sum < 4);
    }
    cede_executor_destroy(pool);
}

/* From a task. */

TEST_TASK(parallel, a_task_may_call)
{
    CHECK_EQ(cede_parallel_for(0, MOST, do_rounds, NULL, NULL), 0);
    CHECK(done_once(0, MOST));
    CHECK_EQ(cede_now(), 0); /* a virtual clock stands still */
}

static int tell_and_wait(size_t begin, size_t end, void *arg)
{
    struct gate *gate = arg;

    (void)end;
    if (begin > 0)
        return do_rounds(begin, begin + 1, NULL);
    CEDE_TRY(cede_future_set(gate->begun, NULL));
    return cede_await(gate->open);
}

struct loop {
    cede_executor *pool;
    struct gate gate;
};

static int loop_in_a_task(void *arg)
{
    struct loop *loop = arg;

    return cede_parallel_for(
        0, 1000, tell_and_wait, &loop->gate,
        &(cede_parallel_options){.executor = loop->pool, .schedule = CEDE_DYNAMIC, .grain = 1});
}

TEST_TASK_REAL(parallel, a_cancelled_task_waits_for_what_runs_and_leaves_the_rest)
{
    struct loop loop = {.pool = make_pool(1), .gate = make_gate()};
    cede_future *task = cede_spawn(loop_in_a_task, &loop);

    CHECK_EQ(cede_await(loop.gate.begun), 0); /* and the loop's thread was free for this */
    CHECK(cede_cancel(task));
    for (int i = 0; i < 10; i++)
        CHECK_EQ(cede_sleep(0), 0);
    CHECK(!cede_future_is_done(task));
    CHECK_EQ(cede_future_set(loop.gate.open, NULL), 0);
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
    CHECK(done_once(0, 0));
    cede_executor_destroy(loop.pool);
    drop_gate(&loop.gate);
}

TEST_TASK_REAL(parallel, a_task_needs_an_executor_that_takes_jobs_but_a_thread_does_not)
{
    cede_executor *pool = make_pool(1);
    const cede_parallel_options options = {.executor = pool, .n_threads = 2};

    CHECK_EQ(cede_executor_shutdown(pool, NULL), 0);
    CHECK_EQ(cede_parallel_for(0, MOST, do_rounds, NULL, &options), CEDE_ESHUTDOWN);
    CHECK(done_once(0, 0));
    cede_executor_destroy(pool);
}

TEST(parallel, a_thread_does_the_work_itself_if_nobody_helps)
{
    cede_executor *pool = make_pool(1);
    const cede_parallel_options options = {.executor = pool, .n_threads = 2};
    struct gate gate = make_gate();
    cede_future *held = submit(pool, wait_at_gate, &gate, NULL);

    CHECK_EQ(cede_await(gate.begun), 0);
    CHECK_EQ(cede_parallel_for(0, MOST, do_rounds, NULL, &options), 0);
    CHECK(done_once(0, MOST));
    CHECK_EQ(cede_future_set(gate.open, NULL), 0);
    CHECK_EQ(cede_join(held), 0);
    CHECK_EQ(cede_executor_shutdown(pool, NULL), 0);
    CHECK_EQ(cede_parallel_for(0, MOST, do_rounds, NULL, &options), 0);
    CHECK(done_once(0, MOST));
    cede_executor_destroy(pool);
    drop_gate(&gate);
}

/* From a job, and loops within loops. */

static int inner_loop(size_t begin, size_t end, void *arg)
{
    for (size_t i = begin; i < end; i++)
        CEDE_TRY(cede_parallel_for(100 * i, 100 * (i + 1), do_rounds, NULL,
                                   &(cede_parallel_options){.executor = arg, .n_threads = 3}));
    return 0;
}

TEST(parallel, loops_run_within_loops_on_the_same_threads)
{
    cede_executor *pool = make_pool(2);

    CHECK_EQ(cede_parallel_for(0, 100, inner_loop, pool,
                               &(cede_parallel_options){.executor = pool, .n_threads = 3}),
             0);
    CHECK(done_once(0, MOST));
    cede_executor_destroy(pool);
}

TEST(parallel, without_threads_one_does_it_all)
{
    cede_executor *executor = cede_sequential_executor();

    CHECK(executor != NULL);
    CHECK_EQ(
        cede_parallel_for(0, MOST, do_rounds, NULL, &(cede_parallel_options){.executor = executor}),
        0);
    CHECK(done_once(0, MOST));
    cede_executor_destroy(executor);
}

/* Running out. */

static int scenario(void)
{
    cede_executor *pool = cede_thread_pool(&(cede_pool_options){.n_threads = 2});
    double sum = 0;
    int rc = -ENOMEM;

    if (pool)
        rc = cede_parallel_reduce(0, 1000, &harmonic, &sum,
                                  &(cede_parallel_options){.executor = pool, .n_threads = 3});
    cede_executor_destroy(pool);
    return rc;
}

TEST(parallel, a_failed_allocation_is_an_error_or_work_for_fewer_threads)
{
    test_sweep_allocations(scenario);
}
