/* test_iter.c - the protocol of iterators: ends, errors, closing, re-entrance, hints. */
/* SPDX-License-Identifier: MIT */
#include "iter_test.h"

TEST(iter, an_end_is_for_ever_and_the_source_is_not_asked_again)
{
    struct watched watched;
    cede_iter *it = watch(&watched, 1);
    void *item;

    CHECK_EQ(cede_iter_next(it, &item), 1);
    item = &watched;
    for (int i = 0; i < 3; i++)
        CHECK_EQ(cede_iter_next(it, &item), 0);

    CHECK_PTR(item, &watched); /* not written */
    CHECK_EQ(watched.n_calls, 2);
    CHECK_EQ(cede_iter_close(it), 0);
    CHECK_EQ(watched.n_closes, 1);
}

TEST(iter, b9_an_error_comes_once_and_then_the_end)
{
    struct watched watched;
    cede_iter *it = cede_iter_map(cede_iter_filter(watch_failing(&watched, 4), is_odd, NULL),
                                  square, NULL, sizeof(int64_t));
    void *item;

    CHECK_STR(some_items(it, 9, add_int), "1 9 !EIO");
    CHECK_STR(cede_error_message(cede_error_last()), "the watched source has failed");
    CHECK_EQ(cede_iter_next(it, &item), 0);
    CHECK_EQ(watched.n_calls, 5);
    CHECK_EQ(cede_iter_close(it), 0);
    CHECK_EQ(watched.n_closes, 1);
}

TEST(iter, b9_an_error_of_a_callback_ends_the_iterator)
{
    int64_t bad = 2;
    cede_iter *it = cede_iter_filter(numbers(5), fail_at, &bad);
    void *item;

    CHECK_STR(some_items(it, 9, add_int), "0 1 !EDOM");
    CHECK_EQ(cede_iter_next(it, &item), 0);
    CHECK_EQ(cede_iter_close(it), 0);
}

TEST(iter, a_constructor_given_null_gives_null_and_the_first_error_arrives)
{
    struct watched watched;
    int64_t sum = 7;
    int rc;

    rc = cede_iter_sum_int64(
        cede_iter_zip(CEDE_ITERS(watch(&watched, 3),
                                 cede_iter_map(cede_iter_range(0, 5, 0), square, NULL, 8))),
        &sum);

    CHECK_EQ(rc, -EINVAL);
    CHECK_STR(cede_error_message(cede_error_last()), "the step of a range is 0");
    CHECK_EQ(sum, 7); /* not written */
    CHECK_EQ(watched.n_closes, 1);
}

TEST(iter, null_without_any_error_is_an_error_all_the_same)
{
    void *item;

    cede_error_clear();
    CHECK_EQ(cede_iter_next(NULL, &item), -EINVAL);
    CHECK_EQ(cede_iter_close(NULL), 0);
}

TEST(iter, foreach_goes_through_all_and_says_how_it_ended)
{
    struct watched watched;
    cede_iter *it = watch_failing(&watched, 3);
    int64_t sum = 0;
    int rc;

    CEDE_FOREACH(rc, int64_t *, v, it)
        sum += *v;
    CHECK_EQ(rc, -EIO);
    CHECK_EQ(sum, 3);
    CHECK_EQ(cede_iter_close(it), 0);
    CEDE_FOREACH(rc, int64_t *, v, NULL)
        FAIL("there is no item %" PRId64, *v);
    CHECK_EQ(rc, -EIO); /* the error that is there */
}

TEST(iter, foreach_is_left_by_break_and_goes_on_after_continue)
{
    cede_iter *it = numbers(10);
    int64_t sum = 0;
    int rc;

    CEDE_FOREACH(rc, int64_t *, v, it) {
        if (*v == 1)
            continue;
        if (*v == 4)
            break;
        CEDE_FOREACH(rc, int64_t *, w, NULL) /* nests */
            break;
        sum += *v;
    }

    CHECK_EQ(rc, 1);
    CHECK_EQ(sum, 5);
    CHECK_STR(ints(it), "5 6 7 8 9");
}

/* A callback that asks the very iterator it is called by. */
static int ask_again(void *arg)
{
    void *item;

    return cede_iter_next(arg, &item);
}

TEST(iter, b8_an_iterator_asked_inside_of_itself_refuses)
{
    struct watched watched;
    cede_iter *it = cede_iter_pairwise(watch(&watched, 5));
    void *item;

    watched.inside = ask_again;
    watched.arg = it;
    CHECK_EQ(cede_iter_next(it, &item), -EBUSY);
    CHECK_HAS(cede_error_message(cede_error_last()), "pairwise");
    CHECK_EQ(cede_iter_next(it, &item), 0); /* the error was its source's */
    CHECK_EQ(cede_iter_close(it), 0);
}

static int ask_and_shrug(void *arg)
{
    void *item;

    CHECK_EQ(cede_iter_next(arg, &item), -EBUSY);
    CHECK_EQ(cede_iter_close(arg), -EBUSY);
    return 0;
}

