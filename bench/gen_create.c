/* gen_create.c - a generator is created, yields one item, and is destroyed where it is
 * suspended. */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include "bench.h"

static int one_item(cede_gen *self, void *arg)
{
    return cede_yield(self, arg, NULL);
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    long sum = 0;

    const int64_t start = bench_now();
    for (long i = 0; i < count; i++) {
        cede_gen *gen = cede_gen_create(one_item, &i);
        long *item = NULL;

        bench_check(gen != NULL && cede_next(gen, (void **)&item) == 1, "create and next");
        sum += *item;
        cede_gen_destroy(gen);
    }
    const int64_t end = bench_now();

    bench_check(sum == count * (count - 1) / 2, "the sum");
    bench_result("gen.create", "cede", "ns", (double)(end - start) / (double)count);
    return 0;
}
