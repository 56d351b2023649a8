/* send.c - the shortest listings of send: one value, a text, and then two numbers.
 *
 * Where Python's last send raises StopIteration, cede_send returns 0. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

static int receive_text(cede_gen *self, void *arg)
{
    void *x;

    printf("-> start\n");
    CEDE_TRY(cede_yield(self, NULL, &x));
    printf("-> received %s\n", (const char *)x);
    return 0;
}

static void send_text(void)
{
    cede_gen *sc = check_made(cede_gen_create(receive_text, NULL));

    printf("1111\n");
    check(cede_next(sc, NULL)); /* or cede_send(sc, NULL, NULL): the same */
    printf("2222\n");
    print_end(cede_send(sc, "zhexiao", NULL));
    cede_gen_destroy(sc);
}

/* What is sent belongs to the sender, who may reuse its memory after the next send: copied here. */
static int receive_numbers(cede_gen *self, void *arg)
{
    const int a = *(int *)arg;
    void *sent;

    printf("-> start\n");
    CEDE_TRY(cede_yield(self, (int[]){a}, &sent));
    const int b = *(int *)sent;
    printf("-> received %d %d\n", a, b);

    CEDE_TRY(cede_yield(self, (int[]){a + b}, &sent));
    const int c = *(int *)sent;
    printf("-> received %d %d %d\n", a, b, c);
    return 0;
}

static void send_numbers(void)
{
    cede_gen *sc = check_made(cede_gen_create(receive_numbers, &(int){5}));
    void *item;

    check_item(cede_next(sc, &item));
    printf("%d\n", *(int *)item);
    check_item(cede_send(sc, &(int){6}, &item)); /* 5, 6 */
    printf("%d\n", *(int *)item);
    print_end(cede_send(sc, &(int){7}, &item)); /* 5, 6, 7 */
    cede_gen_destroy(sc);
}

int main(void)
{
    send_text();
    send_numbers();
    return 0;
}

/* Output:
 * 1111
 * -> start
 * 2222
 * -> received zhexiao
 * StopIteration
 * -> start
 * 5
 * -> received 5 6
 * 11
 * -> received 5 6 7
 * StopIteration
 */
