/* test_iter_join.c - adaptors of several iterators. */
/* SPDX-License-Identifier: MIT */
#include "iter_test.h"

TEST(iter_join, chain_goes_through_one_after_the_other)
{
    struct watched watched;
    cede_iter *it =
        cede_iter_chain(CEDE_ITERS(watch(&watched, 2), numbers(0), cede_iter_range(5, 7, 1)));

    CHECK_STR(some_items(it, 3, add_int), "0 1 5");
    CHECK_EQ(watched.n_closes, 1); /* once it has ended */
    CHECK_STR(ints(it), "6");
    CHECK_STR(ints(cede_iter_chain(NULL, 0)), "");
}

TEST(iter_join, a_chain_of_unlike_items_cannot_be_kept)
{
    int32_t small = 1;

    cede_iter *it = cede_iter_chain(CEDE_ITERS(numbers(2), cede_iter_repeat(&small, 4, 2)));
    CHECK_EQ(it->item_size, CEDE_ITEM_UNKNOWN);
    CHECK_EQ(cede_iter_close(it), 0);
    it =
        cede_iter_chain(CEDE_ITERS(cede_iter_pairwise(numbers(3)), cede_iter_pairwise(numbers(4))));
    CHECK(it->item_size != CEDE_ITEM_UNKNOWN);
    CHECK_STR(tuples(cede_iter_sorted(
                  cede_iter_chain(CEDE_ITERS(it, cede_iter_batched(numbers(4), 2, true))),
                  cede_compare_int64, NULL)),
              "0,1 1,2 0,1 1,2 2,3 0,1 2,3"); /* all as long: equal by their first word */
}

static int range_below(void *item, void *out, void *arg)
{
    (void)arg;
    *(cede_iter **)out = numbers(*(const int64_t *)item);
    return *(cede_iter **)out ? 0 : -ENOMEM;
}

TEST(iter_join, chain_from_takes_iterators_out_of_an_iterator)
{
    cede_iter *it =
        cede_iter_chain_from(cede_iter_map(numbers(4), range_below, NULL, 0), sizeof(int64_t));

    CHECK_STR(tuples(cede_iter_batched(it, 4, false)), "0,0,1,0 1,2");
}

TEST(iter_join, chain_from_refuses_iterators_of_other_items)
{
    struct watched watched;
    cede_iter *inner = watch(&watched, 3);

    CHECK_STR(ints(cede_iter_chain_from(cede_iter_pointers(&inner, 1), 4)), "!EINVAL");
    CHECK_EQ(watched.n_closes, 1);
    inner = cede_iter_range(0, 1, 0);
    CHECK_STR(ints(cede_iter_chain_from(cede_iter_pointers(&inner, 1), 8)), "!EINVAL");
}

TEST(iter_join, chain_from_left_in_the_middle_closes_both)
{
    struct watched watched;
    cede_iter *inner = watch(&watched, 3);
    cede_iter *it = cede_iter_chain_from(cede_iter_pointers(&inner, 1), 8);

    CHECK_STR(some_items(it, 1, add_int), "0");
    CHECK_STR(hint_of(it), "0..");
    CHECK_EQ(cede_iter_close(it), 0);
    CHECK_EQ(watched.n_closes, 1);
}

TEST(iter_join, b1_zip_ends_with_the_shortest)
{
    CHECK_STR(tuples(cede_iter_zip(CEDE_ITERS(numbers(3), cede_iter_range(7, 9, 1)))), "0,7 1,8");
    CHECK_STR(tuples(cede_iter_zip(NULL, 0)), "");
}

TEST(iter_join, b1_sources_before_the_shortest_lose_an_item)
{
    cede_iter *it = numbers(5);

    CHECK_STR(tuples(cede_iter_zip(CEDE_ITERS(cede_iter_borrow(it), cede_iter_empty()))), "");
    CHECK_STR(some_items(it, 1, add_int), "1"); /* 0 was taken */
    CHECK_STR(tuples(cede_iter_zip(CEDE_ITERS(cede_iter_empty(), cede_iter_borrow(it)))), "");
    CHECK_STR(some_items(it, 1, add_int), "2"); /* nothing was */
    CHECK_EQ(cede_iter_close(it), 0);
}

static const char *zip_error(int64_t a, int64_t b, int64_t c)
{
    const int rc = cede_iter_length(
        cede_iter_zip_strict(CEDE_ITERS(numbers(a), numbers(b), numbers(c))), NULL);

    return rc == 0 ? "equal" : cede_error_message(cede_error_last());
}

