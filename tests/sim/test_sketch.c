/* test_sketch.c - quantiles within the accuracy asked for. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <cede/distribution.h>
#include <cede/error.h>
#include <cede/sketch.h>

#include "harness/harness.h"
#include "sim/fit.h"

enum { N = 20000 };

static double sample[N];

static cede_sketch *sketch_of(double accuracy, const double *values, size_t n)
{
    cede_sketch *sketch;

    CHECK_EQ(cede_sketch_create(accuracy, &sketch), 0);
    for (size_t i = 0; i < n; i++)
        cede_sketch_add(sketch, values[i]);
    return sketch;
}

static void check_quantiles(const cede_sketch *sketch, double accuracy)
{
    qsort(sample, N, sizeof *sample, fit_compare);
    for (int i = 0; i <= 1000; i++) {
        const double q = i / 1000.0;
        const double exact = sample[(size_t)(q * (N - 1))], got = cede_sketch_quantile(sketch, q);
        if (!(fabs(got - exact) <= accuracy * fabs(exact) * (1 + 1e-9)))
            FAIL("the quantile %g is %.10g, not %.10g", q, got, exact);
    }
    CHECK(cede_sketch_quantile(sketch, 0) == sample[0]);
    CHECK(cede_sketch_quantile(sketch, 1) == sample[N - 1]);
}

TEST(sketch, i13_every_quantile_is_within_the_accuracy)
{
    const double accuracies[] = {0.2, 0.01, 0.001};
    cede_random random;

    cede_random_init(&random, 1, "sketch");
    for (int a = 0; a < 3; a++)
        for (int kind = 0; kind < 3; kind++) {
            for (int i = 0; i < N; i++)
                sample[i] = kind == 0   ? cede_random_exponential(&random, 5)
                            : kind == 1 ? cede_random_pareto(&random, 3, 2)
                                        : fmax(-3, cede_random_normal(&random, 1, 4));
            if (a == 2) /* 2048 classes of one in a thousand: less than two decades */
                for (int i = 0; i < N; i++)
                    sample[i] = copysign(fmin(3, 1 + fabs(sample[i])), sample[i]);
            cede_sketch *sketch = sketch_of(accuracies[a], sample, N);
            check_quantiles(sketch, accuracies[a]);
            cede_sketch_destroy(sketch);
        }
}

TEST(sketch, negative_values_and_zeros_stand_in_their_order)
{
    cede_sketch *sketch = sketch_of(0.01, (double[]){0, -5, 3, 0, -1, 0, -0.0}, 7);

    CHECK_EQ(cede_sketch_count(sketch), 7);
    CHECK(cede_sketch_quantile(sketch, 0) == -5);
    CHECK(fabs(cede_sketch_quantile(sketch, 1 / 6.0 + 1e-9) + 1) <= 0.0101);
    CHECK(cede_sketch_quantile(sketch, 0.5) == 0);
    CHECK(cede_sketch_quantile(sketch, 1) == 3);
    cede_sketch_destroy(sketch);
}

TEST(sketch, i13_merged_in_any_order_the_result_is_the_same)
{
    cede_random random;
    cede_sketch *parts[4], *forth, *back, *whole;

    cede_random_init(&random, 2, "sketch");
    for (int i = 0; i < N; i++) /* more decades than there are classes for */
        sample[i] = pow(10, cede_random_uniform(&random, -120, 120)) * (i % 3 ? 1 : -1);
    whole = sketch_of(0.01, sample, N);
    forth = sketch_of(0.01, NULL, 0);
    back = sketch_of(0.01, NULL, 0);
    for (int i = 0; i < 4; i++)
        parts[i] = sketch_of(0.01, sample + i * (N / 4), N / 4);
    for (int i = 0; i < 4; i++) {
        CHECK_EQ(cede_sketch_merge(forth, parts[i]), 0);
        CHECK_EQ(cede_sketch_merge(back, parts[3 - i]), 0);
    }
    for (int i = 0; i <= 500; i++) {
        const double q = i / 500.0, exact = cede_sketch_quantile(whole, q);
        CHECK(cede_sketch_quantile(forth, q) == exact && cede_sketch_quantile(back, q) == exact);
    }
    qsort(sample, N, sizeof *sample, fit_compare); /* the accuracy is lost near 0 alone */
    CHECK(fabs(cede_sketch_quantile(whole, 0.99) / sample[(size_t)(0.99 * (N - 1))] - 1) <=
          0.01001);
    CHECK(fabs(cede_sketch_quantile(whole, 0.01) / sample[(size_t)(0.01 * (N - 1))] - 1) <=
          0.01001);
    for (int i = 0; i < 4; i++)
        cede_sketch_destroy(parts[i]);
    cede_sketch_destroy(whole);
    cede_sketch_destroy(forth);
    cede_sketch_destroy(back);
}

TEST(sketch, bad_input_is_an_error_or_ignored)
{
    cede_sketch *sketch = sketch_of(0.01, (double[]){NAN, INFINITY}, 2), *other;

    CHECK_EQ(cede_sketch_count(sketch), 0);
    CHECK(isnan(cede_sketch_quantile(sketch, 0.5)));
    CHECK_EQ(cede_sketch_create(0, &other), -EINVAL);
    CHECK_EQ(cede_sketch_create(NAN, &other), -EINVAL);
    other = sketch_of(0.02, (double[]){1, 2}, 2);
    CHECK_EQ(cede_sketch_merge(sketch, other), -EINVAL);
    CHECK(isnan(cede_sketch_quantile(other, -0.1)) && isnan(cede_sketch_quantile(other, NAN)));
    cede_sketch_destroy(sketch);
    cede_sketch_destroy(other);
    cede_sketch_destroy(NULL);
}

static int make_one(void)
{
    cede_sketch *sketch = NULL;
    const int rc = cede_sketch_create(0.01, &sketch);

    cede_sketch_destroy(sketch);
    return rc;
}

TEST(sketch, survives_failing_allocations)
{
    test_sweep_allocations(make_one);
}
