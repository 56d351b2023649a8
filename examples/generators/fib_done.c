/* fib_done.c - a generator that returns something: a loop over its items does not see it, who asks
 * cede_gen_result after the end does (Python: StopIteration.value). */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

/* [fib] */
static int fib(cede_gen *self, void *arg)
{
    const int *max = arg;
    long a = 0, b = 1;

    for (int n = 0; n < *max; n++) {
        CEDE_TRY(cede_yield(self, &b, NULL));
        const long sum = a + b;
        a = b;
        b = sum;
    }
    return cede_gen_return(self, "done");
}
/* [/fib] */

/* [use] */
int main(void)
{
    int max = 5;
    char text[100];
    void *n;

    cede_gen *f = check_made(cede_gen_create(fib, &max));
    cede_gen_format(f, text, sizeof text);
    printf("%s\n", text);
    while (check(cede_next(f, &n)) > 0)
        printf("%ld\n", *(long *)n);
    cede_gen_destroy(f);

    cede_gen *g = check_made(cede_gen_create(fib, &max));
    while (check(cede_next(g, &n)) > 0)
        printf("next g: %ld\n", *(long *)n);
    printf("Generator return value: %s\n", (const char *)cede_gen_result(g));
    cede_gen_destroy(g);
    return 0;
}
/* [/use] */

/* Output:
 * <generator 'fib' created, made at fib_done.c:29>
 * 1
 * 1
 * 2
 * 3
 * 5
 * next g: 1
 * next g: 1
 * next g: 2
 * next g: 3
 * next g: 5
 * Generator return value: done
 */
