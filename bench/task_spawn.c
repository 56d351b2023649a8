/* task_spawn.c - start tasks that end at once, a thousand at a time.
 *
 * Nobody joins them: a count says when all have ended, as in the program of State Threads. To join
 * each costs some nanoseconds more, as its future is written to.
 */
/* SPDX-License-Identifier: MIT */
#include "batch.h"

static int body(void *arg)
{
    return batch_count(arg);
}

static int run(void *arg)
{
    struct batch batch = {0};

    const int64_t start = bench_now();
    CEDE_TRY(batch_run(&batch, body, *(const long *)arg));
    const int64_t end = bench_now();

    bench_result("task.spawn", "cede", "ns", (double)(end - start) / (double)batch.ran);
    return 0;
}

int main(int argc, char **argv)
{
    long count = bench_count(argc, argv);

    return cede_run(run, &count) == 0 ? 0 : 1;
}
