/* test_sequential.c - the executor that runs jobs where they are submitted. */
/* SPDX-License-Identifier: MIT */
#include <cede/map.h>

#include "task/jobs.h"

static cede_executor *make_sequential(void)
{
    cede_executor *executor = cede_sequential_executor();

    CHECK(executor != NULL);
    return executor;
}

TEST(sequential, a_job_is_done_when_submit_returns)
{
    cede_executor *executor = make_sequential();
    const int n = 7;
    int result = 0;
    cede_future *job = submit(executor, square, &n, &result);

    CHECK_EQ(result, 49);
    CHECK_STR(test_format(job), "<Job finished result=7>");
    CHECK(!cede_cancel(job));
    CHECK_EQ(cede_join(job), 7);
    CHECK_EQ(n_dropped, 0);
    cede_executor_destroy(executor);
}

TEST(sequential, a_failure_is_the_futures_and_leaves_the_callers_error_alone)
{
    cede_executor *executor = make_sequential();
    cede_future *job;

    (void)cede_raise(-EIO, "being handled");
    job = submit(executor, fail_with_words, "no good", NULL);
    CHECK_STR(cede_error_message(cede_error_last()), "being handled");
    CHECK_EQ(cede_join(job), -EBADMSG);
    CHECK_STR(cede_error_message(cede_error_last()), "no good");
    cede_executor_destroy(executor);
}

static int sleep_and_tell(const void *in, void *out)
{
    CEDE_TRY(cede_sleep(*(const cede_time *)in));
    *(cede_time *)out = cede_now();
    return 0;
}

TEST_TASK(sequential, a_job_submitted_by_a_task_may_suspend_it)
{
    cede_executor *executor = make_sequential();
    const cede_time span = CEDE_S(3);
    cede_time end = 0;

    CHECK_EQ(cede_join(submit(executor, sleep_and_tell, &span, &end)), 0);
    CHECK_EQ(end, CEDE_S(3));
    cede_executor_destroy(executor);
}

TEST(sequential, c6_a_job_after_the_shutdown_is_refused_and_dropped)
{
    cede_executor *executor = make_sequential();
    const int n = 1;

    CHECK_EQ(cede_executor_shutdown(executor, NULL), 0);
    CHECK_PTR(cede_submit(executor, &(cede_job){.fn = square, .in = &n, .drop = count_drop}), NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), CEDE_ESHUTDOWN);
    CHECK_EQ(n_dropped, 1);
    cede_executor_destroy(executor);
}

TEST(sequential, c5_a_map_works_over_it)
{
    cede_executor *executor = make_sequential();
    const int items[] = {1, 2, 3};
    cede_map *map;
    void *out = NULL;

    CHECK_EQ(cede_map_create(executor,
                             &(cede_map_options){.fn = square,
                                                 .items = items,
                                                 .n_items = 3,
                                                 .item_size = sizeof items[0],
                                                 .out_size = sizeof(int)},
                             &map),
             0);
    for (int i = 1; i <= 3; i++) {
        CHECK_EQ(cede_map_next(map, &out), 1);
        CHECK_EQ(*(int *)out, i * i);
    }
    CHECK_EQ(cede_map_next(map, &out), 0);
    cede_map_destroy(map);
    cede_executor_destroy(executor);
}

static int scenario(void)
{
    cede_executor *executor = cede_sequential_executor();
    const int n = 3;
    int result;
    cede_future *job = cede_submit(executor, &(cede_job){.fn = square, .in = &n, .out = &result});
    const int rc = executor && job ? cede_join(job) : -ENOMEM;

    cede_executor_destroy(executor);
    return rc == 3 ? 0 : rc;
}

TEST(sequential, a_failed_allocation_is_an_error_and_loses_nothing)
{
    test_sweep_allocations(scenario);
}
