/* gen_fib.c - a generator yields the numbers of Fibonacci, one at a time. */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include "bench.h"

#ifndef BENCH_NAME
#define BENCH_NAME "gen.fib"
#endif
#ifndef BENCH_SUBJECT /* linked statically; the build says otherwise for the shared library */
#define BENCH_SUBJECT "cede"
#endif

static int fibonacci(cede_gen *self, void *arg)
{
    unsigned long a = 0, b = 1;

    (void)arg;
    for (;;) {
        CEDE_TRY(cede_yield(self, &a, NULL));
        const unsigned long next = a + b;
        a = b;
        b = next;
    }
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    cede_gen *numbers = cede_gen_create(fibonacci, NULL);
    unsigned long sum = 0;

    bench_check(numbers != NULL, "create");
    const int64_t start = bench_now();
    for (long i = 0; i < count; i++) {
        unsigned long *number;

        bench_check(cede_next(numbers, (void **)&number) == 1, "next");
        sum += *number;
    }
    const int64_t end = bench_now();
    cede_gen_destroy(numbers);

    bench_check(sum == bench_fib_sum(count), "the sum");
    bench_result(BENCH_NAME, BENCH_SUBJECT, "ns", (double)(end - start) / (double)count);
    return 0;
}
