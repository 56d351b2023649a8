/* hello.c - two tasks say hello in the same thread: while the first waits, the second begins. */
/* SPDX-License-Identifier: MIT */
#include <pthread.h>

#include "asyncio.h"

static pthread_t main_thread;

static const char *current_thread(void)
{
    return pthread_equal(pthread_self(), main_thread) ? "MainThread" : "another thread";
}

static int hello(void *arg)
{
    printf("Hello world! (%s)\n", current_thread());
    printf("Start..... (%s)\n", current_thread());
    CEDE_TRY(cede_sleep(CEDE_S(10)));
    printf("Done..... (%s)\n", current_thread());
    printf("Hello again! (%s)\n", current_thread());
    return 0;
}

static int hello_twice(void *arg)
{
    cede_future *tasks[] = {cede_spawn(hello, NULL), cede_spawn(hello, NULL)};
    const int rc = cede_gather(tasks, 2, NULL); /* which refuses one that could not be spawned */

    unref_all(tasks, 2);
    print_time();
    return rc;
}

int main(void)
{
    const cede_run_options options = {.loop = {.clock = CEDE_CLOCK_VIRTUAL}};

    main_thread = pthread_self();
    check(cede_run_with(&options, hello_twice, NULL));
    return 0;
}

/* Output:
 * Hello world! (MainThread)
 * Start..... (MainThread)
 * Hello world! (MainThread)
 * Start..... (MainThread)
 * Done..... (MainThread)
 * Hello again! (MainThread)
 * Done..... (MainThread)
 * Hello again! (MainThread)
 * TIME:  10
 */
