/* test_eager.c - tasks that run at once when they are spawned, to their first wait; row d11. */
/* SPDX-License-Identifier: MIT */
#include <cede/queue.h>

#include "harness/harness_task.h"

static const cede_task_options eager = {.eager = true};

static int fail_with(int code)
{
    return cede_raise(code, "failed at once");
}

static int note_and_wait(void *arg)
{
    test_note("%s1", (const char *)arg);
    CEDE_TRY(cede_sleep(0));
    test_note("%s2", (const char *)arg);
    return 0;
}

static int return_arg(void *arg)
{
    return *(int *)arg;
}

static int fail_at_once(void *arg)
{
    return fail_with(*(int *)arg);
}

TEST_TASK(eager, d11_runs_to_its_first_wait_before_the_spawn_returns)
{
    cede_future *other = cede_spawn(note_and_wait, "other");
    cede_future *task = cede_spawn_with(&eager, note_and_wait, "eager");

    test_note("spawned");
    CHECK_EQ(cede_join(task), 0);
    CHECK_EQ(cede_join(other), 0);
    CHECK_STR(test_notes(), "eager1 spawned other1 eager2 other2");
}

TEST_TASK(eager, d11_one_that_does_not_wait_is_done_when_the_spawn_returns)
{
    int status = 5;
    cede_future *task = cede_spawn_with(&eager, return_arg, &status);

    CHECK(cede_future_is_done(task));
    CHECK_EQ(cede_join(task), 5);
}

TEST_TASK(eager, a_failure_before_the_spawn_returns_is_found_by_join_with_its_record)
{
    int code = -EPIPE;
    cede_future *task = cede_spawn_with(&eager, fail_at_once, &code);

    CHECK(!cede_error_last() || cede_error_code(cede_error_last()) != -EPIPE);
    CHECK_EQ(cede_join(task), -EPIPE);
    CHECK_STR(cede_error_message(cede_error_last()), "failed at once");
}

static int note_current(void *arg)
{
    cede_future **current = arg;

    *current = cede_task_current();
    return 0;
}

TEST_TASK(eager, d11_the_current_task_is_changed_and_changed_back)
{
    cede_future *self = cede_task_current(), *inside = NULL;
    cede_future *task = cede_spawn_with(&eager, note_current, &inside);

    CHECK(inside == task);
    CHECK(cede_task_current() == self);
    CHECK_EQ(cede_join(task), 0);
}

static int spawn_deeper(void *arg)
{
    int *depth = arg;
    cede_future *task;

    if (--*depth == 0)
        return cede_sleep(CEDE_S(1)); /* here all of them come back, innermost first */
    task = cede_spawn_with(&eager, spawn_deeper, depth);
    test_note("%s", *depth == 0 ? "back" : "?");
    return cede_join(task);
}

TEST_TASK(eager, eager_tasks_spawn_eager_tasks)
{
    int depth = 4;
    cede_future *task = cede_spawn_with(&eager, spawn_deeper, &depth);

    CHECK_STR(test_notes(), "back back back");
    CHECK_EQ(cede_now(), 0);
    CHECK_EQ(cede_join(task), 0);
    CHECK_EQ(cede_now(), CEDE_S(1));
}

static int note_turn(void *arg)
{
    bool *ran = arg;

    *ran = true;
    return 0;
}

TEST_TASK(eager, nothing_else_runs_before_the_spawner_goes_on_however_many_there_are)
{
    bool ran = false;
    cede_future *others[1000];

    CHECK_EQ(cede_start(note_turn, &ran), 0);
    /* More than the loop lets run before its own turn. */
    for (int i = 0; i < 1000; i++) {
        others[i] = cede_spawn_with(&eager, note_and_wait, "x");
        CHECK(others[i] && !ran);
    }
    for (int i = 0; i < 1000; i++)
        CHECK_EQ(cede_join(others[i]), 0);
    CHECK(ran);
}

static cede_future *spawned_by_callback;

static void spawn_from_callback(void *arg)
{
    spawned_by_callback = cede_spawn_with(&eager, note_and_wait, arg);
    test_note("callback");
}

TEST_TASK(eager, spawned_by_a_callback_it_waits_for_its_turn)
{
    CHECK_EQ(cede_call_soon(NULL, spawn_from_callback, "task"), 0);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(cede_join(spawned_by_callback), 0);
    CHECK_STR(test_notes(), "callback task1 task2");
}

static int cancel_oneself(void *arg)
{
    (void)arg;
    CHECK(cede_cancel(cede_task_current()));
    return cede_sleep(0);
}

TEST_TASK(eager, cancelling_itself_at_once_cancels_nobody_else)
{
    cede_future *task = cede_spawn_with(&eager, cancel_oneself, NULL);

    CHECK(cede_future_is_cancelled(task));
    CHECK_EQ(cede_checkpoint(), 0);
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
}

static int cancel_given(void *arg)
{
    CHECK(cede_cancel(arg));
    return 0;
}

TEST_TASK(eager, it_may_cancel_its_spawner)
{
    cede_future *task = cede_spawn_with(&eager, cancel_given, cede_task_current());

    CHECK_EQ(cede_sleep(CEDE_S(1)), -ECANCELED);
    CHECK_EQ(cede_uncancel(), 0);
    CHECK_EQ(cede_join(task), 0);
}

static int never(void *arg)
{
    FAIL("the body of %s ran", (const char *)arg);
}

static void note_dropped(void *arg)
{
    test_note("dropped:%s", (const char *)arg);
}

