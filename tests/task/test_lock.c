/* test_lock.c - locks: order, races of release and cancel, owners, deadlocks; rows d35, d42. */
/* SPDX-License-Identifier: MIT */
#include <cede/lock.h>

#include "harness/harness_task.h"

static cede_lock lock, other;

/* A task that acquires the lock, holds it for a while, releases it; notes its name. */
struct user {
    const char *name;
    cede_time hold;
};

static int use(void *arg)
{
    const struct user *user = arg;
    const int rc = cede_lock_acquire(&lock);

    test_note("%s:%s", user->name, rc < 0 ? cede_error_name(rc) : "has");
    if (rc < 0)
        return rc;
    if (cede_sleep(user->hold) < 0)
        test_note("%s:cancelled", user->name);
    return cede_lock_release(&lock);
}

static cede_future *spawn_user(const struct user *user)
{
    return test_spawn(use, (void *)user);
}

/* The lock is held here, and two wait for it, who hold it for a moment each. */
static void hold_before_two(cede_future **first_out, cede_future **second_out)
{
    static const struct user a = {"a", 1}, b = {"b", 1};

    CHECK_EQ(cede_lock_acquire(&lock), 0);
    *first_out = spawn_user(&a);
    *second_out = spawn_user(&b);
}

static int run_ready(void)
{
    CEDE_TRY(cede_sleep(0));
    return cede_sleep(0);
}

TEST_TASK(lock, d35_the_lock_is_had_in_the_order_of_asking)
{
    const struct user a = {"a", 1}, b = {"b", 1}, c = {"c", 1};
    cede_future *tasks[3];

    CHECK_EQ(cede_lock_acquire(&lock), 0);
    tasks[0] = spawn_user(&a);
    tasks[1] = spawn_user(&b);
    tasks[2] = spawn_user(&c);
    CHECK_EQ(cede_lock_n_waiting(&lock), 3);
    CHECK_PTR(cede_lock_owner(&lock), cede_task_current());
    CHECK_EQ(cede_lock_release(&lock), 0);
    CHECK_PTR(cede_lock_owner(&lock), tasks[0]);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(cede_join(tasks[i]), 0);
    CHECK_STR(test_notes(), "a:has b:has c:has");
    CHECK(!cede_lock_is_held(&lock));
    CHECK(!cede_lock_owner(&lock));
}

TEST_TASK(lock, d35_a_cancelled_waiter_leaves_and_the_next_has_the_lock)
{
    cede_future *first, *second;

    hold_before_two(&first, &second);
    CHECK(cede_cancel(first));
    CHECK_EQ(cede_lock_n_waiting(&lock), 1);
    CHECK_EQ(cede_lock_release(&lock), 0);
    CHECK_EQ(cede_join(first), CEDE_EREVOKED);
    CHECK_EQ(cede_join(second), 0);
    CHECK_STR(test_notes(), "a:ECANCELED b:has");
}

TEST_TASK(lock, d35_cancelled_after_the_release_it_has_the_lock_and_loses_nothing)
{
    cede_future *first, *second;

    hold_before_two(&first, &second);
    CHECK_EQ(cede_lock_release(&lock), 0);
    CHECK(cede_cancel(first)); /* its turn has not come */
    CHECK_EQ(cede_join(first), 0);
    CHECK_EQ(cede_join(second), 0);
    CHECK_STR(test_notes(), "a:has a:cancelled b:has");
}

TEST_TASK(lock, d35_cancelled_before_the_release_in_the_same_turn_the_next_has_it)
{
    cede_future *first, *second;

    hold_before_two(&first, &second);
    CHECK(cede_cancel(first));
    CHECK_EQ(cede_lock_release(&lock), 0);
    CHECK_PTR(cede_lock_owner(&lock), second);
    CHECK_EQ(run_ready(), 0);
    CHECK_EQ(cede_join(first), CEDE_EREVOKED);
    CHECK_EQ(cede_join(second), 0);
}

TEST_TASK(lock, d35_releasing_what_is_free_or_anothers_is_refused)
{
    const struct user a = {"a", CEDE_S(1)};
    cede_future *task;

    CHECK_EQ(cede_lock_release(&lock), -EPERM);
    CHECK_HAS(cede_error_message(cede_error_last()), "held by nobody");
    task = spawn_user(&a);
    CHECK_EQ(cede_lock_release(&lock), -EPERM);
    CHECK_HAS(cede_error_message(cede_error_last()), "held by task 'use'");
    CHECK_EQ(cede_join(task), 0);
}

