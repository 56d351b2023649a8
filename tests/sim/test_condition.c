/* test_condition.c - any of several events, all of several events. */
/* SPDX-License-Identifier: MIT */
#include <pthread.h>

#include "sim_test.h"

/* What a condition that happened holds, as values with the time. */
static void note_condition(cede_future *condition)
{
    cede_future *events[8];
    const size_t n = cede_sim_condition_events(condition, events, 8);

    test_note("%zu@%g", n, cede_sim_now());
    for (size_t i = 0; i < n; i++) {
        void *value = NULL;
        CHECK_EQ(cede_future_value(events[i], &value), 0);
        test_note("%s", (const char *)value);
    }
}

static int any_and_all(void *arg)
{
    cede_future *events[3] = {cede_sim_timeout(3, "c"), cede_sim_timeout(1, "a"),
                              cede_sim_timeout(2, "b")};
    cede_future *any = cede_sim_any_of(events, 3);
    cede_future *all = cede_sim_all_of(events, 3);

    (void)arg;
    CHECK_EQ(cede_sim_condition_events(any, NULL, 0), 0);
    CEDE_TRY(cede_sim_wait(any));
    note_condition(any);
    CEDE_TRY(cede_sim_wait(all));
    note_condition(all);
    note_condition(any); /* what it was when it happened */
    cede_future_unref(any);
    cede_future_unref(all);
    for (int i = 0; i < 3; i++)
        cede_future_unref(events[i]);
    return 0;
}

TEST_SIM(condition, i7_values_come_in_the_order_given, any_and_all)
{
    CHECK_STR(test_notes(), "1@1 a 3@3 c a b 1@3 a");
}

static int nested(void *arg)
{
    cede_future *a = cede_sim_timeout(1, "a");
    cede_future *b = cede_sim_timeout(2, "b");
    cede_future *c = cede_sim_timeout(9, "c");
    cede_future *both = cede_sim_all_of((cede_future *[]){a, b}, 2);
    cede_future *either = cede_sim_any_of((cede_future *[]){c, both}, 2);

    (void)arg;
    CEDE_TRY(cede_sim_wait(either));
    note_condition(either);
    cede_future_unref(a);
    cede_future_unref(b);
    cede_future_unref(c);
    cede_future_unref(both);
    cede_future_unref(either);
    return 0;
}

TEST_SIM(condition, i7_conditions_nest, nested)
{
    CHECK_STR(test_notes(), "2@2 a b");
}

static int empty_and_past(void *arg)
{
    cede_future *none = cede_sim_any_of(NULL, 0);
    cede_future *nil = cede_sim_all_of(NULL, 0);
    cede_future *past = cede_sim_timeout(0, "past");
    cede_future *events[2] = {past, NULL};
    cede_future *any;

    (void)arg;
    CHECK(cede_sim_event_is_triggered(none));
    CHECK_EQ(cede_sim_wait(none), 0);
    CHECK_EQ(cede_sim_wait(nil), 0);
    CHECK_EQ(cede_sim_wait(past), 0);
    events[1] = cede_sim_timeout(5, "future");
    any = cede_sim_any_of(events, 2);
    CHECK_EQ(cede_sim_wait(any), 0);
    note_condition(any);
    CHECK(cede_sim_any_of((cede_future *[]){NULL}, 1) == NULL);
    cede_future_unref(any);
    cede_future_unref(events[1]);
    cede_future_unref(past);
    cede_future_unref(none);
    cede_future_unref(nil);
    return 0;
}

TEST_SIM(condition, i7_empty_ones_and_past_members_count_at_once, empty_and_past)
{
    CHECK_STR(test_notes(), "1@0 past");
}

static int failing(void *arg)
{
    cede_future *events[2] = {cede_sim_event_create("bad"), cede_sim_timeout(5, "late")};
    cede_future *all = cede_sim_all_of(events, 2);

    (void)arg;
    CEDE_TRY(cede_sim_hold(1));
    CHECK_EQ(cede_raise(-EIO, "spoilt"), -EIO);
    CEDE_TRY(cede_sim_event_fail(events[0], -EIO));
    CHECK_EQ(cede_sim_wait(all), -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "spoilt");
    CHECK_EQ(cede_sim_condition_events(all, NULL, 0), 1);
    cede_future_unref(all);
    cede_future_unref(events[0]);
    cede_future_unref(events[1]);
    test_note("@%g", cede_sim_now());
    return 0;
}

TEST_SIM(condition, i7_one_failure_fails_the_condition, failing)
{
    CHECK_STR(test_notes(), "@1");
}

static int forgotten(void *arg)
{
    cede_future *slow = cede_sim_event_create("slow");
    cede_future *quick = cede_sim_timeout(1, NULL);
    cede_future *any = cede_sim_any_of((cede_future *[]){slow, quick}, 2);
    cede_future *undecided = cede_sim_all_of((cede_future *[]){slow}, 1);

    (void)arg;
    cede_future_unref(undecided); /* watches no more */
    CHECK_EQ(cede_sim_wait(any), 0);
    cede_future_unref(any);
    cede_future_unref(quick);
    CEDE_TRY(cede_sim_event_succeed(slow, NULL));
    CHECK_EQ(cede_sim_wait(slow), 0);
    cede_future_unref(slow);
    return 0;
}

TEST_SIM(condition, i7_a_decided_condition_lets_go_of_its_members, forgotten)
{
    CHECK_STR(test_notes(), "");
}

/* In another thread, with a simulation of its own. */
static void *mix(void *arg)
{
    cede_sim *sim = NULL;
    cede_future *own;

    CHECK_EQ(cede_sim_create(NULL, &sim), 0);
    own = cede_sim_event_create(NULL);
    CHECK(cede_sim_all_of((cede_future *[]){own, arg}, 2) == NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), CEDE_EFOREIGN);
    cede_future_unref(own);
    cede_sim_destroy(sim);
    return NULL;
}

TEST(condition, i7_events_of_two_simulations_cannot_be_mixed)
{
    cede_sim *sim = NULL;
    cede_future *event;
    pthread_t thread;

    CHECK_EQ(cede_sim_create(NULL, &sim), 0);
    event = cede_sim_event_create(NULL);
    CHECK_EQ(pthread_create(&thread, NULL, mix, event), 0);
    CHECK_EQ(pthread_join(thread, NULL), 0);
    cede_future_unref(event);
    cede_sim_destroy(sim);
}
