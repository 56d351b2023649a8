/* test_process_shutdown.c - pools of processes end in every way (c6, c7), and never hang. */
/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

#include "task/processes.h"

static int n_dropped; /* atomic */

static void count_drop(void *in)
{
    (void)in;
    __atomic_add_fetch(&n_dropped, 1, __ATOMIC_RELAXED);
}

static int die(const void *in, void *out)
{
    (void)in;
    (void)out;
    return raise(SIGKILL);
}

static int spin(const void *in, void *out)
{
    (void)out;
    return cede_sleep(*(const cede_time *)in);
}

static void check_no_children(void)
{
    CHECK_EQ(waitpid(-1, NULL, WNOHANG), -1);
    CHECK_EQ(errno, ECHILD);
}

TEST(process_shutdown, c6_a_job_after_the_shutdown_is_refused_and_dropped)
{
    cede_executor *pool = make_processes(1);

    CHECK_EQ(cede_executor_shutdown(pool, NULL), 0);
    CHECK_PTR(cede_submit(pool, &(cede_job){.fn = die, .drop = count_drop}), NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), CEDE_ESHUTDOWN);
    CHECK_EQ(n_dropped, 1);
    CHECK_EQ(cede_executor_shutdown(pool, NULL), 0);
    cede_executor_destroy(pool);
    check_no_children();
}

TEST(process_shutdown, c7_a_pool_that_never_had_a_job_ends)
{
    cede_executor_destroy(make_processes(4));
    check_no_children();
}

TEST(process_shutdown, c7_what_was_submitted_is_run)
{
    enum { N = 300 };
    cede_executor *pool = make_processes(2);
    cede_future *jobs[N];
    static int ins[N], outs[N];

    for (int i = 0; i < N; i++)
        jobs[i] = submit_add(pool, &ins[i], &outs[i]);
    CHECK_EQ(cede_executor_shutdown(pool, NULL), 0);
    for (int i = 0; i < N; i++) {
        CHECK(cede_future_is_done(jobs[i]));
        CHECK_EQ(cede_join(jobs[i]), 0);
        CHECK_EQ(outs[i], 1);
    }
    cede_executor_destroy(pool);
    check_no_children();
}

TEST(process_shutdown, c7_cancel_queued_withdraws_what_has_not_begun)
{
    enum { N = 50 };
    cede_executor *pool = make_processes(1);
    const struct note note = make_note(0);
    cede_future *stuck = submit_note(pool, get_stuck, &note), *jobs[N];

    for (int i = 0; i < N; i++)
        jobs[i] = submit_bytes(pool, (cede_job){.fn = die, .drop = count_drop});
    (void)note_pid(&note);
    CHECK_EQ(cede_executor_shutdown(
                 pool, &(cede_shutdown_options){.cancel_queued = true, .no_wait = true}),
             0);
    for (int i = 0; i < N; i++)
        CHECK_EQ(cede_join(jobs[i]), CEDE_EREVOKED);
    CHECK_EQ(n_dropped, N);
    CHECK(!cede_future_is_done(stuck));
    CHECK_EQ(cede_process_pool_kill(pool), 0); /* and so this pool ends, whose job would not */
    CHECK_EQ(cede_executor_shutdown(pool, NULL), 0);
    CHECK_EQ(cede_join(stuck), CEDE_EWORKER);
    cede_executor_destroy(pool);
    drop_note(&note);
    check_no_children();
}

static void crash_and_shut_down(cede_shutdown_options options)
{
    enum { N = 8 };
    cede_executor *pool = make_processes(2);
    cede_future *jobs[N];

    for (int i = 0; i < N; i++)
        jobs[i] = submit_bytes(pool, (cede_job){.fn = die});
    CHECK_EQ(cede_executor_shutdown(pool, &options), 0);
    cede_executor_destroy(pool);
    for (int i = 0; i < N; i++) {
        const int rc = cede_join(jobs[i]);
        CHECK(rc == CEDE_EWORKER || (options.cancel_queued && rc == CEDE_EREVOKED));
    }
    check_no_children();
}

TEST(process_shutdown, c9_a_shutdown_that_races_with_crashes_ends)
{
    for (int i = 0; i < 10; i++) {
        crash_and_shut_down((cede_shutdown_options){.no_wait = false});
        crash_and_shut_down((cede_shutdown_options){.no_wait = true});
        crash_and_shut_down((cede_shutdown_options){.cancel_queued = true});
        crash_and_shut_down((cede_shutdown_options){.cancel_queued = true, .no_wait = true});
    }
}

TEST(process_shutdown, gh_94440_cancel_and_then_shut_down)
{
    for (int i = 0; i < 20; i++) {
        cede_executor *pool = make_processes(2);
        cede_future *job = submit_bytes(pool, (cede_job){.fn = die});

        (void)cede_cancel(job); /* in time or not */
        cede_executor_destroy(pool);
        (void)cede_join(job);
        check_no_children();
    }
}

TEST_TASK_REAL(process_shutdown, c7_a_task_that_destroys_it_lets_others_run)
{
    cede_executor *pool = make_processes(1);
    const cede_time span = CEDE_MS(30);
    cede_future *job =
        submit_bytes(pool, (cede_job){.fn = spin, .in = &span, .in_size = sizeof span});
    int rc = 0;

    CEDE_TIMEOUT(CEDE_MS(1), rc) {
        rc = cede_executor_shutdown(pool, NULL);
    }
    CHECK_EQ(rc, -ETIMEDOUT); /* it goes on */
    CHECK(!cede_future_is_done(job));
    cede_executor_destroy(pool);
    CHECK(cede_future_is_done(job));
    CHECK_EQ(cede_join(job), 0);
}

static void shut_down_inside(cede_future *job, void *arg)
{
    static cede_future *said;

    (void)job;
    said = *(cede_future **)((void **)arg)[1];
    if (cede_executor_shutdown(((void **)arg)[0], NULL) == -EDEADLK)
        (void)cede_future_set(said, NULL);
    else
        (void)cede_future_fail(said, -EBADMSG);
}

TEST(process_shutdown, a_callback_of_a_job_cannot_wait_for_the_end)
{
    cede_executor *pool = make_processes(1);
    cede_future *said = cede_future_create();
    void *args[] = {pool, &said};
    const cede_time span = CEDE_MS(5);
    cede_future *job =
        submit_bytes(pool, (cede_job){.fn = spin, .in = &span, .in_size = sizeof span});

    CHECK_EQ(cede_future_on_done(job, shut_down_inside, args), 0);
    CHECK_EQ(cede_join(job), 0);
    CHECK_EQ(cede_join(said), 0);
    cede_executor_destroy(pool);
}

TEST(process_shutdown, futures_outlive_the_pool)
{
    cede_executor *pool = make_processes(1);
    const int n = 1;
    int result = 0;
    cede_future *job = submit_add(pool, &n, &result);

    cede_executor_destroy(pool);
    CHECK(!cede_cancel(job));
    CHECK_STR(test_format(job), "<Job finished result=1>");
    CHECK_EQ(cede_join(job), 1);
}