TEST(iter, b8_the_refused_call_does_no_harm)
{
    struct watched watched;
    cede_iter *it = cede_iter_pairwise(watch(&watched, 4));

    watched.inside = ask_and_shrug;
    watched.arg = it;
    CHECK_STR(tuples(it), "0,1 1,2 2,3");
    CHECK_EQ(watched.n_closes, 1);
}

enum { DEEP = 1000000 };

TEST(iter, b11_a_million_adaptors_are_closed_without_recursion)
{
    struct watched watched;
    cede_iter *it = watch(&watched, 3);

    for (int i = 0; i < DEEP; i++)
        it = i % 2 ? cede_iter_filter(it, is_odd, NULL) : cede_iter_chain(&it, 1);
    CHECK(it != NULL);
    CHECK_STR(hint_of(it), "0.."); /* too deep to ask */
    CHECK_EQ(cede_iter_close(it), 0);
    CHECK_EQ(watched.n_closes, 1);
}

static int wrap_empty(void *item, void *out, void *arg)
{
    (void)item;
    (void)arg;
    *(cede_iter **)out = cede_iter_empty();
    return *(cede_iter **)out ? 0 : -ENOMEM;
}

TEST(iter, b11_a_chain_of_a_million_empty_iterators_does_not_recurse)
{
    cede_iter *it =
        cede_iter_chain_from(cede_iter_map(numbers(DEEP), wrap_empty, NULL, 0), CEDE_ITEM_UNKNOWN);

    CHECK_STR(ints(it), "");
}

TEST(iter, sources_close_in_order_after_what_owns_them)
{
    struct watched a, b, c;
    cede_iter *it = cede_iter_zip(CEDE_ITERS(watch(&a, 1), watch(&b, 1), watch(&c, 1)));

    CHECK_EQ(cede_iter_close(it), 0);
    CHECK_EQ(a.n_closes + b.n_closes + c.n_closes, 3);
}

/* An adaptor of the user's: every second item of what it owns. */
static int second_next(cede_iter *it, void **item)
{
    const int rc = cede_iter_next(it->sources, item);

    return rc <= 0 ? rc : cede_iter_next(it->sources, item);
}

static void second_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    cede_iter_size_hint(it->sources, lo, hi);
    *lo /= 2;
    *hi = *hi == CEDE_ENDLESS ? *hi : *hi / 2;
}

TEST(iter, a_users_adaptor_owns_hints_and_keeps_as_ours_do)
{
    static const cede_iter_kind kind = {"second", second_next, NULL, second_hint, NULL, {NULL}};
    cede_iter second;
    int64_t buffer[4];
    size_t n;

    cede_iter_init(&second, &kind, CEDE_ITEM_UNKNOWN);
    cede_iter *source = cede_iter_enumerate(numbers(8), 0);
    cede_iter_adopt(&second, source);
    cede_iter_like(&second, source);
    CHECK_STR(hint_of(&second), "4..4");
    cede_iter *it = cede_iter_sorted(&second, cede_compare_int64, NULL); /* by the number */
    CHECK_STR(all_items(it, add_numbered), "1:1 3:3 5:5 7:7");
    CHECK_EQ(cede_iter_fill(numbers(9), buffer, 4, &n), 0);
    CHECK_EQ(n, 4);
}

TEST(iter, an_item_that_is_kept_is_as_it_was_after_the_next_call)
{
    cede_iter *it = cede_iter_map(numbers(3), square, NULL, sizeof(int64_t));
    cede_iter *words = cede_iter_pointers((void *[]){"one", "two"}, 2);
    int64_t kept[2];
    char *word;
    void *item;

    for (int i = 0; i < 2; i++) {
        CHECK_EQ(cede_iter_next(it, &item), 1);
        cede_iter_keep(it, &kept[i], item);
    }
    CHECK_EQ(cede_iter_next(it, &item), 1);
    CHECK_EQ(kept[0], 0);
    CHECK_EQ(kept[1], 1);
    CHECK_EQ(cede_iter_next(words, &item), 1);
    cede_iter_keep(words, &word, item); /* one that stays where it is: its address */
    CHECK_PTR(word, item);
    CHECK_EQ(cede_iter_close(it) + cede_iter_close(words), 0);
}

TEST(iter, who_keeps_items_refuses_those_of_unknown_size)
{
    struct watched watched;

    watch(&watched, 3)->item_size = CEDE_ITEM_UNKNOWN;
    CHECK_PTR(cede_iter_pairwise(&watched.iter), NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), -EINVAL);
    CHECK_HAS(cede_error_message(cede_error_last()), "'watched' does not say how large");
    CHECK_EQ(watched.n_closes, 1);
}

