/* averager_result.c - a coroutine that yields nothing and returns a value: None, sent to it, ends
 * it, and what it left with cede_gen_return is Python's StopIteration.value. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

/* [body] */
struct result {
    int count;
    double average;
};

static int averager(cede_gen *self, void *arg)
{
    struct result *result = arg; /* outlives the body's locals, as what is returned must */
    double total = 0.0;
    void *term;

    *result = (struct result){0};
    for (;;) {
        CEDE_TRY(cede_yield(self, NULL, &term));
        if (!term)
            break;
        total += *(double *)term;
        result->count += 1;
        result->average = total / result->count;
    }
    return cede_gen_return(self, result);
}
/* [/body] */

/* [use] */
static void average(double last)
{
    struct result memory;
    cede_gen *coro_avg = check_made(cede_gen_create(averager, &memory));

    check(cede_next(coro_avg, NULL));
    check(cede_send(coro_avg, &(double){10}, NULL));
    check(cede_send(coro_avg, &(double){30}, NULL));
    check(cede_send(coro_avg, &last, NULL));
    if (check(cede_send(coro_avg, NULL, NULL)) == 0) {
        const struct result *result = cede_gen_result(coro_avg);
        printf("Result(count=%d, average=", result->count);
        print_double(result->average);
        printf(")\n");
    }
    cede_gen_destroy(coro_avg);
}
/* [/use] */

int main(void)
{
    average(45);
    average(6.5);
    return 0;
}

/* Output:
 * Result(count=3, average=28.333333333333332)
 * Result(count=3, average=15.5)
 */
