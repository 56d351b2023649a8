/* gen.h - the inside of generators, and what is inlined where one is resumed and yields. Floor 2.
 *
 * Also what CEDE_INLINE compiles into programs; gen_inline.h says how. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_CORO_GEN_H
#define CEDE_CORO_GEN_H

#include <cede/gen.h>

#include "coro/coroutine.h"

/* Whether one that is started runs or is suspended, its root's leaf tells. */
enum {
    CEDE__GEN_NEW,
    CEDE__GEN_STARTED, /* a root: nobody delegates to it */
    CEDE__GEN_INNER,   /* started, and another delegates to it */
    CEDE__GEN_ENDED,
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
    struct cede_gen *home;        /* what it resumed, which has an item when the leaf yields */
    struct cede_gen **leaf_at;    /* home's `leaf`; NULL: yield takes the long way, for `look` */
    void *kept[CEDE__CONTEXT_KEPT];
    struct cede__fiber fiber;
};

/* Lies at the top of its own stack. A chain is a generator, what it delegates to, and so on: the
 * first one is its root, the last its leaf. */
struct cede_gen {
    struct cede__coro coro; /* first */

    /* Hot: every item crosses here. */
    void *kept[CEDE__CONTEXT_KEPT]; /* beside coro's context */
    struct cede_gen *leaf; /* in a root that is suspended: where a resume goes; else NULL */
    struct cede__gen_caller caller; /* in a leaf */

    bool look;         /* yield takes the long way: for the rare things below */
    bool looks_anyway; /* not only for its scopes */
    bool quiet;        /* in a home: an error it ends with is not put into the caller's record */
    bool sub_ended;    /* what it delegated to has ended and given it its result */
    uint8_t state;
    struct cede_gen *scoped_leaf; /* instead of leaf, if scopes are open, which then are unhooked */
    struct cede_gen *outer;       /* who delegates to it */
    struct cede_gen *sub;         /* whom it delegates to */
    void *scopes;                 /* the outermost of those its body has open */
    const struct cede__gen_scopes *kind; /* of those */
    void *kept_bottom, *kept_inner;      /* those, in a home with a scoped_leaf */
    const struct cede__gen_scopes *kept_kind;
    cede_gen_fn *body;
    void *arg;
    void *result;
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

/* Have its yields take the long way, or no longer. It runs, or is to be resumed before it
 * yields. */
static inline void cede__gen_set_look(struct cede_gen *gen, bool look)
{
    gen->look = look;
    gen->caller.leaf_at = look ? NULL : &gen->caller.home->leaf;
}

/* gen.c: the long ways. */
int cede__gen_resume(struct cede_gen *gen, void *value, int code, void **item_out);
int cede__gen_attend(struct cede_gen *self, void *item, void **sent_out);

/* gen.c, for gen_close.c */
enum { CEDE__GEN_REFUSALS = 1000 }; /* yields that are refused before a stack is taken away */
struct cede_gen *cede__gen_root(struct cede_gen *gen);
int cede__gen_busy(const struct cede_gen *gen); /* raises -EBUSY */
void cede__gen_free(struct cede_gen *gen);      /* ended */

/* A root that is suspended begins to run: its leaf. NULL: it is not suspended. */
struct cede_gen *cede__gen_start_chain(struct cede_gen *root);

/* After `gen`, to which `outer` delegates, was resumed by itself: the chain is suspended again. */
void cede__gen_settle(struct cede_gen *root, struct cede_gen *gen, struct cede_gen *outer);

/* The error that is thrown into a leaf, with what the record has to say of it. */
void cede__gen_hand(struct cede_gen *leaf, int code, const struct cede_error *record);

#if defined(CEDE__ASAN) || defined(CEDE__TSAN)
#define CEDE__GEN_CALLS(calls) ((calls) && false) /* they want to have a word after a switch */
#elif defined(CEDE__SWITCH_UCONTEXT)
#define CEDE__GEN_CALLS(calls)    ((calls) && false)
#define cede__switch_call         cede__switch_no_call
#define cede__switch_call_back    cede__switch_no_call
#define cede__switch_no_call(...) 0
#else
#define CEDE__GEN_CALLS(calls) (calls)
#endif
#if !defined(CEDE__SWITCH_UCONTEXT)
_Static_assert(offsetof(struct cede__gen_caller, kept) == CEDE__CONTEXT_KEPT_AT &&
                   offsetof(struct cede_gen, kept) ==
                       offsetof(struct cede_gen, coro.context) + CEDE__CONTEXT_KEPT_AT,
               "where words are kept beside a context");
#endif

/* Control crosses as code inlined into the caller or, if `calls`, by a function that the caller,
 * being one itself, ends with. */

/* `gen` runs from now on, by way of `leaf`. */
static inline __attribute__((always_inline)) void cede__gen_begin(struct cede_gen *gen,
                                                                  struct cede_gen *leaf)
{
    struct cede__gen_caller *caller = &leaf->caller;

