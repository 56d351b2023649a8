/* test_loop.c - the loop without tasks: callbacks soon, later, from other threads; stopping,
 * closing, both clocks. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <pthread.h>

#include <cede/error.h>
#include <cede/loop.h>

#include "harness/harness.h"

static char order[4096];

static void note(void *arg)
{
    snprintf(order + strlen(order), sizeof order - strlen(order), "%s%s", *order ? " " : "",
             (const char *)arg);
}

static void stop(void *arg)
{
    cede_loop_stop(arg);
}

static cede_loop *make_loop(cede_clock clock)
{
    cede_loop *loop = NULL;

    CHECK_EQ(cede_loop_create(&(cede_loop_options){.clock = clock}, &loop), 0);
    return loop;
}

static void soon(cede_call_fn *fn, void *arg)
{
    CHECK_EQ(cede_call_soon(NULL, fn, arg), 0);
}

static void later(cede_time delay, cede_call_fn *fn, void *arg)
{
    CHECK_EQ(cede_call_later(NULL, delay, fn, arg, NULL), 0);
}

static void run(cede_loop *loop)
{
    CHECK_EQ(cede_loop_run_forever(loop), 0);
}

/* Life. */

TEST(loop, a_thread_has_one_loop_at_a_time)
{
    cede_loop *loop = make_loop(CEDE_CLOCK_REAL), *second = NULL;

    CHECK_PTR(cede_loop_current(), loop);
    CHECK_EQ(cede_loop_create(NULL, &second), -EBUSY);
    CHECK_PTR(second, NULL);
    CHECK_EQ(cede_loop_close(loop), 0);
    CHECK_PTR(cede_loop_current(), NULL);
    CHECK_EQ(cede_loop_close(NULL), 0);
    loop = make_loop(CEDE_CLOCK_VIRTUAL);
    CHECK_EQ(cede_loop_close(loop), 0);
}

TEST(loop, refuses_options_that_make_no_sense)
{
    cede_loop *loop = NULL;

    CHECK_EQ(cede_loop_create(&(cede_loop_options){.clock = (cede_clock)7}, &loop), -EINVAL);
    CHECK_EQ(cede_loop_create(&(cede_loop_options){.stack_size = (size_t)1 << 60}, &loop), -EINVAL);
    CHECK_EQ(cede_loop_create(&(cede_loop_options){.engine = "steam"}, &loop), -ENOENT);
    CHECK_EQ(cede_loop_create(&(cede_loop_options){.engine = "epoll"}, &loop), 0);
    CHECK_EQ(cede_loop_close(loop), 0);
}

static void check_running(void *arg)
{
    CHECK(cede_loop_is_running(arg));
    CHECK_EQ(cede_loop_close(arg), -EBUSY);
    CHECK_EQ(cede_loop_run_forever(arg), -EBUSY);
    cede_loop_stop(arg);
}

TEST(loop, a_running_loop_is_neither_closed_nor_run_again)
{
    cede_loop *loop = make_loop(CEDE_CLOCK_REAL);

    CHECK(!cede_loop_is_running(loop));
    soon(check_running, loop);
    run(loop);
    CHECK(!cede_loop_is_running(loop));
    CHECK_EQ(cede_loop_close(loop), 0);
}

TEST(loop, a_closed_loop_does_not_run)
{
    cede_loop *loop = make_loop(CEDE_CLOCK_REAL);

    CHECK_EQ(cede_loop_close(loop), 0);
    CHECK_EQ(cede_loop_run_forever(loop), CEDE_ESHUTDOWN);
    CHECK_EQ(cede_call_soon(loop, note, "x"), -EINVAL);
    CHECK_EQ(cede_call_soon(NULL, note, "x"), -EINVAL);
    CHECK_EQ(cede_call_later(NULL, 0, note, "x", NULL), -EINVAL);
}

/* d27: order. */

static void note_and_add(void *arg)
{
    note(arg);
    soon(note, "added");
}

TEST(loop, d27_call_soon_is_first_in_first_out_and_what_is_added_runs_next_turn)
{
    cede_loop *loop = make_loop(CEDE_CLOCK_VIRTUAL);

    soon(note, "a");
    soon(note_and_add, "b");
    soon(note, "c");
    soon(stop, loop);
    run(loop);
    CHECK_STR(order, "a b c added");
    CHECK_EQ(cede_loop_close(loop), 0);
}

TEST(loop, d27_call_later_is_by_time_then_by_the_order_of_the_calls)
{
    cede_loop *loop = make_loop(CEDE_CLOCK_VIRTUAL);

    later(CEDE_MS(30), note, "30");
    later(CEDE_MS(10), note, "10a");
    later(CEDE_MS(20), note, "20");
    later(CEDE_MS(10), note, "10b");
    CHECK_EQ(cede_call_at(loop, CEDE_MS(10), note, "10c", NULL), 0);
    later(CEDE_MS(-5), note, "past");
    later(0, note, "now");
    soon(note, "soon");
    later(CEDE_MS(30), stop, loop);
    run(loop);
    CHECK_STR(order, "soon past now 10a 10b 10c 20 30");
    CHECK_EQ(cede_now(), CEDE_MS(30));
    CHECK_EQ(cede_loop_close(loop), 0);
}