TEST(iter_join, b1_strict_names_which_is_longer_or_shorter)
{
    CHECK_STR(zip_error(2, 2, 2), "equal");
    CHECK_STR(zip_error(0, 0, 0), "equal");
    CHECK_STR(zip_error(2, 1, 2), "source 2 of a zip ('range') is shorter than source 1");
    CHECK_STR(zip_error(2, 2, 1), "source 3 of a zip ('range') is shorter than sources 1 to 2");
    CHECK_STR(zip_error(1, 2, 2), "source 2 of a zip ('range') is longer than source 1");
    CHECK_STR(zip_error(1, 1, 2), "source 3 of a zip ('range') is longer than sources 1 to 2");
    CHECK_STR(tuples(cede_iter_zip_strict(NULL, 0)), "");
}

TEST(iter_join, zip_longest_fills_up)
{
    int64_t nine = 9;

    CHECK_STR(tuples(cede_iter_zip_longest(CEDE_ITERS(numbers(1), numbers(3)), &nine)),
              "0,0 9,1 9,2");
    CHECK_STR(
        tuples(cede_iter_sorted(cede_iter_zip_longest(CEDE_ITERS(numbers(2), numbers(0)), NULL),
                                cede_compare_int64, NULL)),
        "0,- 1,-");
}

TEST(iter_join, b9_zips_pass_errors_on)
{
    struct watched watched;

    CHECK_STR(tuples(cede_iter_zip(CEDE_ITERS(numbers(9), watch_failing(&watched, 1)))),
              "0,0 !EIO");
    CHECK_STR(tuples(cede_iter_zip_strict(CEDE_ITERS(numbers(1), watch_failing(&watched, 1)))),
              "0,0 !EIO");
    CHECK_STR(
        tuples(cede_iter_zip_longest(CEDE_ITERS(numbers(9), watch_failing(&watched, 1)), NULL)),
        "0,0 !EIO");
    CHECK_STR(ints(cede_iter_chain(CEDE_ITERS(watch_failing(&watched, 1), numbers(2)))), "0 !EIO");
}

TEST(iter_join, interleave_takes_turns)
{
    CHECK_STR(ints(cede_iter_interleave(CEDE_ITERS(numbers(3), cede_iter_range(7, 9, 1)))),
              "0 7 1 8");
    CHECK_STR(ints(cede_iter_interleave_longest(
                  CEDE_ITERS(numbers(3), numbers(0), cede_iter_range(7, 9, 1)))),
              "0 7 1 8 2");
    CHECK_STR(ints(cede_iter_interleave(NULL, 0)), "");
    CHECK_STR(ints(cede_iter_interleave_longest(NULL, 0)), "");
}

TEST(iter_join, b7_product_counts_the_last_place_fastest)
{
    CHECK_STR(tuples(cede_iter_product(CEDE_ITERS(numbers(2), cede_iter_range(5, 8, 1)), 1)),
              "0,5 0,6 0,7 1,5 1,6 1,7");
    CHECK_STR(tuples(cede_iter_product(CEDE_ITERS(numbers(2)), 3)),
              "0,0,0 0,0,1 0,1,0 0,1,1 1,0,0 1,0,1 1,1,0 1,1,1");
    CHECK_STR(tuples(cede_iter_product(CEDE_ITERS(numbers(2), numbers(0)), 1)), "");
}

static size_t count(cede_iter *it)
{
    uint64_t n;

    CHECK_EQ(cede_iter_length(it, &n), 0);
    return (size_t)n;
}

TEST(iter_join, b7_the_product_of_nothing_is_one_empty_tuple)
{
    CHECK_EQ(count(cede_iter_product(NULL, 0, 1)), 1);
    CHECK_EQ(count(cede_iter_product(CEDE_ITERS(numbers(3)), 0)), 1);
    CHECK_EQ(count(cede_iter_permutations(numbers(3), 0)), 1);
    CHECK_EQ(count(cede_iter_combinations(numbers(0), 0)), 1);
    CHECK_EQ(count(cede_iter_combinations_replaced(numbers(0), 0)), 1);
}

