/* test_batches.c - batch means. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <cede/batches.h>
#include <cede/distribution.h>

#include "harness/harness.h"
#include "sim/fit.h"

TEST(batches, i13_full_batches_are_joined_and_the_open_one_is_left_out)
{
    cede_batches batches;

    cede_batches_init(&batches, 1);
    for (int i = 0; i < 63; i++)
        cede_batches_add(&batches, i, 1);
    CHECK_EQ(batches.n, 63);
    cede_batches_add(&batches, 63, 1);
    CHECK_EQ(batches.n, 32);
    CHECK(batches.size == 2 && batches.means[0] == 0.5 && batches.means[31] == 62.5);
    cede_batches_add(&batches, 1e9, 1);
    CHECK(cede_batches_interval(&batches, 0.95).mean == 31.5);
}

TEST(batches, a_value_that_lasts_is_shared_out)
{
    cede_batches batches;

    cede_batches_init(&batches, 10);
    cede_batches_add(&batches, 0, 5);
    cede_batches_add(&batches, 4, 20); /* 5 in the first, 10 in the second, 5 in the third */
    CHECK_EQ(batches.n, 2);
    CHECK(batches.means[0] == 2 && batches.means[1] == 4 && batches.filled == 5);
    cede_batches_add(&batches, 4, 1e12);
    CHECK(batches.n >= 32 && batches.n < 64 && batches.means[batches.n - 1] == 4);
}

TEST(batches, what_cannot_be_weighed_is_refused)
{
    cede_batches batches;

    cede_batches_init(&batches, NAN);
    CHECK(batches.size == 1);
    cede_batches_add(&batches, NAN, 1);
    cede_batches_add(&batches, 1, -1);
    cede_batches_add(&batches, 1, INFINITY);
    CHECK_EQ(batches.n_refused, 3);
    CHECK(isnan(cede_batches_interval(&batches, 0.9).mean));
    CHECK(isnan(cede_batches_correlation(&batches)));
}

/* A chain in which each value is 0.8 of the one before and something new: its mean is known far
 * less well than as many independent values would tell. */
TEST(batches, i13_their_interval_holds_the_mean_of_what_is_correlated)
{
    cede_random random;
    cede_tally held = {0}, naive = {0}, correlation = {0};

    cede_random_init(&random, 1, "chain");
    for (int round = 0; round < 400; round++) {
        cede_batches batches;
        cede_tally tally = {0};
        double x = cede_random_normal(&random, 0, 1 / 0.6);

        cede_batches_init(&batches, 1);
        for (int i = 0; i < 5000; i++) {
            x = 0.8 * x + cede_random_normal(&random, 0, 1);
            cede_batches_add(&batches, x, 1);
            cede_tally_add(&tally, x);
        }
        const cede_interval good = cede_batches_interval(&batches, 0.9);
        const cede_interval bad = cede_interval_of(&tally, 0.9);
        cede_tally_add(&held, fabs(good.mean) <= good.half_width);
        cede_tally_add(&naive, fabs(bad.mean) <= bad.half_width);
        cede_tally_add(&correlation, cede_batches_correlation(&batches));
    }
    CHECK(cede_tally_mean(&held) > 0.84 && cede_tally_mean(&held) < 0.95);
    CHECK(cede_tally_mean(&naive) < 0.6);
    CHECK(cede_tally_mean(&correlation) < 0.2);
}
