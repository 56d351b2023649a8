/* test_iter_keep.c - adaptors that keep items: windows, cycle, sorted, unique. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "iter_test.h"

TEST(iter_keep, pairwise_gives_each_item_with_the_next)
{
    CHECK_STR(tuples(cede_iter_pairwise(numbers(4))), "0,1 1,2 2,3");
    CHECK_STR(tuples(cede_iter_pairwise(numbers(1))), "");
    CHECK_STR(tuples(cede_iter_pairwise(numbers(0))), "");
}

TEST(iter_keep, batched_gives_n_at_a_time_and_then_what_is_left)
{
    CHECK_STR(tuples(cede_iter_batched(numbers(7), 3, false)), "0,1,2 3,4,5 6");
    CHECK_STR(tuples(cede_iter_batched(numbers(6), 3, true)), "0,1,2 3,4,5");
    CHECK_STR(tuples(cede_iter_batched(numbers(7), 3, true)), "0,1,2 3,4,5 !EINVAL");
    CHECK_STR(cede_error_message(cede_error_last()), "the last batch has 1 items, not 3");
    CHECK_PTR(cede_iter_batched(numbers(7), 0, false), NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), -EINVAL);
    CHECK_PTR(cede_iter_batched(numbers(7), SIZE_MAX / 4, false), NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), -EOVERFLOW);
}

TEST(iter_keep, a_batch_that_meets_an_error_is_not_given)
{
    struct watched watched;

    CHECK_STR(tuples(cede_iter_batched(watch_failing(&watched, 4), 3, false)), "0,1,2 !EIO");
}

TEST(iter_keep, windows_move_by_their_step_and_are_filled_up)
{
    int64_t nine = 9;

    CHECK_STR(tuples(cede_iter_windowed(numbers(5), 3, 1, NULL)), "0,1,2 1,2,3 2,3,4");
    CHECK_STR(tuples(cede_iter_windowed(numbers(2), 3, 1, &nine)), "0,1,9");
    CHECK_STR(tuples(cede_iter_windowed(numbers(6), 3, 2, NULL)), "0,1,2 2,3,4 4,5,-");
    CHECK_STR(tuples(cede_iter_windowed(numbers(7), 2, 4, NULL)), "0,1 4,5");
    CHECK_STR(tuples(cede_iter_windowed(numbers(5), 2, 4, NULL)), "0,1 4,-");
    CHECK_STR(tuples(cede_iter_windowed(numbers(0), 3, 1, NULL)), "");
    CHECK_PTR(cede_iter_windowed(numbers(5), 2, 0, NULL), NULL);
}

TEST(iter_keep, hints_of_windows_are_what_comes)
{
    for (int64_t n = 0; n < 12; n++) {
        for (size_t size = 1; size < 5; size++) {
            for (size_t step = 1; step < 6; step++) {
                cede_iter *it = cede_iter_windowed(numbers(n), size, step, NULL);
                void *item;
                for (uint64_t left = (uint64_t)cede_iter_total(it); left > 0; left--) {
                    CHECK_EQ(cede_iter_total(it), left);
                    CHECK_EQ(cede_iter_next(it, &item), 1);
                }
                CHECK_EQ(cede_iter_next(it, &item), 0);
                CHECK_EQ(cede_iter_close(it), 0);
            }
        }
    }
}

TEST(iter_keep, b4_cycle_repeats_a_copy_of_the_first_pass)
{
    struct watched watched;
    cede_iter *it = cede_iter_cycle(watch(&watched, 3));

    CHECK_STR(some_items(it, 8, add_int), "0 1 2 0 1 2 0 1");
    CHECK_EQ(watched.n_calls, 4);
    CHECK_EQ(watched.n_closes, 1); /* not needed after the first time */
    CHECK_EQ(cede_iter_close(it), 0);
}

TEST(iter_keep, b4_cycle_of_nothing_ends_at_once)
{
    CHECK_STR(hint(cede_iter_empty()), "0..0");
    CHECK_STR(ints(cede_iter_cycle(numbers(0))), "");
    CHECK_STR(hint(cede_iter_cycle(numbers(0))), "0..0");
}

TEST(iter_keep, b9_cycle_does_not_repeat_what_ended_in_an_error)
{
    struct watched watched;

    CHECK_STR(ints(cede_iter_cycle(watch_failing(&watched, 2))), "0 1 !EIO");
}

static int compare_tens(const void *a, const void *b, void *arg)
{
    const int64_t x = *(const int64_t *)a / 10, y = *(const int64_t *)b / 10;

    ++*(int *)arg;
    return (x > y) - (x < y);
}

TEST(iter_keep, sorted_is_in_order_and_stable)
{
    int64_t values[] = {31, 12, 30, 11, 25, 10, 32};
    int n_compared = 0;

    CHECK_STR(ints(cede_iter_sorted(CEDE_ITER_ARRAY(values), cede_compare_int64, NULL)),
              "10 11 12 25 30 31 32");
    CHECK_STR(ints(cede_iter_sorted(CEDE_ITER_ARRAY(values), compare_tens, &n_compared)),
              "12 11 10 25 31 30 32");
    CHECK(n_compared <= 21);
    CHECK_STR(ints(cede_iter_sorted(numbers(0), cede_compare_int64, NULL)), "");
}

