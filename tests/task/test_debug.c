/* test_debug.c - debug mode and stalls: slow steps while they last, what is used from the wrong
 * thread, what is pending at the end. Row d32. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include <cede/event.h>
#include <cede/lock.h>
#include <cede/queue.h>
#include <cede/semaphore.h>

#include "harness/harness_task.h"

#if defined(__SANITIZE_THREAD__)
#define SIGNALS_COME_LATE 1 /* ThreadSanitizer delivers them when it likes: no stack can be had */
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SIGNALS_COME_LATE 1
#endif
#endif

static const cede_run_options debug = {.loop = {.debug = true, .slow_step = CEDE_MS(20)}};

static int64_t monotonic(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * (int64_t)1000000000 + now.tv_nsec;
}

/* Runs on until the report says so: the step is told of while it lasts. */
static __attribute__((noinline)) void be_slow_until_reported(const char *word)
{
    const int64_t end = monotonic() + CEDE_S(20);
    volatile unsigned n = 0;

    /* Mostly here, and seldom in functions of others, which may not all be unwound. */
    while (!strstr(test_reports(), word) && monotonic() < end) {
        for (n = 0; n < 1000000; n++)
            ;
    }
}

static int be_slow(void *arg)
{
    be_slow_until_reported(arg);
    CHECK_HAS(test_reports(), arg);
    return 0;
}

static int be_slow_and_give_way(void *arg)
{
    CHECK_EQ(be_slow(arg), 0);
    while (!strstr(test_reports(), "it is over, after "))
        CHECK_EQ(cede_sleep(CEDE_MS(1)), 0);
    return 0;
}

TEST(debug, d32_a_slow_step_is_reported_while_it_lasts)
{
    test_capture_reports();
    CHECK_EQ(cede_run_with(&debug, be_slow, "cede: slow step: "), 0);
#if !defined(SIGNALS_COME_LATE)
    CHECK_HAS(test_reports(), "cede: slow step: task 'be_slow' at test_debug.c:");
    CHECK_HAS(test_reports(), " has been running for ");
#if defined(CEDE__HAVE_LIBDW)
    CHECK_HAS(test_reports(), "be_slow_until_reported at test_debug.c:");
    CHECK_HAS(test_reports(), "be_slow at test_debug.c:");
#endif
#endif
}

TEST(debug, d32_how_long_a_slow_step_took_is_reported_after_it)
{
    test_capture_reports();
    CHECK_EQ(cede_run_with(&debug, be_slow_and_give_way, "cede: slow step: "), 0);
    CHECK_HAS(test_reports(), "cede: slow step: it is over, after ");
}

enum { N_SLEEPS = 8 };

static int sleep_a_little(void *arg)
{
    (void)arg;
    for (int i = 0; i < N_SLEEPS; i++)
        CHECK_EQ(cede_sleep(CEDE_MS(40)), 0);
    return 0;
}

/* Other programs may hold up a step of it for as long: one, but not each. */
TEST(debug, d32_who_sleeps_is_not_slow)
{
    int n_slow = 0;

    test_capture_reports();
    CHECK_EQ(cede_run_with(&debug, sleep_a_little, NULL), 0);
    for (const char *at = test_reports(); (at = strstr(at, "has been running for")); at++)
        n_slow++;
    CHECK(n_slow < N_SLEEPS / 2);
}

static void be_slow_as_callback(void *arg)
{
    be_slow_until_reported(arg);
}

static int call_what_is_slow(void *arg)
{
    CHECK_EQ(cede_call_soon(NULL, be_slow_as_callback, arg), 0);
    return cede_sleep(CEDE_MS(1));
}

TEST(debug, d32_a_slow_callback_is_reported)
{
    test_capture_reports();
    CHECK_EQ(cede_run_with(&debug, call_what_is_slow, "cede: slow step: "), 0);
#if !defined(SIGNALS_COME_LATE)
    CHECK_HAS(test_reports(), "cede: slow step: a callback has been running for ");
#endif
}

static int note_debug(void *arg)
{
    (void)arg;
    return cede_loop_is_debug(cede_loop_current());
}

TEST(debug, d32_the_environment_turns_it_on)
{
    CHECK_EQ(cede_run(note_debug, NULL), 0);
    CHECK_EQ(setenv("CEDE_DEBUG", "1", 1), 0);
    CHECK_EQ(cede_run(note_debug, NULL), 1);
    CHECK_EQ(setenv("CEDE_DEBUG", "0", 1), 0);
    CHECK_EQ(cede_run(note_debug, NULL), 0);
}

/* Stalls. */

static int keep_others_waiting(void *arg)
{
    cede_future *other = cede_spawn(sleep_a_little, NULL);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(be_slow(arg), 0);
    return cede_join(other);
}

TEST(debug, a_task_that_keeps_others_waiting_for_long_is_a_stall_without_debug_mode)
{
    const cede_run_options soon = {.loop = {.stall_after = CEDE_MS(50)}};

    test_capture_reports();
    CHECK_EQ(cede_run_with(&soon, keep_others_waiting, "cede: stall: "), 0);
#if !defined(SIGNALS_COME_LATE)
    CHECK_HAS(test_reports(), "cede: stall: task 'keep_others_waiting' at test_debug.c:");
    CHECK_HAS(test_reports(), " while others of its loop wait\n");
#if defined(CEDE__HAVE_LIBDW)
    CHECK_HAS(test_reports(), "keep_others_waiting at test_debug.c:");
#endif
#endif
}

