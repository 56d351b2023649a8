/* test_iter_fold.c - using an iterator up. */
/* SPDX-License-Identifier: MIT */
#include "iter_test.h"

TEST(iter_fold, sums_do_not_overflow_unseen)
{
    int64_t sum = -1;

    CHECK_EQ(cede_iter_sum_int64(numbers(101), &sum), 0);
    CHECK_EQ(sum, 5050);
    CHECK_EQ(cede_iter_sum_int64(cede_iter_empty(), &sum), 0);
    CHECK_EQ(sum, 0);
    CHECK_EQ(cede_iter_sum_int64(cede_iter_range(INT64_MAX - 1, INT64_MAX, 1), &sum), 0);
    CHECK_EQ(sum, INT64_MAX - 1);
    CHECK_EQ(cede_iter_sum_int64(cede_iter_count(INT64_MAX / 2, 1), &sum), -EOVERFLOW);
    CHECK_EQ(sum, INT64_MAX - 1); /* not written */
}

TEST(iter_fold, a_sum_of_doubles_makes_up_for_rounding)
{
    double tenth = 0.1, sum;
    double huge[] = {1, 1e100, 1, -1e100};

    CHECK_EQ(cede_iter_sum_double(cede_iter_repeat(&tenth, 8, 10), &sum), 0);
    CHECK(sum == 1.0);
    CHECK_EQ(cede_iter_sum_double(CEDE_ITER_ARRAY(huge), &sum), 0);
    CHECK(sum == 2.0);
}

TEST(iter_fold, min_and_max_give_the_first_of_equals)
{
    int64_t values[] = {3, 1, 4, 1, 5}, least, greatest;
    const char *words[] = {"pear", "apple", "plum"}, *word;

    CHECK_EQ(cede_iter_min(CEDE_ITER_ARRAY(values), cede_compare_int64, NULL, &least), 1);
    CHECK_EQ(cede_iter_max(CEDE_ITER_ARRAY(values), cede_compare_int64, NULL, &greatest), 1);
    CHECK_EQ(least, 1);
    CHECK_EQ(greatest, 5);
    CHECK_EQ(cede_iter_max(cede_iter_pointers(words, 3), cede_compare_string, NULL, &word), 1);
    CHECK_STR(word, "plum");
    CHECK_EQ(cede_iter_min(numbers(0), cede_compare_int64, NULL, &least), 0);
    CHECK_EQ(least, 1); /* not written */
}

static int compare_halves(const void *a, const void *b, void *arg)
{
    (void)arg;
    return (int)(*(const int64_t *)a / 2 - *(const int64_t *)b / 2);
}

TEST(iter_fold, of_equal_items_the_first_is_min_and_max)
{
    int64_t values[] = {5, 2, 3, 4}, out;

    CHECK_EQ(cede_iter_min(CEDE_ITER_ARRAY(values), compare_halves, NULL, &out), 1);
    CHECK_EQ(out, 2);
    CHECK_EQ(cede_iter_max(CEDE_ITER_ARRAY(values), compare_halves, NULL, &out), 1);
    CHECK_EQ(out, 5);
}

TEST(iter_fold, any_and_all_take_no_more_than_they_need)
{
    struct watched watched;
    int64_t three = 3;
    bool flags[] = {true, false};

    CHECK_EQ(cede_iter_any(watch(&watched, 9), is_odd, NULL), 1);
    CHECK_EQ(watched.n_calls, 2);
    CHECK_EQ(watched.n_closes, 1);
    CHECK_EQ(cede_iter_all(watch(&watched, 9), is_below, &three), 0);
    CHECK_EQ(watched.n_calls, 4);
    CHECK_EQ(cede_iter_all(numbers(3), is_below, &three), 1);
    CHECK_EQ(cede_iter_any(numbers(1), is_odd, NULL), 0);
    CHECK_EQ(cede_iter_any(CEDE_ITER_ARRAY(flags), NULL, NULL), 1);
    CHECK_EQ(cede_iter_all(CEDE_ITER_ARRAY(flags), NULL, NULL), 0);
    CHECK_EQ(cede_iter_any(cede_iter_empty(), NULL, NULL), 0);
    CHECK_EQ(cede_iter_all(cede_iter_empty(), NULL, NULL), 1);
    CHECK_EQ(cede_iter_all(watch_failing(&watched, 1), is_below, &three), -EIO);
}

