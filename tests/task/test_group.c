/* test_group.c - groups: who is cancelled, what is returned, what is reported; rows d20 to
 * d26. */
/* SPDX-License-Identifier: MIT */
#include "task/group_test.h"

static int fail_when_cancelled(void *arg)
{
    const struct child *child = arg;

    CHECK_EQ(cede_sleep(child->nap), -ECANCELED);
    return fail_with(child->rc);
}

static int return_name_after_nap(void *arg)
{
    struct child *child = arg;
    const int rc = run_child(child);

    return rc < 0 ? rc : cede_return((void *)child->name);
}

TEST_TASK(group, d26_results_come_in_the_order_of_spawning)
{
    struct child children[] = {{"a", CEDE_S(3), 0}, {"b", CEDE_S(1), 0}, {"c", CEDE_S(2), 0}};
    void *results[3] = {"untouched"};
    cede_group group;

    cede_group_init(&group);
    cede_group_set_limit(&group, 2);
    cede_group_collect(&group, results, 3);
    CHECK_PTR(results[0], NULL);
    for (size_t i = 0; i < 3; i++)
        CHECK_EQ(cede_group_spawn(&group, return_name_after_nap, &children[i]), 0);
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_STR(test_notes(), "b:end a:end c:end");
    CHECK_STR(results[0], "a");
    CHECK_STR(results[1], "b");
    CHECK_STR(results[2], "c");
}

TEST_TASK(group, d26_who_fails_or_never_ran_leaves_no_result)
{
    struct child a = {"a", CEDE_S(1), 0}, b = {"b", CEDE_S(2), -EIO}, c = {"c", CEDE_S(3), 0};
    void *results[3];
    cede_group group;

    cede_group_init(&group);
    cede_group_collect(&group, results, 3);
    CHECK_EQ(cede_group_spawn(&group, return_name_after_nap, &a), 0);
    CHECK_EQ(cede_group_spawn(&group, return_name_after_nap, &b), 0);
    CHECK_EQ(cede_group_spawn(&group, return_name_after_nap, &c), 0);
    CHECK_EQ(cede_group_join(&group, 0), -EIO);
    CHECK_STR(results[0], "a");
    CHECK_PTR(results[1], NULL);
    CHECK_PTR(results[2], NULL);
}

TEST_TASK(group, d26_a_child_without_room_for_its_result_is_refused)
{
    const cede_task_options eager = {.eager = true, .drop = note_dropped};
    struct child now = {"now", 0, 0};
    void *results[1];
    cede_group group;

    cede_group_init(&group);
    cede_group_collect(&group, results, 1);
    CHECK_EQ(cede_group_spawn_with(&group, &eager, return_name_after_nap, &now), 0);
    CHECK_EQ(cede_group_spawn_with(&group, &with_drop, never, "late"), -ENOSPC);
    cede_group_collect(&group, NULL, 0);
    CHECK_EQ(cede_group_spawn(&group, return_name_after_nap, &now), 0);
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_STR(results[0], "now");
    CHECK_STR(test_notes(), "dropped:late now:end now:end");
}

TEST_TASK(group, d20_joining_waits_for_all_children)
{
    struct child a = {"a", CEDE_S(3), 0}, b = {"b", CEDE_S(1), 5};
    cede_group group;

    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn(&group, run_child, &a), 0);
    CHECK_EQ(cede_group_spawn(&group, run_child, &b), 0);
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_EQ(cede_now(), CEDE_S(3));
    CHECK_STR(test_notes(), "b:end a:end");
}

TEST_TASK(group, an_empty_group_gives_what_the_body_gave)
{
    cede_group group;

    cede_group_init(&group);
    CHECK_EQ(cede_group_join(&group, 7), 7);
    cede_group_init(&group);
    CHECK_EQ(cede_group_join(&group, fail_with(-EIO)), -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "a child failed");
}