TEST(loop, a_call_for_never_is_never_made)
{
    cede_loop *loop = make_loop(CEDE_CLOCK_VIRTUAL);

    later(CEDE_NEVER, note, "never");
    later(CEDE_S(1e9), stop, loop);
    run(loop);
    CHECK_STR(order, "");
    CHECK_EQ(cede_now(), CEDE_S(1e9));
    CHECK_EQ(cede_loop_close(loop), 0);
}

/* Taking calls back. */

static cede_handle *handle_a, *handle_b;

static void cancel_both(void *arg)
{
    note(arg);
    cede_call_cancel(handle_a);
    cede_call_cancel(handle_b);
}

TEST(loop, a_call_that_was_taken_back_is_not_made_even_if_its_time_has_come)
{
    cede_loop *loop = make_loop(CEDE_CLOCK_VIRTUAL);

    later(CEDE_MS(10), cancel_both, "cancel");
    CHECK_EQ(cede_call_later(loop, CEDE_MS(10), note, "same instant", &handle_a), 0);
    CHECK_EQ(cede_call_later(loop, CEDE_MS(20), note, "later", &handle_b), 0);
    later(CEDE_MS(30), stop, loop);
    run(loop);
    CHECK_STR(order, "cancel");
    cede_call_cancel(NULL);
    CHECK_EQ(cede_loop_close(loop), 0);
}

/* d28: stopping. */

TEST(loop, d28_what_is_ready_when_stop_is_called_still_runs)
{
    cede_loop *loop = make_loop(CEDE_CLOCK_VIRTUAL);

    soon(note, "a");
    soon(stop, loop);
    soon(note, "b");
    later(CEDE_MS(1), note, "later");
    run(loop);
    CHECK_STR(order, "a b");
    soon(stop, loop);
    run(loop);
    CHECK_STR(order, "a b");
    later(CEDE_MS(2), stop, loop);
    run(loop);
    CHECK_STR(order, "a b later");
    CHECK_EQ(cede_loop_close(loop), 0);
}

TEST(loop, d28_a_loop_stopped_beforehand_runs_one_turn)
{
    cede_loop *loop = make_loop(CEDE_CLOCK_VIRTUAL);

    soon(note, "a");
    cede_loop_stop(loop);
    cede_loop_stop(NULL); /* the same loop; once is enough */
    soon(note_and_add, "b");
    run(loop);
    CHECK_STR(order, "a");
    soon(stop, loop);
    run(loop); /* and the stop is spent: the next run runs */
    CHECK_STR(order, "a b added");
    CHECK_EQ(cede_loop_close(loop), 0);
}

/* Closing. */

TEST(loop, closing_drops_what_was_not_called_and_gives_all_memory_back)
{
    cede_loop *loop;

    test_count_allocations();
    loop = make_loop(CEDE_CLOCK_VIRTUAL);
    soon(note, "a");
    later(CEDE_S(1), note, "b");
    CHECK_EQ(cede_call_threadsafe(loop, note, "c", NULL), 0);
    CHECK_EQ(cede_call_threadsafe(loop, note, "d", note), 0);
    CHECK_EQ(cede_loop_close(loop), 0);
    CHECK_STR(order, "d"); /* by its drop */
    CHECK_EQ(test_live_allocations(), 0);
}

/* Other threads. */

struct sender {
    cede_loop *loop;
    char text[4];
    int n;
};

static void *send_calls(void *arg)
{
    struct sender *sender = arg;

    for (int i = 0; i < sender->n; i++)
        CHECK_EQ(cede_call_threadsafe(sender->loop, note, sender->text, NULL), 0);
    CHECK_EQ(cede_call_threadsafe(sender->loop, stop, sender->loop, NULL), 0);
    return NULL;
}

TEST(loop, d29_calls_from_another_thread_come_in_order_and_wake_a_loop_that_sleeps)
{
    cede_loop *loop = make_loop(CEDE_CLOCK_REAL);
    struct sender sender = {loop, "x", 5};
    pthread_t thread;

    CHECK_EQ(pthread_create(&thread, NULL, send_calls, &sender), 0);
    run(loop);
    CHECK_EQ(pthread_join(thread, NULL), 0);
    CHECK_STR(order, "x x x x x");
    CHECK_EQ(cede_loop_close(loop), 0);
}

TEST(loop, d29_a_virtual_loop_with_nothing_to_do_is_woken_too)
{
    cede_loop *loop = make_loop(CEDE_CLOCK_VIRTUAL);
    struct sender sender = {loop, "x", 1};
    pthread_t thread;

    CHECK_EQ(pthread_create(&thread, NULL, send_calls, &sender), 0);
    run(loop);
    CHECK_EQ(pthread_join(thread, NULL), 0);
    CHECK_STR(order, "x");
    CHECK_EQ(cede_now(), 0);
    CHECK_EQ(cede_loop_close(loop), 0);
}