TEST(iter_fold, reduce_folds_into_its_total)
{
    int64_t product = 1, negative = -7;
    double sum = 0.5;

    CHECK_EQ(cede_iter_reduce(cede_iter_range(1, 11, 1), cede_fold_product_int64, NULL, &product),
             0);
    CHECK_EQ(product, 3628800);
    CHECK_EQ(cede_iter_reduce(cede_iter_range(1, 30, 1), cede_fold_product_int64, NULL, &product),
             -EOVERFLOW);
    CHECK_EQ(cede_iter_reduce(numbers(4), cede_fold_max_int64, NULL, &negative), 0);
    CHECK_EQ(negative, 3);
    CHECK_EQ(cede_iter_reduce(cede_iter_range(3, -3, -1), cede_fold_min_int64, NULL, &negative), 0);
    CHECK_EQ(negative, -2);
    CHECK_EQ(cede_iter_reduce(cede_iter_range_double(1, 1, 3), cede_fold_sum_double, NULL, &sum),
             0);
    CHECK(sum == 6.5);
    CHECK_EQ(
        cede_iter_reduce(cede_iter_range_double(1, 1, 3), cede_fold_product_double, NULL, &sum), 0);
    CHECK(sum == 39);
    CHECK_EQ(cede_iter_reduce(cede_iter_range_double(1, 1, 3), cede_fold_min_double, NULL, &sum),
             0);
    CHECK(sum == 1);
    CHECK_EQ(cede_iter_reduce(cede_iter_range_double(1, 1, 3), cede_fold_max_double, NULL, &sum),
             0);
    CHECK(sum == 3);
}

static int stop_at(void *item, void *arg)
{
    int64_t *left = arg;

    (void)item;
    return --*left == 0;
}

TEST(iter_fold, for_each_ends_where_its_function_says)
{
    struct watched watched;
    int64_t left = 3;

    CHECK_EQ(cede_iter_for_each(watch(&watched, 9), stop_at, &left), 1);
    CHECK_EQ(watched.n_calls, 3);
    CHECK_EQ(watched.n_closes, 1);
    CHECK_EQ(cede_iter_for_each(watch(&watched, 9), stop_at, &left), 0);
}

TEST(iter_fold, collect_makes_one_array)
{
    int64_t *array = NULL;
    const char *words[] = {"a", "b"}, **copies;
    size_t n = 9;

    CHECK_EQ(cede_iter_collect(cede_iter_map(numbers(100), square, NULL, 8), (void **)&array, &n),
             0);
    CHECK_EQ(n, 100);
    for (int64_t i = 0; i < 100; i++)
        CHECK_EQ(array[i], i * i);
    cede_iter_release(array);
    CHECK_EQ(cede_iter_collect(cede_iter_empty(), (void **)&array, &n), 0);
    CHECK_EQ(n, 0);
    CHECK_PTR(array, NULL);
    CHECK_EQ(cede_iter_collect(cede_iter_pointers(words, 2), (void **)&copies, &n), 0);
    CHECK_PTR(copies[1], words[1]);
    cede_iter_release(copies);
    cede_iter_release(NULL);
}

TEST(iter_fold, collect_gives_pointers_to_tuples)
{
    cede_numbered **array;
    size_t n;

    CHECK_EQ(cede_iter_collect(cede_iter_enumerate(cede_iter_map(numbers(50), square, NULL, 8), 3),
                               (void **)&array, &n),
             0);
    CHECK_EQ(n, 50);
    for (int64_t i = 0; i < 50; i++) {
        CHECK_EQ(array[i]->number, i + 3);
        CHECK_EQ(*(int64_t *)array[i]->item, i * i);
    }
    cede_iter_release(array);
}

TEST(iter_fold, what_fails_leaves_its_outputs_alone_and_closes)
{
    struct watched watched;
    void *array = &watched;
    size_t n = 5;
    int64_t out = 5;

    CHECK_EQ(cede_iter_collect(watch_failing(&watched, 3), &array, &n), -EIO);
    CHECK_PTR(array, &watched);
    CHECK_EQ(n, 5);
    CHECK_EQ(watched.n_closes, 1);
    CHECK_EQ(cede_iter_min(watch_failing(&watched, 3), cede_compare_int64, NULL, &out), -EIO);
    CHECK_EQ(out, 5);
    CHECK_EQ(watched.n_closes, 1);
    watch(&watched, 3)->item_size = CEDE_ITEM_UNKNOWN;
    CHECK_EQ(cede_iter_collect(&watched.iter, &array, &n), -EINVAL);
    CHECK_EQ(watched.n_closes, 1);
}

TEST(iter_fold, fill_takes_what_has_room)
{
    struct watched watched;
    int64_t room[4] = {9, 9, 9, 9};
    size_t n;

    CHECK_EQ(cede_iter_fill(watch(&watched, 10), room, 3, &n), 0);
    CHECK_EQ(n, 3);
    CHECK_EQ(room[2], 2);
    CHECK_EQ(room[3], 9);
    CHECK_EQ(watched.n_calls, 3);
    CHECK_EQ(cede_iter_fill(watch_failing(&watched, 2), room, 4, &n), -EIO);
    CHECK_EQ(n, 2);
}

static int fold_once(void)
{
    int64_t *array, least;
    cede_tuple **pairs;
    size_t n;

    CEDE_TRY(cede_iter_collect(numbers(40), (void **)&array, &n));
    cede_iter_release(array);
    CEDE_TRY(cede_iter_collect(cede_iter_pairwise(numbers(40)), (void **)&pairs, &n));
    cede_iter_release(pairs);
    CEDE_TRY(cede_iter_min(numbers(4), cede_compare_int64, NULL, &least));
    return 0;
}

TEST(iter_fold, a_failing_allocation_loses_nothing)
{
    test_sweep_allocations(fold_once);
}
