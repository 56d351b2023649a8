/* odd.c - a generator function runs lazily: each next runs it up to the next yield, and not a line
 * runs before the first. StopIteration is the 0 of cede_next. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

/* [odd] */
static int odd(cede_gen *self, void *arg)
{
    printf("step 1\n");
    CEDE_TRY(cede_yield(self, (int[]){1}, NULL));
    printf("step 2\n");
    CEDE_TRY(cede_yield(self, (int[]){3}, NULL));
    printf("step 3\n");
    CEDE_TRY(cede_yield(self, (int[]){5}, NULL));
    return 0;
}
/* [/odd] */

/* [use] */
static void print_until_done(void)
{
    cede_gen *g1 = check_made(cede_gen_create(odd, NULL));
    void *a;

    while (check(cede_next(g1, &a)) > 0)
        printf("%d\n", *(int *)a);
    printf("odd DONE\n");
    cede_gen_destroy(g1);
}
/* [/use] */

/* The same, asked for one item more than there are. */
static void print_and_fail(void)
{
    cede_gen *o = check_made(cede_gen_create(odd, NULL));
    void *item;

    for (int i = 0; i < 3; i++) {
        check_item(cede_next(o, &item));
        printf("%d\n", *(int *)item);
    }
    print_end(cede_next(o, &item));
    cede_gen_destroy(o);
}

int main(void)
{
    print_until_done();
    print_and_fail();
    return 0;
}

/* Output:
 * step 1
 * 1
 * step 2
 * 3
 * step 3
 * 5
 * odd DONE
 * step 1
 * 1
 * step 2
 * 3
 * step 3
 * 5
 * StopIteration
 */
