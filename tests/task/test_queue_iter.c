/* test_queue_iter.c - a queue as the source of iterators. */
/* SPDX-License-Identifier: MIT */
#include <cede/queue_iter.h>

#include "../coro/iter_test.h"
#include "harness/harness_task.h"

static cede_queue *make_queue(void)
{
    const cede_queue_options options = {.item_size = sizeof(int64_t), .max_size = 2};
    cede_queue *queue;

    CHECK_EQ(cede_queue_create(&options, &queue), 0);
    return queue;
}

/* Puts 0 to 4, one a second, and shuts the queue down. */
static int produce(void *arg)
{
    for (int64_t i = 0; i < 5; i++) {
        CEDE_TRY(cede_sleep(CEDE_S(1)));
        CEDE_TRY(cede_queue_put(arg, &i));
    }
    return cede_queue_shutdown(arg, false);
}

TEST_TASK(queue_iter, b12_a_queue_is_gone_through_until_it_is_shut_down_and_empty)
{
    cede_queue *queue = make_queue();
    cede_future *producer = cede_spawn(produce, queue);

    CHECK_STR(tuples(cede_iter_pairwise(cede_queue_iter(queue, sizeof(int64_t)))),
              "0,1 1,2 2,3 3,4");
    CHECK_EQ(cede_now(), CEDE_S(5));
    CHECK(!cede_error_last());
    CHECK_EQ(cede_join(producer), 0);
    cede_queue_destroy(queue);
}

TEST_TASK(queue_iter, what_was_not_asked_for_stays_in_the_queue)
{
    cede_queue *queue = make_queue();
    const int64_t one = 1, two = 2;

    CHECK_EQ(cede_queue_put(queue, &one), 0);
    CHECK_EQ(cede_queue_put(queue, &two), 0);
    CHECK_STR(ints(cede_iter_islice(cede_queue_iter(queue, sizeof one), 0, 1, 1)), "1");
    CHECK_EQ(cede_queue_size(queue), 1);
    cede_queue_destroy(queue);
}

TEST_TASK(queue_iter, b9_a_cancelled_wait_comes_out_and_ends_it)
{
    cede_queue *queue = make_queue();
    cede_iter *it = cede_iter_map(cede_queue_iter(queue, sizeof(int64_t)), square, NULL, 8);
    void *item;
    int rc = 0;

    CEDE_TIMEOUT(CEDE_S(2), rc) {
        rc = cede_iter_next(it, &item);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_EQ(cede_iter_next(it, &item), 0);
    CHECK_EQ(cede_iter_close(it), 0);
    cede_queue_destroy(queue);
}

TEST(queue_iter, items_without_bytes_are_refused)
{
    CHECK_PTR(cede_queue_iter(NULL, 0), NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), -EINVAL);
}

static int take_one(void *arg)
{
    const int64_t value = 7;
    void *item;

    CEDE_TRY(cede_queue_put(arg, &value));
    cede_iter *it = cede_queue_iter(arg, sizeof value);
    const int rc = cede_iter_next(it, &item);
    (void)cede_iter_close(it);
    return rc < 0 ? rc : 0;
}

static int queue_once(void)
{
    const cede_queue_options options = {.item_size = sizeof(int64_t)};
    cede_queue *queue;

    CEDE_TRY(cede_queue_create(&options, &queue));
    const int rc = cede_run(take_one, queue);
    cede_queue_destroy(queue);
    return rc;
}

TEST(queue_iter, a_failing_allocation_loses_nothing)
{
    CHECK_EQ(queue_once(), 0); /* stacks stay with the process */
    test_sweep_allocations(queue_once);
}
