/* test_condition.c - conditions: the lock is always held again, no notification is lost; row
 * d37. */
/* SPDX-License-Identifier: MIT */
#include <cede/condition.h>

#include "harness/harness_task.h"

static cede_lock lock;
static cede_condition changed;
static int goal;

/* Waits once; notes how that ended, and that it has the lock. */
static int wait_once(void *arg)
{
    const char *name = arg;
    int rc;

    CEDE_TRY(cede_lock_acquire(&lock));
    rc = cede_condition_wait(&changed, &lock);
    CHECK_PTR(cede_lock_owner(&lock), cede_task_current());
    test_note("%s:%s", name, rc < 0 ? cede_error_name(rc) : "notified");
    CHECK_EQ(cede_lock_release(&lock), 0);
    return rc;
}

static cede_future *spawn_waiter(const char *name)
{
    return test_spawn(wait_once, (void *)name);
}

TEST_TASK(condition, d37_those_who_waited_longest_are_notified_first)
{
    cede_future *tasks[] = {spawn_waiter("a"), spawn_waiter("b"), spawn_waiter("c")};

    CHECK_EQ(cede_condition_n_waiting(&changed), 3);
    CHECK(!cede_lock_is_held(&lock));
    CHECK_EQ(cede_lock_acquire(&lock), 0);
    CHECK_EQ(cede_condition_notify(&changed, 2), 2);
    CHECK_EQ(cede_lock_n_waiting(&lock), 2);
    CHECK_EQ(cede_condition_n_waiting(&changed), 1);
    CHECK_STR(test_notes(), "");
    CHECK_EQ(cede_lock_release(&lock), 0);
    CHECK_EQ(cede_sleep(1), 0);
    CHECK_STR(test_notes(), "a:notified b:notified");
    CHECK_EQ(cede_condition_notify_all(&changed), 1);
    CHECK_EQ(cede_condition_notify_all(&changed), 0);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(cede_join(tasks[i]), 0);
    CHECK_STR(test_notes(), "a:notified b:notified c:notified");
}

TEST_TASK(condition, d37_gh_77022_a_cancelled_wait_has_the_lock_before_it_returns)
{
    cede_future *task = spawn_waiter("a");

    CHECK_EQ(cede_lock_acquire(&lock), 0);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_STR(test_notes(), ""); /* it stands in the queue of the lock */
    CHECK_EQ(cede_condition_n_waiting(&changed), 0);
    CHECK(cede_cancel(task)); /* again: it changes nothing */
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_EQ(cede_lock_release(&lock), 0);
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
    CHECK_STR(test_notes(), "a:ECANCELED");
}

TEST_TASK(condition, d37_cancelled_with_the_lock_free_it_has_it_at_once)
{
    cede_future *task = spawn_waiter("a");

    CHECK(cede_cancel(task));
    CHECK_PTR(cede_lock_owner(&lock), task);
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
    CHECK(!cede_lock_is_held(&lock));
}

TEST_TASK(condition, d37_gh_112202_cancelled_after_the_notification_it_was_notified)
{
    cede_future *first = spawn_waiter("a"), *second = spawn_waiter("b");

    CHECK_EQ(cede_lock_acquire(&lock), 0);
    CHECK_EQ(cede_condition_notify(&changed, 1), 1);
    CHECK(cede_cancel(first)); /* waits for the lock by now */
    CHECK_EQ(cede_lock_release(&lock), 0);
    CHECK_EQ(cede_await(first), 0);
    CHECK_STR(test_notes(), "a:notified");
    CHECK_EQ(cede_condition_n_waiting(&changed), 1);
    CHECK(cede_cancel(second));
    CHECK_EQ(cede_join(second), CEDE_EREVOKED);
    cede_future_unref(first);
}

TEST_TASK(condition, d37_cancelled_before_the_notification_the_next_has_it)
{
    cede_future *first = spawn_waiter("a"), *second = spawn_waiter("b");

    CHECK(cede_cancel(first));
    CHECK_EQ(cede_condition_notify(&changed, 1), 1);
    CHECK_EQ(cede_join(first), CEDE_EREVOKED);
    CHECK_EQ(cede_join(second), 0);
    CHECK_STR(test_notes(), "a:ECANCELED b:notified");
}

