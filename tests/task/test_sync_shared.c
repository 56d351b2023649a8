/* test_sync_shared.c - locks, events, queues and their kin between threads, and between loops.
 *
 * For ThreadSanitizer as much as for the checks: what one side wrote before it handed over, the
 * other reads.
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include <cede/barrier.h>
#include <cede/condition.h>
#include <cede/event.h>
#include <cede/once.h>
#include <cede/queue.h>
#include <cede/rwlock.h>
#include <cede/semaphore.h>

#include "harness/harness_task.h"

enum { N_THREADS = 2, N_TASKS = 4, N_ROUNDS = 300 };

static cede_queue *queue;
static cede_lock lock = CEDE_LOCK_INIT_SHARED("lock");
static cede_condition changed = CEDE_CONDITION_INIT_SHARED("changed");
static cede_event event = CEDE_EVENT_INIT_SHARED("event");
static cede_semaphore slots = CEDE_SEMAPHORE_INIT_SHARED("slots", 2);
static cede_barrier barrier = CEDE_BARRIER_INIT_SHARED("barrier", N_THREADS *(1 + N_TASKS));
static cede_rwlock table = CEDE_RWLOCK_INIT_SHARED("table");
static cede_once once = CEDE_ONCE_INIT_SHARED("once");

/* Run a body in each of N_THREADS plain threads, and in N_TASKS tasks in each of N_THREADS loops,
 * all at once. */

static cede_fn *crowd_body;

static int run_tasks(void *arg)
{
    cede_group group;
    int rc = 0;

    cede_group_init(&group);
    for (int i = 0; rc == 0 && i < N_TASKS; i++)
        rc = cede_group_spawn(&group, crowd_body, arg);
    return cede_group_join(&group, rc);
}

static void *loop_thread(void *arg)
{
    CHECK_EQ(cede_run(run_tasks, arg), 0);
    return NULL;
}

static void *plain_thread(void *arg)
{
    CHECK_EQ(crowd_body(arg), 0);
    return NULL;
}

static void run_crowd(cede_fn *body)
{
    pthread_t threads[2 * N_THREADS];

    crowd_body = body;
    for (int i = 0; i < 2 * N_THREADS; i++)
        CHECK_EQ(pthread_create(&threads[i], NULL, i % 2 ? loop_thread : plain_thread, NULL), 0);
    for (int i = 0; i < 2 * N_THREADS; i++)
        CHECK_EQ(pthread_join(threads[i], NULL), 0);
}

enum { N_CROWD = N_THREADS * (1 + N_TASKS) };

static long count; /* without atomics: what is tested protects it */

static int add_with_lock(void *arg)
{
    (void)arg;
    for (int i = 0; i < N_ROUNDS; i++) {
        CEDE_TRY(cede_lock_acquire(&lock));
        count++;
        CEDE_TRY(cede_lock_release(&lock));
    }
    return 0;
}

TEST(sync_shared, a_lock_lets_one_in_of_all_threads_and_tasks)
{
    run_crowd(add_with_lock);
    CHECK_EQ(count, (long)N_CROWD * N_ROUNDS);
    CHECK(!cede_lock_is_held(&lock));
}

static int n_inside;

static int enter_with_semaphore(void *arg)
{
    (void)arg;
    for (int i = 0; i < N_ROUNDS; i++) {
        CEDE_TRY(cede_semaphore_acquire(&slots));
        CHECK(__atomic_add_fetch(&n_inside, 1, __ATOMIC_RELAXED) <= 2);
        if (i % 16 == 0)
            CEDE_TRY(cede_sleep(0));
        __atomic_sub_fetch(&n_inside, 1, __ATOMIC_RELAXED);
        CEDE_TRY(cede_semaphore_release(&slots));
    }
    return 0;
}

TEST(sync_shared, a_semaphore_lets_two_in_of_all_threads_and_tasks)
{
    run_crowd(enter_with_semaphore);
    CHECK_EQ(cede_semaphore_n_free(&slots), 2);
}

