/* test_store.c - items that are put and taken, in order, by what they are, by priority; row i11. */
/* SPDX-License-Identifier: MIT */
#include <cede/store.h>

#include "harness/harness_task.h"

static cede_store *store;

static int compare_ints(const void *a, const void *b)
{
    const int x = *(const int *)a / 10, y = *(const int *)b / 10;

    return (x > y) - (x < y);
}

static void make(size_t capacity, int (*compare)(const void *, const void *))
{
    const cede_store_options options = {
        .name = "shelf", .item_size = sizeof(int), .capacity = capacity, .compare = compare};

    CHECK_EQ(cede_store_create(&options, &store), 0);
}

static void put(int item)
{
    CHECK_EQ(cede_store_put(store, &item), 0);
}

static int get(void)
{
    int item = -1;

    CHECK_EQ(cede_store_get(store, &item), 0);
    return item;
}

static bool is_multiple(const void *item, void *arg)
{
    return *(const int *)item % *(int *)arg == 0;
}

static int get_multiple(int of)
{
    int item = -1;

    CHECK_EQ(cede_store_get_if(store, is_multiple, &of, &item), 0);
    return item;
}

/* A task that gets a multiple of its number. */
static int getter(void *arg)
{
    const int of = *(int *)arg;

    test_note("%d<-%d", of, get_multiple(of));
    return 0;
}

static int putter(void *arg)
{
    const int item = *(int *)arg;

    put(item);
    test_note("put%d", item);
    return 0;
}

static void start(int (*fn)(void *), int *number)
{
    CHECK_EQ(cede_start(fn, number), 0);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
}

TEST_TASK(store, i11_items_come_out_in_the_order_they_went_in)
{
    make(0, NULL);
    for (int i = 0; i < 50; i++)
        put(i);
    CHECK_EQ(cede_store_size(store), 50);
    for (int i = 0; i < 50; i++)
        CHECK_EQ(get(), i);
    cede_store_destroy(store);
}

TEST_TASK(store, i11_the_first_item_that_will_do_is_taken_and_the_others_stay_in_order)
{
    make(0, NULL);
    for (int i = 1; i <= 20; i++)
        put(i);
    CHECK_EQ(get_multiple(7), 7);
    CHECK_EQ(get_multiple(7), 14);
    CHECK_EQ(get_multiple(20), 20);
    CHECK_EQ(get_multiple(1), 1);
    for (int i = 2; i < 20; i++) {
        if (i % 7 != 0)
            CHECK_EQ(get(), i);
    }
    CHECK_EQ(cede_store_size(store), 0);
    cede_store_destroy(store);
}

TEST_TASK(store, i11_who_waits_for_something_else_lets_those_behind_have_it)
{
    int four = 4, three = 3, any = 1;

    make(0, NULL);
    start(getter, &four);
    start(getter, &three);
    start(getter, &any);
    CHECK_EQ(cede_store_n_getting(store), 3);
    put(5);
    put(9);
    put(10);
    put(12);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_STR(test_notes(), "1<-5 3<-9 4<-12");
    CHECK_EQ(get(), 10);
    cede_store_destroy(store);
}

TEST_TASK(store, i11_getters_of_the_same_are_served_in_the_order_they_came)
{
    int two = 2, four = 4;

    make(0, NULL);
    start(getter, &two);
    start(getter, &four);
    put(8);
    put(16);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_STR(test_notes(), "2<-8 4<-16");
    cede_store_destroy(store);
}

TEST_TASK(store, i11_the_smallest_goes_first_and_of_equals_the_first)
{
    static const int items[] = {52, 11, 51, 30, 12, 53, 10, 31};
    static const int sorted[] = {11, 12, 10, 30, 31, 52, 51, 53};

    make(0, compare_ints);
    for (int i = 0; i < 8; i++)
        put(items[i]);
    for (int i = 0; i < 8; i++)
        CHECK_EQ(get(), sorted[i]);
    cede_store_destroy(store);
}

TEST_TASK(store, i11_the_smallest_that_will_do_is_taken_and_the_order_stays)
{
    make(0, compare_ints);
    for (int i = 200; i > 0; i -= 10)
        put(i);
    CHECK_EQ(get_multiple(70), 70);
    CHECK_EQ(get_multiple(60), 60);
    CHECK_EQ(get_multiple(200), 200);
    for (int i = 10; i < 200; i += 10) {
        if (i != 60 && i != 70)
            CHECK_EQ(get(), i);
    }
    cede_store_destroy(store);
}

