/* test_iter_tee.c - several iterators over one source. */
/* SPDX-License-Identifier: MIT */
#include "iter_test.h"

TEST(iter_tee, b3_each_branch_has_all_items)
{
    struct watched watched;
    cede_iter *its[3];

    CHECK_EQ(cede_iter_tee(watch(&watched, 4), 3, its), 0);
    CHECK_STR(some_items(its[0], 2, add_int), "0 1");
    CHECK_STR(some_items(its[1], 9, add_int), "0 1 2 3");
    CHECK_STR(some_items(its[0], 9, add_int), "2 3");
    CHECK_STR(ints(its[2]), "0 1 2 3");
    CHECK_EQ(watched.n_calls, 5);
    CHECK_EQ(cede_iter_close(its[0]), 0);
    CHECK_EQ(watched.n_closes, 0);
    CHECK_EQ(cede_iter_close(its[1]), 0);
    CHECK_EQ(watched.n_closes, 1); /* with the last of them */
}

TEST(iter_tee, b3_an_item_stays_until_the_branchs_own_next_call)
{
    cede_iter *its[2];
    void *item;

    CHECK_EQ(cede_iter_tee(numbers(1000), 2, its), 0);
    for (int i = 0; i < 31; i++)
        CHECK_EQ(cede_iter_next(its[0], &item), 1);
    CHECK_EQ(cede_iter_next(its[0], &item), 1);
    CHECK_EQ(cede_iter_length(its[1], NULL), 0); /* runs ahead and goes */
    CHECK_EQ(*(int64_t *)item, 31);
    CHECK_EQ(cede_iter_close(its[0]), 0);
}

TEST(iter_tee, what_all_have_passed_is_given_back)
{
    cede_iter *its[2];
    void *item;

    test_count_allocations();
    CHECK_EQ(cede_iter_tee(numbers(100000), 2, its), 0);
    for (int i = 0; i < 100000; i++) {
        CHECK_EQ(cede_iter_next(its[i & 1], &item), 1);
        CHECK_EQ(cede_iter_next(its[~i & 1], &item), 1);
        CHECK(test_live_allocations() < 10);
    }
    CHECK_EQ(cede_iter_close(its[0]) + cede_iter_close(its[1]), 0);
    CHECK_EQ(test_live_allocations(), 0);
}

TEST(iter_tee, b3_a_long_queue_goes_without_recursion)
{
    cede_iter *its[2];
    uint64_t n;

    CHECK_EQ(cede_iter_tee(numbers(2000000), 2, its), 0);
    CHECK_EQ(cede_iter_length(its[0], &n), 0);
    CHECK_EQ(n, 2000000);
    CHECK_STR(hint_of(its[1]), "2000000..2000000");
    CHECK_EQ(cede_iter_close(its[1]), 0);
}

TEST(iter_tee, b11_tees_of_tees_close_without_recursion)
{
    struct watched watched;
    cede_iter *it = watch(&watched, 3);

    for (int i = 0; i < 100000; i++) {
        cede_iter *its[2];
        CHECK_EQ(cede_iter_tee(it, 2, its), 0);
        CHECK_EQ(cede_iter_close(its[i & 1]), 0);
        it = its[~i & 1];
    }
    CHECK_EQ(cede_iter_close(it), 0);
    CHECK_EQ(watched.n_closes, 1);
}

/* Within the source, ask a branch that has used up what is kept. */
static int ask_other(void *arg)
{
    void *item;

    CHECK_EQ(cede_iter_next(arg, &item), -EBUSY);
    CHECK_HAS(cede_error_message(cede_error_last()), "the source of this 'tee'");
    return 0;
}

TEST(iter_tee, b3_a_source_that_reenters_is_refused_and_nothing_is_lost)
{
    struct watched watched;
    cede_iter *its[2];
    void *item;

    CHECK_EQ(cede_iter_tee(watch(&watched, 3), 2, its), 0);
    watched.inside = ask_other;
    watched.arg = its[1];
    CHECK_EQ(cede_iter_next(its[0], &item), 1);
    watched.inside = NULL;
    CHECK_STR(ints(its[0]), "1 2");
    CHECK_STR(ints(its[1]), "0 1 2"); /* as if it had not asked */
}

TEST(iter_tee, b9_every_branch_meets_the_error_in_its_place)
{
    struct watched watched;
    cede_iter *its[2];

    CHECK_EQ(cede_iter_tee(watch_failing(&watched, 2), 2, its), 0);
    CHECK_STR(ints(its[0]), "0 1 !EIO");
    CHECK_STR(ints(its[1]), "0 1 !EIO");
    CHECK_EQ(watched.n_calls, 3);
}

TEST(iter_tee, a_tee_of_nothing_or_of_none_is_closed)
{
    struct watched watched;
    cede_iter *its[2] = {&watched.iter, &watched.iter};

    CHECK_EQ(cede_iter_tee(watch(&watched, 3), 0, its), 0);
    CHECK_EQ(watched.n_closes, 1);
    CHECK_EQ(cede_iter_tee(cede_iter_range(0, 1, 0), 2, its), -EINVAL);
    CHECK_PTR(its[0], NULL);
    CHECK_PTR(its[1], NULL);
}

TEST(iter_tee, tuples_are_kept_with_their_parts)
{
    cede_iter *its[2];

    CHECK_EQ(cede_iter_tee(cede_iter_zip(CEDE_ITERS(numbers(70), numbers(70))), 2, its), 0);
    CHECK_EQ(cede_iter_length(its[0], NULL), 0);
    CHECK_STR(tuples(cede_iter_islice(its[1], 65, 67, 1)), "65,65 66,66");
}

static int tee_once(void)
{
    cede_iter *its[3];
    int rc = cede_iter_tee(numbers(70), 3, its);

    if (rc < 0) {
        CHECK_PTR(its[0], NULL);
        CHECK_PTR(its[2], NULL);
        return rc;
    }
    rc = cede_iter_length(its[1], NULL);
    (void)cede_iter_close(its[0]);
    (void)cede_iter_close(its[2]);
    return rc;
}

TEST(iter_tee, a_failing_allocation_loses_nothing)
{
    test_sweep_allocations(tee_once);
}
