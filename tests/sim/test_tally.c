/* test_tally.c - what a row of numbers comes to. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <cede/tally.h>

#include "harness/harness.h"

static cede_tally tally_of(const double *values, size_t n)
{
    cede_tally tally = {0};

    for (size_t i = 0; i < n; i++)
        cede_tally_add(&tally, values[i]);
    return tally;
}

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-12 * fmax(fabs(a), fabs(b));
}

TEST(tally, i13_counts_and_gives_mean_variance_least_and_greatest)
{
    const cede_tally tally = tally_of((double[]){2, 4, 4, 4, 5, 5, 7, 9}, 8);

    CHECK_EQ(tally.count, 8);
    CHECK(cede_tally_mean(&tally) == 5);
    CHECK(cede_tally_sum(&tally) == 40);
    CHECK(near(cede_tally_variance(&tally), 32.0 / 7));
    CHECK(near(cede_tally_deviation(&tally), sqrt(32.0 / 7)));
    CHECK(cede_tally_min(&tally) == 2);
    CHECK(cede_tally_max(&tally) == 9);
}

TEST(tally, an_empty_one_has_no_mean_and_one_observation_no_variance)
{
    const cede_tally none = {0};
    const cede_tally one = tally_of((double[]){-3}, 1);

    CHECK(isnan(cede_tally_mean(&none)));
    CHECK(isnan(cede_tally_min(&none)) && isnan(cede_tally_max(&none)));
    CHECK(isnan(cede_tally_variance(&none)));
    CHECK(cede_tally_sum(&none) == 0);
    CHECK(cede_tally_mean(&one) == -3 && cede_tally_min(&one) == -3 && cede_tally_max(&one) == -3);
    CHECK(isnan(cede_tally_variance(&one)));
}

TEST(tally, the_variance_of_numbers_far_from_zero_is_not_lost)
{
    cede_tally tally = {0};

    for (int i = 0; i < 30000; i++)
        cede_tally_add(&tally, 1e9 + (double[]){4, 7, 13, 16}[i % 4]);
    CHECK(near(cede_tally_mean(&tally), 1e9 + 10));
    CHECK(fabs(cede_tally_variance(&tally) - 22.5 * 30000 / 29999) < 1e-6);
}

TEST(tally, merged_parts_are_the_whole)
{
    double values[100];
    cede_tally whole, parts = {0};
    const cede_tally none = {0};

    for (int i = 0; i < 100; i++)
        values[i] = (i * 37 % 101) * 0.25 - 7;
    whole = tally_of(values, 100);
    cede_tally_merge(&parts, &none);
    for (size_t i = 0, n = 1; i < 100; i += n, n = i + n + 1 < 100 ? n + 1 : 100 - i) {
        const cede_tally part = tally_of(values + i, n);
        cede_tally_merge(&parts, &part);
    }
    cede_tally_merge(&parts, &none);

    CHECK_EQ(parts.count, whole.count);
    CHECK(near(cede_tally_mean(&parts), cede_tally_mean(&whole)));
    CHECK(near(cede_tally_variance(&parts), cede_tally_variance(&whole)));
    CHECK(cede_tally_min(&parts) == cede_tally_min(&whole));
    CHECK(cede_tally_max(&parts) == cede_tally_max(&whole));
}

TEST(tally, what_is_no_finite_number_is_counted_apart)
{
    cede_tally tally = tally_of((double[]){1, NAN, 3, INFINITY, -INFINITY}, 5);
    cede_tally into = {0};

    cede_tally_merge(&into, &tally);
    cede_tally_merge(&into, &tally);
    CHECK_EQ(tally.count, 2);
    CHECK_EQ(tally.n_refused, 3);
    CHECK(cede_tally_mean(&tally) == 2);
    CHECK_EQ(into.count, 4);
    CHECK_EQ(into.n_refused, 6);
}