static int read_and_write(void *arg)
{
    (void)arg;
    for (int i = 0; i < N_ROUNDS; i++) {
        if (i % 4 == 0) {
            CEDE_TRY(cede_rwlock_acquire_write(&table));
            count++;
        } else {
            CEDE_TRY(cede_rwlock_acquire_read(&table));
            CHECK(count >= 0);
        }
        CEDE_TRY(cede_rwlock_release(&table));
    }
    return 0;
}

TEST(sync_shared, a_reader_writer_lock_keeps_readers_from_what_is_written)
{
    run_crowd(read_and_write);
    CHECK_EQ(count, (long)N_CROWD * N_ROUNDS / 4);
}

static int meet(void *arg)
{
    (void)arg;
    for (int i = 0; i < 20; i++) {
        const int number = cede_barrier_wait(&barrier);
        CHECK(number >= 0 && number < N_CROWD);
        if (number == 0)
            count++; /* alone: the others are before or behind the next meeting */
        CHECK(cede_barrier_wait(&barrier) >= 0);
        CHECK_EQ(count, i + 1);
    }
    return 0;
}

TEST(sync_shared, a_barrier_keeps_all_in_step)
{
    run_crowd(meet);
    CHECK_EQ(count, 20);
}

static int open_once(void *arg)
{
    (void)arg;
    count++;
    return cede_sleep(CEDE_MS(1));
}

static int need_it(void *arg)
{
    (void)arg;
    CEDE_TRY(cede_once_run(&once, open_once, NULL));
    CHECK_EQ(count, 1);
    return 0;
}

TEST(sync_shared, once_is_once_for_all_threads_and_tasks)
{
    run_crowd(need_it);
    CHECK_EQ(count, 1);
}

/* Half of the crowd brings, half takes away. */
static int n_roles;
static int stock;

static int bring_or_take(void *arg)
{
    const bool brings = __atomic_fetch_add(&n_roles, 1, __ATOMIC_RELAXED) % 2 == 0;

    (void)arg;
    for (int i = 0; i < N_ROUNDS; i++) {
        int rc = 0;
        CEDE_TRY(cede_lock_acquire(&lock));
        while (rc == 0 && !brings && stock == 0)
            rc = cede_condition_wait(&changed, &lock);
        stock += brings ? 1 : -1;
        CHECK(stock >= 0);
        if (brings)
            CHECK(cede_condition_notify(&changed, 1) >= 0);
        CEDE_TRY(cede_lock_release(&lock));
        CEDE_TRY(rc);
    }
    return 0;
}

TEST(sync_shared, a_condition_loses_no_notification)
{
    run_crowd(bring_or_take);
    CHECK_EQ(stock, 0);
    CHECK_EQ(cede_condition_n_waiting(&changed), 0);
}

static int wait_for_event(void *arg)
{
    (void)arg;
    CEDE_TRY(cede_event_wait(&event));
    CHECK_EQ(count, 7);
    return 0;
}

static void *set_event(void *arg)
{
    (void)arg;
    while (cede_event_n_waiting(&event) < N_CROWD)
        (void)cede_sleep(CEDE_MS(1));
    count = 7;
    CHECK_EQ(cede_event_set(&event), 0);
    return NULL;
}

TEST(sync_shared, d36_an_event_set_by_a_thread_wakes_all_threads_and_tasks)
{
    pthread_t setter;

    CHECK_EQ(pthread_create(&setter, NULL, set_event, NULL), 0);
    run_crowd(wait_for_event);
    CHECK_EQ(pthread_join(setter, NULL), 0);
}

static void make_queue(size_t max_size)
{
    const cede_queue_options options = {
        .sync.shared = true, .item_size = sizeof(int), .max_size = max_size};

    CHECK_EQ(cede_queue_create(&options, &queue), 0);
}

static long sum_put, sum_got; /* atomic */

static int put_and_get(void *arg)
{
    (void)arg;
    for (int i = 1; i <= N_ROUNDS; i++) {
        int item = i;
        CEDE_TRY(cede_queue_put(queue, &item));
        __atomic_fetch_add(&sum_put, item, __ATOMIC_RELAXED);
        CEDE_TRY(cede_queue_get(queue, &item));
        __atomic_fetch_add(&sum_got, item, __ATOMIC_RELAXED);
        CEDE_TRY(cede_queue_task_done(queue));
    }
    return 0;
}