TEST(iter_keep, sorted_sorts_any_number)
{
    for (int64_t n = 1; n < 70; n++) {
        int64_t values[70], previous = -1;
        int rc;

        for (int64_t i = 0; i < n; i++)
            values[i] = i * 7919 % n;
        cede_iter *it = cede_iter_sorted(cede_iter_array(values, (size_t)n, sizeof *values),
                                         cede_compare_int64, NULL);
        CEDE_FOREACH(rc, int64_t *, v, it) {
            CHECK(*v >= previous);
            previous = *v;
        }
        CHECK_EQ(rc, 0);
        CHECK_EQ(cede_iter_close(it), 0);
    }
}

TEST(iter_keep, doubles_and_strings_have_their_orders)
{
    double values[] = {1.5, (double)NAN, -2, (double)INFINITY};
    const char *words[] = {"pear", "apple", "fig"};

    CHECK_STR(
        all_items(cede_iter_sorted(CEDE_ITER_ARRAY(values), cede_compare_double, NULL), add_double),
        "-2 1.5 inf nan");
    CHECK_STR(all_items(cede_iter_sorted(cede_iter_pointers(words, 3), cede_compare_string, NULL),
                        add_string),
              "apple fig pear");
}

TEST(iter_keep, sorted_keeps_its_items_until_it_is_closed)
{
    cede_iter *it = cede_iter_sorted(cede_iter_range(40, 0, -1), cede_compare_int64, NULL);
    void *items[40];

    for (int i = 0; i < 40; i++)
        CHECK_EQ(cede_iter_next(it, &items[i]), 1);
    for (int i = 0; i < 40; i++)
        CHECK_EQ(*(int64_t *)items[i], i + 1);
    CHECK_EQ(cede_iter_close(it), 0);
}

TEST(iter_keep, unique_gives_each_item_once)
{
    int64_t values[] = {1, 1, 2, 1, 3, 3, 2, 4};

    CHECK_STR(ints(cede_iter_unique(CEDE_ITER_ARRAY(values), NULL)), "1 2 3 4");
    CHECK_STR(ints(cede_iter_unique_justseen(CEDE_ITER_ARRAY(values), NULL)), "1 2 1 3 2 4");
    CHECK_STR(ints(cede_iter_unique(CEDE_ITER_ARRAY(values),
                                    &(cede_iter_key){.key = half, .key_size = 8})),
              "1 2 4");
}

static bool same_parity(const void *a, const void *b, void *arg)
{
    (void)arg;
    return ((*(const int64_t *)a ^ *(const int64_t *)b) & 1) == 0;
}

static int fold_to(void *item, void *out, void *arg)
{
    *(int64_t *)out = *(const int64_t *)item % *(const int64_t *)arg;
    return 0;
}

TEST(iter_keep, unique_goes_by_what_it_is_told)
{
    const char *words[] = {"a", "b", "a", "c", "b"};
    char same[] = "a";
    int64_t many = 5000;
    uint64_t n;

    words[2] = same; /* another pointer, the same text */
    CHECK_STR(ints(cede_iter_unique(numbers(9), &(cede_iter_key){.equal = same_parity})), "0 1");
    CHECK_STR(all_items(cede_iter_unique(cede_iter_pointers(words, 5), &cede_iter_key_string),
                        add_string),
              "a b c");
    CHECK_STR(all_items(cede_iter_unique(cede_iter_pointers(words, 5), NULL), add_string),
              "a b a c");
    CHECK_EQ(
        cede_iter_length(
            cede_iter_unique(numbers(20000), &(cede_iter_key){fold_to, 8, NULL, NULL, &many}), &n),
        0);
    CHECK_EQ(n, many);
}

TEST(iter_keep, unique_refuses_tuples_without_a_key)
{
    CHECK_PTR(cede_iter_unique(cede_iter_pairwise(numbers(4)), NULL), NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), -EINVAL);
    CHECK_HAS(cede_error_message(cede_error_last()), "give it a key");
}

static int fail_to_key(void *item, void *out, void *arg)
{
    (void)out;
    (void)arg;
    return *(const int64_t *)item < 2 ? 0 : cede_raise(-EDOM, "no key");
}

TEST(iter_keep, b9_a_key_that_fails_ends_it)
{
    const cede_iter_key key = {.key = fail_to_key, .key_size = 8};

    CHECK_STR(ints(cede_iter_unique(numbers(5), &key)), "0 !EDOM");
    CHECK_STR(ints(cede_iter_unique_justseen(numbers(5), &key)), "0 !EDOM");
}

static int keep_once(void)
{
    const char *words[] = {"b", "a"};
    cede_iter *it = cede_iter_zip(CEDE_ITERS(
        cede_iter_pairwise(numbers(40)), cede_iter_batched(numbers(99), 2, false),
        cede_iter_windowed(numbers(99), 3, 2, NULL), cede_iter_cycle(numbers(9)),
        cede_iter_sorted(cede_iter_enumerate(numbers(40), 0), cede_compare_int64, NULL),
        cede_iter_unique(numbers(40), NULL), cede_iter_unique_justseen(numbers(40), NULL),
        cede_iter_cycle(cede_iter_pointers(words, 2))));

    return cede_iter_length(it, NULL);
}

TEST(iter_keep, a_failing_allocation_loses_nothing)
{
    test_sweep_allocations(keep_once);
}
