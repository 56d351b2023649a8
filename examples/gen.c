/* gen.c - a generator of Fibonacci's numbers. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

/* [fibonacci] */
static int fibonacci(cede_gen *self, void *arg)
{
    (void)arg;
    for (long a = 0, b = 1;; b += a, a = b - a)
        CEDE_TRY(cede_yield(self, &a, NULL));
}
/* [/fibonacci] */

/* [use] */
static int print_up_to(long limit)
{
    cede_gen *numbers = cede_gen_create(fibonacci, NULL);
    long *number;
    int rc;

    if (!numbers)
        return -ENOMEM;
    while ((rc = cede_next(numbers, (void **)&number)) > 0 && *number < limit)
        printf("%s%ld", *number > 0 ? " " : "", *number);
    cede_gen_destroy(numbers); /* closes it: its yield returns CEDE_EGENEXIT */
    return rc < 0 ? rc : 0;
}
/* [/use] */

int main(void)
{
    const int rc = print_up_to(100);

    printf("\n");
    return rc < 0;
}

/* Output:
 * 0 1 1 2 3 5 8 13 21 34 55 89
 */