TEST_TASK(condition, d37_a_wait_stops_at_its_deadline_with_the_lock)
{
    int rc = 0;

    CHECK_EQ(cede_lock_acquire(&lock), 0);
    CEDE_TIMEOUT(CEDE_MS(20), rc) {
        rc = cede_condition_wait(&changed, &lock);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_MS(20));
    CHECK_EQ(cede_lock_release(&lock), 0);
}

TEST_TASK(condition, d37_gh_86766_a_wait_in_a_cancelled_scope_keeps_the_lock)
{
    cede_scope scope;

    CHECK_EQ(cede_lock_acquire(&lock), 0);
    cede_scope_enter(&scope, CEDE_NEVER);
    cede_scope_cancel(&scope);
    CHECK_EQ(cede_condition_wait(&changed, &lock), -ECANCELED);
    CHECK_EQ(cede_scope_exit(&scope, 0), 0);
    CHECK_EQ(cede_lock_release(&lock), 0);
}

static bool goal_is_reached(void *arg)
{
    test_note("asked");
    return goal >= *(const int *)arg;
}

static int wait_for_goal(void *arg)
{
    int rc;

    CEDE_TRY(cede_lock_acquire(&lock));
    rc = cede_condition_wait_for(&changed, &lock, goal_is_reached, arg);
    CHECK_EQ(cede_lock_release(&lock), 0);
    return rc;
}

TEST_TASK(condition, d37_wait_for_asks_first_and_after_each_notification)
{
    int three = 3;
    cede_future *task = cede_spawn(wait_for_goal, &three);

    for (goal = 0; goal < 3; goal++) {
        CHECK_EQ(cede_sleep(1), 0); /* it has asked and waits */
        CHECK_EQ(cede_condition_notify_all(&changed), 1);
    }
    CHECK_EQ(cede_join(task), 0);
    CHECK_STR(test_notes(), "asked asked asked asked");
    CHECK_EQ(wait_for_goal(&three), 0); /* at once */
}

TEST_TASK(condition, waiting_without_the_lock_or_with_another_than_the_others_is_refused)
{
    cede_lock second = CEDE_LOCK_INIT(NULL);
    cede_future *task = spawn_waiter("a");

    int none = 0; /* is reached at once, and would need no wait */

    CHECK_EQ(cede_condition_wait(&changed, &lock), -EPERM);
    CHECK_EQ(cede_condition_wait_for(&changed, &lock, goal_is_reached, &none), -EPERM);
    CHECK_EQ(cede_lock_acquire(&second), 0);
    CHECK_EQ(cede_condition_wait(&changed, &second), -EINVAL);
    CHECK_EQ(cede_lock_release(&second), 0);
    CHECK_EQ(cede_condition_notify(&changed, 1), 1);
    CHECK_EQ(cede_join(task), 0);
}

TEST_TASK(condition, ending_it_wakes_those_who_wait_with_the_lock)
{
    cede_future *task = spawn_waiter("a");

    cede_condition_fini(&changed);
    CHECK_EQ(cede_join(task), CEDE_ESHUTDOWN);
    cede_condition_fini(NULL);
}

TEST_TASK(condition, a_waiter_says_what_it_waits_for)
{
    cede_future *task;

    cede_condition_init(&changed, &(cede_sync_options){.name = "news"});
    cede_lock_init(&lock, &(cede_sync_options){.name = "paper"});
    CHECK_EQ(cede_task_set_name(NULL, "editor"), 0);
    task = spawn_waiter("a");
    CHECK_HAS(test_format(task), "waiting for condition 'news'");
    CHECK_EQ(cede_lock_acquire(&lock), 0);
    CHECK_EQ(cede_condition_notify(&changed, 1), 1);
    CHECK_HAS(test_format(task), "waiting for lock 'paper' held by task 'editor'");
    CHECK_EQ(cede_lock_release(&lock), 0);
    CHECK_EQ(cede_join(task), 0);
}