TEST(iter, b10_hints_go_through_adaptors)
{
    int64_t five = 5;

    CHECK_STR(hint(cede_iter_map(numbers(7), square, NULL, 8)), "7..7");
    CHECK_STR(hint(cede_iter_enumerate(numbers(7), 1)), "7..7");
    CHECK_STR(hint(cede_iter_filter(numbers(7), is_odd, NULL)), "0..7");
    CHECK_STR(hint(cede_iter_takewhile(numbers(7), is_below, &five)), "0..7");
    CHECK_STR(hint(cede_iter_islice(numbers(7), 1, 6, 2)), "3..3");
    CHECK_STR(hint(cede_iter_islice(cede_iter_count(0, 1), 0, 100, 1)), "100..100");
    CHECK_STR(hint(cede_iter_islice(numbers(7), 2, CEDE_NO_STOP, 1)), "5..5");
    CHECK_STR(hint(cede_iter_zip(CEDE_ITERS(numbers(7), numbers(3)))), "3..3");
    CHECK_STR(hint(cede_iter_zip(CEDE_ITERS(numbers(7), cede_iter_count(0, 1)))), "7..7");
    CHECK_STR(hint(cede_iter_zip_longest(CEDE_ITERS(numbers(7), numbers(3)), NULL)), "7..7");
    CHECK_STR(hint(cede_iter_chain(CEDE_ITERS(numbers(7), numbers(3)))), "10..10");
    CHECK_STR(hint(cede_iter_repeat(&five, 8, 4)), "4..4");
    CHECK_STR(hint(cede_iter_repeat(&five, 8, CEDE_ENDLESS)), "endless");
    CHECK_STR(hint(cede_iter_cycle(numbers(3))), "endless");
    CHECK_STR(hint(cede_iter_pairwise(numbers(7))), "6..6");
    CHECK_STR(hint(cede_iter_batched(numbers(7), 3, false)), "3..3");
    CHECK_STR(hint(cede_iter_windowed(numbers(7), 3, 2, NULL)), "3..3");
    CHECK_STR(hint(cede_iter_sorted(numbers(7), cede_compare_int64, NULL)), "7..7");
    CHECK_STR(hint(cede_iter_product(CEDE_ITERS(numbers(7), numbers(3)), 2)), "441..441");
    CHECK_STR(hint(cede_iter_permutations(numbers(5), CEDE_ALL_ITEMS)), "120..120");
    CHECK_STR(hint(cede_iter_combinations(numbers(40), 20)), "137846528820..137846528820");
    CHECK_STR(hint(cede_iter_combinations_replaced(numbers(5), 3)), "35..35");
    CHECK_STR(hint(cede_iter_interleave(CEDE_ITERS(numbers(5), numbers(3)))), "6..6");
}

TEST(iter, b10_a_total_is_known_or_0)
{
    struct watched watched;
    cede_iter *known = cede_iter_map(numbers(9), square, NULL, 8);
    cede_iter *endless = cede_iter_count(0, 1);
    cede_iter *unknown = watch(&watched, 3);
    void *item;

    CHECK_EQ(cede_iter_total(known), 9);
    CHECK_EQ(cede_iter_next(known, &item), 1);
    CHECK_EQ(cede_iter_total(known), 8); /* what is left */
    CHECK_EQ(cede_iter_total(endless), 0);
    CHECK_EQ(cede_iter_total(unknown), 0);
    CHECK_EQ(cede_iter_total(NULL), 0);
    CHECK_EQ(cede_iter_close(known) + cede_iter_close(endless) + cede_iter_close(unknown), 0);
}

TEST(iter, tuples_are_copied_with_what_they_are_made_of)
{
    /* Everything in here is written anew for each item: only copies stay right. */
    cede_iter *it = cede_iter_batched(
        cede_iter_enumerate(
            cede_iter_zip(CEDE_ITERS(numbers(4), cede_iter_map(numbers(4), square, NULL, 8))), 10),
        4, true);
    void *item;
    CHECK_EQ(cede_iter_next(it, &item), 1);
    const cede_tuple *batch = item;

    CHECK_EQ(batch->n, 4);
    for (int i = 0; i < 4; i++) {
        const cede_numbered *numbered = batch->items[i];
        const cede_tuple *pair = numbered->item;

        CHECK_EQ(numbered->number, 10 + i);
        CHECK_EQ(pair->n, 2);
        CHECK_EQ(*(int64_t *)pair->items[0], i);
        CHECK_EQ(*(int64_t *)pair->items[1], i * i);
    }
    CHECK_EQ(cede_iter_close(it), 0);
}

TEST(iter, tuples_that_nest_too_deep_cannot_be_kept)
{
    cede_iter *it = numbers(2);

    for (int i = 0; i < 100; i++)
        it = cede_iter_zip(&it, 1);
    CHECK_EQ(it->item_size, CEDE_ITEM_UNKNOWN);
    CHECK_STR(hint_of(it), "2..2");
    CHECK_EQ(cede_iter_close(it), 0);
}
