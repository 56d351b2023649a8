/* test_level.c - a value weighed by how long it lasted. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <cede/level.h>

#include "harness/harness.h"

TEST(level, i13_weighs_each_value_by_its_duration)
{
    cede_level level;
    cede_level_summary s;

    cede_level_start(&level, 10, 0);
    cede_level_add(&level, 13, +4);  /* 0 for 3 */
    cede_level_add(&level, 14, -4);  /* 4 for 1 */
    s = cede_level_read(&level, 18); /* 0 for 4 */

    CHECK(s.time == 8 && s.value == 0);
    CHECK(s.mean == 0.5);
    CHECK(s.variance == 1.75);
    CHECK(s.min == 0 && s.max == 4);
}

TEST(level, reading_changes_nothing)
{
    cede_level level;

    cede_level_start(&level, 0, 2);
    (void)cede_level_read(&level, 100);
    cede_level_set(&level, 1, 6);
    CHECK(cede_level_read(&level, 2).mean == 4);
    CHECK(cede_level_read(&level, 2).mean == 4);
    CHECK(cede_level_read(&level, 0).time == 1); /* before the last change: until then */
}

TEST(level, a_value_that_lasted_no_time_leaves_no_trace)
{
    cede_level level;

    cede_level_start(&level, 0, 1);
    cede_level_set(&level, 5, 1000);
    cede_level_set(&level, 5, 2);
    CHECK(cede_level_read(&level, 10).max == 2);
    CHECK(cede_level_read(&level, 10).mean == 1.5);
}

TEST(level, watched_for_no_time_it_has_a_value_and_no_mean)
{
    cede_level level;
    cede_level_summary s;

    cede_level_start(&level, 3, 7);
    s = cede_level_read(&level, 3);
    CHECK(s.time == 0 && s.value == 7);
    CHECK(isnan(s.mean) && isnan(s.variance) && isnan(s.min) && isnan(s.max));
}

TEST(level, i13_the_warm_up_is_forgotten_and_the_value_stays)
{
    cede_level level;

    cede_level_start(&level, 0, 100);
    cede_level_set(&level, 50, 3);
    cede_level_restart(&level, 60);
    cede_level_set(&level, 70, 5);

    const cede_level_summary s = cede_level_read(&level, 80);
    CHECK(s.time == 20 && s.mean == 4 && s.min == 3 && s.max == 5);
}

TEST(level, time_that_goes_back_and_what_is_no_number_are_refused_and_counted)
{
    cede_level level;

    cede_level_start(&level, 5, 1);
    cede_level_set(&level, 4, 9);
    cede_level_set(&level, NAN, 9);
    cede_level_add(&level, 6, INFINITY);
    cede_level_restart(&level, 4);
    CHECK_EQ(level.n_refused, 4);
    CHECK(cede_level_read(&level, 7).mean == 1);
    CHECK(cede_level_read(&level, 7).time == 2);
}

TEST(level, merged_runs_weigh_as_long_as_they_were_watched)
{
    cede_level one, other, whole;

    cede_level_start(&one, 0, 1);
    cede_level_set(&one, 3, 2);
    cede_level_add(&one, 4, 0);
    cede_level_start(&other, 100, 8);
    cede_level_add(&other, 112, 0);
    cede_level_start(&whole, 0, 1);
    cede_level_set(&whole, 3, 2);
    cede_level_set(&whole, 4, 8);
    cede_level_merge(&one, &other);

    const cede_level_summary merged = cede_level_read(&one, 4);
    const cede_level_summary straight = cede_level_read(&whole, 16);
    CHECK(merged.time == straight.time);
    CHECK(fabs(merged.mean - straight.mean) < 1e-12);
    CHECK(fabs(merged.variance - straight.variance) < 1e-12);
    CHECK(merged.min == 1 && merged.max == 8);
    CHECK(merged.value == 2);
}
