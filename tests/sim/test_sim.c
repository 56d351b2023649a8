/* test_sim.c - simulations: the clock, the order of what happens, and runs. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <time.h>

#include "sim_test.h"

static cede_sim *make_sim(void)
{
    cede_sim *sim = NULL;

    CHECK_EQ(cede_sim_create(NULL, &sim), 0);
    return sim;
}

static int car(void *arg)
{
    for (;;) {
        test_note("%s-parks@%g", (const char *)arg, cede_sim_now());
        CEDE_TRY(cede_sim_hold(5));
        test_note("%s-drives@%g", (const char *)arg, cede_sim_now());
        CEDE_TRY(cede_sim_hold(2));
    }
}

TEST(sim, a_process_holds_until_the_run_ends)
{
    cede_sim *sim = make_sim();

    CHECK_EQ(cede_sim_start(car, "a"), 0);
    CHECK_EQ(cede_sim_run_until(sim, 15), 0);
    CHECK_STR(test_notes(), "a-parks@0 a-drives@5 a-parks@7 a-drives@12 a-parks@14");
    CHECK(cede_sim_now() == 15);
    cede_sim_destroy(sim);
}

/* Runs. */

TEST(sim, i8_a_run_until_a_time_ends_before_what_happens_then)
{
    cede_sim *sim = make_sim();

    CHECK_EQ(cede_sim_start(car, "a"), 0);
    CHECK_EQ(cede_sim_run_until(sim, 5), 0);
    CHECK_STR(test_notes(), "a-parks@0");
    CHECK(cede_sim_now() == 5);
    CHECK_EQ(cede_sim_run_until(sim, 5), -EINVAL);
    CHECK_EQ(cede_sim_run_until(sim, NAN), -EINVAL);
    CHECK_EQ(cede_sim_run_until(sim, 6), 0);
    CHECK_STR(test_notes(), "a-parks@0 a-drives@5");
    cede_sim_destroy(sim);
}

static int value_at_four(void *arg)
{
    CEDE_TRY(cede_sim_hold(4));
    (void)cede_return(arg);
    return 7;
}

TEST(sim, i8_a_run_until_an_event_gives_its_outcome)
{
    cede_sim *sim = make_sim();
    cede_future *process = cede_sim_spawn(value_at_four, NULL);
    cede_future *never = cede_sim_event_create("never");

    CHECK_EQ(cede_sim_start(car, "a"), 0);
    CHECK_EQ(cede_sim_run_until_event(sim, process), 7);
    CHECK(cede_sim_now() == 4);
    CHECK_EQ(cede_sim_run_until_event(sim, process), 7); /* it is over already */
    CHECK_EQ(cede_sim_run_until_event(sim, NULL), -EINVAL);
    cede_future_unref(process);
    cede_sim_destroy(sim);
    cede_future_unref(never);
}

TEST(sim, i8_an_event_that_never_happens_is_an_error)
{
    cede_sim *sim = make_sim();
    cede_future *never = cede_sim_event_create("never");

    CHECK_EQ(cede_sim_start(value_at_four, NULL), 0);
    CHECK_EQ(cede_sim_run_until_event(sim, never), -EDEADLK);
    CHECK(cede_sim_now() == 4);
    cede_future_unref(never);
    cede_sim_destroy(sim);
}

TEST(sim, i8_step_and_peek_go_one_by_one)
{
    cede_sim *sim = make_sim();

    CHECK(cede_sim_peek(sim) == INFINITY);
    CHECK_EQ(cede_sim_step(sim), 0);
    CHECK_EQ(cede_sim_start(value_at_four, NULL), 0);
    CHECK(cede_sim_peek(sim) == 0);
    while (cede_sim_peek(sim) == 0)
        CHECK_EQ(cede_sim_step(sim), 1);
    CHECK(cede_sim_peek(sim) == 4);
    CHECK(cede_sim_now() == 0);
    CHECK_EQ(cede_sim_step(sim), 1);
    CHECK(cede_sim_now() == 4);
    CHECK_EQ(cede_sim_step(sim), 0);
    cede_sim_destroy(sim);
}

static int stop_at_two(void *arg)
{
    CEDE_TRY(cede_sim_hold(2));
    cede_sim_stop(arg);
    CHECK_EQ(cede_sim_run(arg), -EBUSY);
    CEDE_TRY(cede_sim_hold(2));
    test_note("on");
    return 0;
}

TEST(sim, a_run_that_was_stopped_goes_on)
{
    cede_sim *sim = make_sim();

    CHECK_EQ(cede_sim_start(stop_at_two, sim), 0);
    CHECK_EQ(cede_sim_run(sim), 0);
    CHECK(cede_sim_now() == 2);
    CHECK_STR(test_notes(), "");
    CHECK_EQ(cede_sim_run(sim), 0);
    CHECK_STR(test_notes(), "on");
    cede_sim_destroy(sim);
}

