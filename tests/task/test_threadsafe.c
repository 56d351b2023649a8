/* test_threadsafe.c - tasks spawned on another thread's loop; row d19. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <pthread.h>

#include "harness/harness_task.h"

static int add_one(void *arg)
{
    int *number = arg;

    CEDE_TRY(cede_sleep(0));
    return ++*number;
}

static int fail(void *arg)
{
    (void)arg;
    return cede_raise(-EPIPE, "failed over there");
}

/* A loop in a thread of its own, which runs until it is told to stop. */
struct host {
    pthread_t thread;
    pthread_barrier_t started;
    cede_loop *loop;
};

static void *run_host(void *arg)
{
    struct host *host = arg;

    CHECK_EQ(cede_loop_create(NULL, &host->loop), 0);
    pthread_barrier_wait(&host->started);
    CHECK_EQ(cede_loop_run_forever(host->loop), 0);
    CHECK_EQ(cede_loop_close(host->loop), 0);
    return NULL;
}

static void host_start(struct host *host)
{
    CHECK_EQ(pthread_barrier_init(&host->started, NULL, 2), 0);
    CHECK_EQ(pthread_create(&host->thread, NULL, run_host, host), 0);
    pthread_barrier_wait(&host->started);
}

static void stop_loop(void *arg)
{
    cede_loop_stop(arg);
}

static void host_stop(struct host *host)
{
    CHECK_EQ(cede_call_threadsafe(host->loop, stop_loop, host->loop, NULL), 0);
    CHECK_EQ(pthread_join(host->thread, NULL), 0);
    pthread_barrier_destroy(&host->started);
}

TEST(threadsafe, d19_a_plain_thread_spawns_on_a_loop_and_awaits_what_comes)
{
    struct host host;
    int number = 6;

    host_start(&host);
    CHECK_EQ(cede_join(cede_spawn_threadsafe(host.loop, add_one, &number)), 7);
    CHECK_EQ(cede_join(cede_spawn_threadsafe(host.loop, fail, NULL)), -EPIPE);
    CHECK_STR(cede_error_message(cede_error_last()), "failed over there");
    host_stop(&host);
}

TEST(threadsafe, d19_who_spawned_may_cancel_and_stop_waiting)
{
    struct host host;
    cede_future *task;

    host_start(&host);
    task = cede_spawn_threadsafe(host.loop, test_sleep_for_ever, NULL);
    CHECK_STR(cede_task_name(task), "test_sleep_for_ever");
    CHECK(cede_cancel(task)); /* perhaps before it has begun */
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
    task = cede_spawn_threadsafe(host.loop, test_sleep_for_ever, NULL);
    CHECK_EQ(cede_wait_for(task, CEDE_MS(1)), -ETIMEDOUT); /* which cancels it */
    CHECK(cede_future_is_cancelled(task));
    cede_future_unref(task);
    host_stop(&host);
}

TEST_TASK_REAL(threadsafe, a_task_awaits_one_on_another_loop)
{
    struct host host;
    int number = 1;
    cede_future *task;

    host_start(&host);
    task = cede_spawn_threadsafe(host.loop, add_one, &number);
    CHECK_EQ(cede_join(task), 2);
    host_stop(&host);
}

TEST_TASK_REAL(threadsafe, the_loops_own_thread_may_spawn_so_as_well)
{
    int number = 1;

    CHECK_EQ(cede_join(cede_spawn_threadsafe(cede_loop_current(), add_one, &number)), 2);
}

TEST(threadsafe, a_loop_that_is_closed_cancels_what_it_runs_and_what_has_not_begun)
{
    struct host host;
    cede_future *running, *arrived;
    cede_loop *loop;

    host_start(&host);
    running = cede_spawn_threadsafe(host.loop, test_sleep_for_ever, NULL);
    host_stop(&host);
    CHECK_EQ(cede_join(running), CEDE_EREVOKED);

    CHECK_EQ(cede_loop_create(NULL, &loop), 0);
    arrived = cede_spawn_threadsafe(loop, test_sleep_for_ever, NULL);
    CHECK_EQ(cede_loop_close(loop), 0); /* it never ran */
    CHECK_EQ(cede_join(arrived), CEDE_EREVOKED);
}

/* Several threads spawn while the loop runs, and is told to stop in the middle. */
enum { SPAWNS = 500 };

static void *spawn_many(void *arg)
{
    cede_loop *loop = arg;
    cede_future *tasks[SPAWNS];
    int numbers[SPAWNS] = {0};

    for (int i = 0; i < SPAWNS; i++) {
        tasks[i] = cede_spawn_threadsafe(loop, i % 3 ? add_one : test_sleep_for_ever, &numbers[i]);
        CHECK(tasks[i]);
        if (i % 3 == 0)
            CHECK(cede_cancel(tasks[i]) || cede_future_is_done(tasks[i]));
    }
    for (int i = 0; i < SPAWNS; i++)
        CHECK_EQ(cede_join(tasks[i]), i % 3 ? 1 : CEDE_EREVOKED);
    return NULL;
}

TEST(threadsafe, threads_spawn_and_cancel_at_once)
{
    struct host host;
    pthread_t threads[3];

    host_start(&host);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(pthread_create(&threads[i], NULL, spawn_many, host.loop), 0);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(pthread_join(threads[i], NULL), 0);
    host_stop(&host);
}

/* Closing waits for this to have spawned its last. */
struct late {
    cede_loop *loop;
    cede_future *tasks[SPAWNS];
};

static void *spawn_late(void *arg)
{
    struct late *late = arg;

    for (int i = 0; i < SPAWNS; i++)
        late->tasks[i] = cede_spawn_threadsafe(late->loop, test_sleep_for_ever, NULL);
    return NULL;
}

static int wait_for_thread(void *arg)
{
    CHECK(cede_sleep(CEDE_NEVER) == -ECANCELED);
    CHECK_EQ(pthread_join(*(pthread_t *)arg, NULL), 0); /* while the loop is being closed */
    return 0;
}

TEST(threadsafe, what_arrives_while_the_loop_ends_its_tasks_is_ended_too)
{
    static struct late late;
    pthread_t thread;

    CHECK_EQ(cede_loop_create(NULL, &late.loop), 0);
    CHECK_EQ(pthread_create(&thread, NULL, spawn_late, &late), 0);
    CHECK_EQ(cede_start(wait_for_thread, &thread), 0);
    CHECK_EQ(cede_call_soon(late.loop, stop_loop, late.loop), 0);
    CHECK_EQ(cede_loop_run_forever(late.loop), 0);
    CHECK_EQ(cede_loop_close(late.loop), 0);
    for (int i = 0; i < SPAWNS; i++)
        CHECK_EQ(cede_join(late.tasks[i]), CEDE_EREVOKED);
}

/* Every allocation failing: a stack comes from slabs that are kept, the rest is checked. */
static int spawn_here(void *arg)
{
    cede_future *task = cede_spawn_threadsafe(cede_loop_current(), add_one, arg);

    if (!task)
        return cede_error_code(cede_error_last());
    return cede_join(task) == 1 ? 0 : -EIO;
}

static int run_spawn_here(void)
{
    int number = 0;

    return cede_run(spawn_here, &number);
}

TEST(threadsafe, survives_every_failing_allocation)
{
    CHECK_EQ(run_spawn_here(), 0);
    test_sweep_allocations(run_spawn_here);
}
