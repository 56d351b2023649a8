/* gen.h - the inside of generators, and what is inlined where one is resumed and yields. Floor 2.
 *
 * Also what CEDE_INLINE compiles into programs; gen_inline.h says how. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_CORO_GEN_H
#define CEDE_CORO_GEN_H

#include <cede/gen.h>

#include "coro/coroutine.h"

/* The states of cede_gen_state, and two more kinds of being suspended. */
enum {
    CEDE__GEN_DELEGATED = CEDE_GEN_CLOSED + 1, /* started, and another delegates to it */
    CEDE__GEN_IN_SCOPE,                        /* suspended with scopes open, which are unhooked */
};

/* What the scopes that a body has open differ in, for the floor that knows them. */
struct cede__gen_scopes {
    /* Take all from `bottom` inward from where they hang; the innermost goes to *inner_out.
     * -EINVAL, raised and nothing done: one of them must not be left alone. */
    int (*unhook)(void *bottom, void **inner_out);
    void (*hook)(void *bottom, void *inner); /* hang them under the scope that is innermost here */
};

/* Who resumed: kept in the leaf, since that is who yields. */
struct cede__gen_caller {
    struct cede__context context; /* first */
    struct cede_error *error;     /* its cede__error_here */
    void **item_out;              /* where it wants the item; may be NULL */
    struct cede_gen *home;        /* what it resumed, which has an item when the leaf yields */
    void *kept[CEDE__CONTEXT_KEPT];
    struct cede__fiber fiber;
};

/* Lies at the top of its own stack. A chain is a generator, what it delegates to, and so on: the
 * first one is its root, the last its leaf. */
struct cede_gen {
    struct cede__coro coro; /* first */

    /* Hot: every item crosses here. */
    void *kept[CEDE__CONTEXT_KEPT]; /* beside coro's context */
    uint8_t state;
    bool look;         /* yield takes the long way: for the rare things below */
    bool looks_anyway; /* not only for its scopes */
    bool quiet;        /* in a home: an error it ends with is not put into the caller's record */
    bool sub_ended;    /* what it delegated to has ended and handed its result to it */
    struct cede_gen *leaf;          /* in a root */
    void **sent_out;                /* in a leaf: where its yield wants what is sent; may be NULL */
    struct cede__gen_caller caller; /* in a leaf */

    struct cede_gen *outer;              /* who delegates to it */
    struct cede_gen *sub;                /* whom it delegates to */
    struct cede_gen *root;               /* in the leaf */
    void *scopes;                        /* the outermost of those its body has open */
    const struct cede__gen_scopes *kind; /* of those */
    void *kept_bottom, *kept_inner;      /* in a home that is CEDE__GEN_IN_SCOPE */
    const struct cede__gen_scopes *kept_kind;
    cede_gen_fn *body;
    void *arg;
    void *result;
    void *sub_result; /* if sub_ended */
    void (*drop)(void *arg);
    int status;                   /* how the body ended */
    int n_refused;                /* yields while it is being destroyed; -1: it is not */
    struct cede_gen *next;        /* at rest */
    struct cede__spawn_site site; /* its own, if it was named */
};

/* The generator whose body runs here; NULL in a task's body or a loop's. */
static inline struct cede_gen *cede__gen_here(void)
{
    struct cede__coro *coro = cede__coro_here();

    return coro && coro->is_gen ? cede__container_of(coro, struct cede_gen, coro) : NULL;
}

/* Note the outermost of the scopes that the body of the generator has open; NULL: none. */
void cede__gen_set_scopes(struct cede_gen *gen, void *bottom, const struct cede__gen_scopes *kind);

/* gen.c: the long ways. */
int cede__gen_resume(struct cede_gen *gen, void *value, int code, void **item_out);
int cede__gen_attend(struct cede_gen *self, void *item, void **sent_out);

/* gen.c, for gen_close.c */
enum { CEDE__GEN_REFUSALS = 1000 }; /* yields that are refused before a stack is taken away */
struct cede_gen *cede__gen_root(struct cede_gen *gen);
int cede__gen_busy(const struct cede_gen *gen); /* raises -EBUSY */
void cede__gen_hook(struct cede_gen *gen);      /* the scopes it keeps, if any */
void cede__gen_free(struct cede_gen *gen);      /* closed */

