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
    return gen->state == CEDE__GEN_ENDED ? gen->result : NULL;
}

enum cede_gen_state cede_gen_state(const struct cede_gen *gen)
{
    if (gen->state == CEDE__GEN_NEW)
        return CEDE_GEN_CREATED;
    if (gen->state == CEDE__GEN_ENDED)
        return CEDE_GEN_CLOSED;
    while (gen->outer)
        gen = gen->outer;
    if (gen->scoped_leaf || (gen->leaf && gen->leaf->mode & CEDE__GEN_PARKED))
        return CEDE_GEN_SUSPENDED;
    return CEDE_GEN_RUNNING;
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
    cede__text_add(&text, ", made at %s:%d>", cede__file_name(site->file), site->line);
    return text.length;
}

void cede_gen_print_stack(const struct cede_gen *gen, FILE *stream)
{
    enum { MAX_FRAMES = 64 };
    uintptr_t places[MAX_FRAMES];
    char buffer[8192];
    struct cede__text text = {.buffer = buffer, .size = sizeof buffer};
    const struct cede_gen *root = gen;
    const struct cede_gen *leaf;

    cede_gen_format(gen, buffer, sizeof buffer);
    fprintf(stream, "%s\n", buffer);
    if (cede_gen_state(gen) != CEDE_GEN_SUSPENDED)
        return;
    while (root->outer)
        root = root->outer;
    leaf = root->leaf ? root->leaf : root->scoped_leaf;
    buffer[0] = '\0';
    cede__backtrace_write(places, cede__backtrace(&leaf->coro, places, MAX_FRAMES), &text);
    fputs(buffer, stream);
}
