/* task_in_thread.c - example 17: tasks are started on the loop of another thread, where they wait
 * at the same time, and their results come back.
 *
 * The loop's clock is virtual, and would jump over the first task's wait before the second is
 * handed over; so it begins to run when both are there. On a real one no such gate is needed.
 */
/* SPDX-License-Identifier: MIT */
#include <pthread.h>

#include "asyncio.h"

struct thread {
    pthread_barrier_t gate; /* passed when the loop is made, and again when it may run */
    cede_loop *loop;
};

static void *start_loop(void *arg)
{
    struct thread *thread = arg;

    thread->loop = virtual_loop();
    pthread_barrier_wait(&thread->gate);
    pthread_barrier_wait(&thread->gate);
    check(cede_loop_run_forever(thread->loop));
    print_time();
    check(cede_loop_close(thread->loop));
    return NULL;
}

/* [threadsafe] */
static int do_work_elsewhere(void *arg)
{
    const int *x = arg;

    printf("Waiting %d\n", *x);
    CEDE_TRY(cede_sleep(CEDE_S(*x)));
    printf("Done after %ds\n", *x);
    return *x;
}

static int spans[] = {6, 4};

/* From any thread; whose futures these are does not matter either. */
static void start_both(cede_loop *new_loop, cede_future **futures)
{
    for (int i = 0; i < 2; i++)
        futures[i] = check_made(cede_spawn_threadsafe(new_loop, do_work_elsewhere, &spans[i]));
}

/* This thread has no loop: it blocks. The other's loop does not. */
static void join_both(cede_future **futures)
{
    for (int i = 0; i < 2; i++)
        printf("%d\n", check(cede_join(futures[i])));
}
/* [/threadsafe] */

static void stop(void *arg)
{
    cede_loop_stop(NULL);
}

int main(void)
{
    struct thread new_loop;
    cede_future *futures[2];
    pthread_t thread;

    if (pthread_barrier_init(&new_loop.gate, NULL, 2) ||
        pthread_create(&thread, NULL, start_loop, &new_loop))
        return 1;
    pthread_barrier_wait(&new_loop.gate);
    start_both(new_loop.loop, futures);
    pthread_barrier_wait(&new_loop.gate);
    join_both(futures);
    check(cede_call_threadsafe(new_loop.loop, stop, NULL, NULL));
    pthread_join(thread, NULL);
    pthread_barrier_destroy(&new_loop.gate);
    return 0;
}

/* Output:
 * Waiting 6
 * Waiting 4
 * Done after 4s
 * Done after 6s
 * 6
 * 4
 * TIME:  6
 */
