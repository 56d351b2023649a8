/* executor.c - jobs in other threads: submitted, mapped, cancelled, and a blocking call out of a
 * task. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

/* [submit] */
static int square(const void *in, void *out)
{
    const long n = *(const long *)in;

    if (n < 0)
        return cede_raise(-EDOM, "%ld is negative", n);
    *(long *)out = n * n;
    return 0;
}

static int submit(cede_executor *pool)
{
    const long n = 12;
    long result = 0;
    cede_future *job = cede_submit(pool, &(cede_job){.fn = square, .in = &n, .out = &result});

    CEDE_TRY(cede_join(job));
    printf("12 squared is %ld\n", result);
    return 0;
}
/* [/submit] */

/* [map] */
static int map(cede_executor *pool)
{
    const long numbers[] = {1, 2, 3, -4, 5};
    const cede_map_options options = {
        .fn = square,
        .items = numbers,
        .n_items = 5,
        .item_size = sizeof numbers[0],
        .out_size = sizeof(long),
    };
    cede_map *squares;
    void *result;
    int rc;

    CEDE_TRY(cede_map_create(pool, &options, &squares));
    while ((rc = cede_map_next(squares, &result)) > 0)
        printf("%ld ", *(long *)result);
    printf("and then: %s\n", cede_error_message(cede_error_last()));
    cede_map_destroy(squares);
    return rc == -EDOM ? 0 : rc;
}
/* [/map] */

/* [run-in-thread] */
static int read_slowly(void *arg)
{
    CEDE_TRY(cede_sleep(CEDE_MS(20))); /* a thread may block; this stands for a slow disk */
    *(int *)arg = 7;
    return 0;
}

static int tick(void *arg)
{
    for (int *n_ticks = arg;; ++*n_ticks)
        CEDE_TRY(cede_sleep(CEDE_MS(1)));
}

static int do_not_block(void)
{
    int n_ticks = 0, found = 0;
    cede_future *ticker = cede_spawn(tick, &n_ticks);
    const int rc = cede_run_in_thread(read_slowly, &found); /* the ticker goes on */

    cede_cancel(ticker);
    if (cede_join(ticker) == CEDE_EREVOKED)
        printf("found %d, and the loop was %s\n", found, n_ticks > 0 ? "free" : "blocked");
    return rc;
}
/* [/run-in-thread] */

static int all(void *arg)
{
    cede_executor *pool = arg;

    CEDE_TRY(submit(pool));
    CEDE_TRY(map(pool));
    return do_not_block();
}

int main(void)
{
    cede_executor *pool = cede_thread_pool(&(cede_pool_options){.n_threads = 2, .name = "squares"});
    const int rc = pool ? cede_run(all, pool) : -ENOMEM;

    cede_executor_destroy(pool);
    return rc == 0 ? 0 : 1;
}

/* Output:
 * 12 squared is 144
 * 1 4 9 and then: -4 is negative
 * found 7, and the loop was free
 */
