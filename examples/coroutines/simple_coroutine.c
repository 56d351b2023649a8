/* simple_coroutine.c - the smallest coroutine: a generator that is sent a value.
 *
 * Where Python raises StopIteration cede_send returns 0; the TypeError for a value sent too early
 * is CEDE_EGENSTART. A generator has no address of interest: cede_gen_format says more. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

/* [body] */
static int simple_coroutine(cede_gen *self, void *arg)
{
    void *x;

    printf("-> coroutine started\n");
    CEDE_TRY(cede_yield(self, NULL, &x));
    printf("-> coroutine received: %d\n", *(int *)x);
    return 0;
}
/* [/body] */

static const char *state_of(const cede_gen *gen)
{
    return cede_gen_state_name(cede_gen_state(gen));
}

/* [use] */
static void start_and_send(void)
{
    cede_gen *my_coro = check_made(cede_gen_create(simple_coroutine, NULL));
    char text[100];
    void *item;

    cede_gen_format(my_coro, text, sizeof text);
    printf("%s %s\n", text, state_of(my_coro));
    check_item(cede_next(my_coro, &item));
    printf("%s %s\n", item ? "?" : "None", state_of(my_coro));
    print_end(cede_send(my_coro, &(int){42}, &item));
    cede_gen_destroy(my_coro);
}
/* [/use] */

/* A value sent to one that has not started: an error, and nothing happened. */
static void send_too_early(void)
{
    cede_gen *my_coro = check_made(cede_gen_create(simple_coroutine, NULL));

    print_end(cede_send(my_coro, &(int){1729}, NULL));
    printf("%s\n", state_of(my_coro));
    check(cede_send(my_coro, NULL, NULL)); /* None may be sent: it is a next */
    printf("%s\n", state_of(my_coro));
    cede_gen_destroy(my_coro);
}

int main(void)
{
    start_and_send();
    send_too_early();
    return 0;
}

/* Output:
 * <generator 'simple_coroutine' created, made at simple_coroutine.c:28> \
 * GEN_CREATED
 * -> coroutine started
 * None GEN_SUSPENDED
 * -> coroutine received: 42
 * StopIteration
 * CEDE_EGENSTART: generator 'simple_coroutine' has not started: its first item is asked for with \
 * cede_next
 * GEN_CREATED
 * -> coroutine started
 * GEN_SUSPENDED
 */
