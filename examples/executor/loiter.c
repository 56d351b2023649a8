/* loiter.c - three threads map five idle jobs: results come in the order of the input.
 *
 * Each job does nothing for n + 1 units of time, here a tenth of a second. With three threads, the
 * fourth begins when the first is done, the fifth when the second is. Times are printed in units
 * since the start: on a machine that has time, jobs are done at 1, 2, 3, 5 and 7. What several
 * threads print at one time may come in any order.
 */
/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>

#include <cede.h>

#define UNIT CEDE_MS(100)

static cede_time start;

static int units_now(void)
{
    return (int)((cede_now() - start + UNIT / 2) / UNIT);
}

static CEDE_PRINTF(1, 2) void display(const char *format, ...)
{
    char line[80];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    printf("[%d] %s\n", units_now(), line); /* in one piece: other threads print as well */
}

static int loiter(const void *in, void *out)
{
    const int n = *(const int *)in;

    display("%*sloiter(%d): doing nothing for %ds...", 4 * n, "", n, n);
    CEDE_TRY(cede_sleep((n + 1) * UNIT));
    display("%*sloiter(%d): done.", 4 * n, "", n);
    *(int *)out = n * 10;
    return 0;
}

static int show(cede_map *results)
{
    void *result;
    int rc;

    display("Waiting for individual results:");
    for (int i = 0; (rc = cede_map_next(results, &result)) > 0; i++)
        display("result %d: %d", i, *(const int *)result);
    return rc;
}

int main(void)
{
    static const int visitors[] = {0, 1, 2, 3, 4};
    const cede_map_options options = {
        .fn = loiter,
        .items = visitors,
        .n_items = 5,
        .item_size = sizeof visitors[0],
        .out_size = sizeof(int),
    };
    cede_executor *executor = cede_thread_pool(&(cede_pool_options){.n_threads = 3});
    cede_map *results = NULL;
    int rc;

    start = cede_now();
    display("Script starting.");
    rc = executor ? cede_map_create(executor, &options, &results) : -ENOMEM;
    if (rc == 0)
        rc = show(results);
    cede_map_destroy(results);
    cede_executor_destroy(executor);
    cede_error_print(cede_error_last(), stderr);
    return rc == 0 ? 0 : 1;
}

/* Output in any order:
 * [{{[0-9]+}}] Script starting.
 * [{{[0-9]+}}] loiter(0): doing nothing for 0s...
 * [{{[0-9]+}}] loiter(0): done.
 * [{{[0-9]+}}]     loiter(1): doing nothing for 1s...
 * [{{[0-9]+}}]     loiter(1): done.
 * [{{[0-9]+}}]         loiter(2): doing nothing for 2s...
 * [{{[0-9]+}}]         loiter(2): done.
 * [{{[0-9]+}}]             loiter(3): doing nothing for 3s...
 * [{{[0-9]+}}]             loiter(3): done.
 * [{{[0-9]+}}]                 loiter(4): doing nothing for 4s...
 * [{{[0-9]+}}]                 loiter(4): done.
 * [{{[0-9]+}}] Waiting for individual results:
 * [{{[0-9]+}}] result 0: 0
 * [{{[0-9]+}}] result 1: 10
 * [{{[0-9]+}}] result 2: 20
 * [{{[0-9]+}}] result 3: 30
 * [{{[0-9]+}}] result 4: 40
 */