TEST_TASK(lock, d42_a_released_lock_is_not_free_for_those_who_come_later)
{
    const struct user a = {"a", 1};
    cede_future *task;

    CHECK_EQ(cede_lock_acquire(&lock), 0);
    task = spawn_user(&a);
    CHECK_EQ(cede_lock_release(&lock), 0);
    CHECK_EQ(cede_lock_try_acquire(&lock), -EBUSY);
    CHECK_EQ(cede_lock_acquire(&lock), 0); /* behind it */
    CHECK_STR(test_notes(), "a:has");
    CHECK_EQ(cede_lock_release(&lock), 0);
    CHECK_EQ(cede_join(task), 0);
    CHECK_EQ(cede_lock_try_acquire(&lock), 0);
    CHECK_EQ(cede_lock_release(&lock), 0);
}

TEST_TASK(lock, d42_two_that_never_sleep_take_turns)
{
    static const struct user a = {"a", 0}, b = {"b", 0};
    cede_future *tasks[6];

    for (int i = 0; i < 6; i++)
        tasks[i] = cede_spawn(use, (void *)(i % 2 ? &b : &a));
    for (int i = 0; i < 6; i++)
        CHECK_EQ(cede_join(tasks[i]), 0);
    CHECK_STR(test_notes(), "a:has b:has a:has b:has a:has b:has");
}

TEST_TASK(lock, acquiring_stops_at_its_deadline_and_leaves_the_queue)
{
    const struct user a = {"a", CEDE_S(10)};
    cede_future *task = spawn_user(&a);
    int rc = 0;

    CEDE_TIMEOUT(CEDE_MS(50), rc) {
        rc = cede_lock_acquire(&lock);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_MS(50));
    CHECK_EQ(cede_lock_n_waiting(&lock), 0);
    CHECK_EQ(cede_join(task), 0);
    CHECK(!cede_lock_is_held(&lock));
}

TEST_TASK(lock, acquiring_a_free_lock_is_a_cancellation_point_and_does_not_give_way)
{
    struct user a = {"a", 0};
    cede_scope scope;

    cede_scope_enter(&scope, CEDE_NEVER);
    cede_scope_cancel(&scope);
    CHECK_EQ(cede_lock_acquire(&lock), -ECANCELED);
    CHECK_EQ(cede_scope_exit(&scope, 0), 0);
    CHECK(!cede_lock_is_held(&lock));

    cede_future *task = cede_spawn(use, &a);
    CHECK_EQ(cede_lock_acquire(&lock), 0);
    CHECK_STR(test_notes(), "");
    CHECK_EQ(cede_lock_release(&lock), 0);
    CHECK_EQ(cede_join(task), 0);
}

TEST_TASK(lock, its_owner_cannot_acquire_it_again)
{
    cede_lock_init(&lock, &(cede_sync_options){.name = "till"});
    CHECK_EQ(cede_lock_acquire(&lock), 0);
    CHECK_EQ(cede_lock_acquire(&lock), -EDEADLK);
    CHECK_HAS(cede_error_message(cede_error_last()), "'till'");
    CHECK_EQ(cede_lock_try_acquire(&lock), -EBUSY);
    CHECK_EQ(cede_lock_release(&lock), 0);
}

TEST_TASK(lock, ending_it_wakes_those_who_wait)
{
    cede_future *first, *second;

    hold_before_two(&first, &second);
    test_capture_reports();
    cede_lock_fini(&lock);
    CHECK_HAS(test_reports(), "cede: a lock held by task '");
    CHECK_HAS(test_reports(), "' is ended while it is held\n");
    memset(&lock, 0xee, sizeof lock); /* nobody looks at it any more */
    CHECK_EQ(cede_join(first), CEDE_ESHUTDOWN);
    CHECK_EQ(cede_join(second), CEDE_ESHUTDOWN);
    cede_lock_fini(NULL);
}

TEST_TASK(lock, a_waiter_says_what_it_waits_for_and_who_holds_it)
{
    static cede_lock named = CEDE_LOCK_INIT("db");
    const struct user a = {"a", CEDE_S(1)};
    cede_future *task;

    lock = named;
    CHECK_EQ(cede_task_set_name(NULL, "writer"), 0);
    CHECK_EQ(cede_lock_acquire(&lock), 0);
    task = spawn_user(&a);
    CHECK_HAS(test_format(task), "waiting for lock 'db' held by task 'writer'");
    CHECK_EQ(cede_lock_release(&lock), 0);
    CHECK_EQ(cede_join(task), 0);
}

static int acquire_both(void *arg)
{
    cede_lock *const *locks = arg;

    CHECK_EQ(cede_lock_acquire(locks[0]), 0);
    CHECK_EQ(cede_sleep(1), 0);
    const int rc = cede_lock_acquire(locks[1]);
    if (rc == 0)
        CHECK_EQ(cede_lock_release(locks[1]), 0);
    CHECK_EQ(cede_lock_release(locks[0]), 0);
    return rc;
}