TEST_TASK(group, d20_the_first_failure_cancels_siblings_and_is_returned_with_its_record)
{
    struct child a = {"a", CEDE_S(3), 0}, b = {"b", CEDE_S(1), -EPIPE};
    cede_group group;

    test_capture_reports();
    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn(&group, run_child, &a), 0);
    CHECK_EQ(cede_group_spawn(&group, run_child, &b), 0);
    CHECK_EQ(cede_group_join(&group, 0), -EPIPE);
    CHECK_STR(cede_error_message(cede_error_last()), "a child failed");
    CHECK_EQ(cede_now(), CEDE_S(1));
    CHECK_STR(test_notes(), "b:end a:ECANCELED");
    CHECK_STR(test_reports(), "");
}

TEST_TASK(group, d20_d21_the_first_failure_cancels_the_body_but_nothing_around_the_group)
{
    struct child b = {"b", CEDE_S(1), -EPIPE};
    cede_group group;
    int rc;

    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn(&group, run_child, &b), 0);
    rc = cede_sleep(CEDE_S(10));
    CHECK_EQ(rc, -ECANCELED);
    CHECK_EQ(cede_now(), CEDE_S(1));
    CHECK_EQ(cede_group_join(&group, rc), -EPIPE);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_EQ(cede_task_cancelling(NULL), 0);
}

TEST_TASK(group, d20_a_cancelled_child_is_no_failure)
{
    cede_group group;

    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn_with(&group, &with_drop, never, "x"), 0);
    cede_group_cancel(&group);
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_STR(test_notes(), "dropped:x");
}

TEST_TASK(group, a_body_that_failed_cancels_the_children)
{
    struct child a = {"a", CEDE_S(3), 0};
    cede_group group;

    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn(&group, run_child, &a), 0);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_EQ(cede_group_join(&group, fail_with(-EIO)), -EIO);
    CHECK_EQ(cede_now(), CEDE_S(1));
    CHECK_STR(test_notes(), "a:ECANCELED");
}

TEST_TASK(group, d24_the_failures_of_others_are_reported)
{
    struct child a = {"a", CEDE_S(1), -EIO}, b = {"b", CEDE_S(1), -EPIPE},
                 c = {"c", CEDE_S(3), -EBADF};
    cede_group group;

    test_capture_reports();
    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn(&group, run_child, &a), 0);
    CHECK_EQ(cede_group_spawn(&group, run_child, &b), 0);
    CHECK_EQ(cede_group_spawn(&group, fail_when_cancelled, &c), 0);
    CHECK_EQ(cede_group_join(&group, 0), -EIO);
    CHECK_HAS(test_reports(),
              "Task exception was never retrieved\n<Task finished name='run_child'");
    CHECK_HAS(test_reports(), "error=EPIPE 'a child failed'>");
    CHECK_HAS(test_reports(), "<Task finished name='fail_when_cancelled'");
    CHECK_HAS(test_reports(), "error=EBADF 'a child failed'>");
    CHECK(!strstr(test_reports(), "EIO"));
}

TEST_TASK(group, a_body_that_failed_first_keeps_its_error_and_the_childs_is_reported)
{
    struct child c = {"c", CEDE_S(3), -EBADF};
    cede_group group;

    test_capture_reports();
    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn(&group, fail_when_cancelled, &c), 0);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_EQ(cede_group_join(&group, cede_raise(-EIO, "the body failed")), -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "the body failed");
    CHECK_HAS(test_reports(), "error=EBADF 'a child failed'>");
}

TEST_TASK(group, a_body_that_fails_after_a_child_is_reported)
{
    struct child b = {"b", CEDE_S(1), -EPIPE};
    cede_group group;

    test_capture_reports();
    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn(&group, run_child, &b), 0);
    CHECK_EQ(cede_sleep(CEDE_S(10)), -ECANCELED);
    CHECK_EQ(cede_group_join(&group, cede_raise(-EIO, "cleaning up failed")), -EPIPE);
    CHECK_STR(cede_error_message(cede_error_last()), "a child failed");
    CHECK_HAS(test_reports(), "The body of a group failed after one of its tasks\nTraceback");
    CHECK_HAS(test_reports(), "EIO: cleaning up failed\n");
}

