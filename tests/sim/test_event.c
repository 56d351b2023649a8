/* test_event.c - events: triggered, happening, failing, waited for. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "sim_test.h"

static int wait_and_note(void *arg)
{
    cede_future *event = arg;
    void *value = "";

    CHECK_EQ(cede_sim_wait(event), 0);
    CHECK_EQ(cede_future_value(event, &value), 0);
    test_note("%s@%g", value ? (const char *)value : "-", cede_sim_now());
    return 0;
}

static int ring(void *arg)
{
    cede_future *bell = cede_sim_event_create("bell");

    (void)arg;
    CEDE_TRY(cede_sim_start(wait_and_note, bell));
    CEDE_TRY(cede_sim_start(wait_and_note, bell));
    CEDE_TRY(cede_sim_hold(3));
    CHECK(!cede_sim_event_is_triggered(bell));
    CEDE_TRY(cede_sim_event_succeed(bell, "ding"));
    CHECK(cede_sim_event_is_triggered(bell));
    CHECK(!cede_future_is_done(bell));
    CHECK_EQ(cede_sim_event_succeed(bell, "dong"), CEDE_EDONE);
    CHECK_EQ(cede_sim_event_fail(bell, -EIO), CEDE_EDONE);
    CEDE_TRY(cede_sim_hold(0));
    CHECK(cede_future_is_done(bell));
    CEDE_TRY(wait_and_note(bell)); /* no time passes */
    cede_future_unref(bell);
    return 0;
}

TEST_SIM(event, i2_triggered_once_it_happens_and_all_who_wait_go_on, ring)
{
    CHECK_STR(test_notes(), "ding@3 ding@3 ding@3");
}

static int fail_it(void *arg)
{
    CEDE_TRY(cede_sim_hold(1));
    CHECK_EQ(cede_raise(-EPIPE, "cut"), -EPIPE);
    return cede_sim_event_fail(arg, -EPIPE);
}

static int wait_for_failure(void *arg)
{
    cede_future *event = cede_sim_event_create(NULL);
    cede_future *copy = cede_sim_event_create(NULL);

    (void)arg;
    CEDE_TRY(cede_sim_start(fail_it, event));
    CHECK_EQ(cede_sim_event_trigger(copy, event), CEDE_ENOTDONE);
    CHECK_EQ(cede_sim_wait(event), -EPIPE);
    CHECK_STR(cede_error_message(cede_error_last()), "cut");
    CEDE_TRY(cede_sim_event_trigger(copy, event));
    CHECK_EQ(cede_sim_wait(copy), -EPIPE);
    CHECK_STR(cede_error_message(cede_error_last()), "cut");
    cede_future_unref(event);
    cede_future_unref(copy);
    test_note("ok");
    return 0;
}

TEST_SIM(event, i2_a_failure_goes_to_who_waits_and_can_be_passed_on, wait_for_failure)
{
    CHECK_STR(test_notes(), "ok");
}

static int fail_unseen(void *arg)
{
    cede_future *event = cede_sim_event_create("unseen");

    if (arg)
        cede_sim_event_defuse(event);
    CEDE_TRY(cede_sim_event_fail(event, -EPIPE));
    cede_future_unref(event);
    CEDE_TRY(cede_sim_hold(1));
    test_note("later");
    return 0;
}

TEST(event, i3_a_failed_event_nobody_waits_for_ends_the_run_unless_defused)
{
    CHECK_EQ(cede_simulate(NULL, fail_unseen, NULL), -EPIPE);
    CHECK_STR(test_notes(), "");
    CHECK_EQ(cede_simulate(NULL, fail_unseen, "defuse"), 0);
    CHECK_STR(test_notes(), "later");
}

static int timeouts(void *arg)
{
    cede_future *never = cede_sim_timeout(INFINITY, NULL);
    cede_future *later = cede_sim_timeout(5, "value");
    cede_future *now = cede_sim_timeout(0, "zero");

    (void)arg;
    CHECK(cede_sim_event_is_triggered(later));
    CHECK_EQ(cede_sim_event_succeed(later, NULL), CEDE_EDONE);
    CEDE_TRY(wait_and_note(now));
    CEDE_TRY(wait_and_note(later));
    CHECK(cede_sim_timeout(-1, NULL) == NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), -EINVAL);
    CHECK(cede_sim_timeout(NAN, NULL) == NULL);
    CHECK_EQ(cede_sim_hold(-1), -EINVAL);
    CHECK_EQ(cede_sim_hold(NAN), -EINVAL);
    CHECK(cede_cancel(never));
    CHECK_EQ(cede_sim_wait(never), CEDE_EREVOKED);
    cede_future_unref(never);
    cede_future_unref(later);
    cede_future_unref(now);
    return 0;
}

TEST_SIM(event, i4_a_timeout_is_triggered_from_the_start, timeouts)
{
    CHECK_STR(test_notes(), "zero@0 value@5");
}

static int late_and_early(void *arg)
{
    cede_future *events[3];

    (void)arg;
    for (int i = 0; i < 3; i++)
        CHECK((events[i] = cede_sim_event_create(NULL)) != NULL);
    CEDE_TRY(cede_sim_start(wait_and_note, events[0]));
    CEDE_TRY(cede_sim_start(wait_and_note, events[1]));
    CEDE_TRY(cede_sim_start(wait_and_note, events[2]));
    CEDE_TRY(cede_sim_hold(1));
    CEDE_TRY(cede_sim_event_schedule(events[0], "late", 0, 5));
    CEDE_TRY(cede_sim_event_succeed(events[1], "normal"));
    CEDE_TRY(cede_sim_event_schedule(events[2], "early", 0, -5));
    CHECK_EQ(cede_sim_event_schedule(events[2], NULL, 0, 0), CEDE_EDONE);
    test_note("main@%g", cede_sim_now());
    CEDE_TRY(cede_sim_hold(0));
    test_note("zero");
    CEDE_TRY(cede_sim_hold(1));
    for (int i = 0; i < 3; i++)
        cede_future_unref(events[i]);
    return 0;
}

TEST_SIM(event, i1_at_one_time_the_lower_priority_happens_first, late_and_early)
{
    CHECK_STR(test_notes(), "main@1 early@1 normal@1 zero late@1");
}