static int embrace(void *arg)
{
    cede_lock *const one_way[] = {&lock, &other}, *const other_way[] = {&other, &lock};
    cede_future *tasks[2];

    (void)arg;
    cede_lock_init(&lock, &(cede_sync_options){.name = "left"});
    cede_lock_init(&other, &(cede_sync_options){.name = "right"});
    tasks[0] = cede_spawn_with(&(cede_task_options){.name = "a"}, acquire_both, (void *)one_way);
    tasks[1] = cede_spawn_with(&(cede_task_options){.name = "b"}, acquire_both, (void *)other_way);
    CEDE_TRY(cede_gather(tasks, 2, NULL));
    return 0;
}

TEST(lock, d35_tasks_that_wait_for_each_others_locks_are_reported_with_the_circle)
{
    const cede_run_options options = {.loop = {.clock = CEDE_CLOCK_VIRTUAL}};

    test_capture_reports();
    CHECK_EQ(cede_run_with(&options, embrace, NULL), -EDEADLK);
    CHECK_HAS(test_reports(), "deadlock");
    CHECK_HAS(test_reports(), "each waits for the next");
    CHECK_HAS(test_reports(), "waiting for lock 'right' held by task 'b'");
    CHECK_HAS(test_reports(), "waiting for lock 'left' held by task 'a'");
#if defined(CEDE__HAVE_LIBDW)
    CHECK_HAS(test_reports(), "cede_lock_acquire");
#endif
}

static int acquire_alone(void *arg)
{
    (void)arg;
    CEDE_TRY(cede_lock_acquire(&lock));
    return cede_lock_release(&lock);
}

/* Holds the lock while it waits for the end of a task that wants it. */
static int wait_with_the_lock(void *arg)
{
    (void)arg;
    CEDE_TRY(cede_lock_acquire(&lock));
    cede_future *task = cede_spawn_with(&(cede_task_options){.name = "inner"}, acquire_alone, NULL);
    const int rc = cede_join(task);
    CHECK_EQ(cede_lock_release(&lock), 0);
    return rc;
}

static int run_outer(void *arg)
{
    (void)arg;
    cede_future *task =
        cede_spawn_with(&(cede_task_options){.name = "outer"}, wait_with_the_lock, NULL);
    return cede_join(task);
}

TEST(lock, d35_a_circle_of_a_lock_and_an_await_is_reported)
{
    const cede_run_options options = {.loop = {.clock = CEDE_CLOCK_VIRTUAL}};

    test_capture_reports();
    CHECK_EQ(cede_run_with(&options, run_outer, NULL), -EDEADLK);
    CHECK_HAS(test_reports(), "each waits for the next");
    CHECK_HAS(test_reports(), "waiting for a lock held by task 'outer'");
    CHECK_HAS(test_reports(), "waiting for task 'inner'");
}

static int die_holding(void *arg)
{
    (void)arg;
    return cede_lock_acquire(&lock);
}

static int wait_for_the_dead(void *arg)
{
    (void)arg;
    cede_lock_init(&lock, &(cede_sync_options){.name = "db"});
    cede_future *task = cede_spawn(die_holding, NULL);
    CHECK_EQ(cede_join(task), 0);
    return cede_lock_acquire(&lock);
}

TEST(lock, a_task_that_ends_while_it_holds_a_lock_is_reported_and_the_lock_stays_held)
{
    const cede_run_options options = {.loop = {.clock = CEDE_CLOCK_VIRTUAL}};

    test_capture_reports();
    CHECK_EQ(cede_run_with(&options, wait_for_the_dead, NULL), -EDEADLK);
    CHECK_HAS(test_reports(), "task 'die_holding' ended while it held lock 'db'");
    CHECK_HAS(test_reports(), "waiting for lock 'db' held by a task that has ended");
}

static void try_in_callback(void *arg)
{
    (void)arg;
    CHECK_EQ(cede_lock_try_acquire(&lock), CEDE_ENOTASK);
    CHECK_EQ(cede_lock_acquire(&lock), CEDE_ENOTASK);
    test_note("refused");
}

TEST_TASK(lock, outside_of_tasks_it_is_refused)
{
    CHECK_EQ(cede_call_soon(NULL, try_in_callback, NULL), 0);
    CHECK_EQ(run_ready(), 0);
    CHECK_STR(test_notes(), "refused");
}

TEST_TASK(lock, many_locks_may_be_held_and_released_in_any_order)
{
    cede_lock locks[5];

    for (int i = 0; i < 5; i++) {
        cede_lock_init(&locks[i], NULL);
        CHECK_EQ(cede_lock_acquire(&locks[i]), 0);
    }
    static const int order[] = {2, 0, 4, 3, 1};
    for (int i = 0; i < 5; i++)
        CHECK_EQ(cede_lock_release(&locks[order[i]]), 0);
    for (int i = 0; i < 5; i++)
        CHECK(!cede_lock_is_held(&locks[i]));
}