TEST(sync_shared, d40_a_queue_hands_every_item_to_one)
{
    make_queue(3);
    run_crowd(put_and_get);
    CHECK_EQ(sum_got, sum_put);
    CHECK_EQ(cede_queue_size(queue), 0);
    CHECK_EQ(cede_queue_join(queue), 0);
    cede_queue_destroy(queue);
}

/* The same in a hurry: many waits end at their deadlines, some while an item is on its way. */
static int put_and_get_in_a_hurry(void *arg)
{
    (void)arg;
    for (int i = 1; i <= N_ROUNDS; i++) {
        int item = i, rc = 0;
        CEDE_TIMEOUT(CEDE_US(30), rc) {
            rc = cede_queue_put(queue, &item);
        }
        if (rc == 0)
            __atomic_fetch_add(&sum_put, item, __ATOMIC_RELAXED);
        else
            CHECK_EQ(rc, -ETIMEDOUT);
        item = -1;
        rc = 0;
        CEDE_TIMEOUT(CEDE_US(30), rc) {
            rc = cede_queue_get(queue, &item);
        }
        if (rc == 0)
            __atomic_fetch_add(&sum_got, item, __ATOMIC_RELAXED);
        else
            CHECK_EQ(rc, -ETIMEDOUT);
        CHECK((rc == 0) == (item != -1));
    }
    return 0;
}

TEST(sync_shared, d40_a_queue_loses_nothing_where_waits_end_at_deadlines)
{
    int item;

    make_queue(2);
    run_crowd(put_and_get_in_a_hurry);
    while (cede_queue_try_get(queue, &item) == 0)
        sum_got += item;
    CHECK_EQ(sum_got, sum_put);
    cede_queue_destroy(queue);
}

static int lock_in_a_hurry(void *arg)
{
    (void)arg;
    for (int i = 0; i < N_ROUNDS; i++) {
        int rc = 0;
        CEDE_TIMEOUT(CEDE_US(20), rc) {
            rc = cede_lock_acquire(&lock);
        }
        if (rc < 0) {
            CHECK_EQ(rc, -ETIMEDOUT);
            continue;
        }
        const long before = count;
        if (i % 8 == 0)
            CEDE_TRY(cede_sleep(CEDE_US(30)));
        count = before + 1;
        __atomic_fetch_add(&sum_got, 1, __ATOMIC_RELAXED);
        CEDE_TRY(cede_lock_release(&lock));
    }
    return 0;
}

TEST(sync_shared, d35_a_lock_is_not_lost_where_waits_end_at_deadlines)
{
    run_crowd(lock_in_a_hurry);
    CHECK_EQ(count, sum_got);
    CHECK_EQ(cede_lock_try_acquire(&lock), 0);
    CHECK_EQ(cede_lock_release(&lock), 0);
}

static int wait_for_change_in_a_hurry(void *arg)
{
    (void)arg;
    for (int i = 0; i < N_ROUNDS / 3; i++) {
        int rc = 0;
        CEDE_TRY(cede_lock_acquire(&lock));
        count++;
        CEDE_TIMEOUT(CEDE_US(20), rc) {
            rc = cede_condition_wait(&changed, &lock);
        }
        CHECK(rc == 0 || rc == -ETIMEDOUT);
        count--;
        CHECK(cede_condition_notify(&changed, 1) >= 0);
        CEDE_TRY(cede_lock_release(&lock));
    }
    return 0;
}

TEST(sync_shared, d37_after_a_wait_that_ended_at_its_deadline_the_lock_is_held)
{
    run_crowd(wait_for_change_in_a_hurry);
    CHECK_EQ(count, 0);
    CHECK(!cede_lock_is_held(&lock));
}

/* All of them at random, each wait under a short deadline, and tasks that cancel each other. */

static unsigned seed;
static int n_readers, n_writers;

