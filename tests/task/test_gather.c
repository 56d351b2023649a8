/* test_gather.c - gather, wait, as_completed over tasks and promises; rows d12 to d14. */
/* SPDX-License-Identifier: MIT */
#include "harness/harness_task.h"

/* A task that sleeps and ends as told. */
struct work {
    cede_time nap;
    int rc;
};

static int work(void *arg)
{
    const struct work *it = arg;
    const int rc = cede_sleep(it->nap);

    if (rc < 0)
        test_note("%gs:%s", cede_time_seconds(it->nap), cede_error_name(rc));
    CEDE_TRY(rc);
    return it->rc < 0 ? cede_raise(it->rc, "failed after %g s", cede_time_seconds(it->nap))
                      : it->rc;
}

static void spawn_all(struct work *works, cede_future **tasks, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        tasks[i] = cede_spawn(work, &works[i]);
        CHECK(tasks[i]);
    }
}

static void unref_all(cede_future **futures, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cede_future_unref(futures[i]);
}

/* d12: gather. */

TEST_TASK(gather, d12_waits_for_all_and_results_are_where_they_were_given)
{
    struct work works[] = {{CEDE_S(2), 20}, {CEDE_S(1), 10}, {CEDE_S(4), 40}};
    cede_future *tasks[3];

    spawn_all(works, tasks, 3);
    CHECK_EQ(cede_gather(tasks, 3, NULL), 0);
    CHECK_EQ(cede_now(), CEDE_S(4));
    CHECK_EQ(cede_future_status(tasks[0]), 20);
    CHECK_EQ(cede_future_status(tasks[1]), 10);
    CHECK_EQ(cede_future_status(tasks[2]), 40);
    unref_all(tasks, 3);
}

TEST_TASK(gather, d12_of_nothing_is_done_at_once)
{
    CHECK_EQ(cede_gather(NULL, 0, NULL), 0);
    CHECK_EQ(cede_now(), 0);
}

TEST_TASK(gather, d12_the_same_future_given_twice_counts_once)
{
    struct work works[] = {{CEDE_S(2), 0}, {CEDE_S(1), 0}};
    cede_future *tasks[2], *twice[6];

    spawn_all(works, tasks, 2);
    for (int i = 0; i < 6; i++)
        twice[i] = tasks[i % 2];
    CHECK_EQ(cede_gather(twice, 6, NULL), 0);
    CHECK_EQ(cede_now(), CEDE_S(2));
    unref_all(tasks, 2);
}

TEST_TASK(gather, waits_for_all_even_if_one_fails_and_gives_the_first_failure_in_time)
{
    struct work works[] = {{CEDE_S(3), -EIO}, {CEDE_S(1), -EPIPE}, {CEDE_S(5), 0}};
    cede_future *tasks[3];

    test_capture_reports();
    spawn_all(works, tasks, 3);
    CHECK_EQ(cede_gather(tasks, 3, NULL), -EPIPE);
    CHECK_STR(cede_error_message(cede_error_last()), "failed after 1 s");
    CHECK_EQ(cede_now(), CEDE_S(5));
    CHECK_EQ(cede_future_status(tasks[2]), 0);
    unref_all(tasks, 3);
    CHECK_STR(test_reports(), ""); /* all have been looked at */
}

TEST_TASK(gather, d12_return_early_gives_the_first_failure_at_once_while_siblings_go_on)
{
    struct work works[] = {{CEDE_S(3), 30}, {CEDE_S(1), -EPIPE}};
    cede_future *tasks[2];

    spawn_all(works, tasks, 2);
    CHECK_EQ(cede_gather(tasks, 2, &(cede_gather_options){.return_early = true}), -EPIPE);
    CHECK_EQ(cede_now(), CEDE_S(1));
    CHECK(!cede_future_is_done(tasks[0]));
    CHECK_EQ(cede_await(tasks[0]), 30);
    unref_all(tasks, 2);
}

