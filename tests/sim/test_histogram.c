/* test_histogram.c - weights of classes. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <cede/histogram.h>

#include "harness/harness.h"

TEST(histogram, i13_counts_by_class_below_and_above)
{
    cede_histogram *histogram;

    CHECK_EQ(cede_histogram_create(0, 3, 3, &histogram), 0);
    for (int i = 0; i < 8; i++)
        cede_histogram_add(histogram, (double[]){0, 0.99, 1, 2.5, 3, -1, INFINITY, NAN}[i], 1);
    cede_histogram_add(histogram, 1.5, 2.25);
    cede_histogram_add(histogram, 1.5, -1);
    cede_histogram_add(histogram, 1.5, NAN);

    CHECK_EQ(cede_histogram_size(histogram), 3);
    CHECK(cede_histogram_weight(histogram, -1) == 1);
    CHECK(cede_histogram_weight(histogram, 0) == 2);
    CHECK(cede_histogram_weight(histogram, 1) == 3.25);
    CHECK(cede_histogram_weight(histogram, 2) == 1);
    CHECK(cede_histogram_weight(histogram, 3) == 2);
    CHECK(cede_histogram_weight(histogram, 4) == 0 && cede_histogram_weight(histogram, -2) == 0);
    CHECK(cede_histogram_limit(histogram, 1) == 1 && cede_histogram_limit(histogram, 3) == 3);
    cede_histogram_destroy(histogram);
}

TEST(histogram, merges_with_one_of_the_same_classes_only)
{
    cede_histogram *a, *b, *c;

    CHECK_EQ(cede_histogram_create(0, 2, 2, &a), 0);
    CHECK_EQ(cede_histogram_create(0, 2, 2, &b), 0);
    CHECK_EQ(cede_histogram_create(0, 2, 4, &c), 0);
    cede_histogram_add(a, 1, 1);
    cede_histogram_add(b, 1, 2);
    CHECK_EQ(cede_histogram_merge(a, b), 0);
    CHECK(cede_histogram_weight(a, 1) == 3);
    CHECK_EQ(cede_histogram_merge(a, c), -EINVAL);
    cede_histogram_destroy(a);
    cede_histogram_destroy(b);
    cede_histogram_destroy(c);
    cede_histogram_destroy(NULL);
}

TEST(histogram, classes_that_are_none_are_refused)
{
    cede_histogram *histogram;

    CHECK_EQ(cede_histogram_create(1, 1, 3, &histogram), -EINVAL);
    CHECK_EQ(cede_histogram_create(0, INFINITY, 3, &histogram), -EINVAL);
    CHECK_EQ(cede_histogram_create(0, NAN, 3, &histogram), -EINVAL);
    CHECK_EQ(cede_histogram_create(0, 1, 0, &histogram), -EINVAL);
}

static int make_one(void)
{
    cede_histogram *histogram = NULL;
    const int rc = cede_histogram_create(0, 1, 10, &histogram);

    cede_histogram_destroy(histogram);
    return rc;
}

TEST(histogram, survives_failing_allocations)
{
    test_sweep_allocations(make_one);
}