TEST(iter_join, b7_choices_come_in_pythons_order)
{
    CHECK_STR(tuples(cede_iter_permutations(numbers(3), CEDE_ALL_ITEMS)),
              "0,1,2 0,2,1 1,0,2 1,2,0 2,0,1 2,1,0");
    CHECK_STR(tuples(cede_iter_permutations(numbers(3), 2)), "0,1 0,2 1,0 1,2 2,0 2,1");
    CHECK_STR(tuples(cede_iter_permutations(numbers(3), 4)), "");
    CHECK_STR(tuples(cede_iter_combinations(numbers(4), 2)), "0,1 0,2 0,3 1,2 1,3 2,3");
    CHECK_STR(tuples(cede_iter_combinations(numbers(2), 3)), "");
    CHECK_STR(tuples(cede_iter_combinations_replaced(numbers(3), 2)), "0,0 0,1 0,2 1,1 1,2 2,2");
    CHECK_STR(tuples(cede_iter_combinations_replaced(numbers(0), 2)), "");
}

TEST(iter_join, b7_a_kept_tuple_does_not_change_when_the_next_comes)
{
    cede_tuple **kept;
    size_t n;

    CHECK_EQ(cede_iter_collect(cede_iter_combinations(numbers(5), 3), (void **)&kept, &n), 0);
    CHECK_EQ(n, 10);
    items_text[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        items_add(" ");
        add_tuple(kept[i]);
    }
    CHECK_STR(items_text, " 0,1,2 0,1,3 0,1,4 0,2,3 0,2,4 0,3,4 1,2,3 1,2,4 1,3,4 2,3,4");
    cede_iter_release(kept);
}

TEST(iter_join, b7_parts_stay_until_it_is_closed)
{
    cede_iter *it = cede_iter_permutations(numbers(3), 2);
    void *item;

    CHECK_EQ(cede_iter_next(it, &item), 1);
    int64_t *zero = ((cede_tuple *)item)->items[0];
    while (cede_iter_next(it, &item) == 1)
        continue;
    CHECK_EQ(*zero, 0);
    CHECK_EQ(cede_iter_close(it), 0);
}

TEST(iter_join, b7_sizes_that_overflow_are_errors)
{
    struct watched a, b;

    CHECK_PTR(cede_iter_product(CEDE_ITERS(watch(&a, 2), watch(&b, 2)), SIZE_MAX / 2 + 1), NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), -EOVERFLOW);
    CHECK_EQ(a.n_closes + b.n_closes, 2);
    CHECK_PTR(cede_iter_combinations(watch(&a, 2), SIZE_MAX - 1), NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), -EOVERFLOW);
    CHECK_PTR(cede_iter_permutations(watch(&a, 2), SIZE_MAX / 8), NULL);
    CHECK_PTR(cede_iter_combinations_replaced(watch(&a, 2), SIZE_MAX / 8), NULL);
    CHECK_EQ(a.n_closes, 1);
}

TEST(iter_join, b7_hints_too_large_to_count_are_not_endless)
{
    uint64_t lo, hi;
    cede_iter *it = cede_iter_permutations(numbers(30), CEDE_ALL_ITEMS);

    cede_iter_size_hint(it, &lo, &hi);
    CHECK(lo == CEDE_ENDLESS - 1 && hi == CEDE_ENDLESS);
    CHECK_EQ(cede_iter_total(it), 0);
    CHECK_EQ(cede_iter_close(it), 0);
}

TEST(iter_join, b9_choices_pass_errors_on)
{
    struct watched watched;

    CHECK_STR(tuples(cede_iter_permutations(watch_failing(&watched, 2), 2)), "!EIO");
    CHECK_STR(tuples(cede_iter_product(CEDE_ITERS(numbers(2), watch_failing(&watched, 2)), 2)),
              "!EIO");
}

static int join_once(void)
{
    cede_iter *it = cede_iter_zip_longest(
        CEDE_ITERS(cede_iter_chain(CEDE_ITERS(numbers(2), numbers(2))),
                   cede_iter_chain_from(cede_iter_map(numbers(4), range_below, NULL, 0), 8),
                   cede_iter_zip_strict(CEDE_ITERS(numbers(2), numbers(2))),
                   cede_iter_interleave(CEDE_ITERS(numbers(2), numbers(2))),
                   cede_iter_interleave_longest(CEDE_ITERS(numbers(2), numbers(2))),
                   cede_iter_product(CEDE_ITERS(numbers(20), numbers(2)), 1),
                   cede_iter_permutations(numbers(4), 2), cede_iter_combinations(numbers(4), 2),
                   cede_iter_combinations_replaced(numbers(4), 2)),
        NULL);

    return cede_iter_length(it, NULL);
}

TEST(iter_join, a_failing_allocation_loses_nothing)
{
    test_sweep_allocations(join_once);
}