static void burn(cede_time span)
{
    const int64_t end = monotonic() + span;

    while (monotonic() < end)
        ;
}

static int be_slow_alone(void *arg)
{
    (void)arg;
    burn(CEDE_MS(400));
    return 0;
}

TEST(debug, a_task_that_nobody_waits_for_is_no_stall)
{
    const cede_run_options soon = {.loop = {.stall_after = CEDE_MS(100)}};

    test_capture_reports();
    CHECK_EQ(cede_run_with(&soon, be_slow_alone, NULL), 0);
    CHECK_STR(test_reports(), "");
}

static bool is_over;

static int take_turns(void *arg)
{
    while (!is_over) {
        burn(CEDE_MS(2));
        CHECK_EQ(cede_sleep(0), 0);
    }
    (void)arg;
    return 0;
}

static int crowd_the_loop(void *arg)
{
    cede_future *tasks[100];

    (void)arg;
    for (int i = 0; i < 100; i++)
        tasks[i] = cede_spawn(take_turns, NULL);
    for (int i = 0; i < 50 && !strstr(test_reports(), "for its turn"); i++)
        CHECK_EQ(cede_sleep(0), 0);
    is_over = true;
    for (int i = 0; i < 100; i++)
        CHECK_EQ(cede_join(tasks[i]), 0);
    return 0;
}

TEST(debug, a_task_that_is_ready_for_long_is_a_stall_though_no_step_is_slow)
{
    const cede_run_options soon = {.loop = {.stall_after = CEDE_MS(100)}};

    test_capture_reports();
    CHECK_EQ(cede_run_with(&soon, crowd_the_loop, NULL), 0);
    CHECK_HAS(test_reports(), "cede: stall: what was ready has waited ");
    CHECK_HAS(test_reports(), " for its turn; ");
}

/* The wrong thread. */

static struct {
    cede_loop *loop;
    cede_future *future;
    cede_handle *handle;
    cede_lock lock;
    cede_semaphore slots;
    cede_event event, set_event;
    cede_queue *queue;
    int rc[12];
} shared;

static void nothing(void *arg)
{
    (void)arg;
}

/* Without a loop of its own. */
static void *use_from_another_thread(void *arg)
{
    void *item = NULL;

    (void)arg;
    shared.rc[0] = cede_call_soon(shared.loop, nothing, NULL);
    shared.rc[1] = cede_future_set(shared.future, NULL);
    shared.rc[2] = cede_event_set(&shared.event);
    shared.rc[3] = cede_semaphore_try_acquire(&shared.slots);
    shared.rc[4] = cede_queue_try_put(shared.queue, &item);
    shared.rc[5] = cede_loop_close(shared.loop);
    cede_loop_stop(shared.loop);
    shared.rc[6] = cede_error_code(cede_error_last());
    cede_call_cancel(shared.handle);
    shared.rc[7] = cede_error_code(cede_error_last());
    shared.rc[8] = cede_event_wait(&shared.set_event);
    cede_event_clear(&shared.set_event);
    shared.rc[9] = cede_error_code(cede_error_last());
    shared.rc[10] = cede_loop_on_signal(shared.loop, SIGUSR1, nothing, NULL);
    cede_error_clear();
    cede_loop_ignore_signal(shared.loop, SIGUSR2);
    shared.rc[11] = cede_error_code(cede_error_last());
    return NULL;
}

static int acquire_elsewhere(void *arg)
{
    int *rc = arg;

    *rc = cede_lock_acquire(&shared.lock);
    return 0;
}

/* With one: a task of another loop. */
static void *run_another_loop(void *arg)
{
    CHECK_EQ(cede_run_with(&debug, acquire_elsewhere, arg), 0);
    return NULL;
}

static void in_a_thread(void *(*fn)(void *), void *arg)
{
    pthread_t thread;

    CHECK_EQ(pthread_create(&thread, NULL, fn, arg), 0);
    CHECK_EQ(pthread_join(thread, NULL), 0);
}

/* Each of them, as its own loop uses it. */
static void use_them_here(void)
{
    void *item = NULL;

    CHECK_EQ(cede_lock_acquire(&shared.lock), 0);
    CHECK_EQ(cede_lock_release(&shared.lock), 0);
    CHECK_EQ(cede_semaphore_acquire(&shared.slots), 0);
    CHECK_EQ(cede_semaphore_release(&shared.slots), 0);
    CHECK_EQ(cede_event_set(&shared.event), 0);
    cede_event_clear(&shared.event);
    CHECK_EQ(cede_event_wait(&shared.set_event), 0);
    CHECK_EQ(cede_queue_put(shared.queue, &item), 0);
    CHECK_EQ(cede_queue_get(shared.queue, &item), 0);
}

