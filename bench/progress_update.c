/* progress_update.c - a loop that counts each step on a bar.
 *
 * The bar is drawn as on a terminal of 80 columns, into nothing, ten times a second. */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include <fcntl.h>

#include "bench.h"

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    const int nowhere = open("/dev/null", O_WRONLY);
    cede_progress *bar = cede_progress_create(
        &(cede_progress_options){.total = count, .mode = CEDE_PROGRESS_BAR, .descriptor = nowhere});

    bench_check(bar != NULL && nowhere > 0, "make a bar");
    const int64_t start = bench_now();
    for (long i = 0; i < count; i++)
        cede_progress_add(bar, 1);
    const int64_t end = bench_now();

    bench_check(cede_progress_count(bar) == count, "count");
    cede_progress_destroy(bar);
    bench_result("progress.update", "cede", "ns", (double)(end - start) / (double)count);
    return 0;
}
