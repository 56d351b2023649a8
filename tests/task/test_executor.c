/* test_executor.c - jobs in threads: what concurrent.futures promises (rows c1 to c7), and how
 * tasks meet them (c15). */
/* SPDX-License-Identifier: MIT */
#include "jobs.h"

/* Results and failures. */

TEST(executor, c2_a_job_runs_in_another_thread_and_its_result_comes_back)
{
    cede_executor *pool = make_pool(2);
    const int n = 7;
    int result = 0;
    void *value = NULL;
    cede_future *job = submit(pool, square, &n, &result);

    CHECK_EQ(cede_await(job), 7);
    CHECK_EQ(result, 49);
    CHECK_EQ(cede_future_value(job, &value), 7);
    CHECK_PTR(value, &result);
    cede_future_unref(job);
    cede_executor_destroy(pool);
    CHECK_EQ(n_dropped, 0); /* it ran */
}

TEST_TASK(executor, c15_a_task_awaits_a_job)
{
    cede_executor *pool = make_pool(2);
    const int n = 5;
    int result = 0;

    CHECK_EQ(cede_join(submit(pool, square, &n, &result)), 5);
    CHECK_EQ(result, 25);
    cede_executor_destroy(pool);
}

TEST(executor, c2_the_record_of_a_failure_travels_to_the_awaiter)
{
    cede_executor *pool = make_pool(1);
    cede_future *job = submit(pool, fail_with_words, "the tape is torn", NULL);

    CHECK_EQ(cede_await(job), -EBADMSG);
    CHECK_STR(cede_error_message(cede_error_last()), "the tape is torn");
    CHECK_HAS(test_traceback(), "fail_with_words");
    CHECK_HAS(test_format(job), "<Job finished error=EBADMSG 'the tape is torn'>");
    cede_future_unref(job);
    cede_executor_destroy(pool);
}

TEST(executor, a_failure_without_words_does_not_get_those_of_an_earlier_job)
{
    cede_executor *pool = make_pool(1);

    CHECK_EQ(cede_join(submit(pool, fail_with_words, "stale", NULL)), -EBADMSG);
    cede_future *job = submit(pool, fail_without_words, NULL, NULL);
    CHECK_EQ(cede_await(job), -EBADMSG);
    CHECK_PTR(cede_future_error(job), NULL);
    CHECK(strstr(test_traceback(), "stale") == NULL);
    cede_future_unref(job);
    cede_executor_destroy(pool);
}

TEST(executor, a_failure_that_nobody_looked_at_is_reported)
{
    cede_executor *pool = make_pool(1);

    test_capture_reports();
    cede_future *job = submit(pool, fail_with_words, "unseen", NULL);
    cede_executor_destroy(pool);
    cede_future_unref(job); /* a future outlives its pool */
    CHECK_HAS(test_reports(), "Job exception was never retrieved");
    CHECK_HAS(test_reports(), "unseen");
}

TEST(executor, c2_a_deadline_leaves_a_running_job_running)
{
    cede_executor *pool = make_pool(1);
    struct gate gate = make_gate();
    cede_future *job = submit(pool, wait_at_gate, &gate, NULL);

    CHECK_EQ(cede_await(gate.begun), 0);
    CHECK_EQ(cede_wait_for(job, CEDE_MS(1)), -ETIMEDOUT);
    CHECK(!cede_future_is_done(job));
    CHECK_EQ(cede_future_set(gate.open, NULL), 0);
    CHECK_EQ(cede_join(job), 0);
    cede_executor_destroy(pool);
    drop_gate(&gate);
}

/* Cancelling. */

TEST(executor, c1_a_queued_job_can_be_withdrawn_a_running_one_cannot)
{
    cede_executor *pool = make_pool(1);
    struct gate gate = make_gate();
    int n_ran = 0;
    cede_future *running = submit(pool, wait_at_gate, &gate, NULL);
    cede_future *queued = submit(pool, count_up, NULL, &n_ran);

    CHECK_EQ(cede_await(gate.begun), 0);
    CHECK_STR(test_format(running), "<Job running>");
    CHECK_STR(test_format(queued), "<Job pending>");
    CHECK(!cede_cancel(running));
    CHECK(cede_cancel(queued));
    CHECK_EQ(n_dropped, 1); /* here and now */
    CHECK(!cede_cancel(queued));
    CHECK(cede_future_is_cancelled(queued));
    CHECK_STR(test_format(queued), "<Job cancelled>");
    CHECK_EQ(cede_join(queued), CEDE_EREVOKED);

    CHECK_EQ(cede_future_set(gate.open, NULL), 0);
    CHECK_EQ(cede_join(running), 0);
    cede_executor_destroy(pool);
    CHECK_EQ(n_ran, 0);
    CHECK_EQ(n_dropped, 1);
    drop_gate(&gate);
}

