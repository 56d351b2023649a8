/* test_series.c - points kept, and where their steady part begins. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <cede/distribution.h>
#include <cede/error.h>
#include <cede/series.h>

#include "harness/harness.h"

TEST(series, keeps_its_points_in_order)
{
    cede_series series = {0};

    for (int i = 0; i < 1000; i++)
        CHECK_EQ(cede_series_add(&series, i, 2 * i), 0);
    CHECK_EQ(cede_series_add(&series, NAN, 0), -EINVAL);
    CHECK_EQ(cede_series_add(&series, 0, INFINITY), -EINVAL);
    CHECK_EQ(series.n, 1000);
    CHECK(series.points[999].x == 999 && series.points[999].y == 1998);
    const cede_tally tail = cede_series_tally(&series, 998);
    CHECK(tail.count == 2 && cede_tally_mean(&tail) == 1997);
    CHECK_EQ(cede_series_tally(&series, 5000).count, 0);
    cede_series_fini(&series);
    CHECK_EQ(series.n, 0);
}

TEST(series, i13_the_warm_up_ends_where_the_series_has_become_steady)
{
    cede_series series = {0};
    cede_random random;
    size_t end;

    cede_random_init(&random, 1, "warm-up");
    for (int i = 0; i < 1000; i++)
        CHECK_EQ(
            cede_series_add(&series, i, cede_random_normal(&random, 10, 1) - 10 * exp(-i / 30.0)),
            0);
    end = cede_series_warm_up(&series);
    CHECK(end >= 40 && end <= 200);
    const cede_tally steady = cede_series_tally(&series, end);
    CHECK(fabs(cede_tally_mean(&steady) - 10) < 0.15);
    cede_series_fini(&series);
}

TEST(series, a_steady_or_a_short_series_has_hardly_a_warm_up)
{
    cede_series series = {0};

    for (int i = 0; i < 19; i++)
        CHECK_EQ(cede_series_add(&series, i, -i), 0);
    CHECK_EQ(cede_series_warm_up(&series), 0);
    for (int i = 19; i < 100; i++)
        CHECK_EQ(cede_series_add(&series, i, -i), 0);
    CHECK(cede_series_warm_up(&series) <= 50); /* at most half of it, however it goes on */
    cede_series_fini(&series);
    for (int i = 0; i < 100; i++)
        CHECK_EQ(cede_series_add(&series, i, i % 5), 0);
    CHECK_EQ(cede_series_warm_up(&series), 0);
    cede_series_fini(&series);
}

static int make_one(void)
{
    cede_series series = {0};
    int rc = 0;

    for (int i = 0; i < 200 && rc == 0; i++)
        rc = cede_series_add(&series, i, i);
    cede_series_fini(&series);
    return rc;
}

TEST(series, survives_failing_allocations)
{
    test_sweep_allocations(make_one);
}
