/* looking_glass_generator.c - looking_glass: the same context made from a generator with one yield,
 * and what it does step by step. */
/* SPDX-License-Identifier: MIT */
#include "context_managers.h"

/* [generator] */
static int looking_glass(cede_gen *self, void *arg)
{
    FILE *original = stdout;

    CEDE_TRY(open_mirror(original, &stdout));
    CEDE_TRY(cede_yield(self, "JABBERWOCKY", NULL)); /* the block runs here */
    fclose(stdout);
    stdout = original;
    return 0;
}

static int look(void)
{
    cede_gen_context glass;
    int rc = 0;

    cede_gen_context_init(&glass, looking_glass, NULL);
    CEDE_WITH_AS(&glass.context, rc, const char *, what) {
        puts("Alice, Kitty and Snowdrop");
        puts(what);
    }
    return rc;
}
/* [/generator] */

/* What CEDE_WITH and the context do between them. */
static int look_step_by_step(void)
{
    cede_gen *gen = cede_gen_create(looking_glass, NULL);
    void *what;
    int rc;

    if (!gen)
        return cede_error_code(cede_error_last());
    rc = cede_next(gen, &what); /* entering: up to the yield, whose item is the value */
    if (rc == 1)
        puts(what);
    if (rc == 1)
        rc = cede_next(gen, NULL); /* leaving: the rest; cede_throw, had there been an error */
    cede_gen_destroy(gen);
    return rc;
}

int main(void)
{
    if (look() < 0 || look_step_by_step() < 0)
        return 1;
    puts("Back to normal.");
    return 0;
}

/* Output:
 * pordwonS dna yttiK ,ecilA
 * YKCOWREBBAJ
 * YKCOWREBBAJ
 * Back to normal.
 */
