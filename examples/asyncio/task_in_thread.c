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
struct call {
    int x;
    cede_future *result; /* a promise, for whatever thread */
};

static int do_work_elsewhere(void *arg)
{
    struct call *call = arg;

    printf("Waiting %d\n", call->x);
    CEDE_TRY(cede_sleep(CEDE_S(call->x)));
    printf("Done after %ds\n", call->x);
    return cede_future_set(call->result, &call->x);
}

static void start_work(void *call)
{
    check(cede_start(do_work_elsewhere, call));
}

/* asyncio.run_coroutine_threadsafe(do_some_work(x), loop) */
static void run_threadsafe(cede_loop *loop, struct call *call, int x)
{
    call->x = x;
    call->result = check_made(cede_future_create());
    check(cede_call_threadsafe(loop, start_work, call, NULL));
}
/* [/threadsafe] */

static void stop(void *arg)
{
    cede_loop_stop(NULL);
}

int main(void)
{
    struct thread new_loop;
    struct call calls[2];
    pthread_t thread;

    if (pthread_barrier_init(&new_loop.gate, NULL, 2) ||
        pthread_create(&thread, NULL, start_loop, &new_loop))
        return 1;
    pthread_barrier_wait(&new_loop.gate);
    run_threadsafe(new_loop.loop, &calls[0], 6);
    run_threadsafe(new_loop.loop, &calls[1], 4);
    pthread_barrier_wait(&new_loop.gate);

    for (int i = 0; i < 2; i++) {
        check(cede_join(calls[i].result)); /* this thread blocks, the loop does not */
    }
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
 * TIME:  6
 */
