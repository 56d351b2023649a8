/* fibonacci.c - a loop that prints, and the generator made of it by putting a yield for the
 * printf. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

static const char *fib_loop(int max)
{
    long a = 0, b = 1;

    for (int n = 0; n < max; n++) {
        printf("%ld\n", b);
        const long sum = a + b;
        a = b;
        b = sum;
    }
    return "done";
}

static int fib_g(cede_gen *self, void *arg)
{
    const int *max = arg;
    long a = 0, b = 1;

    for (int n = 0; n < *max; n++) {
        CEDE_TRY(cede_yield(self, &b, NULL));
        const long sum = a + b;
        a = b;
        b = sum;
    }
    return 0;
}

int main(void)
{
    int max = 5;
    void *a;

    printf("循环的斐波那契：\n"); /* by a loop */
    fib_loop(max);

    printf("生成器的斐波那契:\n"); /* by a generator */
    cede_gen *g = check_made(cede_gen_create(fib_g, &max));
    while (check(cede_next(g, &a)) > 0)
        printf("%ld\n", *(long *)a);
    printf("STOP\n");
    cede_gen_destroy(g);
    return 0;
}

/* Output:
 * 循环的斐波那契：
 * 1
 * 1
 * 2
 * 3
 * 5
 * 生成器的斐波那契:
 * 1
 * 1
 * 2
 * 3
 * 5
 * STOP
 */
