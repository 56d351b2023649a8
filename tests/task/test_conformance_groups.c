/* test_conformance_groups.c - what CPython's test_taskgroups.py pins down and our own tests of
 * groups left open; tests/conformance/asyncio.md says which is which. */
/* SPDX-License-Identifier: MIT */
#include "harness/harness_task.h"

static int nap(void *arg)
{
    const int rc = cede_sleep(*(const cede_time *)arg);

    test_note("%s", rc < 0 ? cede_error_name(rc) : "end");
    return rc;
}

static int crash(void *arg)
{
    const cede_time *delay = arg;

    CEDE_TRY(cede_sleep(*delay));
    return cede_raise(-EIO, "crashed at %g", cede_time_seconds(cede_now()));
}

static int crash_in_cleanup(void *arg)
{
    (void)arg;
    CHECK_EQ(cede_sleep(CEDE_S(10)), -ECANCELED);
    return cede_raise(-EIO, "cleaning up failed");
}

/* Cancel a task that runs `body` after 100 ms, and give what it returned. */
static int run_and_cancel(cede_fn *body)
{
    cede_future *task = cede_spawn(body, NULL);

    CHECK_EQ(cede_sleep(CEDE_MS(100)), 0);
    CHECK(!cede_future_is_done(task));
    CHECK(cede_cancel(task));
    return cede_join(task);
}

TEST_TASK(conformance_groups, the_body_may_add_children_later)
{
    cede_time first = CEDE_MS(100), second = CEDE_MS(200);
    cede_group group;

    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn(&group, nap, &first), 0);
    CHECK_EQ(cede_sleep(CEDE_MS(150)), 0);
    CHECK_STR(test_notes(), "end");
    CHECK_EQ(cede_group_spawn(&group, nap, &second), 0);
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_STR(test_notes(), "end end");
    CHECK_EQ(cede_now(), CEDE_MS(350));
}

static int five_children_and_a_body(void *arg)
{
    static cede_time delay = CEDE_S(5);
    cede_group group;
    int rc;

    (void)arg;
    cede_group_init(&group);
    for (int i = 0; i < 5; i++)
        CHECK_EQ(cede_group_spawn(&group, nap, &delay), 0);
    rc = cede_sleep(CEDE_S(10));
    test_note("body:%s", cede_error_name(rc));
    return cede_group_join(&group, rc);
}

TEST_TASK(conformance_groups, a_cancellation_from_outside_reaches_the_body_and_every_child)
{
    int n = 0;

    CHECK_EQ(run_and_cancel(five_children_and_a_body), CEDE_EREVOKED);
    CHECK_HAS(test_notes(), "body:ECANCELED");
    for (const char *at = test_notes(); (at = strstr(at, "ECANCELED")) != NULL; at++)
        n++;
    CHECK_EQ(n, 6);
    CHECK_EQ(cede_now(), CEDE_MS(100));
}

TEST_TASK(conformance_groups, a_body_that_fails_at_once_lets_no_child_begin)
{
    cede_time delay = CEDE_S(1);
    cede_group group;

    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn(&group, nap, &delay), 0);
    CHECK_EQ(cede_group_spawn(&group, nap, &delay), 0);
    CHECK_EQ(cede_group_join(&group, cede_raise(-EIO, "the body failed")), -EIO);
    CHECK_STR(test_notes(), "");
    CHECK_EQ(cede_now(), 0);
}

/* Groups in groups. */

/* An outer group, of a sleeping child if `delay` is not NULL, around one whose children fail when
 * they are cancelled. */
static int nest_around_failures(void *delay)
{
    cede_group outer, inner;
    int rc;

    cede_group_init(&outer);
    if (delay)
        CHECK_EQ(cede_group_spawn(&outer, nap, delay), 0);
    cede_group_init(&inner);
    CHECK_EQ(cede_group_spawn(&inner, crash_in_cleanup, NULL), 0);
    rc = cede_group_join(&inner, cede_sleep(CEDE_S(10)));
    CHECK_EQ(rc, -EIO);
    return cede_group_join(&outer, rc);
}