TEST_TASK(gather, a_failure_after_an_early_return_is_not_taken_for_looked_at)
{
    struct work works[] = {{CEDE_S(3), -EIO}, {CEDE_S(1), -EPIPE}};
    cede_future *tasks[2];

    test_capture_reports();
    spawn_all(works, tasks, 2);
    CHECK_EQ(cede_gather(tasks, 2, &(cede_gather_options){.return_early = true}), -EPIPE);
    unref_all(tasks, 2);
    CHECK_STR(test_reports(), "");
    CHECK_EQ(cede_sleep(CEDE_S(5)), 0);
    CHECK_HAS(test_reports(), "EIO: failed after 3 s");
}

TEST_TASK(gather, d12_a_cancelled_child_is_revoked_but_the_gatherer_is_not_cancelled)
{
    struct work works[] = {{CEDE_S(3), 0}, {CEDE_S(1), 0}};
    cede_future *tasks[2];

    spawn_all(works, tasks, 2);
    CHECK(cede_cancel(tasks[0]));
    CHECK_EQ(cede_gather(tasks, 2, &(cede_gather_options){.return_early = true}), CEDE_EREVOKED);
    CHECK_EQ(cede_now(), 0);
    CHECK_EQ(cede_gather(tasks, 2, NULL), CEDE_EREVOKED);
    CHECK_EQ(cede_now(), CEDE_S(1));
    CHECK_EQ(cede_checkpoint(), 0);
    unref_all(tasks, 2);
}

static void cancel_after_two_seconds(cede_future *task)
{
    CHECK_EQ(cede_sleep(CEDE_S(2)), 0);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
}

struct gatherer {
    cede_future **tasks;
    size_t n;
};

static int gather_them(void *arg)
{
    const struct gatherer *it = arg;
    const int rc = cede_gather(it->tasks, it->n, NULL);

    test_note("gather:%s@%g", rc < 0 ? cede_error_name(rc) : "0", cede_time_seconds(cede_now()));
    return rc;
}

TEST_TASK(gather, d12_cancelling_the_gatherer_cancels_all_and_waits_for_their_end)
{
    struct work works[] = {{CEDE_S(3), 0}, {CEDE_S(5), 0}, {CEDE_S(1), 0}};
    cede_future *tasks[3];
    struct gatherer it = {tasks, 3};

    spawn_all(works, tasks, 3);
    cancel_after_two_seconds(cede_spawn(gather_them, &it));
    CHECK_STR(test_notes(), "3s:ECANCELED 5s:ECANCELED gather:ECANCELED@2");
    CHECK_EQ(cede_future_status(tasks[2]), 0);
    CHECK(cede_future_is_cancelled(tasks[0]));
    unref_all(tasks, 3);
}