    gen->leaf = NULL;
    /* Mostly they are what they are: no store, for which loads on the way back would wait, and for
     * those the next store. */
    if (cede__unlikely(caller->leaf_at != &gen->leaf)) {
        caller->home = gen;
        caller->leaf_at = leaf->look ? NULL : &gen->leaf;
    }
    if (cede__unlikely(caller->error != cede__error_here))
        caller->error = cede__error_here;
    cede__error_here = &leaf->coro.error;
}

/* Go on in `leaf`, whose yield then returns `code`, or 0 and `value`. 1: `gen` has an item; else
 * how it ended. */
static inline __attribute__((always_inline)) int
cede__gen_enter(struct cede_gen *gen, struct cede_gen *leaf, int code, void *value, void **item_out)
{
    struct cede__gen_caller *caller = &leaf->caller;

    cede__gen_begin(gen, leaf);
    cede__fiber_init_thread(&caller->fiber);
    cede__fiber_before(&caller->fiber, &leaf->coro.fiber, 0);
    code = cede__switch_give(&caller->context, &leaf->coro.context, code, &value);
    cede__fiber_after(&caller->fiber);
    if (code > 0 && item_out)
        *item_out = value;
    return code;
}

static inline __attribute__((always_inline)) int cede__gen_send(struct cede_gen *gen, void *value,
                                                                void **item_out, bool calls)
{
    struct cede_gen *leaf = gen;

    if (cede__unlikely(gen->leaf != gen)) {
        leaf = gen->leaf;
        if (!leaf)
            return cede__gen_resume(gen, value, 0, item_out);
    } else {
        /* A guess instead of a load whose result everything after waits for; a conditional move
         * would wait as well. */
        __asm__ volatile("" : "+r"(leaf));
    }
    if (!CEDE__GEN_CALLS(calls))
        return cede__gen_enter(gen, leaf, 0, value, item_out);
    cede__gen_begin(gen, leaf);
    return cede__switch_call(&leaf->caller.context, &leaf->coro.context, 0, value, item_out);
}

/* The other way: hand `item` to the caller. */
static inline __attribute__((always_inline)) int cede__gen_leave(struct cede_gen *self, void *item,
                                                                 void **sent_out, bool calls)
{
    struct cede__gen_caller *caller = &self->caller;

    cede__error_here = caller->error;
    if (CEDE__GEN_CALLS(calls))
        return cede__switch_call_back(&self->coro.context, &caller->context, 1, item, sent_out);
    cede__fiber_before(&self->coro.fiber, &caller->fiber, 0);
    const int code = cede__switch_give(&self->coro.context, &caller->context, 1, &item);
    cede__fiber_after(&self->coro.fiber);
    if (code == 0 && sent_out)
        *sent_out = item;
    return code;
}

static inline __attribute__((always_inline)) int cede__gen_yield(struct cede_gen *self, void *item,
                                                                 void **sent_out, bool calls)
{
    struct cede_gen **leaf_at = self->caller.leaf_at;

    if (cede__unlikely(cede__error_here != &self->coro.error || !leaf_at))
        return cede__gen_attend(self, item, sent_out);
    *leaf_at = self;
    return cede__gen_leave(self, item, sent_out, calls);
}

#endif