/* d22: from outside. */

struct in_group {
    struct child *children;
    size_t n;
};

static int group_of(void *arg)
{
    const struct in_group *in = arg;
    cede_group group;
    int rc = 0;

    cede_group_init(&group);
    for (size_t i = 0; rc == 0 && i < in->n; i++)
        rc = cede_group_spawn(&group, run_child, &in->children[i]);
    rc = cede_group_join(&group, rc);
    test_note("group:%s", rc < 0 ? cede_error_name(rc) : "end");
    return rc;
}

TEST_TASK(group, d22_a_cancellation_from_outside_reaches_the_children_and_is_handed_on)
{
    struct child children[] = {{"a", CEDE_S(3), 0}, {"b", CEDE_S(4), 0}};
    struct in_group in = {children, 2};
    cede_future *task = cede_spawn(group_of, &in);

    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
    CHECK_EQ(cede_now(), CEDE_S(1));
    CHECK_HAS(test_notes(), "a:ECANCELED");
    CHECK_HAS(test_notes(), "b:ECANCELED");
    CHECK_HAS(test_notes(), "group:ECANCELED");
}

static int group_with_failure_on_cancel(void *arg)
{
    cede_group group;
    int rc;

    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn(&group, fail_when_cancelled, arg), 0);
    rc = cede_group_join(&group, cede_sleep(CEDE_NEVER));
    test_note("%s", cede_error_name(rc));
    CHECK_EQ(cede_checkpoint(), -ECANCELED); /* still cancelled from outside */
    CHECK_EQ(cede_task_cancelling(NULL), 1);
    return rc;
}

TEST_TASK(group, d22_failures_win_over_a_cancellation_from_outside_which_stays)
{
    struct child c = {"c", CEDE_S(3), -EBADF};
    cede_future *task = cede_spawn(group_with_failure_on_cancel, &c);

    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_join(task), -EBADF);
    CHECK_STR(test_notes(), "EBADF");
}

TEST_TASK(group, a_deadline_around_a_group_ends_it)
{
    struct child a = {"a", CEDE_S(3), 0};
    int rc = 0;

    CEDE_TIMEOUT(CEDE_S(1), rc) {
        cede_group group;

        cede_group_init(&group);
        rc = cede_group_spawn(&group, run_child, &a);
        rc = cede_group_join(&group, rc);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_S(1));
    CHECK_STR(test_notes(), "a:ECANCELED");
}

/* d23: late comers. */

static int spawn_sibling(void *arg)
{
    static struct child late = {"late", CEDE_S(1), 0};

    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_EQ(cede_group_spawn((cede_group *)arg, run_child, &late), 0);
    return 0;
}

TEST_TASK(group, d23_a_child_may_add_others_while_the_group_is_joined)
{
    cede_group group;

    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn(&group, spawn_sibling, &group), 0);
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_STR(test_notes(), "late:end");
    CHECK_EQ(cede_now(), CEDE_S(2));
}

TEST_TASK(group, d23_a_group_that_failed_refuses_more_and_drops_what_was_given)
{
    struct child b = {"b", CEDE_S(1), -EPIPE};
    cede_group group;

    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn(&group, run_child, &b), 0);
    CHECK_EQ(cede_sleep(CEDE_S(2)), -ECANCELED);
    CHECK_EQ(cede_group_spawn_with(&group, &with_drop, never, "x"), CEDE_ESHUTDOWN);
    CHECK_STR(test_notes(), "b:end dropped:x");
    CHECK_EQ(cede_group_join(&group, -ECANCELED), -EPIPE);
    CHECK_EQ(cede_group_spawn_with(&group, &with_drop, never, "y"), CEDE_ESHUTDOWN);
    CHECK_STR(test_notes(), "b:end dropped:x dropped:y");
}

