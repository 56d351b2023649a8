/* test_share.c - futures between threads: await, cancel, callbacks and completion from other
 * threads, plain ones and loops. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <pthread.h>

#include "harness/harness_task.h"

static int nothing(void *arg)
{
    (void)arg;
    return 0;
}

/* Count allocations from here on. Stacks come from slabs, which are kept: one is made before. */
static void count_allocations(void)
{
    CHECK_EQ(cede_run(nothing, NULL), 0);
    test_count_allocations();
}

static pthread_t start_thread(void *(*fn)(void *), void *arg)
{
    pthread_t thread;

    CHECK_EQ(pthread_create(&thread, NULL, fn, arg), 0);
    return thread;
}

static void join_thread(pthread_t thread)
{
    CHECK_EQ(pthread_join(thread, NULL), 0);
}

/* A plain thread that awaits; what it got. */
struct awaiting {
    cede_future *future;
    int rc;
    char message[64];
};

static void *await_in_thread(void *arg)
{
    struct awaiting *it = arg;

    it->rc = cede_await(it->future);
    snprintf(it->message, sizeof it->message, "%s", cede_error_message(cede_error_last()));
    return NULL;
}

/* Not shared. */

static void *touch_from_outside(void *arg)
{
    cede_future *future = arg;

    CHECK_EQ(cede_await(future), CEDE_EFOREIGN);
    CHECK_EQ(cede_gather(&future, 1, NULL), CEDE_EFOREIGN);
    CHECK_EQ(cede_wait(&future, 1, NULL, NULL), CEDE_EFOREIGN);
    CHECK_EQ(cede_future_on_done(future, NULL, NULL), CEDE_EFOREIGN);
    CHECK_EQ(cede_future_set(future, NULL), CEDE_EFOREIGN);
    CHECK(!cede_cancel(future));
    return NULL;
}

TEST_TASK_REAL(share, d7_a_future_of_another_loop_is_foreign_until_shared)
{
    cede_future *promise = cede_future_create();

    join_thread(start_thread(touch_from_outside, promise));
    CHECK(!cede_future_is_done(promise));
    cede_future_unref(promise);
}

/* Threads wait for a loop. */

static int sleep_and_return(void *arg)
{
    CEDE_TRY(cede_sleep(CEDE_MS(10)));
    return *(int *)arg < 0 ? cede_raise(*(int *)arg, "a task failed") : *(int *)arg;
}

TEST_TASK_REAL(share, a_plain_thread_awaits_a_task_and_gets_its_status_and_record)
{
    int good = 6, bad = -EIO;
    struct awaiting a = {.future = cede_future_share(cede_spawn(sleep_and_return, &good))};
    struct awaiting b = {.future = cede_future_share(cede_spawn(sleep_and_return, &bad))};
    pthread_t ta = start_thread(await_in_thread, &a), tb = start_thread(await_in_thread, &b);

    CHECK_EQ(cede_join(a.future), 6);
    CHECK_EQ(cede_await(b.future), -EIO);
    join_thread(ta);
    join_thread(tb);
    CHECK_EQ(a.rc, 6);
    CHECK_EQ(b.rc, -EIO);
    CHECK_STR(b.message, "a task failed");
    cede_future_unref(b.future);
}

static void *await_briefly(void *arg)
{
    struct awaiting *it = arg;

    CEDE_TIMEOUT(CEDE_MS(10), it->rc) {
        it->rc = cede_shield(it->future);
    }
    return NULL;
}

TEST_TASK_REAL(share, a_plain_thread_stops_waiting_at_its_deadline)
{
    struct awaiting a = {.future = cede_future_share(cede_future_create())};

    join_thread(start_thread(await_briefly, &a));
    CHECK_EQ(a.rc, -ETIMEDOUT);
    CHECK(!cede_future_is_done(a.future));
    cede_future_unref(a.future);
}

static void *await_cancelling(void *arg)
{
    struct awaiting *it = arg;

    CEDE_TIMEOUT(CEDE_MS(10), it->rc) {
        it->rc = cede_await(it->future);
    }
    return NULL;
}