static int be_used_from_another_thread(void *arg)
{
    static const int expected[] = {-EINVAL,       CEDE_EFOREIGN, CEDE_EFOREIGN, CEDE_EFOREIGN,
                                   CEDE_EFOREIGN, -EBUSY,        CEDE_EFOREIGN, CEDE_EFOREIGN,
                                   CEDE_EFOREIGN, CEDE_EFOREIGN, CEDE_EFOREIGN, CEDE_EFOREIGN};
    int rc = 0;

    (void)arg;
    shared.loop = cede_loop_current();
    shared.future = cede_future_create();
    cede_lock_init(&shared.lock, &(cede_sync_options){.name = "accounts"});
    CHECK_EQ(cede_semaphore_init(&shared.slots, &(cede_semaphore_options){.n_slots = 2}), 0);
    cede_event_init(&shared.event, NULL);
    cede_event_init(&shared.set_event, NULL);
    CHECK_EQ(cede_event_set(&shared.set_event), 0);
    CHECK_EQ(cede_loop_on_signal(NULL, SIGUSR2, nothing, NULL), 0);
    CHECK_EQ(cede_queue_create(NULL, &shared.queue), 0);
    CHECK_EQ(cede_call_later(NULL, CEDE_S(60), nothing, NULL, &shared.handle), 0);
    use_them_here();

    in_a_thread(use_from_another_thread, NULL);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        CHECK_EQ(shared.rc[i], expected[i]);
    in_a_thread(run_another_loop, &rc);
    CHECK_EQ(rc, CEDE_EFOREIGN);

    use_them_here(); /* nothing of them was touched */
    CHECK_EQ(cede_loop_on_signal(NULL, SIGUSR2, nothing, NULL), -EBUSY);
    cede_loop_ignore_signal(NULL, SIGUSR2);
    cede_call_cancel(shared.handle);
    cede_future_unref(shared.future);
    cede_queue_destroy(shared.queue);
    return 0;
}

TEST(debug, d32_use_from_the_wrong_thread_is_refused_and_reported)
{
    test_capture_reports();
    CHECK_EQ(
        cede_run_with(&(cede_run_options){.loop.debug = true}, be_used_from_another_thread, NULL),
        0);
    CHECK_HAS(test_reports(), "cede: wrong thread: the loop is another thread's");
    CHECK_HAS(test_reports(), "cede: wrong thread: the future belongs to another loop");
    CHECK_HAS(test_reports(), "cede: wrong thread: 'accounts' is in use by another loop");
    CHECK_HAS(test_reports(), "cede: wrong thread: a loop is stopped by another thread");
    CHECK_HAS(test_reports(), "cede: wrong thread: signals of a loop are chosen by another thread");
#if defined(CEDE__HAVE_LIBDW) && !defined(SIGNALS_COME_LATE)
    CHECK_HAS(test_reports(), "use_from_another_thread at test_debug.c:");
    CHECK_HAS(test_reports(), "acquire_elsewhere at test_debug.c:");
#endif
}

/* What is left. */

static int sleep_for_ever(void *arg)
{
    (void)arg;
    return cede_sleep(CEDE_NEVER);
}

static int fail(void *arg)
{
    (void)arg;
    return cede_raise(-EIO, "the disk is on fire");
}

TEST(debug, d32_a_task_that_is_pending_when_its_loop_is_closed_is_reported_with_its_place)
{
    const cede_loop_options options = {.debug = true};
    cede_future *task, *main;
    cede_loop *loop;

    test_capture_reports();
    CHECK_EQ(cede_loop_create(&options, &loop), 0);
    task = cede_spawn(sleep_for_ever, NULL);
    main = cede_spawn(sleep_a_little, NULL);
    CHECK_EQ(cede_loop_run_until_complete(loop, main), 0);
    CHECK_EQ(cede_loop_close(loop), 0);
    cede_future_unref(task);
    cede_future_unref(main);
    CHECK_HAS(test_reports(), "cede: a task is pending when its loop is closed: "
                              "<Task pending name='sleep_for_ever' at test_debug.c:");
}

static int leave_one_pending(void *arg)
{
    return cede_start(sleep_for_ever, arg);
}

TEST(debug, d32_what_a_run_leaves_is_ended_without_a_word)
{
    const cede_run_options patient = {.loop = {.debug = true, .slow_step = CEDE_S(1000)}};

    test_capture_reports();
    CHECK_EQ(cede_run_with(&patient, leave_one_pending, NULL), 0);
    CHECK_STR(test_reports(), "");
}

static int forget_one_that_fails(void *arg)
{
    cede_future *task = cede_spawn(fail, arg);

    CHECK_EQ(cede_sleep(0), 0);
    cede_future_unref(task);
    return 0;
}

TEST(debug, d32_a_failure_that_nobody_looked_at_is_reported_with_the_place_of_its_task)
{
    test_capture_reports();
    CHECK_EQ(cede_run_with(&debug, forget_one_that_fails, NULL), 0);
    CHECK_HAS(test_reports(), "Task exception was never retrieved\n");
    CHECK_HAS(test_reports(), "<Task finished name='fail' at test_debug.c:");
    CHECK_HAS(test_reports(), "the disk is on fire");
}
