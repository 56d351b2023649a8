/* test_map.c - a function over many inputs (c5): order, look-ahead, failures. */
/* SPDX-License-Identifier: MIT */
#include <cede/map.h>

#include "harness/harness_task.h"

static cede_executor *make_pool(unsigned n_threads)
{
    cede_executor *pool = cede_thread_pool(&(cede_pool_options){.n_threads = n_threads});

    CHECK(pool != NULL);
    return pool;
}

static int square(const void *in, void *out)
{
    const int n = *(const int *)in;

    if (n == 13)
        return cede_raise(-EDOM, "thirteen is not squared");
    *(int *)out = n * n;
    return 0;
}

/* 0, 1, 2, ... as they are asked for. */
struct counter {
    int n_given;
    int n_total; /* then the end, or the failure */
    int rc;
};

static int counter_next(void *item, void *arg)
{
    struct counter *counter = arg;

    if (counter->n_given == counter->n_total)
        return counter->rc;
    *(int *)item = counter->n_given++;
    return 1;
}

static cede_map_options counted(struct counter *counter)
{
    return (cede_map_options){.fn = square,
                              .source = counter_next,
                              .source_arg = counter,
                              .item_size = sizeof(int),
                              .out_size = sizeof(int),
                              .look_ahead = 4};
}

static void map_an_array(void)
{
    cede_executor *pool = make_pool(2);
    int items[12];
    cede_map *map;
    void *out = NULL;

    for (int i = 0; i < 12; i++)
        items[i] = i;
    CHECK_EQ(cede_map_create(pool,
                             &(cede_map_options){.fn = square,
                                                 .items = items,
                                                 .n_items = 12,
                                                 .item_size = sizeof items[0],
                                                 .out_size = sizeof(int)},
                             &map),
             0);
    for (int i = 0; i < 12; i++) {
        CHECK_EQ(cede_map_next(map, &out), 1);
        CHECK_EQ(*(int *)out, i * i);
    }
    CHECK_EQ(cede_map_next(map, &out), 0);
    CHECK_EQ(cede_map_next(map, &out), 0);
    cede_map_destroy(map);
    cede_executor_destroy(pool);
}

TEST(map, c5_results_come_in_the_order_of_the_input)
{
    map_an_array();
}

TEST_TASK(map, c5_a_task_takes_results_too)
{
    map_an_array();
}

TEST(map, c5_input_is_taken_only_as_far_ahead_as_allowed)
{
    cede_executor *pool = make_pool(2);
    struct counter counter = {.n_total = 100};
    const cede_map_options options = counted(&counter);
    cede_map *map;
    void *out = NULL;

    CHECK_EQ(cede_map_create(pool, &options, &map), 0);
    CHECK_EQ(counter.n_given, 4);
    for (int i = 0; i < 10; i++) {
        CHECK_EQ(cede_map_next(map, &out), 1);
        CHECK_EQ(*(int *)out, i * i);
        CHECK_EQ(counter.n_given, i + 5);
    }
    cede_map_destroy(map);
    CHECK_EQ(counter.n_given, 14); /* left early: the rest was never asked for */
    cede_executor_destroy(pool);
}

TEST(map, c5_a_failure_surfaces_at_its_position_and_ends_the_map)
{
    cede_executor *pool = make_pool(2);
    struct counter counter = {.n_total = 100};
    const cede_map_options options = counted(&counter);
    cede_map *map;
    void *out = NULL;

    CHECK_EQ(cede_map_create(pool, &options, &map), 0);
    for (int i = 0; i < 13; i++)
        CHECK_EQ(cede_map_next(map, &out), 1);
    out = "untouched";
    CHECK_EQ(cede_map_next(map, &out), -EDOM);
    CHECK_STR(cede_error_message(cede_error_last()), "thirteen is not squared");
    CHECK_STR(out, "untouched");
    CHECK_EQ(cede_map_next(map, &out), 0);
    cede_map_destroy(map);
    cede_executor_destroy(pool);
}

TEST(map, c5_chunks_give_the_same_results_in_the_same_order)
{
    cede_executor *pool = make_pool(2);

    for (size_t chunk = 1; chunk <= 12; chunk++) {
        struct counter counter = {.n_total = 10};
        cede_map_options options = counted(&counter);
        cede_map *map;
        void *out = NULL;

        options.chunk = chunk;
        options.look_ahead = chunk % 2 ? 0 : 7;
        CHECK_EQ(cede_map_create(pool, &options, &map), 0);
        for (int i = 0; i < 10; i++) {
            CHECK_EQ(cede_map_next(map, &out), 1);
            CHECK_EQ(*(int *)out, i * i);
        }
        CHECK_EQ(cede_map_next(map, &out), 0);
        CHECK_EQ(counter.n_given, 10);
        cede_map_destroy(map);
    }
    cede_executor_destroy(pool);
}