TEST_TASK_REAL(share, a_plain_thread_that_runs_out_of_time_cancels_the_task_it_awaits)
{
    struct awaiting a = {.future = cede_future_share(cede_spawn(test_sleep_for_ever, NULL))};
    pthread_t thread = start_thread(await_cancelling, &a);

    CHECK_EQ(cede_await(a.future), CEDE_EREVOKED);
    join_thread(thread);
    CHECK_EQ(a.rc, -ETIMEDOUT);
    cede_future_unref(a.future);
}

static void *cancel_in_thread(void *arg)
{
    CHECK(cede_cancel(arg));
    return NULL;
}

TEST_TASK_REAL(share, d19_another_thread_cancels_a_task)
{
    cede_future *task = cede_future_share(cede_spawn(test_sleep_for_ever, NULL));
    pthread_t thread = start_thread(cancel_in_thread, task);

    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
    join_thread(thread);
}

/* A loop waits for threads. */

static void *keep_in_thread(void *arg)
{
    CHECK_EQ(cede_sleep(CEDE_MS(10)), 0);
    CHECK_EQ(cede_future_set(arg, arg), 0);
    return NULL;
}

static void *break_in_thread(void *arg)
{
    CHECK_EQ(cede_sleep(CEDE_MS(10)), 0);
    CHECK_EQ(cede_future_fail(arg, cede_raise(-EPIPE, "another thread failed")), 0);
    return NULL;
}

TEST_TASK_REAL(share, a_task_awaits_what_another_thread_keeps_or_breaks)
{
    cede_future *kept = cede_future_share(cede_future_create());
    cede_future *broken = cede_future_share(cede_future_create());
    pthread_t a = start_thread(keep_in_thread, kept), b = start_thread(break_in_thread, broken);
    void *value = NULL;

    CHECK_EQ(cede_await(kept), 0);
    CHECK_EQ(cede_future_value(kept, &value), 0);
    CHECK_PTR(value, kept);
    CHECK_EQ(cede_await(broken), -EPIPE);
    CHECK_STR(cede_error_message(cede_error_last()), "another thread failed");
    join_thread(a);
    join_thread(b);
    cede_future_unref(kept);
    cede_future_unref(broken);
}

static int await_it(void *arg)
{
    return cede_await(arg);
}

/* The task ends in the turn before that of who awaits it, and is done, but not yet put away. */
TEST_TASK_REAL(share, a_task_and_who_awaits_it_are_cancelled_at_once)
{
    cede_future *task = cede_future_share(test_spawn(test_sleep_for_ever, NULL));
    cede_future *other = test_spawn(await_it, task);

    CHECK(cede_cancel(task));
    CHECK(cede_cancel(other));
    CHECK_EQ(cede_join(other), CEDE_EREVOKED);
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
}

static void note_done(cede_future *future, void *arg)
{
    CHECK(cede_future_is_done(future));
    CHECK(cede_loop_current() == arg);
    test_note("called");
}

TEST_TASK_REAL(share, who_watched_before_the_future_was_shared_is_told_on_its_own_thread)
{
    cede_future *promise = cede_future_create();
    cede_future *task = cede_spawn(await_it, promise);
    pthread_t thread;

    CHECK_EQ(cede_future_on_done(promise, note_done, cede_loop_current()), 0);
    CHECK_EQ(cede_sleep(0), 0);
    thread = start_thread(keep_in_thread, cede_future_share(promise));
    CHECK_EQ(cede_join(task), 0);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_STR(test_notes(), "called");
    join_thread(thread);
    cede_future_unref(promise);
}

TEST_TASK_REAL(share, gather_wait_and_as_completed_take_futures_of_any_thread)
{
    int six = 6;
    cede_future *futures[3], *future = NULL;
    cede_completion *completion = NULL;
    pthread_t threads[2];
    size_t n_done = 0;

    futures[0] = cede_spawn(sleep_and_return, &six);
    futures[1] = cede_future_share(cede_future_create());
    futures[2] = cede_future_share(cede_future_create());
    threads[0] = start_thread(keep_in_thread, futures[1]);
    threads[1] = start_thread(keep_in_thread, futures[2]);
    CHECK_EQ(cede_as_completed(futures, 3, CEDE_NEVER, &completion), 0);
    CHECK_EQ(cede_completion_next(completion, &future), 1);
    cede_completion_destroy(completion); /* while others may be about to tell it */
    CHECK_EQ(cede_gather(futures, 3, NULL), 0);
    CHECK_EQ(cede_wait(futures, 3, NULL, &n_done), 0);
    CHECK_EQ(n_done, 3);
    for (int i = 0; i < 2; i++)
        join_thread(threads[i]);
    for (int i = 0; i < 3; i++)
        cede_future_unref(futures[i]);
}

