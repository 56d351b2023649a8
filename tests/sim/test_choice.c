/* test_choice.c - drawing from weights and from a sample. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <cede/choice.h>
#include <cede/error.h>

#include "harness/harness.h"
#include "sim/fit.h"

static cede_choice *make(const double *weights, size_t n)
{
    cede_choice *choice = NULL;

    CHECK_EQ(cede_choice_create(weights, n, &choice), 0);
    return choice;
}

TEST(choice, i13_each_comes_as_often_as_its_weight_says)
{
    enum { N_WEIGHTS = 100 };
    double weights[N_WEIGHTS], p[N_WEIGHTS], sum = 0;
    uint64_t counts[N_WEIGHTS] = {0};
    cede_random random;

    for (int i = 0; i < N_WEIGHTS; i++)
        sum += weights[i] = 1 + i * i % 17 + (i == 50 ? 300 : 0);
    for (int i = 0; i < N_WEIGHTS; i++)
        p[i] = weights[i] / sum;
    cede_choice *choice = make(weights, N_WEIGHTS);
    cede_random_init(&random, 1, "choice");
    for (int i = 0; i < 200000; i++)
        counts[cede_choice_draw(choice, &random)]++;
    CHECK_COUNTS(counts, p, N_WEIGHTS);
    cede_choice_destroy(choice);
}

TEST(choice, a_weight_of_zero_never_comes_and_an_only_one_always)
{
    cede_choice *choice = make((double[]){0, 1e-3, 0, 1e300, 0}, 5);
    cede_choice *only = make((double[]){7}, 1);
    cede_random random;

    cede_random_init(&random, 1, "choice");
    for (int i = 0; i < 10000; i++) {
        CHECK_EQ(cede_choice_draw(choice, &random), 3); /* nor does one in 10^303 */
        CHECK_EQ(cede_choice_draw(only, &random), 0);
    }
    cede_choice_destroy(choice);
    cede_choice_destroy(only);
    cede_choice_destroy(NULL);
}

TEST(choice, what_are_no_weights_is_refused)
{
    cede_choice *choice = NULL;

    CHECK_EQ(cede_choice_create((double[]){1, -1}, 2, &choice), -EINVAL);
    CHECK_EQ(cede_choice_create((double[]){1, NAN}, 2, &choice), -EINVAL);
    CHECK_EQ(cede_choice_create((double[]){1, INFINITY}, 2, &choice), -EINVAL);
    CHECK_EQ(cede_choice_create((double[]){0, 0}, 2, &choice), -EINVAL);
    CHECK_EQ(cede_choice_create((double[]){1e308, 1e308}, 2, &choice), -EINVAL);
    CHECK_EQ(cede_choice_create((double[]){1}, 0, &choice), -EINVAL);
    CHECK_HAS(cede_error_message(cede_error_last()), "nothing to choose by");
    CHECK_PTR(choice, NULL);
}

static double empirical_cdf(double x) /* of 1, 2, 4 */
{
    return x < 2 ? (x - 1) / 2 : 0.5 + (x - 2) / 4;
}

TEST(choice, i13_a_sample_is_drawn_from_as_it_was_distributed)
{
    static double sample[20000];
    cede_empirical *empirical, *one;
    cede_random random;

    CHECK_EQ(cede_empirical_create((double[]){4, 1, 2}, 3, &empirical), 0);
    CHECK_EQ(cede_empirical_create((double[]){5}, 1, &one), 0);
    cede_random_init(&random, 1, "empirical");
    for (int i = 0; i < 20000; i++) {
        sample[i] = cede_empirical_draw(empirical, &random);
        CHECK(sample[i] >= 1 && sample[i] <= 4);
    }
    CHECK_FITS(sample, 20000, empirical_cdf);
    CHECK(cede_empirical_draw(one, &random) == 5);
    cede_empirical_destroy(empirical);
    cede_empirical_destroy(one);
    cede_empirical_destroy(NULL);
}

TEST(choice, an_empty_or_infinite_sample_is_refused)
{
    cede_empirical *empirical;

    CHECK_EQ(cede_empirical_create(NULL, 0, &empirical), -EINVAL);
    CHECK_EQ(cede_empirical_create((double[]){1, INFINITY}, 2, &empirical), -EINVAL);
}

static int make_both(void)
{
    cede_choice *choice = NULL;
    cede_empirical *empirical = NULL;
    int rc = cede_choice_create((double[]){1, 2}, 2, &choice);

    if (rc == 0)
        rc = cede_empirical_create((double[]){1, 2}, 2, &empirical);
    cede_choice_destroy(choice);
    cede_empirical_destroy(empirical);
    return rc;
}

TEST(choice, survives_failing_allocations)
{
    test_sweep_allocations(make_both);
}
