/* states.c - the four states of a generator, asked from outside: by its owner, and while it runs by
 * what it calls. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

struct watched {
    cede_gen *gen;
};

static void print_state(const char *when, const struct watched *watched)
{
    printf("%s: %s\n", when, cede_gen_state_name(cede_gen_state(watched->gen)));
}

/* Another generator, which sees the first one in the middle of resuming it. */
static int observer(cede_gen *self, void *arg)
{
    print_state("while it has resumed another", arg);
    CEDE_TRY(cede_yield(self, NULL, NULL));
    return 0;
}

static int body(cede_gen *self, void *arg)
{
    cede_gen *other = check_made(cede_gen_create(observer, arg));

    print_state("in its body", arg);
    check(cede_next(other, NULL));
    cede_gen_destroy(other);
    CEDE_TRY(cede_yield(self, NULL, NULL));
    return 0;
}

int main(void)
{
    struct watched watched = {NULL};

    watched.gen = check_made(cede_gen_create(body, &watched));
    print_state("before the first next", &watched);
    check(cede_next(watched.gen, NULL));
    print_state("at the yield", &watched);
    check(cede_next(watched.gen, NULL));
    print_state("after its end", &watched);
    cede_gen_destroy(watched.gen);
    return 0;
}

/* Output:
 * before the first next: GEN_CREATED
 * in its body: GEN_RUNNING
 * while it has resumed another: GEN_RUNNING
 * at the yield: GEN_SUSPENDED
 * after its end: GEN_CLOSED
 */