/* Two loops. */

struct other_loop {
    cede_future *ours;   /* of the main loop, shared */
    cede_future *theirs; /* of the other loop, shared; written before `ready` is kept */
    cede_future *ready;
    int rc;
};

static int other_main(void *arg)
{
    struct other_loop *it = arg;

    it->theirs = cede_future_share(cede_spawn(test_sleep_for_ever, NULL));
    CHECK_EQ(cede_future_set(it->ready, NULL), 0);
    it->rc = cede_await(it->ours);
    CHECK_EQ(cede_await(it->theirs), CEDE_EREVOKED);
    cede_future_unref(it->theirs);
    return 0;
}

static void *run_other_loop(void *arg)
{
    CHECK_EQ(cede_run(other_main, arg), 0);
    return NULL;
}

TEST_TASK_REAL(share, tasks_of_two_loops_await_and_cancel_each_other)
{
    int six = 6;
    struct other_loop it = {.ours = cede_future_share(cede_spawn(sleep_and_return, &six)),
                            .ready = cede_future_share(cede_future_create())};
    pthread_t thread = start_thread(run_other_loop, &it);

    CHECK_EQ(cede_join(it.ready), 0);
    CHECK(cede_cancel(it.theirs));
    CHECK_EQ(cede_join(it.ours), 6);
    join_thread(thread);
    CHECK_EQ(it.rc, 6);
}

static int spawn_and_leave(void *arg)
{
    cede_future **out = arg;

    *out = cede_future_share(cede_future_create());
    return 0;
}

static void *run_and_leave(void *arg)
{
    CHECK_EQ(cede_run(spawn_and_leave, arg), 0);
    return NULL;
}

TEST_TASK_REAL(share, a_future_whose_loop_was_closed_does_not_keep_others_waiting)
{
    cede_future *promise = NULL;

    join_thread(start_thread(run_and_leave, &promise));
    CHECK(!cede_cancel(promise));
    CHECK_EQ(cede_await(promise), CEDE_ESHUTDOWN);
    cede_future_unref(promise);
}

/* Loops that close first. */

static int add_callback_and_leave(void *arg)
{
    return cede_future_on_done(arg, note_done, cede_loop_current());
}

TEST(share, a_callback_of_a_loop_that_closed_is_not_called)
{
    cede_future *promise;

    count_allocations();
    promise = cede_future_create(); /* of no loop */
    CHECK_EQ(cede_run(add_callback_and_leave, promise), 0);
    CHECK_EQ(test_live_allocations(), 1); /* the callback went with its loop */
    CHECK_EQ(cede_future_set(promise, NULL), 0);
    CHECK_STR(test_notes(), "");
    cede_future_unref(promise);
}

static void note_here(cede_future *future, void *arg)
{
    CHECK_EQ(cede_await(future), 0);
    test_note("%s", pthread_equal(pthread_self(), *(pthread_t *)arg) ? "keeper" : "other");
}

TEST(share, a_callback_added_outside_of_loops_is_called_by_who_completes)
{
    cede_future *promise = cede_future_create();
    pthread_t self = pthread_self();

    CHECK_EQ(cede_future_on_done(promise, note_here, &self), 0);
    join_thread(start_thread(keep_in_thread, promise));
    CHECK_EQ(cede_future_on_done(promise, note_here, &self), 0); /* done: at once */
    CHECK_STR(test_notes(), "other keeper");
    cede_future_unref(promise);
}

/* Races, many times over; for ThreadSanitizer above all. */

enum { ROUNDS = 300 };

static int race_callbacks(void *arg)
{
    CHECK_EQ(cede_future_on_done(arg, note_done, cede_loop_current()), 0);
    return cede_sleep(0);
}