TEST(executor, a_name_is_shown)
{
    cede_executor *pool = make_pool(1);
    int n = 0;
    cede_future *job =
        cede_submit(pool, &(cede_job){.fn = count_up, .out = &n, .name = "counting"});

    CHECK_EQ(cede_await(job), 0);
    CHECK_STR(test_format(job), "<Job finished name='counting' result=0>");
    cede_future_unref(job);
    cede_executor_destroy(pool);
}

static int await_it(void *arg)
{
    return cede_await(arg);
}

TEST_TASK(executor, c15_cancelling_the_awaiter_withdraws_a_queued_job)
{
    cede_executor *pool = make_pool(1);
    struct gate gate = make_gate();
    int n_ran = 0;
    cede_future *running = submit(pool, wait_at_gate, &gate, NULL);
    cede_future *queued = submit(pool, count_up, NULL, &n_ran);
    cede_future *awaiter = cede_spawn(await_it, queued);

    CHECK_EQ(cede_await(gate.begun), 0);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(awaiter));
    CHECK_EQ(cede_join(awaiter), CEDE_EREVOKED);
    CHECK(cede_future_is_cancelled(queued));
    cede_future_unref(queued);

    /* One that runs does not keep its awaiter. */
    awaiter = cede_spawn(await_it, running);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(awaiter));
    CHECK_EQ(cede_join(awaiter), CEDE_EREVOKED);
    CHECK(!cede_future_is_done(running));
    CHECK_EQ(cede_future_set(gate.open, NULL), 0);
    CHECK_EQ(cede_join(running), 0);
    cede_executor_destroy(pool);
    CHECK_EQ(n_ran, 0);
    drop_gate(&gate);
}

/* Shutdown. */

TEST(executor, c7_shutdown_waits_for_all_that_was_submitted)
{
    cede_executor *pool = make_pool(2);
    int n_ran = 0;

    for (int i = 0; i < 50; i++)
        cede_future_unref(submit(pool, count_up, NULL, &n_ran));
    CHECK_EQ(cede_executor_shutdown(pool, NULL), 0);
    CHECK_EQ(n_ran, 50);
    CHECK_EQ(cede_executor_shutdown(pool, NULL), 0); /* again, in any form */
    CHECK_EQ(cede_executor_shutdown(pool, &(cede_shutdown_options){.no_wait = true}), 0);
    cede_executor_destroy(pool);
}

TEST(executor, c7_shutdown_can_withdraw_the_queued_and_lets_the_running_finish)
{
    cede_executor *pool = make_pool(1);
    struct gate gate = make_gate();
    cede_future *queued[50];
    int n_ran = 0;
    cede_future *running = submit(pool, wait_at_gate, &gate, NULL);

    for (int i = 0; i < 50; i++)
        queued[i] = submit(pool, count_up, NULL, &n_ran);
    CHECK_EQ(cede_await(gate.begun), 0);
    CHECK_EQ(cede_executor_shutdown(
                 pool, &(cede_shutdown_options){.no_wait = true, .cancel_queued = true}),
             0);
    for (int i = 0; i < 50; i++)
        CHECK_EQ(cede_join(queued[i]), CEDE_EREVOKED);
    CHECK_EQ(n_dropped, 50);
    CHECK(!cede_future_is_done(running));
    CHECK_EQ(cede_future_set(gate.open, NULL), 0);
    CHECK_EQ(cede_executor_shutdown(pool, NULL), 0);
    CHECK_EQ(cede_join(running), 0);
    CHECK_EQ(n_ran, 0);
    cede_executor_destroy(pool);
    drop_gate(&gate);
}

