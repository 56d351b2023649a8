/* loiter.c - three threads map five idle jobs: results come in the order of the input.
 *
 * Each job does nothing for n + 1 units of time, here a tenth of a second. With three threads, the
 * fourth begins when the first is done, the fifth when the second is. Times are printed in units
 * since the start: 0 to 1, 0 to 2, 0 to 3, 1 to 5 and 2 to 7 on a machine that has time.
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
    va_list args;

    printf("[%d] ", units_now());
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\n");
}

struct visit {
    int began;
    int ended;
    int result;
};

static int loiter(const void *in, void *out)
{
    const int n = *(const int *)in;
    struct visit *visit = out;

    visit->began = units_now();
    CEDE_TRY(cede_sleep((n + 1) * UNIT));
    visit->ended = units_now();
    visit->result = n * 10;
    return 0;
}

static int show(cede_map *results)
{
    void *out;
    int rc;

    for (int i = 0; (rc = cede_map_next(results, &out)) > 0; i++) {
        const struct visit *visit = out;
        display("result %d: %d (loitered from %d to %d)", i, visit->result, visit->began,
                visit->ended);
    }
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
        .out_size = sizeof(struct visit),
    };
    cede_executor *executor = cede_thread_pool(&(cede_pool_options){.n_threads = 3});
    cede_map *results = NULL;
    int rc;

    start = cede_now();
    display("Script starting.");
    rc = executor ? cede_map_create(executor, &options, &results) : -ENOMEM;
    display("Waiting for individual results:");
    if (rc == 0)
        rc = show(results);
    cede_map_destroy(results);
    cede_executor_destroy(executor);
    cede_error_print(cede_error_last(), stderr);
    return rc == 0 ? 0 : 1;
}

/* Output:
 * [{{[0-9]+}}] Script starting.
 * [{{[0-9]+}}] Waiting for individual results:
 * [{{[0-9]+}}] result 0: 0 (loitered from {{[0-9]+}} to {{[0-9]+}})
 * [{{[0-9]+}}] result 1: 10 (loitered from {{[0-9]+}} to {{[0-9]+}})
 * [{{[0-9]+}}] result 2: 20 (loitered from {{[0-9]+}} to {{[0-9]+}})
 * [{{[0-9]+}}] result 3: 30 (loitered from {{[0-9]+}} to {{[0-9]+}})
 * [{{[0-9]+}}] result 4: 40 (loitered from {{[0-9]+}} to {{[0-9]+}})
 */
