/* backtrace.c - the frames of a parked coroutine, and how they are shown.
 *
 * With libdw they are found by call-frame information, which is right for any code; without it
 * along the frame pointers, which code compiled without them interrupts or, unseen, leaves a frame
 * out of.
 *
 *     task_wait, cede__future_wait    the library's inside: not shown
 *     cede_await                      what was called: shown by its name
 *     fetch at get.c:42               the program
 *     main_task at get.c:60
 *     cede__context_call              began the coroutine: left out, with all below
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "coro/backtrace.h"
#include "coro/gen.h"
#include "sys/debug_info.h"

/* Follow the frame pointers; one that leads out of the stack, or back, is none. What lies at an
 * address is read `shift` further on. */
static __attribute__((no_sanitize("address"))) size_t
walk_frame_pointers(struct cede__context_place at, uintptr_t high, uintptr_t shift,
                    uintptr_t *places, size_t max)
{
    uintptr_t frame = at.fp;
    size_t n = 0;

    if (n < max)
        places[n++] = at.pc;
    while (n < max && frame >= at.sp && frame <= high - 2 * sizeof(uintptr_t) &&
           frame % sizeof(uintptr_t) == 0) {
        const uintptr_t *words = (const uintptr_t *)(frame + shift);
        if (words[1] == 0)
            break;
        places[n++] = words[1];
        if (words[0] <= frame)
            break;
        frame = words[0];
    }
    return n;
}

/* Leave out who began the coroutine, and what lies below; how many frames are left. */
static size_t cut_start(const uintptr_t *places, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (cede__context_is_start(places[i]))
            return i > 0 ? i - 1 : 0;
    }
    return n;
}

/* The frames of one stack, from where `context` is parked on the stack of `coro`. */
static size_t walk_stack(const struct cede__context *context, const struct cede__coro *coro,
                         uintptr_t *places, size_t max)
{
    const struct cede__context_place at = cede__context_where(context);
    const uintptr_t high = (uintptr_t)coro;
    size_t n;

    if (at.pc == 0 || at.sp < (uintptr_t)coro->stack->low || at.sp >= high)
        return 0;
    n = cede__debug_info_walk(at, at.sp, high, places, max);
    if (n == 0)
        n = walk_frame_pointers(at, high, 0, places, max);
    return cut_start(places, n);
}

size_t cede__backtrace_sample(const struct cede__sample *sample, uintptr_t *places, size_t max)
{
    size_t n = cede__debug_info_walk_sample(sample, places, max);

    if (n == 0 && sample->n_bytes >= 2 * sizeof(uintptr_t))
        n = walk_frame_pointers(sample->at, sample->at.sp + sample->n_bytes,
                                (uintptr_t)sample->stack - sample->at.sp, places, max);
    return cut_start(places, n);
}

/* Where the body of a generator is parked that does not run: in its crossing, or in its loop. */
static const struct cede__context *gen_context(const struct cede__coro *coro)
{
    const struct cede_gen *gen = cede__container_of(coro, const struct cede_gen, coro);

    return gen->mode & CEDE__GEN_PARKED ? &gen->crossing.in : &coro->context;
}

size_t cede__backtrace(const struct cede__coro *coro, uintptr_t *places, size_t max)
{
    const struct cede__context *context = &coro->context;
    const struct cede_gen *leaf = NULL;
    size_t n = 0;

    if (coro && coro->is_gen)
        context = gen_context(coro);
    /* From a generator on to what delegates to it, and to who resumed it. */
    while (coro && coro->stack) {
        n += walk_stack(context, coro, places + n, max - n);
        if (!coro->is_gen)
            break;
        const struct cede_gen *gen = cede__container_of(coro, const struct cede_gen, coro);
        leaf = leaf ? leaf : gen;
        if (gen->outer) {
            coro = &gen->outer->coro;
            context = &gen->outer->crossing.in;
        } else if (cede_gen_state(gen) == CEDE_GEN_RUNNING) {
            coro = (const struct cede__coro *)(const void *)leaf->caller.error;
            context = &leaf->crossing.out;
            leaf = NULL;
        } else {
            break;
        }
    }
    return n;
}

static bool is_public(const struct cede__place_name *name)
{
    return strncmp(name->function, "cede_", 5) == 0 && name->function[5] != '_';
}

/* How many frames on top are the library's and of no interest: those above the function that the
 * program called, as far as it can be told. */
static size_t skip_inside(const uintptr_t *places, size_t n)
{
    size_t n_shown_from = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        struct cede__place_name name;
        cede__debug_info_name(places[i], &name);
        if (is_public(&name))
            n_shown_from = i + 1;
        else if (!name.is_inside)
            break;
    }
    if (n_shown_from > 0)
        return n_shown_from - 1;
    /* a public function that jumped into another instead of calling it is not there */
    return i < n ? i : 0;
}

void cede__backtrace_write(const uintptr_t *places, size_t n, struct cede__text *text)
{
    for (size_t i = skip_inside(places, n); i < n; i++) {
        struct cede__place_name name;
        cede__debug_info_name(places[i], &name);
        if (name.is_inside)
            continue; /* where a generator was resumed */
        cede__text_add(text, "    %s", name.function);
        /* Of a public function the name says all; the line would be one of the library's inside. */
        if (name.file[0] && !is_public(&name))
            cede__text_add(text, " at %s:%d", name.file, name.line);
        cede__text_add(text, "\n");
    }
}