TEST(sim, options_that_make_no_sense_are_refused)
{
    cede_sim *sim = NULL;

    CHECK_EQ(cede_sim_create(&(cede_sim_options){.start = -1}, &sim), -EINVAL);
    CHECK_EQ(cede_sim_create(&(cede_sim_options){.start = NAN}, &sim), -EINVAL);
    CHECK_EQ(cede_sim_create(&(cede_sim_options){.real_factor = -1}, &sim), -EINVAL);
    CHECK(sim == NULL && cede_sim_current() == NULL);
    CHECK_EQ(cede_sim_create(&(cede_sim_options){.start = 3, .seed = 9}, &sim), 0);
    CHECK(cede_sim_current() == sim && cede_sim_now() == 3 && cede_sim_seed(sim) == 9);
    cede_sim_destroy(sim);
    cede_sim_destroy(NULL);
}

/* Order. */

static int note_after(void *arg)
{
    CEDE_TRY(cede_sim_hold(1));
    test_note("%s", (const char *)arg);
    CEDE_TRY(cede_sim_hold(1));
    test_note("%s", (const char *)arg);
    return 0;
}

TEST(sim, i1_at_one_time_the_first_scheduled_or_lower_priority_goes_first)
{
    const cede_sim_process_options late = {.priority = 1};
    const cede_sim_process_options early = {.priority = -1};
    cede_sim *sim = make_sim();
    cede_future *process;

    process = cede_sim_spawn_with(&late, note_after, "late");
    cede_future_unref(process);
    CHECK_EQ(cede_sim_start(note_after, "a"), 0);
    CHECK_EQ(cede_sim_start(note_after, "b"), 0);
    process = cede_sim_spawn_with(&early, note_after, "early");
    cede_future_unref(process);
    CHECK_EQ(cede_sim_run(sim), 0);
    CHECK_STR(test_notes(), "early a b late early a b late");
    cede_sim_destroy(sim);
}

/* Many processes, equal times among them: each goes on at its time, first scheduled first. */
enum { MANY = 3000 };

struct many {
    double time;
    long turn;
};

static struct many last;
static long turns;

static int hold_whole_times(void *arg)
{
    const long number = (long)(intptr_t)arg;

    for (int i = 0; i < 5; i++) {
        const double until = cede_sim_now() + (double)((number * 7 + i) % 10 + 1);
        const long turn = turns++;
        CEDE_TRY(cede_sim_hold(until - cede_sim_now()));
        CHECK(cede_sim_now() == until);
        CHECK(last.time < until || (last.time == until && last.turn < turn));
        last = (struct many){until, turn};
    }
    return 0;
}

TEST(sim, i1_thousands_of_processes_keep_the_order)
{
    cede_sim *sim = make_sim();

    for (intptr_t i = 0; i < MANY; i++)
        CHECK_EQ(cede_sim_start(hold_whole_times, (void *)i), 0);
    CHECK_EQ(cede_sim_run(sim), 0);
    CHECK_EQ(turns, 5 * MANY);
    cede_sim_destroy(sim);
}

/* Real time. */

TEST(sim, i12_real_time_waits_for_the_clock)
{
    cede_sim *sim = NULL;
    const cede_sim_options options = {.real_factor = 0.004, .lenient = true};
    struct timespec before, after;

    CHECK_EQ(cede_sim_create(&options, &sim), 0);
    CHECK_EQ(cede_sim_start(value_at_four, NULL), 0);
    clock_gettime(CLOCK_MONOTONIC, &before);
    cede_sim_sync(sim);
    CHECK_EQ(cede_sim_run(sim), 0);
    clock_gettime(CLOCK_MONOTONIC, &after);
    CHECK(cede_sim_now() == 4);
    CHECK((after.tv_sec - before.tv_sec) * 1000000000L + after.tv_nsec - before.tv_nsec >=
          16000000);
    cede_sim_destroy(sim);
}

static int waste_time(void *arg)
{
    struct timespec start, now;

    (void)arg;
    clock_gettime(CLOCK_MONOTONIC, &start);
    do
        clock_gettime(CLOCK_MONOTONIC, &now);
    while ((now.tv_sec - start.tv_sec) * 1000000000L + now.tv_nsec - start.tv_nsec < 5000000);
    return cede_sim_hold(1);
}

TEST(sim, i12_being_too_slow_for_real_time_is_an_error_unless_lenient)
{
    cede_sim_options options = {.real_factor = 0.001};
    cede_sim *sim = NULL;

    CHECK_EQ(cede_sim_create(&options, &sim), 0);
    CHECK_EQ(cede_sim_start(waste_time, NULL), 0);
    CHECK_EQ(cede_sim_run(sim), -ETIMEDOUT);
    cede_sim_sync(sim);
    CHECK_EQ(cede_sim_run(sim), 0);
    cede_sim_destroy(sim);

    options.lenient = true;
    CHECK_EQ(cede_sim_create(&options, &sim), 0);
    CHECK_EQ(cede_sim_start(waste_time, NULL), 0);
    CHECK_EQ(cede_sim_run(sim), 0);
    cede_sim_destroy(sim);
}