TEST(executor, c7_cancelling_and_then_shutting_down_does_not_hang)
{
    cede_executor *pool = make_pool(2);
    cede_future *jobs[20];
    int n_ran = 0;
    int n_cancelled = 0;

    for (int i = 0; i < 20; i++)
        jobs[i] = submit(pool, count_up, NULL, &n_ran);
    for (int i = 0; i < 20; i++)
        n_cancelled += cede_cancel(jobs[i]);
    CHECK_EQ(cede_executor_shutdown(pool, NULL), 0);
    CHECK_EQ(n_ran + n_cancelled, 20);
    CHECK_EQ(n_dropped, n_cancelled);
    for (int i = 0; i < 20; i++)
        cede_future_unref(jobs[i]);
    cede_executor_destroy(pool);
}

TEST(executor, c6_submit_after_shutdown_is_refused_and_drops)
{
    cede_executor *pool = make_pool(1);
    int n_ran = 0;

    CHECK_EQ(cede_executor_shutdown(pool, NULL), 0); /* of a pool that never had a thread */
    CHECK_PTR(cede_submit(pool, &(cede_job){.fn = count_up, .out = &n_ran, .drop = count_drop}),
              NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), CEDE_ESHUTDOWN);
    CHECK_EQ(n_dropped, 1);
    CHECK_EQ(n_ran, 0);
    cede_executor_destroy(pool);
}

TEST(executor, what_is_no_job_is_refused_and_dropped)
{
    cede_executor *pool = make_pool(1);

    CHECK_PTR(cede_submit(pool, &(cede_job){.drop = count_drop}), NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), -EINVAL);
    CHECK_PTR(cede_submit(NULL, &(cede_job){.fn = count_up, .drop = count_drop}), NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), -EINVAL);
    CHECK_EQ(n_dropped, 2);
    CHECK_EQ(cede_executor_shutdown(NULL, NULL), 0);
    cede_executor_destroy(NULL);
    cede_executor_destroy(pool);
}

static int shut_own_pool_down(const void *in, void *out)
{
    (void)out;
    return cede_executor_shutdown((cede_executor *)in, NULL);
}

TEST(executor, c7_a_job_that_waits_for_the_end_of_its_own_pool_is_told_so)
{
    cede_executor *pool = make_pool(1);

    CHECK_EQ(cede_join(submit(pool, shut_own_pool_down, pool, NULL)), -EDEADLK);
    CHECK_EQ(cede_executor_shutdown(pool, NULL), 0); /* it had begun */
    cede_executor_destroy(pool);
}

static int shut_down(void *arg)
{
    return cede_executor_shutdown(arg, NULL);
}

TEST_TASK(executor, c7_a_task_that_waits_for_a_shutdown_can_be_cancelled)
{
    cede_executor *pool = make_pool(1);
    struct gate gate = make_gate();
    cede_future *job = submit(pool, wait_at_gate, &gate, NULL);
    cede_future *task = cede_spawn(shut_down, pool);

    CHECK_EQ(cede_await(gate.begun), 0);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
    CHECK_PTR(cede_submit(pool, &(cede_job){.fn = count_up}), NULL); /* it goes on */
    CHECK_EQ(cede_future_set(gate.open, NULL), 0);
    cede_executor_destroy(pool);
    CHECK_EQ(cede_join(job), 0);
    drop_gate(&gate);
}

/* Several at once. */

static void complete_over_two_pools(void)
{
    cede_executor *pools[2] = {make_pool(1), make_pool(1)};
    struct gate gates[2] = {make_gate(), make_gate()};
    cede_future *jobs[2], *next = NULL;
    cede_completion *completion;

    for (int i = 0; i < 2; i++)
        jobs[i] = submit(pools[i], wait_at_gate, &gates[i], NULL);
    CHECK_EQ(cede_as_completed(jobs, 2, CEDE_NEVER, &completion), 0);
    CHECK_EQ(cede_future_set(gates[1].open, NULL), 0);
    CHECK_EQ(cede_completion_next(completion, &next), 1);
    CHECK_PTR(next, jobs[1]);
    CHECK_EQ(cede_future_set(gates[0].open, NULL), 0);
    CHECK_EQ(cede_completion_next(completion, &next), 1);
    CHECK_PTR(next, jobs[0]);
    CHECK_EQ(cede_completion_next(completion, &next), 0);
    cede_completion_destroy(completion);
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(cede_join(jobs[i]), 0);
        cede_executor_destroy(pools[i]);
        drop_gate(&gates[i]);
    }
}

