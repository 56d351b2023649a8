/* simple_coro2.c - a coroutine that yields two values, and the states it passes through.
 *
 * `b = yield a` is cut in the middle: next runs it up to its item, and the send after that from its
 * value on. StopIteration of the last send is cede_send's 0. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

/* [body] */
static int simple_coro2(cede_gen *self, void *arg)
{
    const int a = *(int *)arg;
    void *b, *c;

    printf("-> Started: a = %d\n", a);
    CEDE_TRY(cede_yield(self, (int[]){a}, &b));
    printf("-> Received: b = %d\n", *(int *)b);
    CEDE_TRY(cede_yield(self, (int[]){a + *(int *)b}, &c));
    printf("-> Received: c = %d\n", *(int *)c);
    return 0;
}
/* [/body] */

static void print_state(const cede_gen *gen)
{
    printf("%s\n", cede_gen_state_name(cede_gen_state(gen)));
}

int main(void)
{
    cede_gen *my_coro2 = check_made(cede_gen_create(simple_coro2, &(int){14}));
    void *item;

    print_state(my_coro2);
    check_item(cede_next(my_coro2, &item));
    printf("%d\n", *(int *)item);
    print_state(my_coro2);
    check_item(cede_send(my_coro2, &(int){28}, &item));
    printf("%d\n", *(int *)item);
    print_end(cede_send(my_coro2, &(int){99}, &item));
    print_state(my_coro2);
    cede_gen_destroy(my_coro2);
    return 0;
}

/* Output:
 * GEN_CREATED
 * -> Started: a = 14
 * 14
 * GEN_SUSPENDED
 * -> Received: b = 28
 * 42
 * -> Received: c = 99
 * StopIteration
 * GEN_CLOSED
 */
