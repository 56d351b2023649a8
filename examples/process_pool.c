/* process_pool.c - the same map in line, in threads and in processes; a job that crashes, which
 * there is the only one to fail; and one that never ends, which is stopped. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include <cede.h>

/* [map] */
static int count_primes(const void *in, void *out)
{
    const long limit = *(const long *)in;
    long *n_primes = out; /* zeroed */

    for (long n = 2; n < limit; n++) {
        long divisor = 2;
        while (divisor * divisor <= n && n % divisor != 0)
            divisor++;
        *n_primes += divisor * divisor > n;
    }
    return 0;
}

static int count_all(cede_executor *executor)
{
    const long limits[] = {10, 100, 1000, 10000};
    const cede_map_options options = {
        .fn = count_primes,
        .items = limits,
        .n_items = 4,
        .item_size = sizeof limits[0],
        .out_size = sizeof(long),
    };
    cede_map *map;
    void *n_primes;
    int rc;

    CEDE_TRY(cede_map_create(executor, &options, &map));
    while ((rc = cede_map_next(map, &n_primes)) > 0)
        printf("%ld ", *(long *)n_primes);
    printf("primes\n");
    cede_map_destroy(map);
    return rc;
}
/* [/map] */

/* [crash] */
static int crash(const void *in, void *out)
{
    (void)in;
    (void)out;
    abort();
}

static int survive(cede_executor *pool)
{
    const long limit = 100;
    long n_primes = 0;
    cede_future *bad = cede_submit(pool, &(cede_job){.fn = crash, .name = "bad"});
    cede_future *good = cede_submit(pool, &(cede_job){.fn = count_primes,
                                                      .in = &limit,
                                                      .in_size = sizeof limit,
                                                      .out = &n_primes,
                                                      .out_size = sizeof n_primes});

    if (cede_join(bad) == CEDE_EWORKER)
        printf("%s\n", cede_error_message(cede_error_last()));
    CEDE_TRY(cede_join(good));
    printf("and yet there are %ld primes below 100\n", n_primes);
    return 0;
}
/* [/crash] */

/* [limit] */
static int search_for_ever(const void *in, void *out)
{
    (void)in;
    for (volatile long *n_tried = out; *n_tried >= 0;)
        ++*n_tried;
    return 0;
}

static int stop_what_is_stuck(cede_executor *pool)
{
    long n_tried = 0;
    cede_future *job = cede_submit(pool, &(cede_job){.fn = search_for_ever,
                                                     .out = &n_tried,
                                                     .out_size = sizeof n_tried,
                                                     .killable = true});
    const int rc = cede_wait_for(job, CEDE_MS(200));

    cede_future_unref(job);
    printf("%s\n", cede_error_name(rc)); /* its worker was killed, and there is another */
    return rc == -ETIMEDOUT ? 0 : rc;
}
/* [/limit] */

/* [main] */
int main(int argc, char **argv)
{
    cede_process_init(argc, argv); /* in a worker, this does not return */

    cede_executor *executors[] = {
        cede_sequential_executor(), /* one after the other, here */
        cede_thread_pool(NULL),
        cede_process_pool(NULL),
    };
    int rc = 0;

    for (int i = 0; i < 3 && rc == 0; i++)
        rc = executors[i] ? count_all(executors[i]) : cede_error_code(cede_error_last());
    if (rc == 0)
        rc = survive(executors[2]);
    if (rc == 0)
        rc = stop_what_is_stuck(executors[2]);
    if (rc < 0)
        cede_error_print(cede_error_last(), stderr);
    for (int i = 0; i < 3; i++)
        cede_executor_destroy(executors[i]);
    return rc == 0 ? 0 : 1;
}
/* [/main] */

/* Output:
 * 4 25 168 1229 primes
 * 4 25 168 1229 primes
 * 4 25 168 1229 primes
 * worker {{[0-9]+}} was killed by signal 6 (SIGABRT) while it ran a job 'bad'
 * and yet there are 25 primes below 100
 * ETIMEDOUT
 */