TEST_TASK(gather, a_deadline_around_a_gather)
{
    struct work works[] = {{CEDE_S(3), 0}, {CEDE_S(1), 0}};
    cede_future *tasks[2];
    int rc = 0;

    spawn_all(works, tasks, 2);
    CEDE_TIMEOUT(CEDE_S(2), rc) {
        rc = cede_gather(tasks, 2, NULL);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_STR(test_notes(), "3s:ECANCELED");
    unref_all(tasks, 2);
}

TEST_TASK(gather, completion_wins_over_a_cancellation_of_the_same_turn)
{
    cede_future *promises[2] = {cede_future_create(), cede_future_create()};
    struct gatherer it = {promises, 2};
    cede_future *gatherer = cede_spawn(gather_them, &it);

    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_EQ(cede_future_set(promises[0], NULL), 0);
    CHECK_EQ(cede_future_set(promises[1], NULL), 0);
    CHECK(cede_cancel(gatherer));
    CHECK_EQ(cede_join(gatherer), 0);
    CHECK_STR(test_notes(), "gather:0@1");
    unref_all(promises, 2);
}

TEST_TASK(gather, says_what_it_waits_for)
{
    struct work works[] = {{CEDE_S(3), 0}, {CEDE_S(1), 0}};
    cede_future *tasks[2];
    struct gatherer it = {tasks, 2};
    cede_future *gatherer;

    spawn_all(works, tasks, 2);
    gatherer = cede_spawn(gather_them, &it);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_HAS(test_format(gatherer), " waiting for 2 of 2 futures>");
    CHECK_EQ(cede_sleep(CEDE_S(2)), 0);
    CHECK_HAS(test_format(gatherer), " waiting for 1 of 2 futures>");
    CHECK_EQ(cede_join(gatherer), 0);
    unref_all(tasks, 2);
}

/* d13: wait. */

TEST_TASK(wait, d13_of_nothing_is_an_error)
{
    size_t n_done = 77;

    CHECK_EQ(cede_wait(NULL, 0, NULL, &n_done), -EINVAL);
    CHECK_EQ(n_done, 77);
}

TEST_TASK(wait, d13_for_all_looks_at_no_outcome)
{
    struct work works[] = {{CEDE_S(3), -EIO}, {CEDE_S(1), 0}};
    cede_future *tasks[2];
    size_t n_done = 0;

    test_capture_reports();
    spawn_all(works, tasks, 2);
    CHECK_EQ(cede_wait(tasks, 2, NULL, &n_done), 0);
    CHECK_EQ(n_done, 2);
    CHECK_EQ(cede_now(), CEDE_S(3));
    unref_all(tasks, 2);
    CHECK_HAS(test_reports(), "EIO: failed after 3 s");
}

TEST_TASK(wait, d13_for_the_first_cancels_nobody)
{
    struct work works[] = {{CEDE_S(3), 0}, {CEDE_S(1), 0}, {CEDE_S(2), 0}};
    cede_future *tasks[3];
    size_t n_done = 0;

    spawn_all(works, tasks, 3);
    CHECK_EQ(cede_wait(tasks, 3, &(cede_wait_options){.until = CEDE_FIRST_COMPLETED}, &n_done), 0);
    CHECK_EQ(n_done, 1);
    CHECK_EQ(cede_now(), CEDE_S(1));
    CHECK_EQ(cede_wait(tasks, 3, NULL, &n_done), 0);
    CHECK_EQ(n_done, 3);
    CHECK_EQ(cede_now(), CEDE_S(3));
    unref_all(tasks, 3);
}

TEST_TASK(wait, d13_for_the_first_error_ignores_cancelled_ones)
{
    struct work works[] = {{CEDE_S(4), 0}, {CEDE_S(2), -EIO}, {CEDE_S(9), 0}};
    cede_future *tasks[3];
    size_t n_done = 0;

    spawn_all(works, tasks, 3);
    CHECK(cede_cancel(tasks[2]));
    CHECK_EQ(cede_wait(tasks, 3, &(cede_wait_options){.until = CEDE_FIRST_ERROR}, &n_done), 0);
    CHECK_EQ(cede_now(), CEDE_S(2));
    CHECK_EQ(n_done, 2);
    CHECK_EQ(cede_await(tasks[1]), -EIO);
    unref_all(tasks, 3);
}

TEST_TASK(wait, d13_for_the_first_error_without_one_is_for_all)
{
    struct work works[] = {{CEDE_S(4), 0}, {CEDE_S(2), 0}};
    cede_future *tasks[2];
    size_t n_done = 0;

    spawn_all(works, tasks, 2);
    CHECK_EQ(cede_wait(tasks, 2, &(cede_wait_options){.until = CEDE_FIRST_ERROR}, &n_done), 0);
    CHECK_EQ(n_done, 2);
    CHECK_EQ(cede_now(), CEDE_S(4));
    unref_all(tasks, 2);
}

TEST_TASK(wait, d13_running_out_of_time_is_a_result_and_cancels_nobody)
{
    struct work works[] = {{CEDE_S(3), 0}, {CEDE_S(1), 0}};
    cede_future *tasks[2];
    size_t n_done = 0;

    spawn_all(works, tasks, 2);
    CHECK_EQ(cede_wait(tasks, 2, &(cede_wait_options){.deadline = CEDE_S(2)}, &n_done), 0);
    CHECK_EQ(n_done, 1);
    CHECK_EQ(cede_now(), CEDE_S(2));
    CHECK(!cede_future_is_done(tasks[0]));
    /* long past */
    CHECK_EQ(cede_wait(tasks, 2, &(cede_wait_options){.deadline = CEDE_S(1)}, &n_done), 0);
    CHECK_EQ(n_done, 1);
    CHECK_EQ(cede_await(tasks[0]), 0);
    unref_all(tasks, 2);
}

static int wait_for_them(void *arg)
{
    const struct gatherer *it = arg;
    size_t n_done = 77;
    const int rc = cede_wait(it->tasks, it->n, NULL, &n_done);

    test_note("wait:%s:%zu", cede_error_name(rc), n_done);
    return rc;
}

TEST_TASK(wait, d13_a_cancelled_wait_cancels_nobody_and_writes_nothing)
{
    struct work works[] = {{CEDE_S(3), 0}, {CEDE_S(1), 0}};
    cede_future *tasks[2];
    struct gatherer it = {tasks, 2};

    spawn_all(works, tasks, 2);
    cancel_after_two_seconds(cede_spawn(wait_for_them, &it));
    CHECK_STR(test_notes(), "wait:ECANCELED:77");
    CHECK_EQ(cede_await(tasks[0]), 0);
    unref_all(tasks, 2);
}

/* d14: as_completed. */

TEST_TASK(as_completed, d14_delivers_in_the_order_of_completion_those_done_first)
{
    struct work works[] = {{CEDE_S(3), 30}, {CEDE_S(1), 10}, {CEDE_S(2), -EIO}, {CEDE_S(1), 11}};
    cede_future *tasks[4], *future = NULL;
    cede_completion *completion = NULL;

    spawn_all(works, tasks, 4);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(cede_as_completed(tasks, 4, CEDE_NEVER, &completion), 0);
    CHECK_EQ(cede_completion_next(completion, &future), 1);
    CHECK_PTR(future, tasks[1]);
    CHECK_EQ(cede_completion_next(completion, &future), 1);
    CHECK_PTR(future, tasks[3]);
    CHECK_EQ(cede_now(), CEDE_S(1));
    CHECK_EQ(cede_completion_next(completion, &future), 1);
    CHECK_PTR(future, tasks[2]);
    CHECK_EQ(cede_await(future), -EIO);
    CHECK_EQ(cede_now(), CEDE_S(2));
    CHECK_EQ(cede_completion_next(completion, &future), 1);
    CHECK_PTR(future, tasks[0]);
    CHECK_EQ(cede_now(), CEDE_S(3));
    CHECK_EQ(cede_completion_next(completion, &future), 0);
    CHECK_EQ(cede_completion_next(completion, &future), 0);
    CHECK_PTR(future, tasks[0]); /* not written */
    cede_completion_destroy(completion);
    unref_all(tasks, 4);
}

TEST_TASK(as_completed, d14_delivers_what_was_given_twice_once)
{
    struct work works[] = {{CEDE_S(1), 0}};
    cede_future *task = NULL, *future = NULL;
    cede_completion *completion = NULL;

    spawn_all(works, &task, 1);
    CHECK_EQ(cede_as_completed((cede_future *[]){task, task, task}, 3, CEDE_NEVER, &completion), 0);
    CHECK_EQ(cede_completion_next(completion, &future), 1);
    CHECK_EQ(cede_completion_next(completion, &future), 0);
    cede_completion_destroy(completion);
    cede_future_unref(task);
}

TEST_TASK(as_completed, d14_after_the_deadline_every_further_one_is_out_of_time)
{
    struct work works[] = {{CEDE_S(1), 0}, {CEDE_S(3), 0}, {CEDE_S(4), 0}};
    cede_future *tasks[3], *future = NULL;
    cede_completion *completion = NULL;

    spawn_all(works, tasks, 3);
    CHECK_EQ(cede_as_completed(tasks, 3, CEDE_S(2), &completion), 0);
    CHECK_EQ(cede_completion_next(completion, &future), 1);
    CHECK_EQ(cede_completion_next(completion, &future), -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_S(2));
    CHECK_STR(cede_error_message(cede_error_last()), "2 of 3 futures are unfinished");
    CHECK_EQ(cede_completion_next(completion, &future), -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_S(2));
    CHECK_PTR(future, tasks[0]);
    cede_completion_destroy(completion);
    CHECK_EQ(cede_gather(tasks, 3, NULL), 0); /* they went on */
    unref_all(tasks, 3);
}

TEST_TASK(as_completed, of_nothing_ends_at_once)
{
    cede_future *future = NULL;
    cede_completion *completion = NULL;

    CHECK_EQ(cede_as_completed(NULL, 0, CEDE_NEVER, &completion), 0);
    CHECK_EQ(cede_completion_next(completion, &future), 0);
    cede_completion_destroy(completion);
    cede_completion_destroy(NULL);
}

TEST_TASK(as_completed, may_be_left_early_and_keeps_its_futures)
{
    struct work works[] = {{CEDE_S(1), 0}, {CEDE_S(3), 0}};
    cede_future *tasks[2], *future = NULL;
    cede_completion *completion = NULL;

    spawn_all(works, tasks, 2);
    CHECK_EQ(cede_as_completed(tasks, 2, CEDE_NEVER, &completion), 0);
    unref_all(tasks, 2);
    CHECK_EQ(cede_completion_next(completion, &future), 1);
    CHECK_EQ(cede_await(future), 0);
    cede_completion_destroy(completion);
    CHECK_EQ(cede_sleep(CEDE_S(5)), 0);
}

static int take_completions(void *arg)
{
    cede_completion *completion = arg;
    cede_future *future = NULL;
    const int rc = cede_completion_next(completion, &future);

    test_note("%s", cede_error_name(rc));
    return rc;
}

static int watch_and_be_cancelled(void *arg)
{
    cede_future *promise = arg;
    cede_completion *completion = NULL;
    int rc;

    CHECK_EQ(cede_as_completed(&promise, 1, CEDE_NEVER, &completion), 0);
    rc = take_completions(completion);
    cede_completion_destroy(completion);
    return rc;
}

TEST_TASK(as_completed, a_cancelled_wait_cancels_nobody)
{
    cede_future *promise = cede_future_create();
    cede_future *task = cede_spawn(watch_and_be_cancelled, promise);

    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
    CHECK_STR(test_notes(), "ECANCELED");
    CHECK(!cede_future_is_done(promise));
    cede_future_unref(promise);
}

/* Many. */

TEST_TASK(gather, ten_thousand_tasks)
{
#if defined(__SANITIZE_THREAD__)
    enum { N = 1000 }; /* ThreadSanitizer has room for 8,128 stacks */
#else
    enum { N = 10000 };
#endif
    static struct work works[N];
    static cede_future *tasks[N];
    cede_completion *completion = NULL;
    cede_future *future = NULL;

    for (int i = 0; i < N; i++)
        works[i] = (struct work){CEDE_MS((i * 7919) % N), i};
    spawn_all(works, tasks, N);
    CHECK_EQ(cede_as_completed(tasks, N, CEDE_NEVER, &completion), 0);
    for (int i = 0; i < N; i++) {
        CHECK_EQ(cede_completion_next(completion, &future), 1);
        CHECK_EQ(cede_now(), CEDE_MS(i));
        CHECK_EQ((cede_future_status(future) * 7919L) % N, i);
    }
    CHECK_EQ(cede_completion_next(completion, &future), 0);
    cede_completion_destroy(completion);
    CHECK_EQ(cede_gather(tasks, N, NULL), 0);
    unref_all(tasks, N);
}