static unsigned draw(uint64_t *state, unsigned below)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(*state >> 33) % below;
}

/* Somebody else of this loop's crowd is cancelled; nobody in a plain thread. */
static void cancel_another(uint64_t *state)
{
    cede_future *tasks[1 + N_TASKS], *me = cede_task_current();
    const size_t n = cede_task_all(tasks, 1 + N_TASKS);
    const size_t chosen = n > 0 ? draw(state, (unsigned)n) : 0;

    for (size_t i = 0; i < n; i++) {
        if (i == chosen && tasks[i] != me && strcmp(cede_task_name(tasks[i]), "run_tasks") != 0)
            (void)cede_cancel(tasks[i]); /* false: it has just ended */
        cede_future_unref(tasks[i]);
    }
}

static int hold_lock(bool waits)
{
    int rc = 0;

    CEDE_TRY(cede_lock_acquire(&lock));
    CHECK_EQ(count++, 0);
    if (waits) {
        count--;
        rc = cede_condition_wait(&changed, &lock);
        CHECK_EQ(count++, 0);
    }
    CHECK(cede_condition_notify(&changed, 1) >= 0);
    CHECK_EQ(--count, 0);
    CHECK_EQ(cede_lock_release(&lock), 0);
    return rc;
}

static int hold_table(bool writes)
{
    CEDE_TRY(writes ? cede_rwlock_acquire_write(&table) : cede_rwlock_acquire_read(&table));
    int *const n = writes ? &n_writers : &n_readers;
    __atomic_add_fetch(n, 1, __ATOMIC_RELAXED);
    CHECK(__atomic_load_n(&n_writers, __ATOMIC_RELAXED) == writes);
    CHECK(!writes || __atomic_load_n(&n_readers, __ATOMIC_RELAXED) == 0);
    __atomic_sub_fetch(n, 1, __ATOMIC_RELAXED);
    CHECK_EQ(cede_rwlock_release(&table), 0);
    return 0;
}

static int hold_slot(void)
{
    CEDE_TRY(cede_semaphore_acquire(&slots));
    CHECK(__atomic_add_fetch(&n_inside, 1, __ATOMIC_RELAXED) <= 2);
    (void)cede_sleep(0); /* also if it is cancelled */
    __atomic_sub_fetch(&n_inside, 1, __ATOMIC_RELAXED);
    CHECK_EQ(cede_semaphore_release(&slots), 0);
    return 0;
}

static int pass_item(int item)
{
    if (item > 0) {
        CEDE_TRY(cede_queue_put(queue, &item));
        __atomic_fetch_add(&sum_put, item, __ATOMIC_RELAXED);
    } else {
        CEDE_TRY(cede_queue_get(queue, &item));
        __atomic_fetch_add(&sum_got, item, __ATOMIC_RELAXED);
    }
    return 0;
}

static int use_one(unsigned which, int item)
{
    switch (which) {
    case 0:
    case 1:
        return hold_lock(which == 1);
    case 2:
    case 3:
        return hold_table(which == 2);
    case 4:
        return hold_slot();
    case 5:
        (void)(item % 2 ? cede_event_set(&event) : (cede_event_clear(&event), 0));
        return cede_event_wait(&event);
    default:
        return pass_item(which == 6 ? item : 0);
    }
}

static int use_all_in_a_hurry(void *arg)
{
    uint64_t state = __atomic_add_fetch(&seed, 1, __ATOMIC_RELAXED);

    (void)arg;
    for (int i = 1; i <= N_ROUNDS; i++) {
        cede_scope scope;
        int rc;

        cede_scope_enter(&scope, cede_after(CEDE_US(5 + draw(&state, 40))));
        rc = cede_scope_exit(&scope, use_one(draw(&state, 8), i));
        CHECK(rc == 0 || rc == -ETIMEDOUT || rc == -ECANCELED);
        if (draw(&state, 2) == 0)
            cancel_another(&state);
        while (cede_task_current() && cede_task_cancelling(NULL) > 0)
            CHECK(cede_uncancel() >= 0);
    }
    return 0;
}