TEST(map, c5_a_failure_in_a_chunk_surfaces_after_the_results_before_it)
{
    cede_executor *pool = make_pool(2);
    struct counter counter = {.n_total = 100};
    cede_map_options options = counted(&counter);
    cede_map *map;
    void *out = NULL;

    options.chunk = 5; /* the fourteenth is the fourth of its chunk */
    CHECK_EQ(cede_map_create(pool, &options, &map), 0);
    for (int i = 0; i < 13; i++) {
        CHECK_EQ(cede_map_next(map, &out), 1);
        CHECK_EQ(*(int *)out, i * i);
    }
    CHECK_EQ(cede_map_next(map, &out), -EDOM);
    CHECK_STR(cede_error_message(cede_error_last()), "thirteen is not squared");
    CHECK_EQ(cede_map_next(map, &out), 0);
    cede_map_destroy(map);
    cede_executor_destroy(pool);
}

TEST(map, a_source_that_fails_does_so_after_the_results_before_it)
{
    cede_executor *pool = make_pool(2);
    struct counter counter = {.n_total = 2, .rc = -EIO};
    const cede_map_options options = counted(&counter);
    cede_map *map;

    CHECK_EQ(cede_map_create(pool, &options, &map), 0);
    CHECK_EQ(cede_map_next(map, NULL), 1);
    CHECK_EQ(cede_map_next(map, NULL), 1);
    CHECK_EQ(cede_map_next(map, NULL), -EIO);
    CHECK_EQ(cede_map_next(map, NULL), 0);
    cede_map_destroy(map);
    cede_executor_destroy(pool);
}

TEST(map, c6_a_pool_that_was_shut_down_ends_the_map_with_its_error)
{
    cede_executor *pool = make_pool(2);
    struct counter counter = {.n_total = 100};
    const cede_map_options options = counted(&counter);
    cede_map *map;
    int rc, n = 0;

    CHECK_EQ(cede_map_create(pool, &options, &map), 0);
    CHECK_EQ(cede_executor_shutdown(pool, NULL), 0);
    while ((rc = cede_map_next(map, NULL)) > 0)
        n++;
    CHECK_EQ(rc, CEDE_ESHUTDOWN);
    CHECK_EQ(n, 4);
    cede_map_destroy(map);
    cede_executor_destroy(pool);
}

static int wait_for_it(const void *in, void *out)
{
    (void)out;
    return cede_await(*(cede_future *const *)in);
}

TEST_TASK(map, c5_a_deadline_leaves_the_map_as_it_is)
{
    cede_executor *pool = make_pool(1);
    cede_future *gate = cede_future_share(cede_future_create());
    cede_map *map;
    int rc = 0;

    CHECK_EQ(cede_map_create(
                 pool,
                 &(cede_map_options){
                     .fn = wait_for_it, .items = &gate, .n_items = 1, .item_size = sizeof gate},
                 &map),
             0);
    CEDE_TIMEOUT(0, rc) {
        rc = cede_map_next(map, NULL);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_EQ(cede_future_set(gate, NULL), 0);
    CHECK_EQ(cede_map_next(map, NULL), 1);
    CHECK_EQ(cede_map_next(map, NULL), 0);
    cede_map_destroy(map);
    cede_future_unref(gate);
    cede_executor_destroy(pool);
}

TEST(map, what_cannot_be_mapped_is_refused)
{
    cede_executor *pool = make_pool(1);
    cede_map *map = NULL;

    CHECK_EQ(cede_map_create(pool, &(cede_map_options){.fn = square}, &map), -EINVAL);
    CHECK_PTR(map, NULL);
    cede_map_destroy(NULL);
    cede_executor_destroy(pool);
}

static int map_scenario(void)
{
    cede_executor *pool = cede_thread_pool(&(cede_pool_options){.n_threads = 2});
    struct counter counter = {.n_total = 6};
    const cede_map_options options = counted(&counter);
    cede_map *map = NULL;
    int rc = pool ? cede_map_create(pool, &options, &map) : -ENOMEM;

    if (rc == 0) {
        while ((rc = cede_map_next(map, NULL)) > 0)
            ;
    }
    cede_map_destroy(map);
    cede_executor_destroy(pool);
    return rc;
}

TEST(map, a_failed_allocation_is_an_error_and_loses_nothing)
{
    test_sweep_allocations(map_scenario);
}
