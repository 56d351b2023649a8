/* test_progress_iter.c - a bar that counts the items of an iterator. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>

#include <cede/iter_source.h>
#include <cede/itertools.h>
#include <cede/progress_iter.h>

#include "harness/harness.h"
#include "progress/fake_screen.h"
#include "progress/bar.h"

#define ERASE "\x1b[K\r"

static int same(void *item, void *out, void *arg)
{
    (void)arg;
    *(int64_t *)out = *(const int64_t *)item;
    return 0;
}

TEST(progress_iter, b10_the_total_comes_through_the_adaptors)
{
    fake_start();
    cede_progress *bar =
        cede_progress_create(&(cede_progress_options){.columns = 45, .min_interval = -1});
    cede_iter *it = cede_progress_iter(
        bar, cede_iter_map(cede_iter_islice(cede_iter_count(0, 1), 0, 4, 1), same, NULL, 8));
    void *item;

    (void)shown();
    CHECK_EQ(cede_iter_total(it), 4);
    CHECK_EQ(cede_iter_next(it, &item), 1);
    CHECK_EQ(cede_progress_count(bar), 0); /* it is still being worked on */
    fake_time += CEDE_S(1);
    CHECK_EQ(cede_iter_next(it, &item), 1);
    CHECK_STR(shown(), "\r 25%|##5       | 1/4 [00:01<00:03,  1.00it/s]" ERASE);
    CHECK_EQ(cede_iter_close(it), 0);
    cede_progress_destroy(bar);
}

TEST(progress_iter, all_items_are_counted_at_the_end_and_none_after_a_break)
{
    fake_start();
    cede_progress *bar = cede_progress_create(&(cede_progress_options){.initial = 10});
    cede_iter *it = cede_progress_iter(bar, cede_iter_range(0, 5, 1));
    void *item;

    for (int i = 0; i < 3; i++)
        CHECK_EQ(cede_iter_next(it, &item), 1);
    CHECK_EQ(cede_progress_count(bar), 12);
    while (cede_iter_next(it, &item) > 0)
        continue;
    CHECK_EQ(cede_progress_count(bar), 15);
    CHECK_EQ(cede_iter_next(it, &item), 0);
    CHECK_EQ(cede_progress_count(bar), 15);
    CHECK_EQ(cede_iter_close(it), 0);
    cede_progress_destroy(bar);
}

TEST(progress_iter, without_a_bar_items_pass_uncounted)
{
    cede_iter *it = cede_progress_iter(NULL, cede_iter_range(0, 5, 1));
    void *item;

    CHECK_EQ(cede_iter_next(it, &item), 1);
    CHECK_EQ(cede_iter_next(it, &item), 1);
    CHECK_EQ(*(int64_t *)item, 1);
    CHECK_EQ(cede_iter_close(it), 0);
    CHECK(!cede_progress_iter(NULL, NULL));
}

static int count_once(void)
{
    cede_iter *it = cede_progress_iter(NULL, cede_iter_range(0, 5, 1));
    void *item;
    const int rc = cede_iter_next(it, &item);

    (void)cede_iter_close(it);
    return rc > 0 ? 0 : rc;
}

TEST(progress_iter, a_failing_allocation_loses_nothing)
{
    test_sweep_allocations(count_once);
}
