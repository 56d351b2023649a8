/* test_takers.c - who waits for what threads share says which of them has it, or had it last.
 *
 * The main thread has all of it; its number is that of the process.
 */
/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <unistd.h>

#include <cede.h>

#include "harness/harness_task.h"

static cede_queue *queue;
static cede_lock lock = CEDE_LOCK_INIT_SHARED("lock");
static cede_semaphore slots = CEDE_SEMAPHORE_INIT_SHARED("slots", 2);
static cede_rwlock table = CEDE_RWLOCK_INIT_SHARED("table");

static int want_lock(void *arg)
{
    (void)arg;
    return cede_lock_acquire(&lock);
}

static int want_slot(void *arg)
{
    (void)arg;
    return cede_semaphore_acquire(&slots);
}

static int want_to_write(void *arg)
{
    (void)arg;
    return cede_rwlock_acquire_write(&table);
}

static int want_item(void *arg)
{
    int item;

    (void)arg;
    return cede_queue_get(queue, &item);
}

static void check_waiting(cede_fn *fn, const char *what)
{
    cede_future *task = test_spawn(fn, NULL);
    char words[128];

    snprintf(words, sizeof words, what, (int)getpid(), (int)getpid());
    CHECK_HAS(test_format(task), words);
    cede_cancel(task);
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
}

static int look_at_holders(void *arg)
{
    (void)arg;
    check_waiting(want_lock, "waiting for lock 'lock' held by thread %d>");
    check_waiting(want_slot, "waiting for semaphore 'slots' last taken by thread %d, thread %d>");
    check_waiting(want_to_write, "waiting for rwlock 'table' held by 1 reader: thread %d>");
    check_waiting(want_item, "waiting for an item of queue 'jobs' last put by thread %d>");
    return 0;
}

static void *run_look(void *arg)
{
    CHECK_EQ(cede_run(look_at_holders, arg), 0);
    return NULL;
}

TEST(takers, who_waits_says_which_thread_has_it_or_had_it_last)
{
    const cede_queue_options options = {.item_size = sizeof(int),
                                        .sync = {.name = "jobs", .shared = true}};
    pthread_t thread;
    int item = 1;

    CHECK_EQ(cede_queue_create(&options, &queue), 0);
    CHECK_EQ(cede_queue_put(queue, &item), 0);
    CHECK_EQ(cede_queue_get(queue, &item), 0);
    CHECK_EQ(cede_lock_acquire(&lock), 0);
    CHECK_EQ(cede_semaphore_acquire(&slots), 0);
    CHECK_EQ(cede_semaphore_acquire(&slots), 0);
    CHECK_EQ(cede_rwlock_acquire_read(&table), 0);
    CHECK_EQ(pthread_create(&thread, NULL, run_look, NULL), 0);
    CHECK_EQ(pthread_join(thread, NULL), 0);
    cede_queue_destroy(queue);
}
