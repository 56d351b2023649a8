/* asyncio.h - what the listings about asyncio share: three pieces of work that take 1, 2 and 4
 * seconds of virtual time, and lines about futures. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_EXAMPLES_ASYNCIO_H
#define CEDE_EXAMPLES_ASYNCIO_H

#include <signal.h>
#include <unistd.h>

#include "../python.h"

enum { N_WORKS = 3 };

struct work {
    int x;           /* seconds */
    char result[32]; /* "Done after 2s" */
};

static inline int do_some_work(void *arg)
{
    struct work *work = arg;

    printf("Waiting :  %d\n", work->x);
    CEDE_TRY(cede_sleep(CEDE_S(work->x)));
    snprintf(work->result, sizeof work->result, "Done after %ds", work->x);
    return cede_return(work->result); /* lives in the caller's memory */
}

/* A loop whose clock jumps over the waits: they are exact, and take no time. */
static inline cede_loop *virtual_loop(void)
{
    const cede_loop_options options = {.clock = CEDE_CLOCK_VIRTUAL};
    cede_loop *loop;

    check(cede_loop_create(&options, &loop));
    return loop;
}

static inline void print_time(void)
{
    printf("TIME:  %g\n", cede_time_seconds(cede_now()));
}

/* print(future) */
static inline void print_future(const cede_future *future)
{
    char line[160];

    cede_future_format(future, line, sizeof line);
    printf("%s\n", line);
}

/* print('Task result: ', task.result()) */
static inline void print_result(cede_future *task)
{
    void *result;

    check(cede_future_value(task, &result));
    printf("Task result:  %s\n", (const char *)result);
}

static inline void unref_all(cede_future **futures, int n)
{
    for (int i = 0; i < n; i++)
        cede_future_unref(futures[i]);
}

/* Somebody presses Ctrl-C: a callback for the loop to call when it is time. */
static inline void press_ctrl_c(void *arg)
{
    kill(getpid(), SIGINT);
}

/* What KeyboardInterrupt does to a run of the loop: it leaves run_until_complete. */
static inline void interrupt(void *loop)
{
    cede_loop_stop(loop);
}

#endif
