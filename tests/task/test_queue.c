/* test_queue.c - queues: order, races of put, get and cancel, joining, shutting down; rows d40 to
 * d42. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include <cede/queue.h>

#include "harness/harness_task.h"

static cede_queue *queue;

static int by_tens(const void *a, const void *b)
{
    return *(const int *)a / 10 - *(const int *)b / 10;
}

static void make_queue(size_t max_size, cede_queue_order order)
{
    const cede_queue_options options = {.sync.name = "jobs",
                                        .item_size = sizeof(int),
                                        .max_size = max_size,
                                        .order = order,
                                        .compare = order == CEDE_QUEUE_PRIORITY ? by_tens : NULL};

    CHECK_EQ(cede_queue_create(&options, &queue), 0);
}

static void put_all(const int *items, size_t n)
{
    for (size_t i = 0; i < n; i++)
        CHECK_EQ(cede_queue_put(queue, &items[i]), 0);
}

/* Take all there is, as one text. */
static const char *take_all(void)
{
    static char text[256];
    size_t length = 0;
    int item;

    text[0] = 0;
    while (cede_queue_try_get(queue, &item) == 0)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%d",
                                   length > 0 ? " " : "", item);
    return text;
}

static int get_one(void *arg)
{
    int item = -1;
    const int rc = cede_queue_get(queue, &item);

    test_note("%s:%s%d", (const char *)arg, rc < 0 ? cede_error_name(rc) : "", item);
    return rc;
}

struct putter {
    const char *name;
    int item;
};

static int put_one(void *arg)
{
    const struct putter *putter = arg;
    const int rc = cede_queue_put(queue, &putter->item);

    test_note("%s:%s", putter->name, rc < 0 ? cede_error_name(rc) : "put");
    return rc;
}

static cede_future *spawn_getter(const char *name)
{
    return test_spawn(get_one, (void *)name);
}

static cede_future *spawn_putter(const struct putter *putter)
{
    return test_spawn(put_one, (void *)putter);
}

static cede_queue_state look(void)
{
    cede_queue_state state;

    cede_queue_look(queue, &state);
    return state;
}

TEST_TASK(queue, d40_first_in_first_out_also_past_the_end_of_its_memory)
{
    make_queue(0, CEDE_QUEUE_FIFO);
    int next = 0, item;
    for (int i = 0; i < 100; i++) {
        put_all((int[]){3 * i, 3 * i + 1, 3 * i + 2}, 3);
        CHECK_EQ(cede_queue_get(queue, &item), 0);
        CHECK_EQ(item, next++);
        CHECK_EQ(cede_queue_get(queue, &item), 0);
        CHECK_EQ(item, next++);
    }
    CHECK_EQ(cede_queue_size(queue), 100);
    while (next < 300) {
        CHECK_EQ(cede_queue_try_get(queue, &item), 0);
        CHECK_EQ(item, next++);
    }
    CHECK_EQ(cede_queue_try_get(queue, &item), -EAGAIN);
    CHECK_EQ(item, 299); /* not written on failure */
    cede_queue_destroy(queue);
}

TEST_TASK(queue, d40_last_in_first_out)
{
    make_queue(0, CEDE_QUEUE_LIFO);
    put_all((int[]){1, 2, 3}, 3);
    CHECK_STR(take_all(), "3 2 1");
    cede_queue_destroy(queue);
}

TEST_TASK(queue, d40_by_priority_and_of_equal_ones_the_older_first)
{
    make_queue(0, CEDE_QUEUE_PRIORITY);
    put_all((int[]){31, 12, 30, 5, 11, 19, 33, 0, 32, 10}, 10);
    CHECK_STR(take_all(), "5 0 12 11 19 10 31 30 33 32");
    for (int i = 0; i < 40; i++)
        put_all((int[]){(i * 7) % 40 * 10}, 1);
    for (int i = 0; i < 40; i++) {
        int item;
        CHECK_EQ(cede_queue_get(queue, &item), 0);
        CHECK_EQ(item, i * 10);
    }
    cede_queue_destroy(queue);
}

