/* test_pace.c - counting, when the clock is looked at, the rate. */
/* SPDX-License-Identifier: MIT */
#include "harness/harness.h"
#include "progress/pace.h"

static struct cede__pace started(void)
{
    struct cede__pace pace = {.smoothing = 0.3, .min_interval = CEDE_MS(80)};

    cede__pace_start(&pace, 0, 0);
    return pace;
}

/* Count a unit every `interval` for `span`; the looks at the clock. */
static long run(struct cede__pace *pace, cede_time *now, cede_time interval, cede_time span)
{
    const cede_time end = *now + span;
    long looks = 0;

    while (*now < end) {
        *now += interval;
        if (cede__pace_add(pace, 1)) {
            looks++;
            cede__pace_look_ahead(pace, *now);
        }
    }
    return looks;
}

TEST(pace, the_clock_is_read_eight_times_an_interval_however_fast_it_counts)
{
    struct cede__pace pace = started();
    cede_time now = 0;

    run(&pace, &now, 10,
        CEDE_MS(80)); /* 100 million a second; finding the distance takes a while */
    CHECK_EQ(run(&pace, &now, 10, CEDE_MS(80)), 8);
    CHECK_EQ(run(&pace, &now, CEDE_US(1), CEDE_MS(80)), 1); /* it was a hundred times faster */
    run(&pace, &now, CEDE_US(1), CEDE_MS(800));
    CHECK_EQ(run(&pace, &now, CEDE_US(1), CEDE_MS(80)), 8);
}

TEST(pace, slow_units_each_look_at_the_clock)
{
    struct cede__pace pace = started();
    cede_time now = 0;

    CHECK_EQ(run(&pace, &now, CEDE_MS(50), CEDE_S(1)), 20);
}

TEST(pace, the_distance_grows_twofold_at_most)
{
    struct cede__pace pace = started();

    int64_t distance = pace.next - pace.n;

    /* The clock stands still: as fast as can be. */
    for (int i = 0; i < 40; i++) {
        CHECK(cede__pace_add(&pace, distance));
        cede__pace_look_ahead(&pace, 0);
        CHECK_EQ(pace.next - pace.n, 2 * distance);
        distance *= 2;
    }
}

TEST(pace, counting_holds_at_the_largest_number)
{
    struct cede__pace pace = started();

    CHECK(cede__pace_add(&pace, INT64_MAX));
    CHECK(cede__pace_add(&pace, INT64_MAX));
    CHECK_EQ(pace.n, INT64_MAX);
    cede__pace_look_ahead(&pace, 1);
    CHECK_EQ(pace.next, INT64_MAX);
    cede__pace_take_back(&pace, INT64_MIN);
    CHECK_EQ(pace.n, -1);
    cede__pace_take_back(&pace, INT64_MIN);
    CHECK_EQ(pace.n, INT64_MIN);
}

TEST(pace, units_taken_back_do_not_count_twice_for_the_rate)
{
    struct cede__pace pace = started();
    double rate = 0;

    cede__pace_add(&pace, 10);
    cede__pace_step(&pace, CEDE_S(1));
    cede__pace_add(&pace, -5);
    cede__pace_add(&pace, 10);
    cede__pace_step(&pace, CEDE_S(2));
    CHECK(cede__pace_rate(&pace, &rate));
    CHECK_EQ(rate * 1e9 + 0.5, 10e9);
}

TEST(pace, the_rate_leans_towards_the_latest_speed)
{
    struct cede__pace pace = started();
    double rate = 0;

    CHECK(!cede__pace_rate(&pace, &rate));
    cede__pace_add(&pace, 100);
    cede__pace_step(&pace, CEDE_S(1));
    CHECK(cede__pace_rate(&pace, &rate));
    CHECK_EQ(rate * 1e9 + 0.5, 100e9);
    cede__pace_add(&pace, 200);
    cede__pace_step(&pace, CEDE_S(2));
    CHECK(cede__pace_rate(&pace, &rate));
    /* 0.3 of the latest, 0.3 x 0.7 of the one before, both over one second each */
    CHECK_EQ(rate * 1e9 + 0.5, 158823529412); /* (0.3 x 200 + 0.21 x 100) / 0.51 */
}

TEST(pace, a_step_without_units_is_no_step)
{
    struct cede__pace pace = started();
    double rate = 0;

    cede__pace_add(&pace, 10);
    cede__pace_step(&pace, CEDE_S(1));
    cede__pace_step(&pace, CEDE_S(2));
    cede__pace_add(&pace, 20);
    cede__pace_step(&pace, CEDE_S(3));
    CHECK(cede__pace_rate(&pace, &rate));
    CHECK_EQ(rate * 1e9 + 0.5, 10e9);
}

TEST(pace, a_smoothing_below_zero_leaves_the_rate_to_the_mean)
{
    struct cede__pace pace = started();
    double rate = 0;

    pace.smoothing = -1;
    cede__pace_add(&pace, 10);
    cede__pace_step(&pace, CEDE_S(1));
    CHECK(!cede__pace_rate(&pace, &rate));
}

TEST(pace, once_stopped_it_never_asks_for_the_clock)
{
    struct cede__pace pace = started();

    cede__pace_stop(&pace);
    CHECK(!cede__pace_add(&pace, 1000000));
    cede__pace_look_ahead(&pace, CEDE_S(1));
    cede__pace_add(&pace, -5);
    CHECK(!cede__pace_add(&pace, 1000000));
    cede__pace_start(&pace, 0, 0);
    CHECK(!cede__pace_add(&pace, 1000000));
    CHECK_EQ(pace.n, 1000000);
}
