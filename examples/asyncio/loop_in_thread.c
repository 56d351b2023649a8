/* loop_in_thread.c - example 16: a loop runs in a thread of its own and is handed functions to call
 * by another, which goes on meanwhile.
 *
 * The functions block, so the loop calls the second when the first has returned. Seconds are
 * hundredths here, on the real clock. The original ends by being killed; this one is told to stop.
 */
/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <time.h>

#include "asyncio.h"

#define UNIT CEDE_MS(10)

static void *start_loop(void *arg)
{
    cede_future *made = arg;
    cede_loop *loop;

    check(cede_loop_create(NULL, &loop)); /* a loop belongs to the thread that makes it */
    check(cede_future_set(made, loop));
    check(cede_loop_run_forever(loop));
    check(cede_loop_close(loop));
    return NULL;
}

static void more_work(void *arg)
{
    const int *x = arg;
    const struct timespec span = {.tv_nsec = (long)(*x * UNIT)};

    printf("More work %d\n", *x);
    /* lint: allow nanosleep: it is to block the loop */
    nanosleep(&span, NULL);
    printf("Finished more work %d\n", *x);
}

static void stop(void *arg)
{
    cede_loop_stop(NULL);
}

int main(void)
{
    int six = 6, four = 4;
    cede_future *made = check_made(cede_future_create()); /* known to both threads */
    const cede_time start = cede_now();
    pthread_t thread;
    void *loop;

    if (pthread_create(&thread, NULL, start_loop, made))
        return 1;
    check(cede_await(made));
    check(cede_future_value(made, &loop));
    check(cede_call_threadsafe(loop, more_work, &six, NULL));
    check(cede_call_threadsafe(loop, more_work, &four, NULL));
    check(cede_call_threadsafe(loop, stop, NULL, NULL));
    pthread_join(thread, NULL);
    printf("TIME: %s than 10 units\n", cede_now() - start < 10 * UNIT ? "less" : "not less");
    cede_future_unref(made);
    return 0;
}

/* Output:
 * More work 6
 * Finished more work 6
 * More work 4
 * Finished more work 4
 * TIME: not less than 10 units
 */
