/* looking_glass_errors.c - looking_glass with its error handling: what is after the yield runs
 * however the block ended. */
/* SPDX-License-Identifier: MIT */
#include "context_managers.h"

/* [errors] */
static int looking_glass(cede_gen *self, void *arg)
{
    FILE *original = stdout;
    const char *msg = "";
    int rc;

    CEDE_TRY(open_mirror(original, &stdout));
    rc = cede_yield(self, "JABBERWOCKY", NULL);
    if (rc < 0)
        msg = "出错啦";
    fclose(stdout); /* no CEDE_TRY around the yield: an error comes here as well */
    stdout = original;
    if (*msg)
        puts(msg);
    return rc == CEDE_EGENEXIT || rc == -ECANCELED ? rc : 0; /* all but these is swallowed */
}
/* [/errors] */

static int look(int divisor)
{
    cede_gen_context glass;
    int n = 0, rc = 0;

    cede_gen_context_init(&glass, looking_glass, NULL);
    CEDE_WITH_AS(&glass.context, rc, const char *, what) {
        puts(what);
        CEDE_TRY_BREAK(rc, divide(42, divisor, &n));
        puts("Alice, Kitty and Snowdrop");
    }
    printf("%d\n", rc);
    return rc;
}

int main(void)
{
    return look(6) < 0 || look(0) < 0;
}

/* Output:
 * YKCOWREBBAJ
 * pordwonS dna yttiK ,ecilA
 * 0
 * YKCOWREBBAJ
 * 出错啦
 * 0
 */
