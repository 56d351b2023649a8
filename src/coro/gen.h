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

/* Its mode. */
enum {
    CEDE__GEN_LOOK = 1,   /* yield takes the long way: for the rare things */
    CEDE__GEN_PARKED = 2, /* a leaf, suspended */
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
    struct cede_error *error; /* its cede__error_here */
    struct cede_gen *home;    /* what it resumed, which has an item when the leaf yields */
    struct cede__fiber fiber;
};

/* Lies at the top of its own stack. A chain is a generator, what it delegates to, and so on: the
 * first one is its root, the last its leaf. */
struct cede_gen {
    struct cede__coro coro; /* first */

    /* Hot: every item crosses here. Its body is parked inside while it is suspended; if it waits in
     * its loop, in coro's context. */
    struct cede__crossing crossing; /* outside of a leaf: who resumed its home */
    struct cede__gen_caller caller; /* in a leaf */
    struct cede_gen *leaf;          /* in a home or suspended root: where a resume goes; or NULL */

    uint8_t mode;      /* CEDE__GEN_LOOK and CEDE__GEN_PARKED */
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

/* The leaf runs from now on. */
static inline __attribute__((always_inline)) void cede__gen_begin(struct cede_gen *leaf)
{
    if (cede__unlikely(leaf->caller.error != cede__error_here)) /* mostly it is what it was */
        leaf->caller.error = cede__error_here;
    cede__error_here = &leaf->coro.error;
}

/* Go on in `leaf`, whose yield then returns `code`, or 0 and `value`. 1: there is an item; else how
 * its home ended. */
static inline __attribute__((always_inline)) int cede__gen_enter(struct cede_gen *leaf, int code,
                                                                 void *value, void **item_out)
{
    struct cede__gen_caller *caller = &leaf->caller;

    cede__gen_begin(leaf);
    cede__fiber_init_thread(&caller->fiber);
    cede__fiber_before(&caller->fiber, &leaf->coro.fiber, 0);
    leaf->mode &= ~CEDE__GEN_PARKED;
    code = cede__give_in(&leaf->crossing, leaf, code, &value);
    cede__fiber_after(&caller->fiber);
    if (code > 0 && item_out)
        *item_out = value;
    return code;
}

/* The same, `home` having been resumed: the long way, as mostly the two know each other. */
static inline __attribute__((always_inline)) int cede__gen_enter_home(struct cede_gen *home,
                                                                      struct cede_gen *leaf,
                                                                      int code, void *value,
                                                                      void **item_out)
{
    home->leaf = leaf;
    leaf->caller.home = home;
    return cede__gen_enter(leaf, code, value, item_out);
}

static inline __attribute__((always_inline)) int cede__gen_send(struct cede_gen *gen, void *value,
                                                                void **item_out)
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
    if (cede__unlikely(!(leaf->mode & CEDE__GEN_PARKED)))
        return cede__gen_resume(gen, value, 0, item_out);
    return cede__gen_enter(leaf, 0, value, item_out);
}

/* The other way: hand `item` to the caller. */
static inline __attribute__((always_inline)) int cede__gen_leave(struct cede_gen *self, void *item,
                                                                 void **sent_out)
{
    cede__error_here = self->caller.error;
    cede__fiber_before(&self->coro.fiber, &self->caller.fiber, 0);
    self->mode |= CEDE__GEN_PARKED;
    const int code = cede__give_out(&self->crossing, self->caller.home, 1, &item);
    cede__fiber_after(&self->coro.fiber);
    if (code == 0 && sent_out)
        *sent_out = item;
    return code;
}

static inline __attribute__((always_inline)) int cede__gen_yield(struct cede_gen *self, void *item,
                                                                 void **sent_out)
{
    if (cede__unlikely(cede__error_here != &self->coro.error || self->mode))
        return cede__gen_attend(self, item, sent_out);
    return cede__gen_leave(self, item, sent_out);
}

#endif
