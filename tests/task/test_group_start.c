/* test_group_start.c - starting a task of a group and waiting until it is ready; row d26. */
/* SPDX-License-Identifier: MIT */
#include "harness/harness_task.h"

/* A server: takes its time to begin and to end; notes what it does. */
struct server {
    cede_time to_begin, to_serve;
    int rc; /* of beginning */
};

static int serve(void *arg)
{
    const struct server *server = arg;
    int rc = cede_sleep(server->to_begin);

    test_note("begun:%s", cede_error_name(rc));
    CEDE_TRY(rc);
    if (server->rc < 0)
        return cede_raise(server->rc, "could not listen");
    CHECK_EQ(cede_group_ready(), 0);
    CHECK_EQ(cede_group_ready(), 0); /* again is nothing */
    rc = cede_sleep(server->to_serve);
    test_note("served:%s", cede_error_name(rc));
    return rc;
}

static int end_unready(void *arg)
{
    (void)arg;
    return cede_sleep(CEDE_S(1));
}

static int cancel_oneself(void *arg)
{
    (void)arg;
    CHECK(cede_cancel(cede_task_current()));
    return cede_sleep(0);
}

TEST_TASK(group_start, d26_waits_until_the_task_is_ready_and_the_task_goes_on)
{
    struct server server = {CEDE_S(1), CEDE_S(5), 0};
    cede_group group;

    cede_group_init(&group);
    CHECK_EQ(cede_group_start(&group, serve, &server), 0);
    CHECK_EQ(cede_now(), CEDE_S(1));
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_EQ(cede_now(), CEDE_S(6));
    CHECK_STR(test_notes(), "begun:0 served:0");
}

TEST_TASK(group_start, d26_a_failure_before_it_is_returned_and_ends_the_group)
{
    struct server server = {CEDE_S(1), CEDE_S(5), -EADDRINUSE};
    cede_group group;

    cede_group_init(&group);
    CHECK_EQ(cede_group_start(&group, serve, &server), -EADDRINUSE);
    CHECK_STR(cede_error_message(cede_error_last()), "could not listen");
    CHECK_EQ(cede_group_start(&group, serve, &server), -ECANCELED);
    CHECK_EQ(cede_group_join(&group, 0), -EADDRINUSE);
    CHECK_EQ(cede_now(), CEDE_S(1));
}

TEST_TASK(group_start, d26_one_that_ends_and_was_never_ready_is_an_error)
{
    cede_group group;

    cede_group_init(&group);
    CHECK_EQ(cede_group_start(&group, end_unready, NULL), CEDE_ENOTDONE);
    CHECK_EQ(cede_group_start(&group, cancel_oneself, NULL), CEDE_EREVOKED);
    CHECK_EQ(cede_group_join(&group, 0), 0); /* it did not fail */
}

TEST_TASK(group_start, d26_a_cancelled_starter_cancels_the_task_and_waits_for_its_end)
{
    struct server server = {CEDE_S(10), CEDE_S(5), 0};
    cede_group group;
    int rc = 0;

    cede_group_init(&group);
    CEDE_TIMEOUT(CEDE_S(2), rc) {
        rc = cede_group_start(&group, serve, &server);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_STR(test_notes(), "begun:ECANCELED");
    CHECK_EQ(cede_now(), CEDE_S(2));
    CHECK_EQ(cede_group_join(&group, 0), 0);
}

TEST_TASK(group_start, readiness_after_the_cancellation_comes_too_late)
{
    struct server server = {CEDE_S(2), CEDE_S(5), 0};
    cede_group group;
    int rc = 0;

    cede_group_init(&group);
    CEDE_TIMEOUT(CEDE_S(2), rc) /* in the same turn, but first */
    {
        rc = cede_group_start(&group, serve, &server);
        test_note("start:%s", cede_error_name(rc));
    }
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_STR(test_notes(), "begun:0 served:ECANCELED start:ECANCELED");
}

static int serve_until(void *arg)
{
    CHECK_EQ(cede_group_ready(), 0);
    cede_scope_cancel(arg);
    return cede_sleep(CEDE_S(1));
}

TEST_TASK(group_start, readiness_wins_over_a_cancellation_of_the_same_turn)
{
    cede_group group;
    cede_scope scope;
    int rc;

    cede_group_init(&group);
    cede_scope_enter(&scope, CEDE_NEVER);
    CHECK_EQ(cede_group_start(&group, serve_until, &scope), 0);
    rc = cede_sleep(CEDE_S(1));
    CHECK_EQ(rc, -ECANCELED);
    (void)cede_scope_exit(&scope, rc);
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_EQ(cede_now(), CEDE_S(1));
}

TEST_TASK(group_start, in_a_cancelled_scope_nothing_is_started)
{
    struct server server = {0};
    cede_group group;

    cede_group_init(&group);
    cede_group_cancel(&group);
    CHECK_EQ(cede_group_start(&group, serve, &server), -ECANCELED);
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_STR(test_notes(), "");
}

static int start_in(void *arg)
{
    struct server server = {CEDE_S(1), CEDE_S(1), 0};

    CEDE_TRY(cede_group_start(arg, serve, &server));
    return cede_sleep(CEDE_S(2)); /* longer than the server uses what is on this stack */
}

TEST_TASK(group_start, a_child_may_start_another_and_says_what_it_waits_for)
{
    cede_group group;
    cede_future *all[3];

    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn(&group, start_in, &group), 0);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(cede_task_all(all, 3), 3);
    CHECK_HAS(test_format(all[1]), "waiting for task 'serve' to be ready");
    for (int i = 0; i < 3; i++)
        cede_future_unref(all[i]);
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_STR(test_notes(), "begun:0 served:0");
}

TEST_TASK(group_start, with_a_limit_it_waits_for_a_place_too)
{
    struct server first = {0, CEDE_S(3), 0}, second = {CEDE_S(1), CEDE_S(1), 0};
    cede_group group;

    cede_group_init(&group);
    cede_group_set_limit(&group, 1);
    CHECK_EQ(cede_group_start(&group, serve, &first), 0);
    CHECK_EQ(cede_group_start(&group, serve, &second), 0);
    CHECK_EQ(cede_now(), CEDE_S(4));
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_EQ(cede_now(), CEDE_S(5));
}

TEST_TASK(group_start, a_task_that_nobody_started_may_be_ready)
{
    CHECK_EQ(cede_group_ready(), 0);
}

TEST(group_start, outside_of_tasks_nobody_is_ready)
{
    CHECK_EQ(cede_group_ready(), CEDE_ENOTASK);
}

static int start_one(void *arg)
{
    struct server server = {CEDE_S(1), CEDE_S(1), 0};
    cede_group group;
    int rc;

    (void)arg;
    cede_group_init(&group);
    rc = cede_group_start(&group, serve, &server);
    return cede_group_join(&group, rc);
}

static int run_start(void)
{
    const cede_run_options options = {.loop.clock = CEDE_CLOCK_VIRTUAL};

    return cede_run_with(&options, start_one, NULL);
}

TEST(group_start, survives_every_failing_allocation)
{
    CHECK_EQ(run_start(), 0); /* stacks come from slabs that are kept */
    test_capture_reports();
    test_sweep_allocations(run_start);
}
