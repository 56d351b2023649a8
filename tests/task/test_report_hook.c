/* test_report_hook.c - reports that go to the hook of a loop; row d30. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <pthread.h>
#include <string.h>

#include "harness/harness_task.h"

/* What a hook was told. */
struct heard {
    int n;
    char last[2048];
};

static void hear(const char *text, void *arg)
{
    struct heard *heard = arg;

    heard->n++;
    snprintf(heard->last, sizeof heard->last, "%s", text);
}

static int fail(void *arg)
{
    return cede_raise(-EPIPE, "failed in %s", (const char *)arg);
}

/* A failure that nobody looks at is reported. */
static void report_failure(const char *where)
{
    CHECK_EQ(cede_start(fail, (void *)where), 0);
    CHECK_EQ(cede_sleep(0), 0);
}

TEST_TASK(report_hook, d30_a_loop_may_have_its_own_and_give_it_back)
{
    struct heard heard = {0};

    test_capture_reports();
    CHECK_EQ(cede_loop_set_report_hook(NULL, hear, &heard), 0);
    report_failure("here");
    CHECK_HAS(heard.last, "failed in here");
    CHECK_STR(test_reports(), "");
    CHECK_EQ(cede_loop_set_report_hook(cede_loop_current(), NULL, NULL), 0);
    report_failure("there");
    CHECK_EQ(heard.n, 1);
    CHECK_HAS(test_reports(), "failed in there");
}

static int leave_failing(void *arg)
{
    CHECK_EQ(cede_loop_set_report_hook(NULL, hear, arg), 0);
    return cede_start(fail, "a task that outlives main");
}

TEST(report_hook, d30_what_closing_reports_goes_to_it_and_what_comes_after_does_not)
{
    struct heard heard = {0};
    cede_loop *loop;

    test_capture_reports();
    CHECK_EQ(cede_run(leave_failing, &heard), 0);
    CHECK_EQ(heard.n, 1);
    CHECK_HAS(heard.last, "failed in a task that outlives main");
    CHECK_EQ(cede_loop_create(NULL, &loop), 0);
    CHECK_EQ(cede_loop_set_report_hook(loop, hear, &heard), 0);
    cede_future *promise = cede_future_create();
    CHECK_EQ(cede_future_fail(promise, -EPIPE), 0);
    cede_future_unref(promise);
    CHECK_EQ(heard.n, 2);
    CHECK_EQ(cede_loop_close(loop), 0);
    promise = cede_future_create(); /* of no loop */
    CHECK_EQ(cede_future_fail(promise, -EPIPE), 0);
    cede_future_unref(promise);
    CHECK_EQ(heard.n, 2);
    CHECK_HAS(test_reports(), "EPIPE");
}

TEST(report_hook, needs_a_loop_of_this_thread)
{
    CHECK_EQ(cede_loop_set_report_hook(NULL, hear, NULL), -EINVAL);
}

static int hear_oneself(void *arg)
{
    struct heard *heard = arg;

    CHECK_EQ(cede_loop_set_report_hook(NULL, hear, heard), 0);
    for (int i = 0; i < 100; i++)
        report_failure("a thread");
    return 0;
}

static void *run_loop(void *arg)
{
    CHECK_EQ(cede_run(hear_oneself, arg), 0);
    return NULL;
}

TEST(report_hook, d30_loops_in_several_threads_hear_their_own)
{
    static struct heard heard[3];
    pthread_t threads[3];

    test_capture_reports();
    for (int i = 0; i < 3; i++)
        CHECK_EQ(pthread_create(&threads[i], NULL, run_loop, &heard[i]), 0);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(heard[i].n, 100);
    CHECK_STR(test_reports(), "");
}