TEST_TASK(eager, in_a_cancelled_group_the_body_does_not_run)
{
    const cede_task_options options = {.eager = true, .drop = note_dropped};
    cede_scope scope;
    cede_group group;

    cede_scope_enter(&scope, CEDE_NEVER);
    cede_group_init(&group);
    cede_scope_cancel(&scope);
    CHECK_EQ(cede_group_spawn_with(&group, &options, never, "x"), 0);
    CHECK_STR(test_notes(), "dropped:x");
    CHECK_EQ(cede_group_join(&group, 0), -ECANCELED);
    CHECK_EQ(cede_scope_exit(&scope, -ECANCELED), -ECANCELED);
}

TEST_TASK(eager, d23_a_group_that_is_ending_refuses_it)
{
    const cede_task_options options = {.eager = true, .drop = note_dropped};
    cede_group group;

    cede_group_init(&group);
    cede_group_cancel(&group);
    CHECK_EQ(cede_group_spawn_with(&group, &options, never, "x"), CEDE_ESHUTDOWN);
    CHECK_STR(test_notes(), "dropped:x");
    CHECK_EQ(cede_group_join(&group, 0), 0);
}

/* Ends its group in its first step. */
static int cancel_group(void *arg)
{
    cede_group_cancel(arg);
    return cede_sleep(CEDE_S(1));
}

static int hold_out(void *arg)
{
    const int rc = cede_sleep(CEDE_S(10));

    test_note("%s:%s", (const char *)arg, cede_error_name(rc));
    return rc;
}

TEST_TASK(eager, d25_gh_155418_a_child_that_is_running_its_first_step_is_reached_by_cancel)
{
    cede_group group;

    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn_with(&group, &eager, hold_out, "sibling"), 0);
    CHECK_EQ(cede_group_spawn_with(&group, &eager, cancel_group, &group), 0);
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_EQ(cede_now(), 0);
    CHECK_STR(test_notes(), "sibling:ECANCELED");
}

TEST_TASK(eager, d11_gh_128550_a_child_that_fails_in_its_first_step_cancels_its_siblings)
{
    int code = -EPIPE;
    cede_group group;

    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn(&group, hold_out, "fresh"), 0); /* has not begun: never will */
    CHECK_EQ(cede_group_spawn_with(&group, &eager, hold_out, "sibling"), 0);
    CHECK_EQ(cede_group_spawn_with(&group, &eager, fail_at_once, &code), 0);
    CHECK_EQ(cede_group_spawn_with(&group, &eager, never, "late"), CEDE_ESHUTDOWN);
    CHECK_EQ(cede_sleep(CEDE_S(1)), -ECANCELED); /* the body too */
    CHECK_EQ(cede_group_join(&group, 0), -EPIPE);
    CHECK_EQ(cede_now(), 0);
    CHECK_STR(test_notes(), "sibling:ECANCELED");
}

TEST_TASK(eager, d11_gh_128588_the_cancellation_by_a_childs_failure_does_not_leak_out_of_the_group)
{
    int code = -EPIPE;
    cede_group group;

    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn_with(&group, &eager, fail_at_once, &code), 0);
    CHECK_EQ(cede_group_join(&group, 0), -EPIPE);
    CHECK_EQ(cede_task_cancelling(NULL), 0);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
}

TEST_TASK(eager, d11_gh_128588_a_cancelled_child_leaves_its_siblings_and_the_body_alone)
{
    cede_group group;

    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn_with(&group, &eager, hold_out, "sibling"), 0);
    CHECK_EQ(cede_group_spawn_with(&group, &eager, cancel_oneself, NULL), 0);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_EQ(cede_now(), CEDE_S(10));
    CHECK_STR(test_notes(), "sibling:0");
}

static int gather_eager_tasks(void)
{
    int two = 2;
    cede_future *tasks[] = {cede_spawn_with(&eager, return_arg, &two),
                            cede_spawn_with(&eager, note_and_wait, "x")};
    const int rc = tasks[0] && tasks[1] ? cede_gather(tasks, 2, NULL) : -ENOMEM;

    for (size_t i = 0; i < 2; i++) {
        const int joined = tasks[i] ? cede_join(tasks[i]) : 0;
        CHECK(joined >= 0);
    }
    return rc;
}

TEST_TASK(eager, gather_takes_what_is_done_and_what_is_not)
{
    CHECK_EQ(gather_eager_tasks(), 0);
}

static int run_gather(void *arg)
{
    (void)arg;
    return gather_eager_tasks();
}

static int run_all(void)
{
    return cede_run(run_gather, NULL);
}

TEST(eager, runs_out_of_memory_without_harm)
{
    CHECK_EQ(run_all(), 0); /* stacks come from slabs that are kept */
    test_sweep_allocations(run_all);
}

/* A producer and a consumer, both eager, hand over through a queue of one. */
static int put_three(void *arg)
{
    for (int i = 0; i < 3; i++)
        CEDE_TRY(cede_queue_put(arg, &i));
    return 0;
}

static int get_three(void *arg)
{
    int item, sum = 0;

    for (int i = 0; i < 3; i++) {
        CEDE_TRY(cede_queue_get(arg, &item));
        sum += item;
    }
    return sum;
}

TEST_TASK(eager, waiting_in_a_queue_ends_the_first_step)
{
    const cede_queue_options options = {.item_size = sizeof(int), .max_size = 1};
    cede_queue *queue;
    cede_future *getter, *putter;

    CHECK_EQ(cede_queue_create(&options, &queue), 0);
    getter = cede_spawn_with(&eager, get_three, queue);
    CHECK(!cede_future_is_done(getter));
    putter = cede_spawn_with(&eager, put_three, queue);
    CHECK_EQ(cede_join(putter), 0);
    CHECK_EQ(cede_join(getter), 3);
    cede_queue_destroy(queue);
}
