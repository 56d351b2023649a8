/* demo_exc_handling.c - a coroutine that handles one error thrown into it and lets others end it.
 *
 * An exception class of one's own is a code of one's own. ZeroDivisionError is -EDOM; where the
 * console shows its traceback, the name and the words are printed. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

/* [body] */
#define DEMO_ERROR (CEDE_ERROR_USER - 1)

static int demo_exc_handling(cede_gen *self, void *arg)
{
    void *x;

    printf("-> coroutine started\n");
    for (;;) {
        const int rc = cede_yield(self, NULL, &x);
        if (rc == DEMO_ERROR)
            printf("*** DemoException handled. Continuing...\n");
        else if (rc < 0)
            return rc; /* closed, or an error that is not ours to handle */
        else
            printf("-> coroutine received: %d\n", *(int *)x);
    }
}
/* [/body] */

static void print_state(const cede_gen *gen)
{
    printf("%s\n", cede_gen_state_name(cede_gen_state(gen)));
}

static cede_gen *start(void)
{
    cede_gen *exc_coro = check_made(cede_gen_create(demo_exc_handling, NULL));

    check(cede_next(exc_coro, NULL));
    check(cede_send(exc_coro, &(int){11}, NULL));
    return exc_coro;
}

/* Started and closed, without an error. */
static void just_close(void)
{
    cede_gen *exc_coro = start();

    check(cede_send(exc_coro, &(int){22}, NULL));
    check(cede_close(exc_coro));
    print_state(exc_coro);
    cede_gen_destroy(exc_coro);
}

/* An error that it handles does not end it. */
static void throw_handled(void)
{
    cede_gen *exc_coro = start();

    check(cede_throw(exc_coro, DEMO_ERROR, NULL));
    print_state(exc_coro);
    cede_gen_destroy(exc_coro);
}

/* An error that it does not handle ends it. */
static void throw_unhandled(void)
{
    cede_gen *exc_coro = start();

    cede_raise(-EDOM, "division by zero");
    print_end(cede_throw(exc_coro, -EDOM, NULL));
    print_state(exc_coro);
    cede_gen_destroy(exc_coro);
}

int main(void)
{
    just_close();
    throw_handled();
    throw_unhandled();
    return 0;
}

/* Output:
 * -> coroutine started
 * -> coroutine received: 11
 * -> coroutine received: 22
 * GEN_CLOSED
 * -> coroutine started
 * -> coroutine received: 11
 * *** DemoException handled. Continuing...
 * GEN_SUSPENDED
 * -> coroutine started
 * -> coroutine received: 11
 * EDOM: division by zero
 * GEN_CLOSED
 */
