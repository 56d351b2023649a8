/* dump.c - a dump of many parked tasks to a file that nobody reads: whole milliseconds.
 *
 * Every third waits for a lock, for a promise through some calls, or sleeps.
 */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include <stdlib.h>

#include "bench.h"

static cede_lock lock = CEDE_LOCK_INIT("bench");
static cede_future *promise;
static volatile long turns;

static int wait_for_lock(void *arg)
{
    (void)arg;
    CEDE_TRY(cede_lock_acquire(&lock));
    turns++;
    return cede_lock_release(&lock);
}

static int await_promise(int depth)
{
    const int rc = depth > 0 ? await_promise(depth - 1) : cede_await(promise);

    turns++;
    return rc;
}

static int (*volatile call_await)(int) = await_promise;

static int wait_for_promise(void *arg)
{
    const int rc = call_await(3);

    (void)arg;
    turns++;
    return rc;
}

static int sleep_long(void *arg)
{
    const int rc = cede_sleep(CEDE_S(3600));

    (void)arg;
    turns++;
    return rc;
}

static int run(void *arg)
{
    const long count = *(const long *)arg;
    FILE *file = fopen("/dev/null", "w");

    if (!file)
        return -EIO;
    promise = cede_future_create();
    CEDE_TRY(cede_lock_acquire(&lock));
    for (long i = 0; i + 1 < count; i += 3) {
        CEDE_TRY(cede_start(wait_for_lock, NULL));
        CEDE_TRY(cede_start(wait_for_promise, NULL));
        CEDE_TRY(cede_start(sleep_long, NULL));
    }
    CEDE_TRY(cede_sleep(CEDE_MS(1)));
    const int64_t start = bench_now();
    const size_t n = cede_dump(file);
    const int64_t end = bench_now();

    fclose(file);
    bench_result("dump", "cede", "ms", (double)(end - start) / 1e6);
    /* The others are not to be ended one by one. */
    fflush(stdout);
    quick_exit((long)n < count - 3);
}

int main(int argc, char **argv)
{
    long count = bench_count(argc, argv);

    return cede_run(run, &count) == 0 ? 0 : 1;
}
