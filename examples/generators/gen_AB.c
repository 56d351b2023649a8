/* gen_AB.c - a generator that says what runs when: the loop gets 'A' before "continue". */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

static int gen_AB(cede_gen *self, void *arg)
{
    printf("start\n");
    CEDE_TRY(cede_yield(self, "A", NULL));
    printf("continue\n");
    CEDE_TRY(cede_yield(self, "B", NULL));
    printf("END\n");
    return 0;
}

int main(void)
{
    cede_gen *gen = check_made(cede_gen_create(gen_AB, NULL));
    void *c;

    while (check(cede_next(gen, &c)) > 0)
        printf("--》 %s\n", (const char *)c);
    cede_gen_destroy(gen);
    return 0;
}

/* Output:
 * start
 * --》 A
 * continue
 * --》 B
 * END
 */