TEST(sync_shared, nothing_is_lost_where_tasks_are_cancelled_and_waits_end_at_deadlines)
{
    int item;

    make_queue(2);
    run_crowd(use_all_in_a_hurry);
    while (cede_queue_try_get(queue, &item) == 0)
        sum_got += item;
    CHECK_EQ(sum_got, sum_put);
    CHECK(sum_put > 0);
    cede_queue_destroy(queue);
    CHECK(!cede_lock_is_held(&lock));
    CHECK_EQ(cede_semaphore_n_free(&slots), 2);
    CHECK_EQ(cede_rwlock_try_acquire_write(&table), 0);
    CHECK_EQ(cede_rwlock_release(&table), 0);
    CHECK_EQ(cede_lock_n_waiting(&lock) + cede_condition_n_waiting(&changed) +
                 cede_event_n_waiting(&event) + cede_semaphore_n_waiting(&slots) +
                 cede_rwlock_n_waiting(&table),
             0);
}

/* Who was woken may end the object at once, while the waker is still on its way out. */
struct brief {
    cede_event event;
    char rest[64];
};

static void *set_it(void *arg)
{
    struct brief *brief = arg;

    CHECK_EQ(cede_event_set(&brief->event), 0);
    return NULL;
}

TEST(sync_shared, an_event_may_go_as_soon_as_its_waiter_returned)
{
    for (int i = 0; i < 200; i++) {
        struct brief *brief = malloc(sizeof *brief);
        pthread_t thread;

        CHECK(brief != NULL);
        cede_event_init(&brief->event, &(cede_sync_options){.shared = true});
        CHECK_EQ(pthread_create(&thread, NULL, set_it, brief), 0);
        CHECK_EQ(cede_event_wait(&brief->event), 0);
        cede_event_fini(&brief->event);
        free(brief);
        CHECK_EQ(pthread_join(thread, NULL), 0);
    }
}

static void wait_in_callback(void *arg)
{
    (void)arg;
    CHECK_EQ(cede_event_wait(&event), -EDEADLK);
    CHECK_EQ(cede_event_set(&event), 0);
}

TEST_TASK_REAL(sync_shared, a_callback_on_a_loops_thread_cannot_wait_for_it)
{
    CHECK_EQ(cede_call_soon(NULL, wait_in_callback, NULL), 0);
    CHECK_EQ(cede_event_wait(&event), 0);
}

static cede_lock plain = CEDE_LOCK_INIT("plain");
static cede_event plain_event = CEDE_EVENT_INIT("plain event");

static int use_from_another_loop(void *arg)
{
    (void)arg;
    CHECK_EQ(cede_lock_acquire(&plain), CEDE_EFOREIGN);
    CHECK_EQ(cede_event_wait(&plain_event), CEDE_EFOREIGN);
    CHECK_EQ(cede_event_set(&plain_event), CEDE_EFOREIGN);
    return 0;
}

static void *use_from_outside(void *arg)
{
    (void)arg;
    CHECK_EQ(cede_lock_acquire(&plain), CEDE_ENOTASK);
    CHECK_EQ(cede_event_wait(&plain_event), CEDE_ENOTASK);
    CHECK_EQ(cede_event_set(&plain_event), CEDE_EFOREIGN);
    CHECK_EQ(cede_run(use_from_another_loop, NULL), 0);
    return NULL;
}

static int wait_plainly(void *arg)
{
    (void)arg;
    return cede_event_wait(&plain_event);
}

TEST_TASK_REAL(sync_shared, what_is_not_shared_is_refused_elsewhere)
{
    cede_future *task = cede_spawn(wait_plainly, NULL);
    pthread_t thread;

    CHECK_EQ(cede_lock_acquire(&plain), 0);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(pthread_create(&thread, NULL, use_from_outside, NULL), 0);
    CHECK_EQ(pthread_join(thread, NULL), 0);
    CHECK_EQ(cede_lock_release(&plain), 0);
    CHECK_EQ(cede_event_set(&plain_event), 0);
    CHECK_EQ(cede_join(task), 0);
}
