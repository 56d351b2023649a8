/* looking_glass.c - LookingGlass: a context that turns what is printed inside it round, and knows
 * one error that it swallows. */
/* SPDX-License-Identifier: MIT */
#include "context_managers.h"

/* [glass] */
struct looking_glass {
    cede_context context; /* first: what enter and exit get is the whole */
    FILE *original;
};

static int looking_glass_enter(cede_context *context, void **value_out)
{
    struct looking_glass *self = (struct looking_glass *)context;

    self->original = stdout;
    CEDE_TRY(open_mirror(self->original, &stdout)); /* prints reversed */
    *value_out = "JABBERWOCKY";
    return 0;
}

static int looking_glass_exit(cede_context *context, int rc)
{
    struct looking_glass *self = (struct looking_glass *)context;

    fclose(stdout);
    stdout = self->original;
    if (rc == -EDOM) {
        printf("%s %s\n", cede_error_name(rc), cede_error_message(cede_error_last()));
        puts("Please DO NOT divide by zero");
        return 0; /* swallowed */
    }
    return rc;
}
/* [/glass] */

/* [use] */
static int look(void)
{
    struct looking_glass glass = {{looking_glass_enter, looking_glass_exit}, NULL};
    int n = 0, rc = 0;

    CEDE_WITH_AS(&glass.context, rc, const char *, what) {
        puts("Alice, Kitty and Snowdrop");
        puts(what);
    }
    CEDE_TRY(rc);
    puts("Back to normal.");

    CEDE_WITH(&glass.context, rc) {
        puts("Humpty Dumpty");
        CEDE_TRY_BREAK(rc, divide(1, 0, &n));
        puts("never printed");
    }
    return rc;
}
/* [/use] */

int main(void)
{
    const int rc = look();

    printf("%d\n", rc);
    return rc == 0 ? 0 : 1;
}

/* Output:
 * pordwonS dna yttiK ,ecilA
 * YKCOWREBBAJ
 * Back to normal.
 * ytpmuD ytpmuH
 * EDOM division by zero
 * Please DO NOT divide by zero
 * 0
 */
