/* gen_delegate.c - items of a generator to which others delegate, each to the next, DEPTH of
 * them. */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include "bench.h"

static int count_up(cede_gen *self, void *arg)
{
    (void)arg;
    for (unsigned long i = 0;; i++)
        CEDE_TRY(cede_yield(self, &i, NULL));
}

static int delegate(cede_gen *self, void *arg)
{
    const long depth = *(const long *)arg - 1;
    cede_gen *sub = cede_gen_create(depth > 0 ? delegate : count_up, (void *)&depth);

    bench_check(sub != NULL, "create");
    const int rc = cede_yield_from(self, sub, NULL);
    cede_gen_destroy(sub);
    return rc;
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    long depth = bench_size(argc, argv);
    cede_gen *items = cede_gen_create(delegate, &depth);
    unsigned long sum = 0;
    char name[32];

    bench_check(items != NULL && cede_next(items, NULL) == 1, "create");
    const int64_t start = bench_now();
    for (long i = 0; i < count; i++) {
        unsigned long *item;

        bench_check(cede_next(items, (void **)&item) == 1, "next");
        sum += *item;
    }
    const int64_t end = bench_now();
    cede_gen_destroy(items);

    bench_check(sum == (unsigned long)count * ((unsigned long)count + 1) / 2, "the sum");
    snprintf(name, sizeof name, "gen.delegate.%ld", depth);
    bench_result(name, "cede", "ns", (double)(end - start) / (double)count);
    return 0;
}