/* d25: ending early. */

TEST_TASK(group, d25_cancel_ends_a_group_early_without_an_error)
{
    struct child a = {"a", CEDE_S(3), 0};
    cede_group group;

    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn(&group, run_child, &a), 0);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    cede_group_cancel(&group);
    cede_group_cancel(&group);
    CHECK_EQ(cede_sleep(CEDE_S(1)), -ECANCELED); /* the body too */
    CHECK_EQ(cede_group_join(&group, -ECANCELED), 0);
    CHECK_EQ(cede_now(), CEDE_S(1));
    CHECK_STR(test_notes(), "a:ECANCELED");
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
}

static int cancel_group(void *arg)
{
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    cede_group_cancel(arg);
    return 0;
}

TEST_TASK(group, d25_a_child_may_end_its_group)
{
    struct child a = {"a", CEDE_S(3), 0};
    cede_group group;

    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn(&group, run_child, &a), 0);
    CHECK_EQ(cede_group_spawn(&group, cancel_group, &group), 0);
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_EQ(cede_now(), CEDE_S(1));
}

TEST_TASK(group, d25_cancel_at_once_lets_no_child_begin)
{
    cede_group group;

    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn_with(&group, &with_drop, never, "x"), 0);
    cede_group_cancel(&group);
    CHECK_EQ(cede_group_spawn_with(&group, &with_drop, never, "y"), CEDE_ESHUTDOWN);
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_STR(test_notes(), "dropped:y dropped:x");
}

TEST_TASK(group, d25_cancel_does_not_swallow_a_deadline_around_it)
{
    cede_group group;
    int rc = 0;

    CEDE_TIMEOUT(CEDE_S(1), rc) {
        cede_group_init(&group);
        rc = cede_sleep(CEDE_S(5));
        cede_group_cancel(&group);
        rc = cede_group_join(&group, rc);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
}

TEST_TASK(group, a_group_that_was_joined_may_be_cancelled_in_vain)
{
    cede_group group;

    cede_group_init(&group);
    CHECK_EQ(cede_group_join(&group, 0), 0);
    cede_group_cancel(&group);
    CHECK_EQ(cede_checkpoint(), 0);
}

TEST_TASK(group, a_group_being_joined_says_what_it_waits_for)
{
    struct child children[] = {{"a", CEDE_S(3), 0}, {"b", CEDE_S(4), 0}};
    struct in_group in = {children, 2};
    cede_future *task = cede_spawn(group_of, &in);

    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_HAS(test_format(task), " waiting for a group of 2 tasks>");
    CHECK_EQ(cede_join(task), 0);
}

/* Depth. */

struct nest {
    int depth;
    int *n_ended;
};

static int nest_deeper(void *arg)
{
    const struct nest *nest = arg;
    struct nest inner = {nest->depth - 1, nest->n_ended};
    cede_group group;
    int rc;

    if (nest->depth == 0)
        return cede_sleep(CEDE_NEVER);
    cede_group_init(&group);
    rc = cede_group_spawn(&group, nest_deeper, &inner);
    rc = cede_group_join(&group, rc);
    ++*nest->n_ended;
    return rc;
}

TEST_TASK(group, ten_thousand_groups_in_each_other_are_cancelled_from_the_outermost)
{
#if defined(__SANITIZE_THREAD__)
    enum { DEPTH = 1000 }; /* ThreadSanitizer has room for 8,128 */
#else
    enum { DEPTH = 10000 };
#endif
    int n_ended = 0;
    struct nest nest = {DEPTH, &n_ended};
    cede_future *task = cede_spawn(nest_deeper, &nest);

    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_EQ(n_ended, 0);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
    CHECK_EQ(n_ended, DEPTH);
}
