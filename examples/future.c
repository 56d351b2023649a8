/* future.c - a promise kept by another thread, callbacks on completion, a thread that awaits a
 * task. */
/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdio.h>

#include <cede.h>

static void told(cede_future *future, void *arg)
{
    printf("%s: %s\n", (const char *)arg, cede_error_name(cede_future_status(future)));
}

/* [promise] */
static void *keep(void *arg)
{
    static char words[] = "kept by another thread";

    cede_future_set(arg, words);
    return NULL;
}

static int promise(void)
{
    cede_future *promise = cede_future_share(cede_future_create()); /* before the thread knows it */
    pthread_t thread;
    void *words = NULL;
    int rc;

    if (pthread_create(&thread, NULL, keep, promise) != 0)
        return cede_raise(-EAGAIN, "no thread");
    rc = cede_await(promise); /* this task waits, the loop does not */
    if (rc == 0)
        rc = cede_future_value(promise, &words);
    if (rc == 0)
        puts(words);
    pthread_join(thread, NULL);
    cede_future_unref(promise);
    return rc;
}
/* [/promise] */

/* [callback] */
static int callback(void)
{
    cede_future *promise = cede_future_create();

    CEDE_TRY(cede_future_on_done(promise, told, "the promise"));
    cede_future_fail(promise, -EPIPE);
    cede_future_unref(promise);
    return cede_sleep(0); /* callbacks are called next turn */
}
/* [/callback] */

/* [thread] */
static int answer(void *arg)
{
    CEDE_TRY(cede_sleep(CEDE_MS(10)));
    return 42;
}

static void *ask(void *arg)
{
    printf("a plain thread was told %d\n", cede_await(arg)); /* it blocks: it has no loop */
    return NULL;
}

static int thread(void)
{
    cede_future *task = cede_future_share(cede_spawn(answer, NULL));
    pthread_t thread;
    int rc;

    if (pthread_create(&thread, NULL, ask, task) != 0)
        return cede_raise(-EAGAIN, "no thread");
    rc = cede_await(task);
    pthread_join(thread, NULL);
    cede_future_unref(task);
    return rc;
}
/* [/thread] */

static int all(void *arg)
{
    CEDE_TRY(promise());
    CEDE_TRY(callback());
    return thread();
}

int main(void)
{
    return cede_run(all, NULL) == 42 ? 0 : 1;
}

/* Output:
 * kept by another thread
 * the promise: EPIPE
 * a plain thread was told 42
 */
