/* test_itertools.c - adaptors that hand items on as they come. */
/* SPDX-License-Identifier: MIT */
#include "iter_test.h"

static int multiply(void *const *items, void *out, void *arg)
{
    (void)arg;
    *(int64_t *)out = *(int64_t *)items[0] * *(int64_t *)items[1];
    return 0;
}

static int name_of(void *item, void *out, void *arg)
{
    static const char *const names[] = {"zero", "one", "two"};

    (void)arg;
    *(const char **)out = names[*(const int64_t *)item];
    return 0;
}

static int reject(void *item, void *out, void *arg)
{
    (void)out;
    (void)arg;
    return *(const int64_t *)item < 2 ? 0 : cede_raise(-ERANGE, "too large");
}

TEST(itertools, map_makes_items_and_may_make_pointers)
{
    CHECK_STR(ints(cede_iter_map(numbers(4), square, NULL, 8)), "0 1 4 9");
    CHECK_STR(all_items(cede_iter_map(numbers(3), name_of, NULL, 0), add_string), "zero one two");
    CHECK_STR(ints(cede_iter_map(numbers(4), reject, NULL, 8)), "0 0 !ERANGE");
}

TEST(itertools, starmap_takes_tuples_apart_so_map_takes_several)
{
    CHECK_STR(ints(cede_iter_starmap(cede_iter_zip(CEDE_ITERS(numbers(4), cede_iter_count(2, 1))),
                                     multiply, NULL, 8)),
              "0 3 8 15");
}

TEST(itertools, accumulate_gives_running_totals)
{
    int64_t values[] = {3, 4, 6, 2, 1, 9, 0, 7, 5, 8}, hundred = 100;

    CHECK_STR(
        ints(cede_iter_accumulate(CEDE_ITER_ARRAY(values), cede_fold_sum_int64, NULL, NULL, 8)),
        "3 7 13 15 16 25 25 32 37 45");
    CHECK_STR(
        ints(cede_iter_accumulate(CEDE_ITER_ARRAY(values), cede_fold_max_int64, NULL, NULL, 8)),
        "3 4 6 6 6 9 9 9 9 9");
    CHECK_STR(ints(cede_iter_accumulate(numbers(3), cede_fold_sum_int64, NULL, &hundred, 8)),
              "100 100 101 103");
    CHECK_STR(ints(cede_iter_accumulate(cede_iter_empty(), cede_fold_sum_int64, NULL, &hundred, 8)),
              "100");
    CHECK_STR(hint(cede_iter_accumulate(numbers(3), cede_fold_sum_int64, NULL, &hundred, 8)),
              "4..4");
}

TEST(itertools, accumulate_refuses_totals_that_items_are_not)
{
    struct watched watched;

    CHECK_PTR(cede_iter_accumulate(watch(&watched, 3), cede_fold_sum_int64, NULL, NULL, 4), NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), -EINVAL);
    CHECK_EQ(watched.n_closes, 1);
}

TEST(itertools, enumerate_numbers_items_and_does_not_wrap)
{
    CHECK_STR(all_items(cede_iter_enumerate(cede_iter_range(5, 8, 1), 1), add_numbered),
              "1:5 2:6 3:7");
    CHECK_STR(all_items(cede_iter_enumerate(numbers(3), INT64_MAX), add_numbered),
              "9223372036854775807:0 !EOVERFLOW");
}

TEST(itertools, filters_let_through_what_their_names_say)
{
    int64_t three = 3;

    CHECK_STR(ints(cede_iter_filter(numbers(6), is_odd, NULL)), "1 3 5");
    CHECK_STR(ints(cede_iter_filterfalse(numbers(6), is_odd, NULL)), "0 2 4");
    CHECK_STR(ints(cede_iter_takewhile(numbers(6), is_below, &three)), "0 1 2");
    CHECK_STR(ints(cede_iter_dropwhile(numbers(6), is_below, &three)), "3 4 5");
}

TEST(itertools, dropwhile_asks_no_more_once_it_is_through)
{
    int64_t values[] = {0, 5, 1}, three = 3;

    CHECK_STR(ints(cede_iter_dropwhile(CEDE_ITER_ARRAY(values), is_below, &three)), "5 1");
}

TEST(itertools, takewhile_loses_the_first_that_does_not_pass)
{
    int64_t two = 2;
    cede_iter *it = numbers(5);

    CHECK_STR(ints(cede_iter_takewhile(cede_iter_borrow(it), is_below, &two)), "0 1");
    CHECK_STR(ints(it), "3 4");
}

TEST(itertools, compress_goes_by_the_selectors_and_ends_with_the_shorter)
{
    bool selectors[] = {true, false, true, true};

    CHECK_STR(ints(cede_iter_compress(numbers(9), CEDE_ITER_ARRAY(selectors))), "0 2 3");
    CHECK_STR(ints(cede_iter_compress(numbers(2), CEDE_ITER_ARRAY(selectors))), "0");
    CHECK_STR(hint(cede_iter_compress(numbers(2), CEDE_ITER_ARRAY(selectors))), "0..2");
}

TEST(itertools, b5_islice_takes_as_slices_do)
{
    CHECK_STR(ints(cede_iter_islice(numbers(10), 0, 4, 1)), "0 1 2 3");
    CHECK_STR(ints(cede_iter_islice(numbers(10), 2, 9, 3)), "2 5 8");
    CHECK_STR(ints(cede_iter_islice(numbers(10), 7, CEDE_NO_STOP, 1)), "7 8 9");
    CHECK_STR(ints(cede_iter_islice(numbers(10), 7, 3, 1)), "");
    CHECK_STR(ints(cede_iter_islice(numbers(3), 1, 100, INT64_MAX)), "1");
}

