/* test_process.c - processes: started, waited for, interrupted, failing. */
/* SPDX-License-Identifier: MIT */
#include "sim_test.h"

static int note_start(void *arg)
{
    test_note("%s@%g", (const char *)arg, cede_sim_now());
    return 0;
}

static int start_two(void *arg)
{
    (void)arg;
    CEDE_TRY(cede_sim_start(note_start, "a"));
    CEDE_TRY(cede_sim_start(note_start, "b"));
    CEDE_TRY(cede_sim_start_delayed(3, note_start, "late"));
    test_note("main");
    CEDE_TRY(cede_sim_hold(0));
    test_note("main-again");
    return 0;
}

TEST_SIM(process, i1_starts_come_before_what_was_to_happen_now, start_two)
{
    CHECK_STR(test_notes(), "main a@0 b@0 main-again late@3");
}

static int give_value(void *arg)
{
    CEDE_TRY(cede_sim_hold(2));
    return cede_return(arg);
}

static int wait_for_value(void *arg)
{
    cede_future *child = cede_sim_spawn(give_value, "loot");
    void *value = NULL;

    (void)arg;
    CHECK(child != NULL);
    CHECK(cede_sim_target(cede_task_current()) == NULL);
    CEDE_TRY(cede_sim_wait(child));
    CEDE_TRY(cede_future_value(child, &value));
    test_note("%s@%g", (const char *)value, cede_sim_now());
    CEDE_TRY(cede_sim_wait(child)); /* at once: it has ended */
    test_note("again@%g", cede_sim_now());
    cede_future_unref(child);
    return 0;
}

TEST_SIM(process, i5_a_process_is_an_event_with_a_value, wait_for_value)
{
    CHECK_STR(test_notes(), "loot@2 again@2");
}

static int fail_later(void *arg)
{
    (void)arg;
    CEDE_TRY(cede_sim_hold(1));
    return cede_raise(-EIO, "the machine broke");
}

static int wait_for_failure(void *arg)
{
    cede_future *child = cede_sim_spawn(fail_later, NULL);

    (void)arg;
    CHECK_EQ(cede_sim_wait(child), -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "the machine broke");
    cede_future_unref(child);
    test_note("lived@%g", cede_sim_now());
    return 0;
}

TEST_SIM(process, i5_a_failure_goes_to_who_waits, wait_for_failure)
{
    CHECK_STR(test_notes(), "lived@1");
}

TEST(process, i3_a_failure_nobody_waits_for_ends_the_run)
{
    cede_sim *sim = NULL;

    CHECK_EQ(cede_sim_create(NULL, &sim), 0);
    CHECK_EQ(cede_sim_start(fail_later, NULL), 0);
    CHECK_EQ(cede_sim_start_delayed(5, note_start, "never"), 0);
    CHECK_EQ(cede_sim_run(sim), -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "the machine broke");
    CHECK(cede_sim_now() == 1);
    CHECK_STR(test_notes(), "");
    CHECK_EQ(cede_sim_run(sim), 0); /* and may go on */
    CHECK_STR(test_notes(), "never@5");
    cede_sim_destroy(sim);
}

static int wait_for_nothing(void *arg)
{
    (void)arg;
    CEDE_TRY(cede_sim_hold(1));
    CEDE_TRY(cede_sim_wait(NULL));
    return 0;
}

TEST(process, i5_waiting_for_nothing_is_an_error_that_says_where)
{
    char text[1024];

    CHECK_EQ(cede_simulate(NULL, wait_for_nothing, NULL), -EINVAL);
    cede_error_format(cede_error_last(), text, sizeof text);
    CHECK_HAS(text, "in wait_for_nothing");
    CHECK_HAS(text, "test_process.c");
}

static int ask_about_child(void *arg)
{
    const cede_sim_process_options named = {.task.name = "the child"};
    cede_future *child = cede_sim_spawn_with(&named, give_value, NULL);
    char text[128];

    (void)arg;
    CHECK(!cede_future_is_done(child)); /* alive */
    cede_future_format(child, text, sizeof text);
    CHECK_HAS(text, "'the child'");
    CEDE_TRY(cede_sim_wait(child));
    CHECK(cede_future_is_done(child));
    cede_future_unref(child);
    return 0;
}

TEST_SIM(process, i5_a_process_has_a_name_and_is_alive_until_its_end, ask_about_child)
{
    CHECK(cede_sim_current() == NULL);
}

static int start_later(void *arg)
{
    CEDE_TRY(cede_sim_hold(1));
    CEDE_TRY(cede_sim_start_delayed(3, note_start, arg));
    test_note("asked@%g", cede_sim_now());
    return 0;
}