static int nest_around_failures_with_a_sibling(void *arg)
{
    static cede_time delay = CEDE_S(10);

    (void)arg;
    return nest_around_failures(&delay);
}

TEST_TASK(conformance_groups, a_failure_in_an_inner_group_that_is_cancelled_goes_through_the_outer)
{
    CHECK_EQ(run_and_cancel(nest_around_failures), -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "cleaning up failed");
}

TEST_TASK(conformance_groups, a_failure_in_an_inner_group_cancels_the_outers_children)
{
    CHECK_EQ(run_and_cancel(nest_around_failures_with_a_sibling), -EIO);
    CHECK_STR(test_notes(), "ECANCELED");
    CHECK_EQ(cede_now(), CEDE_MS(100));
}

/* Two groups in each other with a child each that crashes; what the inner and the outer give. */
static void crash_in_two_groups(cede_time in_outer, cede_time in_inner, int inner_rc)
{
    cede_group outer, inner;
    int rc;

    cede_group_init(&outer);
    CHECK_EQ(cede_group_spawn(&outer, crash, &in_outer), 0);
    cede_group_init(&inner);
    CHECK_EQ(cede_group_spawn(&inner, crash, &in_inner), 0);
    rc = cede_group_join(&inner, 0);
    CHECK_EQ(rc, inner_rc);
    CHECK_EQ(cede_group_join(&outer, rc), -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "crashed at 0.1");
    CHECK_EQ(cede_now(), CEDE_MS(100));
    CHECK_EQ(cede_sleep(CEDE_MS(1)), 0);
}

TEST_TASK(conformance_groups, a_crash_in_the_outer_group_cancels_the_inner_one)
{
    crash_in_two_groups(CEDE_MS(100), CEDE_S(10), -ECANCELED);
}

TEST_TASK(conformance_groups, a_crash_in_the_inner_group_goes_through_the_outer_one)
{
    crash_in_two_groups(CEDE_S(10), CEDE_MS(100), -EIO);
}

static int crash_now(void *arg)
{
    return cede_raise(*(const int *)arg, "crashed");
}

TEST_TASK(conformance_groups, crashes_in_both_groups_are_each_given_by_their_own)
{
    int in_inner = -EIO, in_outer = -EPIPE;
    cede_group outer, inner;

    cede_group_init(&outer);
    cede_group_init(&inner);
    CHECK_EQ(cede_group_spawn(&inner, crash_now, &in_inner), 0);
    CHECK_EQ(cede_group_spawn(&outer, crash_now, &in_outer), 0);
    CHECK_EQ(cede_group_join(&inner, 0), -EIO);
    CHECK_EQ(cede_checkpoint(), -ECANCELED); /* the outer one */
    CHECK_EQ(cede_group_join(&outer, 0), -EPIPE);
    CHECK_EQ(cede_task_cancelling(NULL), 0);
    CHECK_EQ(cede_sleep(0), 0);
}

/* The body. */

static int only_a_body(void *arg)
{
    cede_group group;
    int rc;

    (void)arg;
    cede_group_init(&group);
    rc = cede_sleep(CEDE_S(10));
    test_note("%s", cede_error_name(rc));
    return cede_group_join(&group, rc);
}

TEST_TASK(conformance_groups, a_group_of_a_body_alone_is_cancelled)
{
    CHECK_EQ(run_and_cancel(only_a_body), CEDE_EREVOKED);
    CHECK_STR(test_notes(), "ECANCELED");
}

static int a_body_that_fails_when_cancelled(void *arg)
{
    cede_group group;

    (void)arg;
    cede_group_init(&group);
    CHECK_EQ(cede_sleep(CEDE_S(10)), -ECANCELED);
    return cede_group_join(&group, cede_raise(-EIO, "instead"));
}

TEST_TASK(conformance_groups, a_body_that_fails_when_it_is_cancelled_gives_its_failure)
{
    CHECK_EQ(run_and_cancel(a_body_that_fails_when_cancelled), -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "instead");
}

