/* test_iter_gen.c - generators as iterators, and iterators in generators. */
/* SPDX-License-Identifier: MIT */
#include <cede/iter_gen.h>

#include "iter_test.h"

static int n_cleaned;

static int count_up(cede_gen *self, void *arg)
{
    int rc = 0;

    for (int64_t i = 0; rc == 0 && i < *(int64_t *)arg; i++)
        rc = cede_yield(self, &i, NULL);
    n_cleaned++;
    return rc;
}

static cede_iter *counting(int64_t *n)
{
    return cede_iter_gen(cede_gen_create(count_up, n), sizeof *n);
}

TEST(iter_gen, a_generator_goes_through_every_adaptor)
{
    int64_t n = 6;

    CHECK_STR(tuples(cede_iter_pairwise(cede_iter_filter(counting(&n), is_odd, NULL))), "1,3 3,5");
    CHECK_STR(ints(cede_iter_cycle(cede_iter_islice(counting(&n), 0, 0, 1))), "");
    CHECK_EQ(n_cleaned, 1); /* the second one never began */
    CHECK_STR(tuples(cede_iter_zip(CEDE_ITERS(counting(&n), counting(&n)))),
              "0,0 1,1 2,2 3,3 4,4 5,5");
    CHECK_EQ(n_cleaned, 3);
}

TEST(iter_gen, b5_a_slice_that_is_done_closes_its_generator)
{
    int64_t n = 100;
    void *item;
    cede_iter *it = cede_iter_islice(counting(&n), 0, 2, 1);

    CHECK_STR(some_items(it, 2, add_int), "0 1");
    CHECK_EQ(n_cleaned, 0);
    CHECK_EQ(cede_iter_next(it, &item), 0);
    CHECK_EQ(n_cleaned, 1);
    CHECK_EQ(cede_iter_close(it), 0);
}

TEST(iter_gen, closing_the_outermost_cleans_up_the_generator)
{
    int64_t n = 100;
    cede_iter *it = cede_iter_enumerate(cede_iter_batched(counting(&n), 3, false), 0);
    void *item;

    CHECK_EQ(cede_iter_next(it, &item), 1);
    CHECK_EQ(cede_iter_close(it), 0);
    CHECK_EQ(n_cleaned, 1);
}

static int yield_none(cede_gen *self, void *arg)
{
    (void)arg;
    return cede_yield(self, NULL, NULL);
}

static int fail_late(cede_gen *self, void *arg)
{
    CEDE_TRY(cede_yield(self, arg, NULL));
    return cede_raise(-EPIPE, "the generator has had enough");
}

TEST(iter_gen, b9_errors_of_the_body_are_passed_on)
{
    int64_t five = 5;

    CHECK_STR(
        ints(cede_iter_map(cede_iter_gen(cede_gen_create(fail_late, &five), 8), square, NULL, 8)),
        "25 !EPIPE");
    CHECK_HAS(cede_error_message(cede_error_last()), "has had enough");
    CHECK_STR(ints(cede_iter_gen(cede_gen_create(yield_none, NULL), 8)), "!EINVAL");
    CHECK_PTR(cede_iter_gen(NULL, 8), NULL);
}

/* A body that draws on the iterator it is itself the source of. */
static int ask_above(cede_gen *self, void *arg)
{
    cede_iter **above = arg;
    int64_t zero = 0;
    void *item;

    CHECK_EQ(cede_iter_next(*above, &item), -EBUSY);
    CHECK_EQ(cede_iter_close(*above), -EBUSY);
    return cede_yield(self, &zero, NULL);
}

TEST(iter_gen, b8_a_body_cannot_ask_what_it_is_a_source_of)
{
    cede_iter *it = NULL;

    it = cede_iter_map(cede_iter_gen(cede_gen_create(ask_above, &it), 8), square, NULL, 8);
    CHECK_STR(ints(it), "0");
}

/* Delegation. */

struct outer {
    cede_iter *it;
    int rc; /* of the delegation */
};

static int delegate(cede_gen *self, void *arg)
{
    struct outer *outer = arg;
    int64_t last = -1;

    outer->rc = cede_yield_from_iter(self, outer->it);
    if (outer->rc == CEDE_EGENEXIT)
        return outer->rc;
    return cede_yield(self, &last, NULL);
}

TEST(iter_gen, a9_yield_from_an_iterator_yields_its_items)
{
    struct outer outer = {.it = numbers(3)};

    CHECK_STR(ints(cede_iter_gen(cede_gen_create(delegate, &outer), 8)), "0 1 2 -1");
    CHECK_EQ(outer.rc, 0);
    CHECK_EQ(cede_iter_close(outer.it), 0);
}

TEST(iter_gen, a9_an_iterator_cannot_be_sent_to)
{
    struct outer outer = {.it = numbers(3)};
    cede_gen *gen = cede_gen_create(delegate, &outer);
    int value = 1;
    void *item;

    CHECK_EQ(cede_next(gen, &item), 1);
    CHECK_EQ(cede_send(gen, NULL, &item), 1); /* the same as next */
    CHECK_EQ(*(int64_t *)item, 1);
    CHECK_EQ(cede_send(gen, &value, &item), 1);
    CHECK_EQ(outer.rc, -ENOTSUP); /* it failed in the body, which went on */
    CHECK_EQ(*(int64_t *)item, -1);
    CHECK_EQ(cede_gen_destroy(gen), 0);
    CHECK_STR(ints(outer.it), "2");
}

TEST(iter_gen, a9_what_is_thrown_is_raised_in_the_outer)
{
    struct outer outer = {.it = numbers(3)};
    cede_gen *gen = cede_gen_create(delegate, &outer);
    void *item;

    CHECK_EQ(cede_next(gen, &item), 1);
    CHECK_EQ(cede_throw(gen, -EDOM, &item), 1);
    CHECK_EQ(outer.rc, -EDOM);
    CHECK_EQ(cede_close(gen), 0);
    CHECK_EQ(cede_gen_destroy(gen), 0);
    CHECK_EQ(cede_iter_close(outer.it), 0);
}

TEST(iter_gen, a9_closing_ends_the_delegation)
{
    struct watched watched;
    struct outer outer = {.it = watch(&watched, 3)};
    cede_gen *gen = cede_gen_create(delegate, &outer);
    void *item;

    CHECK_EQ(cede_next(gen, &item), 1);
    CHECK_EQ(cede_close(gen), 0);
    CHECK_EQ(outer.rc, CEDE_EGENEXIT);
    CHECK_EQ(cede_gen_destroy(gen), 0);
    CHECK_EQ(watched.n_closes, 0); /* borrowed */
    CHECK_EQ(cede_iter_close(outer.it), 0);
}

TEST(iter_gen, a9_an_error_of_the_iterator_arrives_in_the_outer)
{
    struct watched watched;
    struct outer outer = {.it = watch_failing(&watched, 1)};

    CHECK_STR(ints(cede_iter_gen(cede_gen_create(delegate, &outer), 8)), "0 -1");
    CHECK_EQ(outer.rc, -EIO);
}

static int generate_once(void)
{
    int64_t n = 3;

    n_cleaned = 0;
    return cede_iter_length(counting(&n), NULL);
}

TEST(iter_gen, a_failing_allocation_loses_nothing)
{
    CHECK_EQ(generate_once(), 0); /* stacks stay with the process */
    test_sweep_allocations(generate_once);
}