TEST(itertools, b5_islice_refuses_negative_places)
{
    struct watched watched;

    CHECK_PTR(cede_iter_islice(watch(&watched, 9), -1, 2, 1), NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), -EINVAL);
    CHECK_PTR(cede_iter_islice(numbers(9), 0, -1, 1), NULL);
    CHECK_PTR(cede_iter_islice(numbers(9), 0, 2, 0), NULL);
    CHECK_EQ(watched.n_closes, 1);
}

TEST(itertools, b5_islice_takes_exactly_up_to_stop_and_then_lets_go)
{
    struct watched watched;
    void *item;
    cede_iter *it = cede_iter_islice(watch(&watched, 100), 1, 10, 5);

    CHECK_STR(some_items(it, 2, add_int), "1 6");
    CHECK_EQ(watched.n_calls, 7);
    CHECK_EQ(cede_iter_next(it, &item), 0);
    CHECK_EQ(watched.n_calls, 10);
    CHECK_EQ(watched.n_closes, 1); /* before the slice itself is closed */
    CHECK_EQ(cede_iter_close(it), 0);
    CHECK_EQ(watched.n_closes, 1);
}

TEST(itertools, peek_looks_without_taking)
{
    cede_iter *it = cede_iter_peekable(numbers(2));
    void *item;

    CHECK_EQ(cede_iter_peek(it, &item), 1);
    CHECK_EQ(*(int64_t *)item, 0);
    CHECK_EQ(cede_iter_peek(it, &item), 1);
    CHECK_EQ(*(int64_t *)item, 0);
    CHECK_STR(hint_of(it), "2..2");
    CHECK_STR(some_items(it, 9, add_int), "0 1");
    CHECK_EQ(cede_iter_peek(it, &item), 0);
    CHECK_EQ(cede_iter_close(it), 0);
}

TEST(itertools, peek_meets_an_error_and_leaves_it_for_the_next_call)
{
    struct watched watched;
    cede_iter *it = cede_iter_peekable(watch_failing(&watched, 0));
    void *item;

    CHECK_EQ(cede_iter_peek(it, &item), -EIO);
    CHECK_EQ(cede_iter_next(it, &item), -EIO);
    CHECK_EQ(cede_iter_next(it, &item), 0);
    CHECK_EQ(cede_iter_close(it), 0);

    it = numbers(2);
    CHECK_EQ(cede_iter_peek(it, &item), -EINVAL);
    CHECK_HAS(cede_error_message(cede_error_last()), "'range'");
    CHECK_EQ(cede_iter_close(it), 0);
}

/* Notes how often the source had been closed by then. */
struct luggage {
    struct watched watched;
    int n_closes_before;
    int n_released;
};

static void release(void *arg)
{
    struct luggage *luggage = arg;

    luggage->n_closes_before = luggage->watched.n_closes;
    luggage->n_released++;
}

TEST(itertools, what_an_iterator_owns_is_given_back_after_its_sources)
{
    struct luggage luggage = {.n_closes_before = 7};
    cede_iter *it = cede_iter_map(watch(&luggage.watched, 3), square, NULL, 8);

    it = cede_iter_filter(cede_iter_owning(it, release, &luggage), is_odd, NULL);
    CHECK_STR(some_items(it, 9, add_int), "1");
    CHECK_EQ(luggage.n_released, 0);
    CHECK_EQ(cede_iter_close(it), 0);
    CHECK_EQ(luggage.n_released, 1);
    CHECK_EQ(luggage.n_closes_before, 1);
    CHECK_STR(ints(cede_iter_reversed(cede_iter_owning(numbers(3), release, &luggage))), "2 1 0");
    CHECK_EQ(luggage.n_released, 2);
}

TEST(itertools, what_an_iterator_would_own_is_given_back_if_there_is_none)
{
    struct luggage luggage = {0};

    CHECK_PTR(cede_iter_owning(NULL, release, &luggage), NULL);
    CHECK_EQ(luggage.n_released, 1);
}

static struct luggage swept;

static int owning_once(void)
{
    swept.n_released = 0;
    const int rc = cede_iter_length(cede_iter_owning(numbers(3), release, &swept), NULL);
    CHECK_EQ(swept.n_released, 1);
    return rc;
}

TEST(itertools, what_an_iterator_owns_is_given_back_once_whichever_allocation_fails)
{
    test_sweep_allocations(owning_once);
}

static int itertools_once(void)
{
    bool selectors[] = {true, false, true, true};
    int64_t zero = 0, hundred = 100;
    cede_iter *it = cede_iter_zip(CEDE_ITERS(
        cede_iter_map(numbers(9), square, NULL, 8),
        cede_iter_starmap(cede_iter_zip(CEDE_ITERS(numbers(9), numbers(9))), multiply, NULL, 8),
        cede_iter_accumulate(numbers(9), cede_fold_sum_int64, NULL, &zero, 8),
        cede_iter_enumerate(cede_iter_filter(numbers(9), is_odd, NULL), 0),
        cede_iter_takewhile(numbers(9), is_below, &hundred),
        cede_iter_dropwhile(numbers(9), is_below, &zero),
        cede_iter_compress(numbers(9), CEDE_ITER_ARRAY(selectors)),
        cede_iter_islice(numbers(9), 0, 5, 2), cede_iter_peekable(numbers(9))));

    return cede_iter_length(it, NULL);
}

TEST(itertools, a_failing_allocation_loses_nothing)
{
    test_sweep_allocations(itertools_once);
}
