/* bench.h - what every measured program of this folder shares: the clock, the count, the line of
 * the result.
 *
 * A program measures one thing, takes the number of operations as its argument, and perhaps a size
 * after it, and prints one line of JSON that bench/run reads. It is C and C++, so that peers of
 * both kinds use it.
 */
/* SPDX-License-Identifier: MIT */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The monotonic clock in nanoseconds. */
static inline int64_t bench_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The number of operations asked for; a program that is given none, or not a number, ends here. */
static inline long bench_count(int argc, char **argv)
{
    const long count = argc >= 2 ? strtol(argv[1], NULL, 10) : 0;

    if (count <= 0) {
        fprintf(stderr, "usage: %s COUNT\n", argv[0]);
        exit(2);
    }
    return count;
}

/* The size of what is measured, where that is part of the benchmark's name: its depth, say. */
static inline long bench_size(int argc, char **argv)
{
    const long size = argc == 3 ? strtol(argv[2], NULL, 10) : 0;

    if (size <= 0) {
        fprintf(stderr, "usage: %s COUNT SIZE\n", argv[0]);
        exit(2);
    }
    return size;
}

/* What went wrong, and the end: a benchmark that fails has no number. */
static inline void bench_check(int succeeded, const char *what)
{
    if (!succeeded) {
        fprintf(stderr, "failed: %s\n", what);
        exit(1);
    }
}

/* The one line of the result. `value` is in `unit`, per operation where the unit is ns or bytes. */
static inline void bench_result(const char *bench, const char *subject, const char *unit,
                                double value)
{
    printf("{\"bench\":\"%s\",\"subject\":\"%s\",\"unit\":\"%s\",\"value\":%.6g}\n", bench, subject,
           unit, value);
    fflush(stdout);
}

/* The same for a program whose cost is measured from outside: how many operations really
 * happened. */
static inline void bench_done(const char *bench, const char *subject, long done)
{
    printf("{\"bench\":\"%s\",\"subject\":\"%s\",\"done\":%ld}\n", bench, subject, done);
    fflush(stdout);
}

/* Bytes this process holds in memory: resident pages and the page tables that map them. */
static inline double bench_resident(void)
{
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    double kibibytes = 0;

    bench_check(status != NULL, "open /proc/self/status");
    while (fgets(line, sizeof line, status) != NULL) {
        if (strncmp(line, "VmRSS:", 6) == 0 || strncmp(line, "VmPTE:", 6) == 0)
            kibibytes += strtod(line + 6, NULL);
    }
    fclose(status);
    return kibibytes * 1024;
}

/* The next of a fixed series of spans, evenly spread over 0 to 2 s, in nanoseconds (xorshift). */
static inline int64_t bench_span(uint64_t *state)
{
    uint64_t x = *state;

    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    *state = x;
    return (int64_t)(x % 2000000000u);
}

/* The sum of the first numbers of Fibonacci, modulo the size of a word, to check what was
 * yielded. */
static inline unsigned long bench_fib_sum(long count)
{
    unsigned long a = 0, b = 1, sum = 0;

    for (long i = 0; i < count; i++) {
        const unsigned long next = a + b;

        sum += a;
        a = b;
        b = next;
    }
    return sum;
}

#define BENCH_SPAN_SEED                                                                            \
    88172645463325252u /* any start but zero will do; all programs use this one */

#endif