static unsigned n_counted;

static void count(void *arg)
{
    (void)arg;
    n_counted++;
}

static void *send_many(void *arg)
{
    for (int i = 0; i < 20000; i++)
        CHECK_EQ(cede_call_threadsafe(arg, count, NULL, NULL), 0);
    return NULL;
}

TEST(loop, d29_a_flood_from_several_threads_loses_nothing)
{
    enum { N = 4 };
    cede_loop *loop = make_loop(CEDE_CLOCK_REAL);
    pthread_t threads[N];

    for (int i = 0; i < N; i++)
        CHECK_EQ(pthread_create(&threads[i], NULL, send_many, loop), 0);
    while (n_counted < N * 20000) {
        later(CEDE_MS(1), stop, loop);
        run(loop);
    }
    for (int i = 0; i < N; i++)
        CHECK_EQ(pthread_join(threads[i], NULL), 0);
    CHECK_EQ(n_counted, N * 20000);
    CHECK_EQ(cede_loop_close(loop), 0);
}

static void *misuse(void *arg)
{
    CHECK_EQ(cede_call_soon(arg, note, "x"), -EINVAL);
    CHECK_EQ(cede_call_later(arg, 0, note, "x", NULL), -EINVAL);
    CHECK_EQ(cede_loop_run_forever(arg), -EBUSY);
    CHECK_EQ(cede_loop_close(arg), -EBUSY);
    return NULL;
}

TEST(loop, d29_another_threads_loop_is_refused)
{
    cede_loop *loop = make_loop(CEDE_CLOCK_REAL);
    pthread_t thread;

    CHECK_EQ(pthread_create(&thread, NULL, misuse, loop), 0);
    CHECK_EQ(pthread_join(thread, NULL), 0);
    CHECK_EQ(cede_loop_close(loop), 0);
    CHECK_STR(order, "");
}

/* Clocks. */

TEST(loop, a_virtual_hour_costs_nothing_and_is_exact)
{
    cede_loop *loop = make_loop(CEDE_CLOCK_VIRTUAL);

    CHECK_EQ(cede_now(), 0);
    CHECK_EQ(cede_after(CEDE_S(2)), CEDE_S(2));
    CHECK_EQ(cede_after(CEDE_NEVER), CEDE_NEVER);
    later(CEDE_S(3600), stop, loop);
    run(loop);
    CHECK_EQ(cede_now(), CEDE_S(3600));
    CHECK_EQ(cede_loop_close(loop), 0);
}

TEST(loop, a_real_clock_waits_no_less_than_it_was_asked_to)
{
    cede_loop *loop = make_loop(CEDE_CLOCK_REAL);
    const cede_time start = cede_now();

    later(CEDE_MS(20), stop, loop);
    run(loop);
    CHECK(cede_now() >= start + CEDE_MS(20));
    CHECK_EQ(cede_loop_close(loop), 0);
}

static cede_time busy_until;

static void hold_the_thread(void *arg)
{
    (void)arg;
    while (cede_now() < busy_until)
        ;
}

TEST(loop, timers_that_became_due_while_the_thread_was_busy_fire_in_order)
{
    cede_loop *loop = make_loop(CEDE_CLOCK_REAL);

    busy_until = cede_now() + CEDE_MS(10);
    soon(hold_the_thread, NULL);
    later(CEDE_MS(3), note, "3");
    later(CEDE_MS(2), note, "2");
    later(CEDE_MS(1), note, "1");
    later(CEDE_MS(4), stop, loop);
    run(loop);
    CHECK_STR(order, "1 2 3");
    CHECK_EQ(cede_loop_close(loop), 0);
}

/* Running out of memory. */

static int call_everything(void)
{
    cede_loop *loop = NULL;
    cede_handle *handle = NULL;
    int rc = cede_loop_create(&(cede_loop_options){.clock = CEDE_CLOCK_VIRTUAL}, &loop);

    if (rc == 0)
        rc = cede_call_soon(loop, count, NULL);
    if (rc == 0)
        rc = cede_call_later(loop, CEDE_S(1), count, NULL, &handle);
    if (rc == 0)
        rc = cede_call_threadsafe(loop, count, NULL, NULL);
    if (rc == 0)
        rc = cede_loop_on_signal(loop, 10, count, NULL);
    for (int i = 0; rc == 0 && i < 200; i++)
        rc = cede_call_later(loop, CEDE_MS(i), count, NULL, NULL);
    if (loop) {
        cede_loop_stop(loop);
        CHECK_EQ(cede_loop_run_forever(loop), 0);
    }
    CHECK_EQ(cede_loop_close(loop), 0);
    return rc;
}

TEST(loop, survives_every_failing_allocation)
{
    test_sweep_allocations(call_everything);
}
