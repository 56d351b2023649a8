/* test_event.c - events: everyone who waits goes on, none is lost; row d36. */
/* SPDX-License-Identifier: MIT */
#include <cede/event.h>

#include "harness/harness_task.h"

static cede_event event;

static int wait_once(void *arg)
{
    const int rc = cede_event_wait(&event);

    test_note("%s:%s", (const char *)arg, rc < 0 ? cede_error_name(rc) : "went on");
    return rc;
}

static cede_future *spawn_waiter(const char *name)
{
    return test_spawn(wait_once, (void *)name);
}

TEST_TASK(event, d36_setting_wakes_all_in_the_order_they_came)
{
    cede_future *tasks[] = {spawn_waiter("a"), spawn_waiter("b"), spawn_waiter("c")};

    CHECK_EQ(cede_event_n_waiting(&event), 3);
    CHECK(!cede_event_is_set(&event));
    CHECK_EQ(cede_event_set(&event), 0);
    CHECK(cede_event_is_set(&event));
    CHECK_EQ(cede_event_n_waiting(&event), 0);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(cede_join(tasks[i]), 0);
    CHECK_STR(test_notes(), "a:went on b:went on c:went on");
    CHECK_EQ(cede_event_wait(&event), 0); /* at once */
    CHECK_EQ(cede_event_set(&event), 0);
}

TEST_TASK(event, d36_cleared_before_their_turn_they_go_on_all_the_same)
{
    cede_future *task = spawn_waiter("a");

    CHECK_EQ(cede_event_set(&event), 0);
    cede_event_clear(&event);
    cede_future *late = spawn_waiter("b");
    CHECK_EQ(cede_join(task), 0);
    CHECK(!cede_future_is_done(late));
    CHECK(cede_cancel(late));
    CHECK_EQ(cede_join(late), CEDE_EREVOKED);
    CHECK_STR(test_notes(), "a:went on b:ECANCELED");
}

TEST_TASK(event, d36_clearing_leaves_those_who_wait)
{
    cede_future *task = spawn_waiter("a");

    cede_event_clear(&event);
    CHECK_EQ(cede_sleep(1), 0);
    CHECK_EQ(cede_event_n_waiting(&event), 1);
    CHECK_EQ(cede_event_set(&event), 0);
    CHECK_EQ(cede_join(task), 0);
}

TEST_TASK(event, d36_cancelled_after_it_was_set_a_waiter_goes_on)
{
    cede_future *task = spawn_waiter("a");

    CHECK_EQ(cede_event_set(&event), 0);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_join(task), 0);
}

TEST_TASK(event, waiting_is_a_cancellation_point_even_if_it_is_set)
{
    cede_scope scope;

    CHECK_EQ(cede_event_set(&event), 0);
    cede_scope_enter(&scope, CEDE_NEVER);
    cede_scope_cancel(&scope);
    CHECK_EQ(cede_event_wait(&event), -ECANCELED);
    CHECK_EQ(cede_scope_exit(&scope, 0), 0);
}

TEST_TASK(event, waiting_stops_at_its_deadline)
{
    int rc = 0;

    CEDE_TIMEOUT(CEDE_S(3), rc) {
        rc = cede_event_wait(&event);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_S(3));
    CHECK_EQ(cede_event_n_waiting(&event), 0);
}

static void set_event(void *arg)
{
    CHECK_EQ(cede_event_set(arg), 0);
}

static void wait_in_callback(void *arg)
{
    CHECK_EQ(cede_event_wait(arg), CEDE_ENOTASK);
    test_note("refused");
}

TEST_TASK(event, a_callback_may_set_it_and_may_not_wait)
{
    CHECK_EQ(cede_call_soon(NULL, wait_in_callback, &event), 0);
    CHECK_EQ(cede_call_soon(NULL, set_event, &event), 0);
    CHECK_EQ(cede_event_wait(&event), 0);
    CHECK_STR(test_notes(), "refused");
}

TEST_TASK(event, ending_it_wakes_those_who_wait_and_they_do_not_touch_it)
{
    cede_future *task = spawn_waiter("a");

    cede_event_fini(&event);
    memset(&event, 0xee, sizeof event);
    CHECK_EQ(cede_join(task), CEDE_ESHUTDOWN);
    cede_event_fini(NULL);
}

TEST_TASK(event, a_waiter_says_what_it_waits_for)
{
    cede_future *task;

    cede_event_init(&event, &(cede_sync_options){.name = "ready"});
    task = spawn_waiter("a");
    CHECK_HAS(test_format(task), "waiting for event 'ready'");
    CHECK_EQ(cede_event_set(&event), 0);
    CHECK_EQ(cede_join(task), 0);
    cede_event_init(&event, NULL);
    task = spawn_waiter("b");
    CHECK_HAS(test_format(task), "waiting for an event");
    CHECK_EQ(cede_event_set(&event), 0);
    CHECK_EQ(cede_join(task), 0);
}
