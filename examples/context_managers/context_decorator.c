/* context_decorator.c - ContextDecorator: functions that always run inside a context. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

/* [decorator] */
struct tag {
    cede_context context;
    const char *name;
};

static int tag_enter(cede_context *context, void **value_out)
{
    const struct tag *self = (const struct tag *)context;

    printf("<%s>", self->name);
    return 0;
}

static int tag_exit(cede_context *context, int rc)
{
    const struct tag *self = (const struct tag *)context;

    printf("</%s>", self->name);
    return rc;
}

static int shout(void *text)
{
    printf("%s!", (const char *)text);
    return 0;
}

/* shout, decorated: the function that callers are to use. */
static int shout_in_bold(void *text)
{
    struct tag bold = {{tag_enter, tag_exit}, "b"};

    return cede_context_call(&bold.context, shout, text);
}

/* Decorated once more. */
static int shout_in_paragraph(void *text)
{
    struct tag paragraph = {{tag_enter, tag_exit}, "p"};

    return cede_context_call(&paragraph.context, shout_in_bold, text);
}
/* [/decorator] */

int main(void)
{
    if (shout_in_paragraph("Hello") < 0 || puts("") < 0 || shout_in_bold("Bye") < 0)
        return 1;
    puts("");
    return 0;
}

/* Output:
 * <p><b>Hello!</b></p>
 * <b>Bye!</b>
 */
