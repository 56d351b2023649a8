/* gen_facts.c - what there is to know of a generator: state, result, a line about it, its stack. */
/* SPDX-License-Identifier: MIT */
#include "coro/backtrace.h"
#include "coro/gen.h"
#include "coro/gen_inline.h"

/* What programs that have the crossings compiled into them refer to. */
const char CEDE__INLINE_SYMBOL[] = "cede " CEDE__VERSION;

int cede_gen_return(struct cede_gen *self, void *result)
{
    self->result = result;
    return 0;
}

void *cede_gen_result(const struct cede_gen *gen)
{
    return gen->state == CEDE_GEN_CLOSED ? gen->result : NULL;
}

enum cede_gen_state cede_gen_state(const struct cede_gen *gen)
{
    while (gen->outer)
        gen = gen->outer;
    return gen->state == CEDE__GEN_IN_SCOPE ? CEDE_GEN_SUSPENDED : (enum cede_gen_state)gen->state;
}

const char *cede_gen_state_name(enum cede_gen_state state)
{
    static const char *const names[] = {"GEN_CREATED", "GEN_RUNNING", "GEN_SUSPENDED",
                                        "GEN_CLOSED"};

    return (unsigned)state < cede__countof(names) ? names[state] : "?";
}

struct cede_gen *cede_gen_delegate(const struct cede_gen *gen)
{
    return gen->sub;
}

size_t cede_gen_format(const struct cede_gen *gen, char *buffer, size_t size)
{
    static const char *const words[] = {"created", "running", "suspended", "closed"};
    const struct cede__spawn_site *site = gen->coro.site;
    struct cede__text text = {.buffer = buffer, .size = size};

    cede__text_add(&text, "<generator '%s' %s", site->name, words[cede_gen_state(gen)]);
    if (gen->sub)
        cede__text_add(&text, ", delegates to '%s'", gen->sub->coro.site->name);
    cede__text_add(&text, ", made at %s:%d>", site->file, site->line);
    return text.length;
}

void cede_gen_print_stack(const struct cede_gen *gen, FILE *stream)
{
    enum { MAX_FRAMES = 64 };
    uintptr_t places[MAX_FRAMES];
    char buffer[8192];
    struct cede__text text = {.buffer = buffer, .size = sizeof buffer};
    const struct cede_gen *root = gen;

    cede_gen_format(gen, buffer, sizeof buffer);
    fprintf(stream, "%s\n", buffer);
    while (root->outer)
        root = root->outer;
    if (root->state != CEDE_GEN_SUSPENDED && root->state != CEDE__GEN_IN_SCOPE)
        return;
    buffer[0] = '\0';
    cede__backtrace_write(places, cede__backtrace(&root->leaf->coro, places, MAX_FRAMES), &text);
    fputs(buffer, stream);
}
