/* unhandled.c - an error that a coroutine does not handle goes to whoever resumed it, and ends the
 * coroutine: what is sent after that meets its end.
 *
 * A `void *` has no type that += could refuse: terms are sent as text, and one that is no number is
 * the error, with the words of Python's TypeError. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

static int parse(const char *text, double *number_out)
{
    char *end;
    const double number = strtod(text, &end);

    if (end == text || *end)
        return cede_raise(-EINVAL, "unsupported operand type(s) for +=: 'float' and 'str'");
    *number_out = number;
    return 0;
}

static int averager(cede_gen *self, void *arg)
{
    double total = 0.0, average, term;
    int count = 0;
    void *text;

    CEDE_TRY(cede_yield(self, NULL, &text));
    for (;;) {
        CEDE_TRY(parse(text, &term));
        total += term;
        count += 1;
        average = total / count;
        CEDE_TRY(cede_yield(self, &average, &text));
    }
}

static void send(cede_gen *coro_avg, char *term)
{
    void *average;
    const int rc = cede_send(coro_avg, term, &average);

    if (rc > 0) {
        print_double(*(double *)average);
        printf("\n");
    }
    print_end(rc);
}

static void run(char *first, char *second)
{
    const cede_gen_options options = {.prime = true};
    cede_gen *coro_avg = check_made(cede_gen_create_with(&options, averager, NULL));

    send(coro_avg, first);
    send(coro_avg, second);
    send(coro_avg, "spam");
    send(coro_avg, "60");
    cede_gen_destroy(coro_avg);
}

int main(void)
{
    run("40", "45");
    run("40", "50");
    return 0;
}

/* Output:
 * 40.0
 * 42.5
 * EINVAL: unsupported operand type(s) for +=: 'float' and 'str'
 * StopIteration
 * 40.0
 * 45.0
 * EINVAL: unsupported operand type(s) for +=: 'float' and 'str'
 * StopIteration
 */