TEST(executor, c4_as_completed_over_two_pools_in_a_thread)
{
    complete_over_two_pools();
}

TEST_TASK(executor, c4_as_completed_over_two_pools_in_a_task)
{
    complete_over_two_pools();
}

TEST(executor, c3_wait_in_a_thread_stops_at_its_deadline)
{
    cede_executor *pool = make_pool(2);
    struct gate gate = make_gate();
    int n_ran = 0;
    cede_future *jobs[2] = {submit(pool, wait_at_gate, &gate, NULL),
                            submit(pool, count_up, NULL, &n_ran)};
    size_t n_done = 0;

    CHECK_EQ(cede_await(jobs[1]), 0);
    CHECK_EQ(cede_wait(jobs, 2, &(cede_wait_options){.deadline = cede_after(CEDE_MS(1))}, &n_done),
             0);
    CHECK_EQ(n_done, 1);
    CHECK_EQ(cede_future_set(gate.open, NULL), 0);
    CHECK_EQ(cede_gather(jobs, 2, NULL), 0);
    for (int i = 0; i < 2; i++)
        cede_future_unref(jobs[i]);
    cede_executor_destroy(pool);
    drop_gate(&gate);
}

/* Callbacks. */

static pthread_t callback_thread;
static cede_future *callback_done;

static void note_thread(cede_future *future, void *arg)
{
    (void)future;
    (void)arg;
    callback_thread = pthread_self();
    if (callback_done)
        CHECK_EQ(cede_future_set(callback_done, NULL), 0);
}

static int tell_thread(const void *in, void *out)
{
    const struct gate *gate = in;

    *(pthread_t *)out = pthread_self();
    return cede_await(gate->open);
}

TEST(executor, c2_a_callback_added_outside_a_loop_runs_in_the_completing_thread)
{
    cede_executor *pool = make_pool(1);
    struct gate gate = make_gate();
    pthread_t worker;
    cede_future *job = submit(pool, tell_thread, &gate, &worker);

    CHECK_EQ(cede_future_on_done(job, note_thread, NULL), 0);
    CHECK_EQ(cede_future_set(gate.open, NULL), 0);
    cede_executor_destroy(pool);
    CHECK(pthread_equal(callback_thread, worker));

    /* Done already: here, at once. */
    CHECK_EQ(cede_future_on_done(job, note_thread, NULL), 0);
    CHECK(pthread_equal(callback_thread, pthread_self()));
    cede_future_unref(job);
    drop_gate(&gate);
}

TEST_TASK(executor, c2_a_callback_added_in_a_loop_runs_there)
{
    cede_executor *pool = make_pool(1);
    struct gate gate = make_gate();
    pthread_t worker;
    cede_future *job = submit(pool, tell_thread, &gate, &worker);

    callback_done = cede_future_create();
    CHECK_EQ(cede_future_on_done(job, note_thread, NULL), 0);
    CHECK_EQ(cede_future_set(gate.open, NULL), 0);
    CHECK_EQ(cede_join(callback_done), 0);
    CHECK(pthread_equal(callback_thread, pthread_self()));
    cede_executor_destroy(pool);
    cede_future_unref(job);
    drop_gate(&gate);
}

/* Virtual time. */

static int sleep_a_little(const void *in, void *out)
{
    (void)in;
    (void)out;
    return cede_sleep(CEDE_MS(5));
}

static int sleep_an_hour(void *arg)
{
    (void)arg;
    return cede_sleep(CEDE_S(3600));
}

TEST_TASK(executor, virtual_time_stands_still_while_a_job_runs)
{
    cede_executor *pool = make_pool(1);
    cede_future *sleeper = cede_spawn(sleep_an_hour, NULL);

    CHECK_EQ(cede_join(submit(pool, sleep_a_little, NULL, NULL)), 0);
    CHECK_EQ(cede_now(), 0);
    CHECK_EQ(cede_join(sleeper), 0);
    CHECK_EQ(cede_now(), CEDE_S(3600));
    cede_executor_destroy(pool);
}