static int a_body_slow_to_leave(void *arg)
{
    cede_time delay = CEDE_MS(300);
    cede_group group;
    cede_scope shield;

    (void)arg;
    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn(&group, crash, &delay), 0);
    CHECK_EQ(cede_sleep(CEDE_S(10)), -ECANCELED);
    cede_scope_enter_shield(&shield, CEDE_NEVER);
    CHECK_EQ(cede_sleep(CEDE_MS(500)), 0);
    CHECK_EQ(cede_scope_exit(&shield, 0), 0);
    return cede_group_join(&group, -ECANCELED);
}

TEST_TASK(conformance_groups, a_child_is_cancelled_when_its_group_is_not_when_the_body_leaves)
{
    CHECK_EQ(run_and_cancel(a_body_slow_to_leave), CEDE_EREVOKED);
    CHECK_EQ(cede_now(), CEDE_MS(600));
}

static int await_a_body_slow_to_leave(void *arg)
{
    return cede_join(cede_spawn(a_body_slow_to_leave, arg));
}

TEST_TASK(conformance_groups, a_group_in_an_awaited_task_is_cancelled_through_the_await)
{
    CHECK_EQ(run_and_cancel(await_a_body_slow_to_leave), CEDE_EREVOKED);
    CHECK_EQ(cede_now(), CEDE_MS(600));
}

/* Many. */

TEST_TASK(conformance_groups, children_that_ended_are_waited_for_no_more)
{
    cede_time delay = CEDE_MS(300);
    cede_group group;

    cede_group_init(&group);
    for (int i = 0; i < 10; i++) {
        CHECK_EQ(cede_sleep(CEDE_MS(100)), 0);
        CHECK_EQ(cede_group_spawn(&group, nap, &delay), 0);
    }
    CHECK_EQ(cede_sleep(CEDE_MS(1350)), 0);
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_EQ(cede_now(), CEDE_MS(2350));
    CHECK_STR(test_notes(), "end end end end end end end end end end");
}

struct hydra {
    cede_group group;
    int n_heads;
};

static int grow_heads(void *arg)
{
    struct hydra *hydra = arg;

    hydra->n_heads++;
    CEDE_TRY(cede_sleep(CEDE_MS(10)));
    for (int i = 0; i < 2; i++)
        CEDE_TRY(cede_group_spawn(&hydra->group, grow_heads, hydra));
    return 0;
}

static int slay(void *arg)
{
    const struct hydra *hydra = arg;

    while (hydra->n_heads < 10)
        CEDE_TRY(cede_sleep(CEDE_MS(15)));
    return cede_raise(-EIO, "slain");
}

TEST_TASK(conformance_groups, children_that_go_on_adding_others_end_with_the_first_failure)
{
    struct hydra hydra = {.n_heads = 0};

    cede_group_init(&hydra.group);
    CHECK_EQ(cede_group_spawn(&hydra.group, grow_heads, &hydra), 0);
    CHECK_EQ(cede_group_spawn(&hydra.group, slay, &hydra), 0);
    CHECK_EQ(cede_group_join(&hydra.group, 0), -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "slain");
    CHECK(hydra.n_heads >= 10);
}

static int note_name(void *arg)
{
    (void)arg;
    test_note("%s", cede_task_name(NULL));
    return 0;
}

TEST_TASK(conformance_groups, a_child_may_have_a_name)
{
    cede_group group;

    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn_with(&group, &(cede_task_options){.name = "yolo"}, note_name, NULL),
             0);
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_STR(test_notes(), "yolo");
}

static void note_dropped(void *arg)
{
    test_note("dropped:%s", (const char *)arg);
}

TEST_TASK(conformance_groups, a_group_that_was_joined_takes_no_more_children)
{
    cede_group group;

    cede_group_init(&group);
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_EQ(
        cede_group_spawn_with(&group, &(cede_task_options){.drop = note_dropped}, note_name, "x"),
        CEDE_ESHUTDOWN);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_STR(test_notes(), "dropped:x");
}
