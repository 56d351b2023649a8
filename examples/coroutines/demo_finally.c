/* demo_finally.c - clean-up that runs however a coroutine ends: CEDE_DEFER is C's `finally`.
 *
 * Python ends the second coroutine when its last reference goes, here cede_gen_destroy does. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

#define DEMO_ERROR (CEDE_ERROR_USER - 1)

/* [body] */
static void say_ending(void *arg)
{
    printf("-> coroutine ending\n");
}

static int demo_finally(cede_gen *self, void *arg)
{
    void *x;

    printf("-> coroutine started\n");
    CEDE_DEFER(say_ending, NULL);
    for (;;) {
        const int rc = cede_yield(self, NULL, &x);
        if (rc == DEMO_ERROR)
            printf("*** DemoException handled. Continuing...\n");
        else if (rc < 0)
            return rc;
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
    cede_gen *exc_coro = check_made(cede_gen_create(demo_finally, NULL));

    check(cede_next(exc_coro, NULL));
    check(cede_send(exc_coro, &(int){11}, NULL));
    return exc_coro;
}

static void just_close(void)
{
    cede_gen *exc_coro = start();

    check(cede_send(exc_coro, &(int){22}, NULL));
    check(cede_close(exc_coro));
    print_state(exc_coro);
    cede_gen_destroy(exc_coro);
}

static void throw_handled(void)
{
    cede_gen *exc_coro = start();

    check(cede_throw(exc_coro, DEMO_ERROR, NULL));
    print_state(exc_coro);
    cede_gen_destroy(exc_coro);
}

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
 * -> coroutine ending
 * GEN_CLOSED
 * -> coroutine started
 * -> coroutine received: 11
 * *** DemoException handled. Continuing...
 * GEN_SUSPENDED
 * -> coroutine ending
 * -> coroutine started
 * -> coroutine received: 11
 * -> coroutine ending
 * EDOM: division by zero
 * GEN_CLOSED
 */