TEST(process, i14_a_delayed_process_starts_so_much_later)
{
    CHECK_EQ(cede_simulate(NULL, start_later, "late"), 0);
    CHECK_STR(test_notes(), "asked@1 late@4");
}

/* Interrupts. */

static int hold_ten(void *arg)
{
    const int rc = cede_sim_hold(10);

    (void)arg;
    test_note("%d:%s@%g", rc == CEDE_EINTERRUPTED, (const char *)cede_sim_cause(), cede_sim_now());
    return 0;
}

static int interrupt_it(void *arg)
{
    cede_future *victim = cede_sim_spawn(hold_ten, NULL);

    (void)arg;
    CEDE_TRY(cede_sim_hold(5));
    CEDE_TRY(cede_sim_interrupt(victim, "fire"));
    test_note("told@%g", cede_sim_now());
    CEDE_TRY(cede_sim_wait(victim));
    CHECK_EQ(cede_sim_interrupt(victim, NULL), CEDE_EDONE);
    CHECK_EQ(cede_sim_interrupt(cede_task_current(), NULL), -EINVAL);
    CHECK_EQ(cede_sim_interrupt(NULL, NULL), -EINVAL);
    cede_future_unref(victim);
    return 0;
}

TEST_SIM(process, i6_interrupt_ends_a_hold_with_its_cause, interrupt_it)
{
    CHECK_STR(test_notes(), "told@5 1:fire@5");
}

static int rewait(void *arg)
{
    cede_future *event = arg;

    CHECK_EQ(cede_sim_wait(event), CEDE_EINTERRUPTED);
    test_note("interrupted@%g", cede_sim_now());
    CHECK_EQ(cede_sim_wait(event), 0);
    test_note("happened@%g", cede_sim_now());
    return 0;
}

static int interrupt_a_wait(void *arg)
{
    cede_future *event = cede_sim_timeout(10, NULL);
    cede_future *victim = cede_sim_spawn(rewait, event);

    (void)arg;
    CEDE_TRY(cede_sim_hold(3));
    CHECK(cede_sim_target(victim) == event);
    CEDE_TRY(cede_sim_interrupt(victim, NULL));
    CEDE_TRY(cede_sim_wait(victim));
    cede_future_unref(victim);
    cede_future_unref(event);
    return 0;
}

TEST_SIM(process, i6_what_was_waited_for_can_be_waited_for_again, interrupt_a_wait)
{
    CHECK_STR(test_notes(), "interrupted@3 happened@10");
}

static int hold_thrice(void *arg)
{
    (void)arg;
    for (int i = 0; i < 3; i++) {
        if (cede_sim_hold(10) == CEDE_EINTERRUPTED)
            test_note("%s@%g", (const char *)cede_sim_cause(), cede_sim_now());
        else
            test_note("held@%g", cede_sim_now());
    }
    return 0;
}

static int interrupt_twice(void *arg)
{
    cede_future *victim = cede_sim_spawn(hold_thrice, NULL);

    (void)arg;
    CEDE_TRY(cede_sim_interrupt(victim, "first")); /* before its first step */
    CEDE_TRY(cede_sim_interrupt(victim, "second"));
    cede_future_unref(victim);
    return 0;
}

TEST_SIM(process, i6_interrupts_arrive_in_order_even_before_the_first_step, interrupt_twice)
{
    CHECK_STR(test_notes(), "first@0 second@0 held@10");
}

static int end_when_interrupted(void *arg)
{
    (void)arg;
    test_note("%d", cede_sim_hold(10) == CEDE_EINTERRUPTED);
    return 0;
}

static int interrupt_the_dying(void *arg)
{
    cede_future *victim = cede_sim_spawn(end_when_interrupted, NULL);

    (void)arg;
    CEDE_TRY(cede_sim_hold(1));
    CEDE_TRY(cede_sim_interrupt(victim, NULL));
    CEDE_TRY(cede_sim_interrupt(victim, NULL));
    CEDE_TRY(cede_sim_wait(victim));
    test_note("ended");
    cede_future_unref(victim);
    return 0;
}

TEST_SIM(process, i6_an_interrupt_is_ignored_if_the_process_ended_meanwhile, interrupt_the_dying)
{
    CHECK_STR(test_notes(), "1 ended");
}

static int get_from_queue(void *arg)
{
    const char *item = NULL;

    CHECK_EQ(cede_queue_get(arg, &item), CEDE_EINTERRUPTED);
    test_note("%s", (const char *)cede_sim_cause());
    CHECK_EQ(cede_queue_get(arg, &item), 0);
    test_note("%s", item);
    return 0;
}