TEST_TASK(executor, virtual_time_goes_on_after_a_job_that_nobody_awaits)
{
    cede_executor *pool = make_pool(1);
    int n_ran = 0;

    cede_future_unref(submit(pool, sleep_a_little, NULL, NULL));
    cede_future_unref(submit(pool, count_up, NULL, &n_ran));
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_EQ(cede_now(), CEDE_S(1));
    CHECK_EQ(__atomic_load_n(&n_ran, __ATOMIC_RELAXED), 1); /* time waited for it */
    cede_executor_destroy(pool);
}

/* cede_run_in_thread. */

static pthread_t thread_of_call;

static int note_call(void *arg)
{
    thread_of_call = pthread_self();
    *(int *)arg += 1;
    return 3;
}

TEST_TASK(executor, c15_run_in_thread_runs_in_a_thread)
{
    int n = 0;

    CHECK_EQ(cede_run_in_thread(note_call, &n), 3);
    CHECK_EQ(n, 1);
    CHECK(!pthread_equal(thread_of_call, pthread_self()));
}

TEST(executor, c15_run_in_thread_serves_plain_threads_too)
{
    int n = 0;

    CHECK_EQ(cede_run_in_thread(note_call, &n), 3);
    CHECK_EQ(n, 1);
    CHECK(!pthread_equal(thread_of_call, pthread_self()));
}

static int fail_call(void *arg)
{
    return cede_raise(-EBADMSG, "%s", (const char *)arg);
}

TEST_TASK(executor, c15_run_in_thread_brings_the_record_of_a_failure)
{
    CHECK_EQ(cede_run_in_thread(fail_call, "no such luck"), -EBADMSG);
    CHECK_STR(cede_error_message(cede_error_last()), "no such luck");
}

static int wait_at_gate_call(void *arg)
{
    return wait_at_gate(arg, NULL) == 0 ? 7 : -EIO;
}

struct threaded {
    struct gate gate;
    int rc;
    int rc_after;
};

static int run_gate_in_thread(void *arg)
{
    struct threaded *threaded = arg;

    threaded->rc = cede_run_in_thread(wait_at_gate_call, &threaded->gate);
    threaded->rc_after = cede_checkpoint();
    return 0;
}

TEST_TASK(executor, c15_run_in_thread_waits_for_what_has_begun_and_sees_the_cancellation_after)
{
    struct threaded threaded = {.gate = make_gate()};
    cede_future *task = cede_spawn(run_gate_in_thread, &threaded);

    CHECK_EQ(cede_await(threaded.gate.begun), 0);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK(!cede_future_is_done(task));
    CHECK_EQ(cede_future_set(threaded.gate.open, NULL), 0);
    CHECK_EQ(cede_join(task), 0);
    CHECK_EQ(threaded.rc, 7);
    CHECK_EQ(threaded.rc_after, -ECANCELED);
    drop_gate(&threaded.gate);
}

static int wait_for_opening(const void *in, void *out)
{
    const struct gate *gate = in;

    (void)out;
    return cede_await(gate->open);
}

TEST_TASK(executor, c15_run_in_thread_withdraws_what_has_not_begun)
{
    enum { BLOCKERS = 32 }; /* as many as the default pool has threads at most */
    struct gate gate = make_gate();
    struct threaded threaded = {.gate = make_gate()};
    cede_future *blockers[BLOCKERS];
    cede_future *task;

    for (int i = 0; i < BLOCKERS; i++) {
        blockers[i] =
            cede_submit(cede_default_pool(), &(cede_job){.fn = wait_for_opening, .in = &gate});
        CHECK(blockers[i] != NULL);
    }
    task = cede_spawn(run_gate_in_thread, &threaded);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_join(task), 0);
    CHECK_EQ(threaded.rc, -ECANCELED);
    CHECK(!cede_future_is_done(threaded.gate.begun));
    CHECK_EQ(cede_future_set(gate.open, NULL), 0);
    CHECK_EQ(cede_gather(blockers, BLOCKERS, NULL), 0);
    for (int i = 0; i < BLOCKERS; i++)
        cede_future_unref(blockers[i]);
    drop_gate(&gate);
    drop_gate(&threaded.gate);
}