TEST_TASK(queue, d40_getters_are_served_in_the_order_they_came)
{
    cede_future *tasks[3];

    make_queue(0, CEDE_QUEUE_FIFO);
    tasks[0] = spawn_getter("a");
    tasks[1] = spawn_getter("b");
    tasks[2] = spawn_getter("c");
    CHECK_EQ(look().n_getting, 3);
    put_all((int[]){1, 2, 3}, 3);
    CHECK_EQ(cede_queue_size(queue), 0); /* theirs already */
    CHECK_EQ(look().n_unfinished, 3);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(cede_join(tasks[i]), 0);
    CHECK_STR(test_notes(), "a:1 b:2 c:3");
    cede_queue_destroy(queue);
}

TEST_TASK(queue, d40_putters_are_served_in_the_order_they_came)
{
    static const struct putter a = {"a", 1}, b = {"b", 2};
    cede_future *tasks[2];

    make_queue(1, CEDE_QUEUE_FIFO);
    put_all((int[]){0}, 1);
    CHECK_EQ(cede_queue_try_put(queue, &a.item), -EAGAIN);
    tasks[0] = spawn_putter(&a);
    tasks[1] = spawn_putter(&b);
    CHECK_EQ(look().n_putting, 2);
    CHECK(look().is_full);
    CHECK_STR(take_all(), "0 1 2");
    CHECK_EQ(cede_join(tasks[0]), 0);
    CHECK_EQ(cede_join(tasks[1]), 0);
    CHECK_STR(test_notes(), "a:put b:put");
    CHECK_EQ(look().n_unfinished, 3);
    cede_queue_destroy(queue);
}

TEST_TASK(queue, d40_d42_what_is_put_for_a_getter_is_not_there_for_others)
{
    int item = 7;

    make_queue(0, CEDE_QUEUE_FIFO);
    cede_future *task = spawn_getter("a");
    CHECK_EQ(cede_queue_try_put(queue, &item), 0);
    CHECK_EQ(cede_queue_try_get(queue, &item), -EAGAIN);
    CHECK_EQ(cede_join(task), 0);
    CHECK_STR(test_notes(), "a:7");
    cede_queue_destroy(queue);
}

TEST_TASK(queue, d40_a_getter_cancelled_before_the_put_leaves_the_item_to_the_next)
{
    make_queue(0, CEDE_QUEUE_FIFO);
    cede_future *a = spawn_getter("a"), *b = spawn_getter("b");

    CHECK(cede_cancel(a));
    put_all((int[]){7}, 1);
    CHECK_EQ(cede_join(a), CEDE_EREVOKED);
    CHECK_EQ(cede_join(b), 0);
    CHECK_STR(test_notes(), "a:ECANCELED-1 b:7");
    cede_queue_destroy(queue);
}

TEST_TASK(queue, d40_a_getter_cancelled_after_the_put_has_the_item)
{
    make_queue(0, CEDE_QUEUE_FIFO);
    cede_future *a = spawn_getter("a");

    put_all((int[]){7}, 1);
    CHECK(cede_cancel(a));
    CHECK_EQ(cede_join(a), 0);
    CHECK_STR(test_notes(), "a:7");
    cede_queue_destroy(queue);
}

TEST_TASK(queue, d40_a_cancelled_putter_has_not_put)
{
    static const struct putter a = {"a", 1}, b = {"b", 2};

    make_queue(1, CEDE_QUEUE_FIFO);
    put_all((int[]){0}, 1);
    cede_future *first = spawn_putter(&a), *second = spawn_putter(&b);
    CHECK(cede_cancel(first));
    CHECK_STR(take_all(), "0 2");
    CHECK_EQ(cede_join(first), CEDE_EREVOKED);
    CHECK_EQ(cede_join(second), 0);
    CHECK_STR(test_notes(), "a:ECANCELED b:put");
    cede_queue_destroy(queue);
}