static int interrupt_a_getter(void *arg)
{
    const cede_queue_options options = {.item_size = sizeof(char *)};
    const char *item = "item";
    cede_queue *queue = NULL;
    cede_future *getter;

    (void)arg;
    CEDE_TRY(cede_queue_create(&options, &queue));
    getter = cede_sim_spawn(get_from_queue, queue);
    CEDE_TRY(cede_sim_hold(1));
    CEDE_TRY(cede_sim_interrupt(getter, "leave it"));
    CEDE_TRY(cede_sim_hold(1));
    CEDE_TRY(cede_queue_put(queue, &item));
    CEDE_TRY(cede_sim_wait(getter));
    cede_future_unref(getter);
    cede_queue_destroy(queue);
    return 0;
}

TEST_SIM(process, i6_interrupts_reach_into_waits_of_other_kinds, interrupt_a_getter)
{
    CHECK_STR(test_notes(), "leave it item");
}

static int subscribe(void *arg)
{
    cede_future *other = cede_sim_spawn(give_value, "x");

    (void)arg;
    CEDE_TRY(cede_sim_subscribe(other));
    CHECK_EQ(cede_sim_hold(10), CEDE_EINTERRUPTED);
    CHECK(cede_sim_cause() == other);
    test_note("@%g", cede_sim_now());
    CHECK_EQ(cede_sim_subscribe(other), CEDE_EDONE);
    cede_future_unref(other);
    return 0;
}

TEST_SIM(process, i14_a_process_is_interrupted_by_an_event_it_subscribed_to, subscribe)
{
    CHECK_STR(test_notes(), "@2");
}

/* The end of a process. */

static int start_another(void *arg)
{
    CEDE_TRY(cede_sim_wait(*(cede_future **)arg));
    test_note("waiter");
    return cede_sim_start(note_start, "started");
}

static int wait_in_two(void *arg)
{
    cede_future *child = cede_sim_spawn(give_value, NULL);

    (void)arg;
    CEDE_TRY(cede_sim_start(start_another, &child));
    CEDE_TRY(cede_sim_start(start_another, &child));
    CEDE_TRY(cede_sim_hold(3));
    CHECK_EQ(cede_future_status(child), 0);
    cede_future_unref(child);
    return 0;
}

TEST_SIM(process, i5_all_who_wait_for_its_end_go_on_before_anything_else, wait_in_two)
{
    CHECK_STR(test_notes(), "waiter waiter started@2 started@2");
}

static void note_drop(void *arg)
{
    test_note("dropped-%s", (const char *)arg);
}

static int hold_until_cancelled(void *arg)
{
    const int rc = cede_sim_hold(1e6);

    test_note("%s-%s", (const char *)arg, cede_error_name(rc));
    return rc;
}

TEST(process, destroy_cancels_those_that_are_left)
{
    const cede_sim_process_options later = {.delay = 50, .task.drop = note_drop};
    cede_sim *sim = NULL;
    cede_future *process;

    CHECK_EQ(cede_sim_create(NULL, &sim), 0);
    CHECK_EQ(cede_sim_start(hold_until_cancelled, "a"), 0);
    process = cede_sim_spawn_with(&later, hold_until_cancelled, "b");
    CHECK(process != NULL);
    CHECK_EQ(cede_sim_run_until(sim, 10), 0);
    cede_sim_destroy(sim);
    CHECK_STR(test_notes(), "a-ECANCELED dropped-b");
    CHECK(cede_future_is_cancelled(process));
    cede_future_unref(process);
}

TEST(process, options_that_make_no_sense_are_refused_and_dropped)
{
    const cede_sim_process_options negative = {.delay = -1, .task.drop = note_drop};
    const cede_sim_process_options far = {.priority = 2001};
    cede_sim *sim = NULL;

    CHECK(cede_sim_spawn(note_start, "x") == NULL); /* no simulation */
    CHECK_EQ(cede_error_code(cede_error_last()), -EINVAL);
    CHECK_EQ(cede_sim_create(NULL, &sim), 0);
    CHECK(cede_sim_spawn_with(&negative, note_start, "x") == NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), -EINVAL);
    CHECK(cede_sim_spawn_with(&far, note_start, "x") == NULL);
    CHECK_EQ(cede_sim_start_delayed(-1, note_start, "x"), -EINVAL);
    CHECK_EQ(cede_sim_run(sim), 0);
    cede_sim_destroy(sim);
    CHECK_STR(test_notes(), "dropped-x");
}
