/* inline_program.c - a program outside the tree that has the hot functions of generators compiled
 * into it. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

static int squares(cede_gen *self, void *arg)
{
    void *sent = arg;

    for (long i = 1; sent; i++) {
        long square = i * i;
        CEDE_TRY(cede_yield(self, &square, &sent));
    }
    return 0;
}

static int run(cede_gen *gen)
{
    long *square;

    CEDE_TRY(cede_next(gen, (void **)&square));
    for (int i = 0; i < 2; i++)
        CEDE_TRY(cede_send(gen, gen, (void **)&square));
    printf("%ld, ", *square);
    return cede_next(gen, (void **)&square);
}

int main(void)
{
    cede_gen *gen = cede_gen_create(squares, stdout);
    const int rc = gen ? run(gen) : -1;

    printf("%s\n", rc == 0 ? cede_gen_state_name(cede_gen_state(gen)) : "failed");
    return cede_gen_destroy(gen);
}

/* Output: 9, GEN_CLOSED */