static void *race_keep(void *arg)
{
    (void)cede_future_set(arg, NULL);
    return NULL;
}

TEST(share, a_loop_that_closes_while_a_callback_is_under_way)
{
    count_allocations();
    for (int i = 0; i < ROUNDS; i++) {
        cede_future *promise = cede_future_create();
        pthread_t thread = start_thread(race_keep, promise);

        CHECK_EQ(cede_run(race_callbacks, promise), 0);
        join_thread(thread);
        cede_future_unref(promise);
    }
    CHECK_EQ(test_live_allocations(), 0);
}

static void *race_fail(void *arg)
{
    (void)cede_future_fail(arg, cede_raise(-EIO, "lost the race, or won it"));
    return NULL;
}

TEST(share, of_two_who_complete_a_promise_one_wins_whole)
{
    for (int i = 0; i < ROUNDS; i++) {
        cede_future *promise = cede_future_create();
        pthread_t a = start_thread(race_keep, promise), b = start_thread(race_fail, promise);
        const int rc = cede_await(promise);

        CHECK(rc == 0 || rc == -EIO);
        if (rc == -EIO)
            CHECK_STR(cede_error_message(cede_future_error(promise)), "lost the race, or won it");
        join_thread(a);
        join_thread(b);
        CHECK_EQ(cede_await(promise), rc);
        cede_future_unref(promise);
    }
}

static int await_with_deadline(void *arg)
{
    int rc = 0;

    CEDE_TIMEOUT(CEDE_US(50), rc) {
        rc = cede_await(arg);
    }
    CHECK(rc == 0 || rc == -ETIMEDOUT || rc == CEDE_EREVOKED);
    return 0;
}

TEST(share, an_await_that_runs_out_of_time_while_another_thread_completes)
{
    for (int i = 0; i < ROUNDS; i++) {
        cede_future *promise = cede_future_create();
        pthread_t thread = start_thread(race_keep, promise);

        CHECK_EQ(cede_run(await_with_deadline, promise), 0);
        join_thread(thread);
        cede_future_unref(promise);
    }
}

static void *gather_in_thread(void *arg)
{
    cede_future **futures = arg;
    size_t n_done = 0;

    CHECK_EQ(cede_wait(futures, 3, &(cede_wait_options){CEDE_FIRST_COMPLETED, 0}, &n_done), 0);
    CHECK(n_done >= 1 && n_done <= 3);
    CHECK_EQ(cede_gather(futures, 3, &(cede_gather_options){.return_early = true}), 0);
    CHECK_EQ(cede_gather(futures, 3, NULL), 0);
    return NULL;
}

TEST(share, plain_threads_gather_while_others_complete)
{
    for (int i = 0; i < ROUNDS; i++) {
        cede_future *futures[3] = {cede_future_create(), cede_future_create(),
                                   cede_future_create()};
        pthread_t threads[5];

        for (int j = 0; j < 3; j++)
            threads[j] = start_thread(race_keep, futures[j]);
        for (int j = 3; j < 5; j++)
            threads[j] = start_thread(gather_in_thread, futures);
        for (int j = 0; j < 5; j++)
            join_thread(threads[j]);
        for (int j = 0; j < 3; j++)
            cede_future_unref(futures[j]);
    }
}

static int brief_task(void *arg)
{
    (void)arg;
    return cede_sleep(CEDE_US(20));
}

static void *cancel_and_await(void *arg)
{
    (void)cede_cancel(arg);
    CHECK(cede_await(arg) != 1);
    cede_future_unref(arg);
    return NULL;
}

static int cancelled_by_others(void *arg)
{
    (void)arg;
    for (int i = 0; i < ROUNDS; i++) {
        cede_future *task = cede_future_share(cede_spawn(brief_task, NULL));
        pthread_t thread = start_thread(cancel_and_await, cede_future_ref(task));
        const int rc = cede_join(task);

        CHECK(rc == 0 || rc == CEDE_EREVOKED);
        join_thread(thread);
    }
    return 0;
}

TEST(share, tasks_end_while_other_threads_cancel_await_and_forget_them)
{
    count_allocations();
    CHECK_EQ(cede_run(cancelled_by_others, NULL), 0);
    CHECK_EQ(test_live_allocations(), 0);
}
