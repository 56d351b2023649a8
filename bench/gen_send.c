/* gen_send.c - a number is sent to a generator, which answers with the sum so far. */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include "bench.h"

static int add_up(cede_gen *self, void *arg)
{
    unsigned long sum = 0;

    (void)arg;
    for (;;) {
        unsigned long *number;

        CEDE_TRY(cede_yield(self, &sum, (void **)&number));
        sum += *number;
    }
}

int main(int argc, char **argv)
{
    const unsigned long count = (unsigned long)bench_count(argc, argv);
    cede_gen *adder = cede_gen_create(add_up, NULL);
    unsigned long *sum = NULL;

    bench_check(adder != NULL && cede_next(adder, NULL) == 1, "create and prime");
    const int64_t start = bench_now();
    for (unsigned long i = 0; i < count; i++)
        bench_check(cede_send(adder, &i, (void **)&sum) == 1, "send");
    const int64_t end = bench_now();

    bench_check(*sum == count * (count - 1) / 2, "the sum");
    cede_gen_destroy(adder);
    bench_result("gen.send", "cede", "ns", (double)(end - start) / (double)count);
    return 0;
}
