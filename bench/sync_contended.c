/* sync_contended.c - a hundred tasks take turns with one lock, and give way while they have it. */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include "bench.h"

#define TASKS 100

struct till {
    cede_lock lock;
    long left; /* acquires to go */
    long done;
};

static int body(void *arg)
{
    struct till *till = arg;

    while (till->left > 0) {
        till->left--;
        CEDE_TRY(cede_lock_acquire(&till->lock));
        const long done = till->done;
        CEDE_TRY(cede_sleep(0)); /* whoever else is ready comes, and finds it held */
        till->done = done + 1;
        CEDE_TRY(cede_lock_release(&till->lock));
    }
    return 0;
}

static int run(void *arg)
{
    struct till till = {.left = *(const long *)arg};
    const long count = till.left;
    cede_future *tasks[TASKS];

    for (int i = 0; i < TASKS; i++)
        tasks[i] = cede_spawn(body, &till);
    const int64_t start = bench_now();
    for (int i = 0; i < TASKS; i++)
        CEDE_TRY(cede_join(tasks[i]));
    const int64_t end = bench_now();
    bench_check(till.done == count, "count every acquire");

    bench_result("sync.contended", "cede", "ns", (double)(end - start) / (double)count);
    return 0;
}

int main(int argc, char **argv)
{
    long count = bench_count(argc, argv);

    return cede_run(run, &count) == 0 ? 0 : 1;
}
