/* handle_exception.c - throw and close once more, and what happens to a value sent after close: the
 * coroutine is at its end, its StopIteration without words and with the value None. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

#define DEMO_ERROR (CEDE_ERROR_USER - 1)

static int handle_exception(cede_gen *self, void *arg)
{
    void *x;

    printf("-> start\n");
    for (;;) {
        const int rc = cede_yield(self, NULL, &x);
        if (rc == DEMO_ERROR)
            printf("-> run demo exception\n");
        else if (rc < 0)
            return rc;
        else
            printf("-> received x: %d\n", *(int *)x);
    }
}

static cede_gen *start(void)
{
    cede_gen *he = check_made(cede_gen_create(handle_exception, NULL));

    check(cede_next(he, NULL));
    check(cede_send(he, &(int){10}, NULL));
    check(cede_send(he, &(int){20}, NULL));
    return he;
}

static void throw_and_go_on(void)
{
    cede_gen *he = start();

    check(cede_throw(he, DEMO_ERROR, NULL));
    check(cede_send(he, &(int){40}, NULL));
    check(cede_close(he));
    cede_gen_destroy(he);
}

static void send_after_close(void)
{
    cede_gen *he = start();

    check(cede_send(he, &(int){40}, NULL));
    check(cede_close(he));
    if (check(cede_send(he, &(int){50}, NULL)) == 0)
        printf("\n%s\n", cede_gen_result(he) ? "?" : "None");
    cede_gen_destroy(he);
}

int main(void)
{
    throw_and_go_on();
    send_after_close();
    return 0;
}

/* Output:
 * -> start
 * -> received x: 10
 * -> received x: 20
 * -> run demo exception
 * -> received x: 40
 * -> start
 * -> received x: 10
 * -> received x: 20
 * -> received x: 40
 *
 * None
 */
