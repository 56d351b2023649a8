/* test_interval.c - confidence intervals, and Student's quantiles against published tables. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <cede/distribution.h>
#include <cede/interval.h>

#include "harness/harness.h"
#include "sim/fit.h"

TEST(interval, i13_students_quantiles_are_those_of_the_tables)
{
    static const struct {
        double p, freedom, t;
    } table[] = {
        {0.975, 1, 12.706204736432}, {0.975, 2, 4.302652729911},    {0.975, 5, 2.570581835636},
        {0.975, 10, 2.228138851965}, {0.975, 30, 2.042272456301},   {0.975, 120, 1.979930405052},
        {0.995, 1, 63.656741162872}, {0.995, 20, 2.845339709776},   {0.95, 3, 2.353363434802},
        {0.9995, 8, 5.041305433373}, {0.975, 1e12, 1.959963984540}, {0.995, 1e12, 2.575829303549},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const double t = cede_interval_student(table[i].p, table[i].freedom);
        if (!(fabs(t - table[i].t) < 3e-8 * table[i].t))
            FAIL("t of %g and %g is %.12f", table[i].p, table[i].freedom, t);
        CHECK(fabs(t + cede_interval_student(1 - table[i].p, table[i].freedom)) < 1e-9 * t);
    }
    CHECK(cede_interval_student(0.5, 7) == 0);
    for (int i = 51; i < 100; i++) { /* closed forms */
        const double p = i / 100.0, u = 2 * p - 1;
        CHECK(fabs(cede_interval_student(p, 1) / tan(M_PI * u / 2) - 1) < 1e-12);
        CHECK(fabs(cede_interval_student(p, 2) / (u * sqrt(2 / (1 - u * u))) - 1) < 1e-12);
    }
}

TEST(interval, a_quantile_that_is_none_is_no_number)
{
    CHECK(isnan(cede_interval_student(0, 1)) && isnan(cede_interval_student(1, 1)));
    CHECK(isnan(cede_interval_student(NAN, 1)) && isnan(cede_interval_student(0.9, 0)));
}

TEST(interval, of_a_sample_computed_by_hand)
{
    cede_tally tally = {0};
    cede_interval i;

    for (int x = 1; x <= 5; x++)
        cede_tally_add(&tally, x);
    i = cede_interval_of(&tally, 0.95);
    CHECK(i.mean == 3 && i.confidence == 0.95);
    CHECK(fabs(i.half_width - 2.776445105198 * sqrt(2.5 / 5)) < 1e-9);
    CHECK(isnan(cede_interval_of(&tally, 1).half_width));
    CHECK(isnan(cede_interval_of(&tally, NAN).half_width));
}

TEST(interval, of_one_observation_it_is_infinite_and_of_none_there_is_none)
{
    cede_tally tally = {0};

    CHECK(isnan(cede_interval_of(&tally, 0.9).mean));
    cede_tally_add(&tally, 4);
    CHECK(cede_interval_of(&tally, 0.9).mean == 4);
    CHECK(cede_interval_of(&tally, 0.9).half_width == INFINITY);
}

TEST(interval, i13_holds_the_true_mean_as_often_as_it_claims)
{
    cede_random random;
    cede_tally held = {0};

    cede_random_init(&random, 1, "coverage");
    for (int round = 0; round < 4000; round++) {
        cede_tally sample = {0};
        for (int i = 0; i < 6; i++)
            cede_tally_add(&sample, cede_random_normal(&random, 10, 3));
        const cede_interval i = cede_interval_of(&sample, 0.9);
        cede_tally_add(&held, fabs(i.mean - 10) <= i.half_width);
    }
    CHECK_MEAN(cede_tally_mean(&held), 0.9, 0.09, held.count);
}

TEST(interval, intervals_overlap_if_they_share_a_point)
{
    const cede_interval a = {1, 1, 0.95}, b = {3, 1, 0.95}, c = {3.5, 1, 0.95};

    CHECK(cede_interval_overlap(a, b) && cede_interval_overlap(b, c));
    CHECK(!cede_interval_overlap(a, c));
    CHECK(cede_interval_overlap(a, (cede_interval){99, INFINITY, 0.95}));
    CHECK(!cede_interval_overlap(a, (cede_interval){NAN, 1, 0.95}));
}
