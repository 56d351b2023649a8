/* map.c - the same function over some inputs, in threads: results come in the order of the inputs,
 * whichever is ready first. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

static int wait_on(const void *in, void *out)
{
    printf("%s\n", *(const char *const *)in);
    CEDE_TRY(cede_sleep(CEDE_MS(20)));
    *(const char **)out = "ok";
    return 0;
}

static int sleeper(const void *in, void *out)
{
    const int64_t n = *(const int64_t *)in;

    CEDE_TRY(cede_sleep(CEDE_MS(10 * n)));
    *(int64_t *)out = n;
    return 0;
}

/* for i in ex.map(wait_on, data): print(i) */
static void print_each(void)
{
    static const char *const data[] = {"1", "2"};
    cede_executor *ex = check_made(cede_thread_pool(&(cede_pool_options){.n_threads = 2}));
    cede_map *results;
    void *i;
    int rc;

    check(cede_map_create(ex,
                          &(cede_map_options){.fn = wait_on,
                                              .items = data,
                                              .n_items = 2,
                                              .item_size = sizeof data[0],
                                              .out_size = sizeof(const char *)},
                          &results));
    while ((rc = cede_map_next(results, &i)) > 0)
        printf("%s\n", *(const char **)i);
    check(rc);
    cede_map_destroy(results);
    cede_executor_destroy(ex);
}

/* print(list(executor.map(sleeper, x))) */
static void print_as_list(void)
{
    static const int64_t x[] = {3, 1, 2};
    cede_executor *executor = check_made(cede_thread_pool(&(cede_pool_options){.n_threads = 3}));
    cede_map *results;
    void *n;
    int rc;

    check(cede_map_create(executor,
                          &(cede_map_options){.fn = sleeper,
                                              .items = x,
                                              .n_items = 3,
                                              .item_size = sizeof x[0],
                                              .out_size = sizeof(int64_t)},
                          &results));
    for (const char *before = "["; (rc = cede_map_next(results, &n)) > 0; before = ", ") {
        printf("%s", before);
        print_int(n);
    }
    check(rc);
    printf("]\n");
    cede_map_destroy(results);
    cede_executor_destroy(executor);
}

int main(void)
{
    print_each();
    print_as_list();
    return 0;
}

/* Output:
 * {{[12]}}
 * {{[12]}}
 * ok
 * ok
 * [3, 1, 2]
 */