TEST_TASK(queue, waits_stop_at_their_deadlines_and_write_nothing)
{
    int item = 9, rc = 0;

    make_queue(1, CEDE_QUEUE_FIFO);
    CEDE_TIMEOUT(CEDE_MS(50), rc) {
        rc = cede_queue_get(queue, &item);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_MS(50));
    CHECK_EQ(item, 9);
    put_all(&item, 1);
    CEDE_TIMEOUT(CEDE_MS(50), rc) {
        rc = cede_queue_put(queue, &item);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CEDE_TIMEOUT(CEDE_MS(50), rc) {
        rc = cede_queue_join(queue);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_EQ(look().n_getting + look().n_putting, 0);
    cede_queue_destroy(queue);
}

TEST_TASK(queue, every_wait_is_a_cancellation_point_also_where_it_need_not_wait)
{
    cede_scope scope;
    int item = 1;

    make_queue(0, CEDE_QUEUE_FIFO);
    put_all(&item, 1);
    cede_scope_enter(&scope, CEDE_NEVER);
    cede_scope_cancel(&scope);
    CHECK_EQ(cede_queue_put(queue, &item), -ECANCELED);
    CHECK_EQ(cede_queue_get(queue, &item), -ECANCELED);
    CHECK_EQ(cede_queue_join(queue), -ECANCELED);
    CHECK_EQ(cede_scope_exit(&scope, 0), 0);
    CHECK_EQ(cede_queue_size(queue), 1);
    cede_queue_destroy(queue);
}

static int join_queue(void *arg)
{
    const int rc = cede_queue_join(queue);

    test_note("%s:%s", (const char *)arg, rc < 0 ? cede_error_name(rc) : "joined");
    return rc;
}

TEST_TASK(queue, d40_join_waits_until_every_item_is_done)
{
    int item;

    make_queue(0, CEDE_QUEUE_FIFO);
    CHECK_EQ(cede_queue_join(queue), 0); /* empty: at once */
    CHECK_EQ(cede_queue_task_done(queue), -EINVAL);
    put_all((int[]){1, 2}, 2);
    cede_future *task = cede_spawn(join_queue, "j");
    CHECK_EQ(cede_sleep(1), 0);
    CHECK_HAS(test_format(task), "waiting for the end of all items of queue 'jobs'");
    for (int i = 0; i < 2; i++) {
        CHECK_STR(test_notes(), "");
        CHECK_EQ(cede_queue_get(queue, &item), 0);
        CHECK_EQ(cede_queue_task_done(queue), 0);
    }
    CHECK_EQ(cede_join(task), 0);
    CHECK_STR(test_notes(), "j:joined");
    CHECK_EQ(cede_queue_task_done(queue), -EINVAL);
    cede_queue_destroy(queue);
}

TEST_TASK(queue, d41_after_a_shutdown_what_is_in_it_can_be_taken_and_nothing_put)
{
    int item = 3;

    make_queue(0, CEDE_QUEUE_FIFO);
    put_all((int[]){1, 2}, 2);
    CHECK_EQ(cede_queue_shutdown(queue, false), 0);
    CHECK_EQ(cede_queue_put(queue, &item), CEDE_ESHUTDOWN);
    CHECK_EQ(cede_queue_try_put(queue, &item), CEDE_ESHUTDOWN);
    CHECK_STR(take_all(), "1 2");
    CHECK_EQ(cede_queue_get(queue, &item), CEDE_ESHUTDOWN);
    CHECK_EQ(cede_queue_try_get(queue, &item), CEDE_ESHUTDOWN);
    CHECK(look().is_shut_down);
    CHECK_EQ(look().n_unfinished, 2);
    cede_queue_destroy(queue);
}

TEST_TASK(queue, d41_a_shutdown_wakes_getters_and_putters)
{
    static const struct putter p = {"p", 2};

    make_queue(1, CEDE_QUEUE_FIFO);
    cede_future *getter = spawn_getter("g");
    CHECK_EQ(cede_queue_shutdown(queue, false), 0);
    CHECK_EQ(cede_join(getter), CEDE_ESHUTDOWN);
    cede_queue_destroy(queue);

    make_queue(1, CEDE_QUEUE_FIFO);
    put_all((int[]){1}, 1);
    cede_future *putter = spawn_putter(&p);
    CHECK_EQ(cede_queue_shutdown(queue, false), 0);
    CHECK_EQ(cede_join(putter), CEDE_ESHUTDOWN);
    CHECK_STR(take_all(), "1");
    CHECK_STR(test_notes(), "g:CEDE_ESHUTDOWN-1 p:CEDE_ESHUTDOWN");
    cede_queue_destroy(queue);
}

static void note_dropped(void *item)
{
    test_note("dropped:%d", *(const int *)item);
}

TEST_TASK(queue, d41_an_immediate_shutdown_drops_what_is_in_it_and_lets_joiners_go)
{
    const cede_queue_options options = {.item_size = sizeof(int), .drop = note_dropped};

    CHECK_EQ(cede_queue_create(&options, &queue), 0);
    put_all((int[]){1, 2}, 2);
    cede_future *joiner = cede_spawn(join_queue, "j");
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(cede_queue_shutdown(queue, true), 0);
    CHECK_EQ(cede_join(joiner), 0);
    CHECK_EQ(cede_queue_shutdown(queue, true), 0);
    CHECK_STR(test_notes(), "dropped:1 dropped:2 j:joined");
    cede_queue_destroy(queue);
}

TEST_TASK(queue, d41_an_immediate_shutdown_still_waits_for_what_was_taken)
{
    int item;

    make_queue(0, CEDE_QUEUE_FIFO);
    put_all((int[]){1, 2}, 2);
    CHECK_EQ(cede_queue_get(queue, &item), 0);
    cede_future *joiner = cede_spawn(join_queue, "j");
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(cede_queue_shutdown(queue, true), 0);
    CHECK_EQ(cede_sleep(1), 0);
    CHECK_STR(test_notes(), "");
    CHECK_EQ(cede_queue_task_done(queue), 0);
    CHECK_EQ(cede_join(joiner), 0);
    cede_queue_destroy(queue);
}

TEST_TASK(queue, destroying_it_drops_items_and_wakes_whoever_waits)
{
    const cede_queue_options options = {.item_size = sizeof(int), .drop = note_dropped};
    int item;

    CHECK_EQ(cede_queue_create(&options, &queue), 0);
    put_all((int[]){1, 2}, 2);
    CHECK_EQ(cede_queue_get(queue, &item), 0);
    cede_future *joiner = cede_spawn(join_queue, "j");
    CHECK_EQ(cede_sleep(0), 0);
    cede_queue_destroy(queue);
    CHECK_EQ(cede_join(joiner), CEDE_ESHUTDOWN);
    CHECK_STR(test_notes(), "dropped:2 j:CEDE_ESHUTDOWN");
    cede_queue_destroy(NULL);
}

TEST_TASK(queue, items_of_any_size_are_copied)
{
    struct job {
        char name[40];
        int number;
    } job = {"first", 1};
    const cede_queue_options options = {.item_size = sizeof job, .max_size = 2};

    CHECK_EQ(cede_queue_create(&options, &queue), 0);
    CHECK_EQ(cede_queue_put(queue, &job), 0);
    job = (struct job){"second", 2};
    CHECK_EQ(cede_queue_put(queue, &job), 0);
    memset(&job, 0, sizeof job);
    CHECK_EQ(cede_queue_get(queue, &job), 0);
    CHECK_STR(job.name, "first");
    CHECK_EQ(job.number, 1);
    cede_queue_destroy(queue);
}

TEST_TASK(queue, a_bad_option_is_an_error)
{
    const cede_queue_options no_compare = {.order = CEDE_QUEUE_PRIORITY};
    const cede_queue_options too_much = {.compare = by_tens};
    const cede_queue_options huge = {.item_size = SIZE_MAX / 2};

    CHECK_EQ(cede_queue_create(&no_compare, &queue), -EINVAL);
    CHECK_EQ(cede_queue_create(&too_much, &queue), -EINVAL);
    CHECK_EQ(cede_queue_create(&huge, &queue), -EINVAL);
}

TEST_TASK(queue, a_waiter_says_what_it_waits_for)
{
    static const struct putter p = {"p", 2};

    make_queue(1, CEDE_QUEUE_FIFO);
    cede_future *getter = spawn_getter("g");
    CHECK_HAS(test_format(getter), "waiting for an item of queue 'jobs'");
    put_all((int[]){1, 2}, 2);
    CHECK_EQ(cede_join(getter), 0);
    cede_future *putter = spawn_putter(&p);
    CHECK_HAS(test_format(putter), "waiting for room in queue 'jobs'");
    CHECK_STR(take_all(), "2 2");
    CHECK_EQ(cede_join(putter), 0);
    cede_queue_destroy(queue);
}

TEST_TASK(queue, a_waiter_says_who_put_or_took_last)
{
    static const struct putter p = {"p", 2};

    make_queue(1, CEDE_QUEUE_FIFO);
    CHECK_EQ(cede_task_set_name(NULL, "me"), 0);
    put_all((int[]){1}, 1);
    cede_future *putter = spawn_putter(&p);
    CHECK_HAS(test_format(putter), "waiting for room in queue 'jobs'>");
    CHECK_STR(take_all(), "1 2");
    CHECK_EQ(cede_join(putter), 0);
    cede_future *getter = spawn_getter("g");
    CHECK_HAS(test_format(getter), "an item of queue 'jobs' last put by a task that has ended>");
    put_all((int[]){3, 4}, 2);
    CHECK_EQ(cede_join(getter), 0);
    putter = spawn_putter(&p);
    CHECK_HAS(test_format(putter), "room in queue 'jobs' last taken by a task that has ended>");
    CHECK_STR(take_all(), "4 2");
    CHECK_EQ(cede_join(putter), 0);
    put_all((int[]){5}, 1);
    CHECK_STR(take_all(), "5");
    getter = spawn_getter("g");
    CHECK_HAS(test_format(getter), "an item of queue 'jobs' last put by task 'me'>");
    cede_queue_destroy(queue);
    CHECK_EQ(cede_join(getter), CEDE_ESHUTDOWN);
}

TEST_TASK(queue, who_was_cancelled_while_it_waited_is_not_the_last_to_have_taken)
{
    static const struct putter p = {"p", 2};

    make_queue(1, CEDE_QUEUE_FIFO);
    cede_future *getter = spawn_getter("g");
    CHECK(cede_cancel(getter));
    CHECK_EQ(cede_join(getter), CEDE_EREVOKED);
    put_all((int[]){1}, 1);
    cede_future *putter = spawn_putter(&p);
    CHECK_HAS(test_format(putter), "waiting for room in queue 'jobs'>");
    CHECK_STR(take_all(), "1 2");
    CHECK_EQ(cede_join(putter), 0);
    cede_queue_destroy(queue);
}

static void use_in_callback(void *arg)
{
    int item = 1;

    (void)arg;
    CHECK_EQ(cede_queue_get(queue, &item), CEDE_ENOTASK);
    CHECK_EQ(cede_queue_try_put(queue, &item), 0);
}

TEST_TASK(queue, a_callback_may_put_without_waiting)
{
    int item;

    make_queue(1, CEDE_QUEUE_FIFO);
    CHECK_EQ(cede_call_soon(NULL, use_in_callback, NULL), 0);
    CHECK_EQ(cede_queue_try_get(queue, &item), -EAGAIN);
    CHECK_EQ(cede_sleep(1), 0);
    CHECK_EQ(cede_queue_get(queue, &item), 0);
    cede_queue_destroy(queue);
}

static int get_for_ever(void *arg)
{
    make_queue(1, CEDE_QUEUE_FIFO);
    const int rc = get_one(arg);
    cede_queue_destroy(queue);
    return rc;
}

TEST(queue, a_getter_that_nobody_will_serve_is_reported_with_its_stack)
{
    const cede_run_options options = {.loop = {.clock = CEDE_CLOCK_VIRTUAL}};

    test_capture_reports();
    CHECK_EQ(cede_run_with(&options, get_for_ever, "g"), -EDEADLK);
    CHECK_HAS(test_reports(), "waiting for an item of queue 'jobs'");
#if defined(CEDE__HAVE_LIBDW)
    CHECK_HAS(test_reports(), "    cede_queue_get");
    CHECK_HAS(test_reports(), "    get_for_ever at test_queue.c");
#endif
    CHECK_STR(test_notes(), "g:ECANCELED-1");
}

static int sweep_body(void *arg)
{
    int rc = 0;

    (void)arg;
    for (int i = 0; rc == 0 && i < 100; i++)
        rc = cede_queue_put(queue, &i);
    for (int i = 0, item = -1; rc == 0 && i < 100; i++) {
        rc = cede_queue_get(queue, &item);
        CHECK_EQ(item, i);
    }
    return rc;
}

static int sweep(void)
{
    const cede_queue_options options = {.item_size = sizeof(int)};
    const cede_run_options run = {.loop = {.clock = CEDE_CLOCK_VIRTUAL}};
    int rc;

    CEDE_TRY(cede_queue_create(&options, &queue));
    rc = cede_run_with(&run, sweep_body, NULL);
    cede_queue_destroy(queue);
    return rc;
}

TEST(queue, every_allocation_may_fail)
{
    CHECK_EQ(sweep(), 0); /* stacks that are kept for the next loop are no loss */
    test_sweep_allocations(sweep);
}
