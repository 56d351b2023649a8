/* exit_stack.c - ExitStack: so many files as there are names, all of them closed, or all of them
 * handed on. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

struct book {
    const char *title;
};

static int close_book(void *arg)
{
    const struct book *book = arg;

    printf("close %s\n", book->title);
    return 0;
}

static int open_book(cede_exit_stack *stack, struct book *book)
{
    if (book->title[0] == '?')
        return cede_raise(-ENOENT, "there is no book '%s'", book->title);
    printf("open %s\n", book->title);
    return cede_exit_stack_callback(stack, close_book, book); /* from here on it will be closed */
}

/* [all] */
/* All of the books, or none: pop_all is only reached if nothing failed. */
static int open_all(struct book *books, size_t n, cede_exit_stack *open_out)
{
    cede_exit_stack stack;
    int rc = 0;

    cede_exit_stack_init(&stack);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = open_book(&stack, &books[i]);
    if (rc == 0)
        cede_exit_stack_pop_all(&stack, open_out);
    return cede_exit_stack_close(&stack, rc);
}
/* [/all] */

/* [push] */
static int forgive_missing(int rc, void *arg)
{
    const char *reader = arg;

    if (rc != -ENOENT)
        return rc; /* goes on as it was */
    printf("%s shrugs: %s\n", reader, cede_error_message(cede_error_last()));
    return 0; /* swallowed */
}
/* [/push] */

static int read_books(struct book *books, size_t n)
{
    cede_exit_stack stack;
    cede_exit_stack open;
    int rc;

    cede_exit_stack_init(&stack);
    rc = cede_exit_stack_push(&stack, forgive_missing, "Alice");
    if (rc == 0)
        rc = open_all(books, n, &open);
    if (rc == 0) {
        puts("reading");
        rc = cede_exit_stack_close(&open, 0);
    }
    return cede_exit_stack_close(&stack, rc);
}

/* [defer] */
static void say(void *words)
{
    printf("%s\n", (const char *)words);
}

static int with_defer(int n)
{
    CEDE_DEFER(say, "deferred first, run last");
    for (int i = 0; i < n; i++) {
        CEDE_DEFER(say, "end of a round");
        if (i == 1)
            return 1;
    }
    return 0;
}
/* [/defer] */

int main(void)
{
    struct book two[] = {{"Emma"}, {"Ulysses"}};
    struct book three[] = {{"Emma"}, {"Ulysses"}, {"?"}};

    if (read_books(two, 2) < 0)
        return 1;
    puts("--");
    if (read_books(three, 3) < 0)
        return 1;
    puts("--");
    return with_defer(5) == 1 ? 0 : 1;
}

/* Output:
 * open Emma
 * open Ulysses
 * reading
 * close Ulysses
 * close Emma
 * --
 * open Emma
 * open Ulysses
 * close Ulysses
 * close Emma
 * Alice shrugs: there is no book '?'
 * --
 * end of a round
 * end of a round
 * deferred first, run last
 */