TEST_TASK(store, i11_putters_wait_in_order_for_room)
{
    int a = 1, b = 2, c = 3;

    make(1, NULL);
    put(0);
    start(putter, &a);
    start(putter, &b);
    start(putter, &c);
    CHECK_EQ(cede_store_n_putting(store), 3);
    for (int i = 0; i < 4; i++)
        CHECK_EQ(get(), i);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_STR(test_notes(), "put1 put2 put3");
    cede_store_destroy(store);
}

TEST_TASK(store, i11_an_item_that_found_room_is_offered_to_who_waits_for_it)
{
    int seven = 7, other = 3, wanted = 14;

    make(1, NULL);
    put(5);
    start(getter, &seven);
    start(putter, &wanted);
    start(putter, &other);
    CHECK_EQ(get(), 5); /* 14 comes in, is taken at once, and 3 comes in */
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_STR(test_notes(), "7<-14 put14 put3");
    CHECK_EQ(cede_store_size(store), 1);
    cede_store_destroy(store);
}

TEST_TASK(store, i11_who_gives_up_neither_puts_nor_gets)
{
    int item = 5, three = 3, rc = 0;

    make(1, NULL);
    put(4);
    CEDE_TIMEOUT(CEDE_S(2), rc) {
        rc = cede_store_put(store, &item);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    rc = 0;
    CEDE_TIMEOUT(CEDE_S(2), rc) {
        rc = cede_store_get_if(store, is_multiple, &three, &item);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_EQ(item, 5);
    CHECK_EQ(get(), 4);
    CHECK_EQ(cede_store_size(store), 0);
    CHECK_EQ(cede_now(), CEDE_S(4));
    cede_store_destroy(store);
}

TEST_TASK(store, i13_counts_by_itself)
{
    int one = 1;
    cede_facility_stats stats;

    make(4, NULL);
    start(getter, &one);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    put(1); /* at 2, to who waits since 0 */
    put(2);
    put(3);
    CHECK_EQ(cede_sleep(CEDE_S(2)), 0);
    CHECK_EQ(get(), 2);
    CHECK_EQ(cede_sleep(CEDE_S(4)), 0);
    cede_store_stats(store, &stats);
    CHECK(stats.level.mean == 1 && stats.level.max == 2 && stats.utilisation == 0.25);
    CHECK_EQ(stats.get_waits.count, 2);
    CHECK_EQ(stats.put_waits.count, 3);
    CHECK(cede_tally_sum(&stats.get_waits) == 2 && cede_tally_sum(&stats.put_waits) == 0);
    cede_store_destroy(store);
}

static int n_dropped;

static void drop(void *item)
{
    n_dropped += *(int *)item;
}

static int get_any(void *arg)
{
    int item;

    return cede_store_get_if(store, is_multiple, arg, &item);
}

TEST_TASK(store, destroying_one_drops_the_items_and_wakes_who_waits)
{
    const cede_store_options options = {.item_size = sizeof(int), .drop = drop};
    int seven = 7;

    CHECK_EQ(cede_store_create(&options, &store), 0);
    cede_future *waits = cede_spawn(get_any, &seven);
    put(1);
    put(2);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    cede_store_destroy(store);
    CHECK_EQ(n_dropped, 3);
    CHECK_EQ(cede_join(waits), CEDE_ESHUTDOWN);
    cede_store_destroy(NULL);
}

TEST(store, wrong_uses_are_refused)
{
    CHECK_EQ(cede_store_create(NULL, &store), -EINVAL); /* no loop */
    CHECK_EQ(cede_store_create(&(cede_store_options){.item_size = SIZE_MAX}, &store), -EINVAL);
}

static int stuck(void *arg)
{
    int three = 3;

    (void)arg;
    make(0, NULL);
    return get_any(&three);
}

TEST(store, who_waits_is_reported_with_what_for)
{
    test_capture_reports();
    CHECK_EQ(cede_run_with(&(cede_run_options){.loop.clock = CEDE_CLOCK_VIRTUAL}, stuck, NULL),
             -EDEADLK);
    CHECK_HAS(test_reports(), "a certain item of store 'shelf'");
    cede_store_destroy(store);
}

static int scenario_body(void *arg)
{
    const cede_store_options options = {.item_size = sizeof(int)};
    int rc;

    (void)arg;
    CEDE_TRY(cede_store_create(&options, &store));
    for (int i = 0; i < 40; i++) {
        rc = cede_store_put(store, &i);
        if (rc < 0)
            break;
    }
    cede_store_destroy(store);
    return rc;
}

static int scenario(void)
{
    return cede_run_with(&(cede_run_options){.loop.clock = CEDE_CLOCK_VIRTUAL}, scenario_body,
                         NULL);
}

TEST(store, survives_every_failing_allocation)
{
    CHECK_EQ(scenario(), 0); /* stacks that are kept for the next loop are no loss */
    test_sweep_allocations(scenario);
}
