/* sync_pingpong.c - two tasks send a number to and fro through two queues of one place. */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include "bench.h"

struct table {
    cede_queue *there;
    cede_queue *back;
    long count;
};

static int answer(void *arg)
{
    const struct table *table = arg;
    intptr_t ball;

    for (long i = 0; i < table->count; i++) {
        CEDE_TRY(cede_queue_get(table->there, &ball));
        ball++;
        CEDE_TRY(cede_queue_put(table->back, &ball));
    }
    return 0;
}

static int play(const struct table *table)
{
    intptr_t ball = 0;

    for (long i = 0; i < table->count; i++) {
        CEDE_TRY(cede_queue_put(table->there, &ball));
        CEDE_TRY(cede_queue_get(table->back, &ball));
    }
    bench_check(ball == table->count, "play every round");
    return 0;
}

static int run(void *arg)
{
    const cede_queue_options options = {.item_size = sizeof(intptr_t), .max_size = 1};
    struct table table = {.count = *(const long *)arg};

    CEDE_TRY(cede_queue_create(&options, &table.there));
    CEDE_TRY(cede_queue_create(&options, &table.back));
    cede_future *other = cede_spawn(answer, &table);
    const int64_t start = bench_now();
    CEDE_TRY(play(&table));
    const int64_t end = bench_now();
    CEDE_TRY(cede_join(other));
    cede_queue_destroy(table.there);
    cede_queue_destroy(table.back);

    bench_result("sync.pingpong", "cede", "ns", (double)(end - start) / (double)table.count);
    return 0;
}

int main(int argc, char **argv)
{
    long count = bench_count(argc, argv);

    return cede_run(run, &count) == 0 ? 0 : 1;
}
