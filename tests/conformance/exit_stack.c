/* exit_stack.c - reads what is to be pushed onto exit stacks, closes them, prints what happened;
 * exit_stack.py compares that with Python's ExitStack.
 *
 * A case is a line of words. The first is how the body ends: "-", or with an error. The others are
 * pushed in order; each is known by its number in the line:
 *
 *     c   a callback;           cr  that raises;          cn  that raises from an error of its own
 *     p   an exit function;     ps  that swallows;        pr  that raises;
 *     pf  that raises from;     ph  that handles an error of its own;     pi  without clearing it
 *     gp  a generator's context that passes errors on;    gs  that swallows;   gr  that raises;
 *     gf  that raises from;     g2  that yields twice;    g0  that does not;   gb  fails before
 *     A   pop_all, and on with the new stack
 *     nK  a callback that pushes the next K words
 *
 * The answer is a line: each call with the chain of errors it saw, and the chain it ended with.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cede/exit_stack.h>
#include <cede/gen_context.h>

#include "base/error_record.h"

enum { MAX_WORDS = 64 };

struct op {
    const char *kind;
    int number;
    int n_children;
    cede_exit_stack *stack; /* where the children go */
    cede_gen_context generator;
};

static struct op ops[MAX_WORDS];
static int n_ops;

/* The words of the error that is here and of its causes; "ok" if `rc` is none. */
static void print_chain(int rc)
{
    const struct cede_error *error = cede_error_last();

    if (rc >= 0) {
        fputs("ok", stdout);
        return;
    }
    if (cede_error_code(error) != rc) {
        printf("no record of %d", rc);
        return;
    }
    for (unsigned i = 0; i < error->n_links; i++) {
        const char *words = error->text + error->links[i].text;
        const char *name = strchr(words, '\'');
        if (name) /* generator 'name' didn't ... */
            words = strchr(name + 1, '\'') + 2;
        printf("%s%s", i > 0 ? "<" : "", words);
    }
}

static void note(const struct op *op, int rc)
{
    printf("%d:", op->number);
    print_chain(rc);
    putchar(' ');
}

static bool is(const struct op *op, const char *kind)
{
    return strcmp(op->kind, kind) == 0;
}

/* Codes differ or not, as it comes; -EDOM is kept for errors that are not returned. */
static int code_of(const struct op *op)
{
    return op->number % 3 ? -EIO : -EPERM;
}

static int raise_own(const struct op *op)
{
    return cede_raise(code_of(op), "e%d", op->number);
}

static int raise_from(const struct op *op)
{
    return cede_raise_from(code_of(op), "e%d", op->number);
}

static int run_callback(void *arg)
{
    const struct op *op = arg;

    printf("%d ", op->number);
    if (is(op, "cr"))
        return raise_own(op);
    if (is(op, "cn")) {
        (void)cede_raise(-EIO, "i%d", op->number);
        return raise_from(op);
    }
    return 0;
}

static int run_push(int rc, void *arg)
{
    const struct op *op = arg;

    note(op, rc);
    if (is(op, "ps"))
        return 0;
    if (is(op, "pr"))
        return raise_own(op);
    if (is(op, "pf"))
        return rc < 0 ? raise_from(op) : raise_own(op);
    if (is(op, "ph")) {
        (void)raise_own(op);
        cede_error_clear();
    }
    if (is(op, "pi"))
        (void)cede_raise(-EDOM, "e%d", op->number);
    return rc;
}

static int run_generator(cede_gen *self, void *arg)
{
    const struct op *op = arg;
    int rc;

    if (is(op, "gb"))
        return raise_own(op);
    if (is(op, "g0"))
        return 0;
    rc = cede_yield(self, NULL, NULL);
    note(op, rc);
    if (is(op, "gs"))
        return 0;
    if (is(op, "gr"))
        return raise_own(op);
    if (is(op, "gf"))
        return rc < 0 ? raise_from(op) : raise_own(op);
    if (is(op, "g2"))
        rc = cede_yield(self, NULL, NULL);
    return rc;
}

static int add(cede_exit_stack *stack, struct op *op);

static int add_children(void *arg)
{
    struct op *op = arg;

    printf("%d ", op->number);
    for (int i = 1; i <= op->n_children; i++)
        CEDE_TRY(add(op->stack, op + i));
    return 0;
}

static int add(cede_exit_stack *stack, struct op *op)
{
    switch (op->kind[0]) {
    case 'c':
        return cede_exit_stack_callback(stack, run_callback, op);
    case 'p':
        return cede_exit_stack_push(stack, run_push, op);
    case 'g':
        cede_gen_context_init(&op->generator, run_generator, op);
        return cede_exit_stack_enter(stack, &op->generator.context, NULL);
    case 'n':
        op->stack = stack;
        return cede_exit_stack_callback(stack, add_children, op);
    default: {
        cede_exit_stack other;
        cede_exit_stack_pop_all(stack, &other);
        *stack = other; /* where those that push more look for it */
        return 0;
    }
    }
}

static void answer(void)
{
    cede_exit_stack stack;
    int rc = 0;

    cede_error_clear();
    cede_exit_stack_init(&stack);
    for (int i = 1; rc == 0 && i < n_ops; i += 1 + ops[i].n_children)
        rc = add(&stack, &ops[i]);
    if (rc == 0 && ops[0].kind[0] != '-')
        rc = cede_raise(code_of(&ops[0]), "e0");
    rc = cede_exit_stack_close(&stack, rc);
    print_chain(rc);
    putchar('\n');
}

int main(void)
{
    static char line[4096];

    while (fgets(line, sizeof line, stdin)) {
        char *rest = line;
        char *word;

        n_ops = 0;
        while ((word = strtok_r(rest, " \n", &rest)) && n_ops < MAX_WORDS) {
            ops[n_ops] = (struct op){.kind = word, .number = n_ops};
            ops[n_ops].n_children = word[0] == 'n' ? atoi(word + 1) : 0;
            n_ops++;
        }
        answer();
    }
    return 0;
}
