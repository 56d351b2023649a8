/* test_iter_async.c - iterators whose sources and callbacks suspend: asynchronous iteration without
 * another word. */
/* SPDX-License-Identifier: MIT */
#include <cede/iter_gen.h>

#include "../coro/iter_test.h"
#include "harness/harness_task.h"

/* Numbers below *arg, one a second. */
static int tick(cede_gen *self, void *arg)
{
    int rc = 0;

    for (int64_t i = 0; rc == 0 && i < *(int64_t *)arg; i++) {
        rc = cede_sleep(CEDE_S(1));
        if (rc == 0)
            rc = cede_yield(self, &i, NULL);
    }
    return rc;
}

static cede_iter *ticks(int64_t *n)
{
    return cede_iter_gen(cede_gen_create(tick, n), sizeof *n);
}

static int square_slowly(void *item, void *out, void *arg)
{
    CEDE_TRY(cede_sleep(CEDE_S(10)));
    return square(item, out, arg);
}

static int is_odd_slowly(void *item, void *arg)
{
    CEDE_TRY(cede_sleep(CEDE_S(100)));
    return is_odd(item, arg);
}

TEST_TASK(iter_async, b12_sources_and_callbacks_may_wait)
{
    int64_t n = 4;

    CHECK_STR(ints(cede_iter_map(cede_iter_filter(ticks(&n), is_odd_slowly, NULL), square_slowly,
                                 NULL, 8)),
              "1 9");
    CHECK_EQ(cede_now(), CEDE_S(4 * 1 + 4 * 100 + 2 * 10));
}

TEST_TASK(iter_async, b12_every_adaptor_takes_an_asynchronous_source)
{
    int64_t n = 4;

    CHECK_STR(tuples(cede_iter_zip(CEDE_ITERS(ticks(&n), numbers(9)))), "0,0 1,1 2,2 3,3");
    CHECK_STR(tuples(cede_iter_pairwise(ticks(&n))), "0,1 1,2 2,3");
    CHECK_STR(tuples(cede_iter_combinations(ticks(&n), 3)), "0,1,2 0,1,3 0,2,3 1,2,3");
    CHECK_STR(ints(cede_iter_sorted(ticks(&n), cede_compare_int64, NULL)), "0 1 2 3");
    CHECK_STR(ints(cede_iter_chain(CEDE_ITERS(ticks(&n), ticks(&n)))), "0 1 2 3 0 1 2 3");
    CHECK_EQ(cede_now(), CEDE_S(6 * 4));
}

struct reader {
    cede_iter *it;
    int64_t sum;
    int rc;
};

static int read_all(void *arg)
{
    struct reader *reader = arg;
    int rc;

    CEDE_FOREACH(rc, int64_t *, v, reader->it)
        reader->sum += *v;
    reader->rc = rc;
    return 0;
}

TEST_TASK(iter_async, b3_branches_of_a_tee_in_two_tasks_refuse_and_do_not_crash)
{
    int64_t n = 5;
    cede_iter *its[2];
    struct reader one, two;

    CHECK_EQ(cede_iter_tee(ticks(&n), 2, its), 0);
    one = (struct reader){.it = its[0]};
    two = (struct reader){.it = its[1]};
    cede_future *first = cede_spawn(read_all, &one);
    CHECK_EQ(cede_sleep(CEDE_S(0.5)), 0); /* it waits inside the source */
    CHECK_EQ(read_all(&two), 0);
    CHECK_EQ(two.rc, -EBUSY);
    CHECK_EQ(cede_iter_close(its[0]), -EBUSY);
    CHECK_EQ(cede_join(first), 0);
    CHECK_EQ(one.rc, 0);
    CHECK_EQ(one.sum, 10);

    CHECK_EQ(read_all(&two), 0); /* as if it had not asked */
    CHECK_EQ(two.rc, 0);
    CHECK_EQ(two.sum, 10);
    CHECK_EQ(cede_iter_close(its[0]) + cede_iter_close(its[1]), 0);
}

TEST_TASK(iter_async, b2_a_group_waiting_in_the_source_keeps_its_groupby_out)
{
    const cede_iter_key halves = {.key = half, .key_size = 8};
    int64_t n = 5;
    cede_iter *it = cede_iter_groupby(ticks(&n), &halves);
    struct reader reader = {0};
    void *item;

    CHECK_EQ(cede_iter_next(it, &item), 1);
    reader.it = ((cede_grouped *)item)->group;
    cede_future *task = cede_spawn(read_all, &reader);
    CHECK_EQ(cede_sleep(CEDE_S(0.5)), 0);
    CHECK_EQ(cede_iter_next(it, &item), -EBUSY);
    CHECK_EQ(cede_iter_close(it), -EBUSY);
    CHECK_EQ(cede_join(task), 0);
    CHECK_EQ(reader.rc, 0);
    CHECK_EQ(reader.sum, 1);
    CHECK_EQ(cede_iter_next(it, &item), 1);
    CHECK_EQ(*(int64_t *)((cede_grouped *)item)->key, 1);
    CHECK_EQ(cede_iter_close(it), 0);
}

TEST_TASK(iter_async, b8_one_iterator_in_two_tasks_serves_one_at_a_time)
{
    int64_t n = 3;
    cede_iter *it = cede_iter_pairwise(ticks(&n));
    void *item;
    struct reader reader = {.it = it};
    cede_future *task = cede_spawn(read_all, &reader);

    CHECK_EQ(cede_sleep(CEDE_S(0.5)), 0);
    CHECK_EQ(cede_iter_next(it, &item), -EBUSY);
    CHECK_EQ(cede_join(task), 0);
    CHECK_EQ(reader.rc, 0);
    CHECK_EQ(cede_iter_close(it), 0);
}

TEST_TASK(iter_async, b9_a_cancelled_reader_gets_its_error_through_the_chain)
{
    int64_t n = 100;
    cede_iter *it = cede_iter_enumerate(cede_iter_map(ticks(&n), square, NULL, sizeof(int64_t)), 0);
    void *item;
    int rc = 0;

    CEDE_TIMEOUT(CEDE_S(3.5), rc) {
        while ((rc = cede_iter_next(it, &item)) > 0)
            continue;
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_S(3.5));
    CHECK_EQ(cede_iter_next(it, &item), 0);
    CHECK_EQ(cede_iter_close(it), 0);
}

static int n_cleaned;

static int slow_to_clean(cede_gen *self, void *arg)
{
    const int rc = cede_yield(self, arg, NULL);

    (void)cede_sleep(CEDE_S(2)); /* clean-up that waits */
    n_cleaned++;
    return rc;
}

TEST_TASK(iter_async, closing_waits_for_clean_up_that_waits)
{
    int64_t value = 7;
    cede_iter *it =
        cede_iter_zip(CEDE_ITERS(cede_iter_gen(cede_gen_create(slow_to_clean, &value), 8),
                                 cede_iter_gen(cede_gen_create(slow_to_clean, &value), 8)));

    CHECK_STR(some_items(it, 1, add_tuple), "7,7");
    CHECK_EQ(cede_iter_close(it), 0);
    CHECK_EQ(n_cleaned, 2);
    CHECK_EQ(cede_now(), CEDE_S(4));
}
