/* looking_glass.c - LookingGlass: a context that turns what is printed inside it round, and knows
 * one error that it swallows. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* fopencookie */
#include <stdio.h>

#include <cede.h>

/* [glass] */
struct looking_glass {
    cede_context context; /* first: what enter and exit get is the whole */
    FILE *original;
};

static ssize_t reverse_write(void *original, const char *text, size_t size)
{
    const size_t n = size > 0 && text[size - 1] == '\n' ? size - 1 : size;

    for (size_t i = n; i > 0; i--)
        putc(text[i - 1], original);
    fwrite(text + n, 1, size - n, original);
    return (ssize_t)size;
}

static int looking_glass_enter(cede_context *context, void **value_out)
{
    struct looking_glass *self = (struct looking_glass *)context;
    FILE *mirror = fopencookie(stdout, "w", (cookie_io_functions_t){.write = reverse_write});

    if (!mirror)
        return cede_raise(-ENOMEM, "no memory for a looking-glass");
    setvbuf(mirror, NULL, _IOLBF, BUFSIZ);
    self->original = stdout;
    stdout = mirror;
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

static int divide(int a, int b, int *out)
{
    if (b == 0)
        return cede_raise(-EDOM, "division by zero");
    *out = a / b;
    return 0;
}

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
