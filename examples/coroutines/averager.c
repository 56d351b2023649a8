/* averager.c - a running average, first started by hand, then by options.prime, which is what
 * Python's priming decorator does. None is a NULL item. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

/* [body] */
static int averager(cede_gen *self, void *arg)
{
    double total = 0.0, average;
    int count = 0;
    void *term;

    CEDE_TRY(cede_yield(self, NULL, &term));
    for (;;) {
        total += *(double *)term;
        count += 1;
        average = total / count;
        CEDE_TRY(cede_yield(self, &average, &term));
    }
}
/* [/body] */

static void print_item(const void *item)
{
    if (item)
        print_double(*(const double *)item);
    else
        printf("None");
    printf("\n");
}

static void send_all(cede_gen *coro_avg, const double *terms, size_t n)
{
    void *average;

    for (size_t i = 0; i < n; i++) {
        double term = terms[i];
        check_item(cede_send(coro_avg, &term, &average));
        print_item(average);
    }
}

static void start_by_hand(void)
{
    cede_gen *coro_avg = check_made(cede_gen_create(averager, NULL));
    void *average;

    check_item(cede_next(coro_avg, &average));
    print_item(average);
    send_all(coro_avg, (double[]){10, 30, 5}, 3);
    cede_gen_destroy(coro_avg);
}

/* [prime] */
static cede_gen *coroutine(cede_gen_fn *body)
{
    const cede_gen_options options = {.prime = true};

    return check_made(cede_gen_create_with(&options, body, NULL));
}
/* [/prime] */

static void start_primed(double last)
{
    cede_gen *coro_avg = coroutine(averager);

    printf("%s\n", cede_gen_state_name(cede_gen_state(coro_avg)));
    send_all(coro_avg, (double[]){10, 30, last}, 3);
    cede_gen_destroy(coro_avg);
}

int main(void)
{
    start_by_hand();
    start_primed(15);
    start_primed(5);
    return 0;
}

/* Output:
 * None
 * 10.0
 * 20.0
 * 15.0
 * GEN_SUSPENDED
 * 10.0
 * 20.0
 * 18.333333333333332
 * GEN_SUSPENDED
 * 10.0
 * 20.0
 * 15.0
 */