/* After `gen`, to which others delegate, was resumed by itself: the chain is suspended again. */
void cede__gen_settle(struct cede_gen *root, struct cede_gen *gen);

#if CEDE__CONTEXT_KEPT > 0
_Static_assert(offsetof(struct cede__gen_caller, kept) == CEDE__CONTEXT_KEPT_AT &&
#if !defined(CEDE__ASAN) && !defined(CEDE__TSAN)
                   offsetof(struct cede_gen, kept) ==
                       offsetof(struct cede_gen, coro.context) + CEDE__CONTEXT_KEPT_AT &&
#endif
                   true,
               "registers are kept where cede__switch_call does");
#endif

/* Control crosses as code inlined into the caller or, if `calls`, by a function that the caller,
 * being one itself, ends with. Sanitizers want to have a word after. */
#if defined(CEDE__ASAN) || defined(CEDE__TSAN)
#define CEDE__GEN_CALLS(calls) ((calls) && false)
#else
#define CEDE__GEN_CALLS(calls) (calls)
#endif

/* Go on in `leaf`, whose yield then returns `code`. 1: `gen` has an item; else how it ended. */
static inline __attribute__((always_inline)) int
cede__gen_enter(struct cede_gen *gen, struct cede_gen *leaf, int code, void **item_out, bool calls)
{
    struct cede__gen_caller *caller = &leaf->caller;

    caller->item_out = item_out;
    caller->home = gen;
    caller->error = cede__error_here;
    gen->state = CEDE_GEN_RUNNING;
    cede__error_here = &leaf->coro.error;
    if (CEDE__GEN_CALLS(calls))
        return cede__switch_call(&caller->context, &leaf->coro.context, code);
    cede__fiber_init_thread(&caller->fiber);
    cede__fiber_before(&caller->fiber, &leaf->coro.fiber, 0);
    code = cede__switch_give(&caller->context, &leaf->coro.context, code);
    cede__fiber_after(&caller->fiber);
    return code;
}

static inline __attribute__((always_inline)) int cede__gen_send(struct cede_gen *gen, void *value,
                                                                void **item_out, bool calls)
{
    struct cede_gen *leaf = gen;

    /* A guess instead of a load whose result everything after waits for. */
    if (cede__unlikely(gen->leaf != gen))
        leaf = gen->leaf;
    else
        __asm__ volatile("" : "+r"(leaf)); /* no conditional move, which would wait as well */
    if (cede__unlikely(gen->state != CEDE_GEN_SUSPENDED))
        return cede__gen_resume(gen, value, 0, item_out);
    if (leaf->sent_out)
        *leaf->sent_out = value;
    return cede__gen_enter(gen, leaf, 0, item_out, calls);
}

/* The other way: hand `item` to the caller. */
static inline __attribute__((always_inline)) int cede__gen_leave(struct cede_gen *self, void *item,
                                                                 void **sent_out, bool calls)
{
    struct cede__gen_caller *caller = &self->caller;

    self->sent_out = sent_out;
    if (caller->item_out)
        *caller->item_out = item;
    cede__error_here = caller->error;
    if (CEDE__GEN_CALLS(calls))
        return cede__switch_call_back(&self->coro.context, &caller->context, 1);
    cede__fiber_before(&self->coro.fiber, &caller->fiber, 0);
    const int code = cede__switch_give(&self->coro.context, &caller->context, 1);
    cede__fiber_after(&self->coro.fiber);
    return code;
}

static inline __attribute__((always_inline)) int cede__gen_yield(struct cede_gen *self, void *item,
                                                                 void **sent_out, bool calls)
{
    if (cede__unlikely(cede__error_here != &self->coro.error || self->look))
        return cede__gen_attend(self, item, sent_out);
    self->caller.home->state = CEDE_GEN_SUSPENDED;
    return cede__gen_leave(self, item, sent_out, calls);
}

#endif
