/* gen.c - generators: made, resumed, delegating, closed.
 *
 * A generator lies at the top of its own stack. Whoever resumes it, its home's caller, is parked in
 * it, so it needs no loop, and resuming can nest to any depth.
 *
 * Delegating makes chains. While one is suspended its root knows the leaf, and the leaf knows who
 * resumed the root; so an item goes from the leaf straight to the caller, and back, however long
 * the chain is:
 *
 *     caller --next--> root ..outer.. middle ..outer.. leaf
 *        ^---------------------item----------------------'
 *
 * When the leaf ends, its outer is the leaf again, and goes on in its cede_yield_from. Home is who
 * was resumed, nearly always the root; closing goes level by level from the leaf, each resumed by
 * itself: then that one is the home.
 *
 * A resume and a yield note only in the leaf whether it is suspended. Home has the leaf, and the
 * leaf its home, from one change of the chain to the next; only a chain that is gone through level
 * by level, or a delegate that is asked by itself, takes them from the root meanwhile.
 *
 * The rare things - open scopes, a canary, being destroyed - set CEDE__GEN_LOOK, and yield takes
 * the long way.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#define CEDE__GEN_FUNCTIONS
#include "coro/gen.h"
#include "sys/thread.h"

enum {
#if defined(CEDE__ASAN)
    IDLE_LIMIT = 0, /* what dead ones left on their stacks must not hide a leak */
#else
    IDLE_LIMIT = 64,
#endif
};

/* Generators at rest, laid out for the next; last in, first out. */
static __thread struct {
    struct cede_gen *first;
    int n;
    bool will_end; /* they are given back when the thread ends */
} idle;

/* The end of a body. */

static void gen_check_scopes(struct cede_gen *self)
{
    if (cede__likely(!self->scopes))
        return;
    cede__report("cede: generator '%s' ended inside a scope: a CEDE_TIMEOUT body was left by "
                 "return, or a cede_scope_enter lacks its exit\n",
                 self->coro.site->name);
    cede__assert(!self->scopes);
}

/* The leaf ends: its outer is the leaf again. */
static void gen_pop(struct cede_gen *self)
{
    struct cede_gen *outer = self->outer;

    self->outer = NULL;
    outer->sub = NULL;
    if (self->looks_anyway) {
        outer->looks_anyway = true;
        outer->mode |= CEDE__GEN_LOOK;
    }
}

/* `to` is the leaf now, and answers to whoever resumed `from`. */
static void gen_take_caller(struct cede_gen *to, struct cede_gen *from)
{
    to->caller = from->caller;
    to->caller.home->leaf = to;
    cede__crossing_take_out(&to->crossing, &from->crossing);
}

/* Leave for good: to the caller. */
static __attribute__((noreturn)) void gen_go_back(struct cede_gen *self, int status)
{
    struct cede__gen_caller *caller = &self->caller;

    cede__error_here = caller->error;
    if (status < 0 && !caller->home->quiet)
        cede__error_adopt(&self->coro.error, status);
    caller->home->leaf = NULL;
    cede__fiber_before(&self->coro.fiber, &caller->fiber, 1);
    cede__give_last_out(&self->crossing, caller->home, status, NULL);
}

/* Leave for good: to the cede_yield_from of the outer. */
static __attribute__((noreturn)) void gen_go_out(struct cede_gen *self, struct cede_gen *outer,
                                                 int status)
{
    gen_take_caller(outer, self);
    outer->sub_ended = true;
    cede__error_here = &outer->coro.error;
    if (status < 0)
        cede__error_adopt(&self->coro.error, status);
    cede__fiber_before(&self->coro.fiber, &outer->coro.fiber, 1);
    cede__give_last_in(&outer->crossing, outer, status, self->result);
}

static __attribute__((noreturn)) void gen_finish(struct cede_gen *self, int status)
{
    struct cede_gen *outer = self->outer;

    gen_check_scopes(self);
    self->state = CEDE__GEN_ENDED;
    self->status = status < 0 ? status : 0;
    if (outer)
        gen_pop(self);
    if (outer && self != self->caller.home)
        gen_go_out(self, outer, self->status);
    gen_go_back(self, self->status);
}

static void gen_main(struct cede__context *context)
{
    struct cede_gen *self = cede__container_of(context, struct cede_gen, crossing.in);

    cede__fiber_after(&self->coro.fiber);
    gen_finish(self, self->body(self, self->arg));
}

/* Made and freed. */

static void idle_give_back(void)
{
    while (idle.first) {
        struct cede_gen *gen = idle.first;
        idle.first = gen->next;
        cede__depot_give(gen->coro.stack);
    }
    idle.n = 0;
    idle.will_end = false;
}

static struct cede_gen *gen_lay_out(int class)
{
    struct cede__stack *stack = cede__depot_take(class);
    struct cede_gen *gen;

    if (!stack)
        return NULL;
    gen = cede__coro_place(stack, sizeof *gen);
    memset((char *)gen + sizeof gen->coro.error, 0, sizeof *gen - sizeof gen->coro.error);
    gen->coro.stack = stack;
    gen->coro.has_canary = stack->has_canary;
    gen->coro.is_gen = true;
    return gen;
}

static struct cede_gen *gen_take(const cede_gen_options *options)
{
    int class = CEDE__STACK_CLASS_DEFAULT;
    struct cede_gen *gen = idle.first;

    if (options && options->stack_size > 0) {
        class = cede__stack_class(options->stack_size);
        if (class < 0) {
            (void)cede_raise(-EINVAL, "a stack of %zu bytes is out of range", options->stack_size);
            return NULL;
        }
    }
    if (gen && class == CEDE__STACK_CLASS_DEFAULT) {
        idle.first = gen->next;
        idle.n--;
        return gen;
    }
    gen = gen_lay_out(class);
    if (!gen)
        (void)cede_raise(-ENOMEM, "no memory for the stack of a generator");
    return gen;
}

void cede__gen_free(struct cede_gen *gen)
{
    struct cede__stack *stack = gen->coro.stack;

    if (idle.n >= IDLE_LIMIT || stack->size_class != CEDE__STACK_CLASS_DEFAULT ||
        !(idle.will_end || (idle.will_end = cede__thread_at_end(idle_give_back)))) {
        cede__depot_give(stack);
        return;
    }
    gen->next = idle.first;
    idle.first = gen;
    idle.n++;
}

static inline void gen_begin(struct cede_gen *gen, cede_gen_fn *body, void *arg,
                             const struct cede__spawn_site *site)
{
    gen->coro.error.n_links = 0;
    cede__coro_renew(&gen->coro);
    cede__context_init(&gen->crossing.in, gen, gen_main);
    gen->coro.site = site;
    gen->state = CEDE__GEN_NEW;
    gen->looks_anyway = gen->coro.has_canary;
    gen->mode = gen->looks_anyway ? CEDE__GEN_LOOK : 0;
    gen->quiet = false;
    gen->leaf = NULL;
    gen->body = body;
    gen->arg = arg;
    gen->result = NULL;
    gen->drop = NULL;
    gen->n_refused = -1;
}

/* To the first yield. The generator; NULL, and it is gone, if that was not reached. */
static struct cede_gen *gen_prime(struct cede_gen *gen)
{
    const int rc = cede_next(gen, NULL);

    if (rc > 0)
        return gen;
    if (rc == 0)
        (void)cede_raise(CEDE_EGENEND, "generator '%s' ended without yielding",
                         gen->coro.site->name);
    cede__gen_free(gen);
    return NULL;
}

struct cede_gen *cede__gen_create(cede_gen_fn *body, void *arg, const cede_gen_options *options,
                                  const struct cede__spawn_site *site)
{
    struct cede_gen *gen = gen_take(options);

    if (!gen) {
        if (options && options->drop)
            options->drop(arg);
        return NULL;
    }
    gen_begin(gen, body, arg, site);
    if (!options)
        return gen;
    gen->drop = options->drop;
    if (options->name) {
        gen->site = *site;
        gen->site.name = options->name;
        gen->coro.site = &gen->site;
    }
    return options->prime ? gen_prime(gen) : gen;
}

/* Crossing: the long ways. What returns after a switch says so, or the processor guesses wrong
 * where it goes on, and again for each call outward. */

struct cede_gen *cede__gen_root(struct cede_gen *gen)
{
    while (gen->outer)
        gen = gen->outer;
    return gen;
}

int cede__gen_busy(const struct cede_gen *gen)
{
    return cede_raise(-EBUSY, "generator '%s' is running already", gen->coro.site->name);
}

struct cede_gen *cede__gen_start_chain(struct cede_gen *root)
{
    struct cede_gen *leaf = root->leaf;

    if (root->scoped_leaf) {
        leaf = root->scoped_leaf;
        root->scoped_leaf = NULL;
        root->kept_kind->hook(root->kept_bottom, root->kept_inner);
    } else if (leaf && !(leaf->mode & CEDE__GEN_PARKED)) {
        return NULL;
    }
    root->leaf = NULL;
    return leaf;
}

void cede__gen_settle(struct cede_gen *root, struct cede_gen *gen, struct cede_gen *outer)
{
    root->leaf = gen->state == CEDE__GEN_ENDED ? outer : gen->leaf;
    if (root->leaf) {
        root->leaf->caller.home = root;
        root->leaf->mode |= CEDE__GEN_PARKED;
    }
    if (gen->state == CEDE__GEN_ENDED)
        return;
    root->scoped_leaf = gen->scoped_leaf;
    root->kept_bottom = gen->kept_bottom;
    root->kept_inner = gen->kept_inner;
    root->kept_kind = gen->kept_kind;
    gen->leaf = gen->scoped_leaf = NULL;
}

void cede__gen_hand(struct cede_gen *leaf, int code, const struct cede_error *record)
{
    struct cede_error *here = cede__error_here;

    leaf->coro.error.n_links = 0; /* the code says all */
    if (cede_error_code(record) == code) {
        cede__error_here = &leaf->coro.error;
        cede__error_adopt(record, code);
        cede__error_here = here;
    }
}

static inline int gen_go(struct cede_gen *gen, struct cede_gen *leaf, void *value, int code,
                         void **item_out)
{
    if (code < 0)
        cede__gen_hand(leaf, code, cede__error_slot());
    return cede__gen_enter_home(gen, leaf, code, value, item_out);
}

/* One that another delegates to, asked from elsewhere. The chain runs meanwhile. */
static int gen_resume_inside(struct cede_gen *gen, void *value, int code, void **item_out)
{
    struct cede_gen *root = cede__gen_root(gen);
    struct cede_gen *outer = gen->outer;
    struct cede_gen *leaf = root->leaf;
    int rc;

    if (!leaf)
        return cede__gen_busy(gen); /* or with scopes open, which are not those around the asker */
    if (!cede__gen_start_chain(root))
        return cede__gen_busy(gen);
    rc = gen_go(gen, leaf, value, code, item_out);
    cede__gen_settle(root, gen, outer);
    return rc;
}

CEDE__RETURNS_AFTER_SWITCH int cede__gen_resume(struct cede_gen *gen, void *value, int code,
                                                void **item_out)
{
    struct cede_gen *leaf = gen;

    switch (gen->state) {
    case CEDE__GEN_NEW:
        if (value)
            return cede_raise(CEDE_EGENSTART,
                              "generator '%s' has not started: its first item is asked for with "
                              "cede_next",
                              gen->coro.site->name);
        gen->state = CEDE__GEN_STARTED;
        break;
    case CEDE__GEN_INNER:
        return gen_resume_inside(gen, value, code, item_out);
    case CEDE__GEN_ENDED:
        return 0;
    default:
        leaf = cede__gen_start_chain(gen);
        if (!leaf)
            return cede__gen_busy(gen);
        break;
    }
    return gen_go(gen, leaf, value, code, item_out);
}

void cede__gen_set_scopes(struct cede_gen *gen, void *bottom, const struct cede__gen_scopes *kind)
{
    gen->scopes = bottom;
    gen->kind = kind;
    gen->mode &= ~CEDE__GEN_LOOK;
    if (bottom || gen->looks_anyway)
        gen->mode |= CEDE__GEN_LOOK;
}

/* A yield of a generator that is being destroyed. */
static int gen_refuse(struct cede_gen *self)
{
    /* One with a group open cannot be let go: its tasks live on its stack. */
    if (++self->n_refused <= CEDE__GEN_REFUSALS ||
        (self->scopes && self->kind->unhook(self->scopes, &self->kept_inner) < 0))
        return cede_raise(CEDE_EGENEXIT, "the generator is being destroyed");
    /* It will never end by itself. */
    self->scopes = NULL;
    self->state = CEDE__GEN_ENDED;
    self->status = CEDE_EGENIGNORED;
    gen_go_back(self, CEDE_EGENIGNORED);
}

/* Unhook the scopes that the chain from self out to home has open, and have home resumed there. */
static int gen_unhook(struct cede_gen *self, struct cede_gen *home)
{
    struct cede_gen *outermost = NULL;

    for (struct cede_gen *gen = self;; gen = gen->outer) {
        if (gen->scopes)
            outermost = gen;
        if (gen == home)
            break;
    }
    if (!outermost)
        return 0;
    CEDE_TRY(outermost->kind->unhook(outermost->scopes, &home->kept_inner));
    home->kept_bottom = outermost->scopes;
    home->kept_kind = outermost->kind;
    home->leaf = NULL;
    home->scoped_leaf = self;
    return 0;
}

CEDE__RETURNS_AFTER_SWITCH int cede__gen_attend(struct cede_gen *self, void *item, void **sent_out)
{
    if (cede__error_here != &self->coro.error)
        return cede_raise(-EINVAL, "it is not generator '%s' that runs here, so it cannot yield",
                          self->coro.site->name);
    if (self->coro.has_canary)
        cede__coro_check_canary(&self->coro);
    if (self->n_refused >= 0)
        return gen_refuse(self);
    CEDE_TRY(gen_unhook(self, self->caller.home));
    return cede__gen_leave(self, item, sent_out);
}

CEDE__RETURNS_AFTER_SWITCH int cede_next(struct cede_gen *gen, void **item_out)
{
    return cede__gen_send(gen, NULL, item_out);
}

CEDE__RETURNS_AFTER_SWITCH int cede_send(struct cede_gen *gen, void *value, void **item_out)
{
    return cede__gen_send(gen, value, item_out);
}

CEDE__RETURNS_AFTER_SWITCH int cede_yield(struct cede_gen *self, void *item, void **sent_out)
{
    return cede__gen_yield(self, item, sent_out);
}

/* Delegating. */

/* From self, which is no leaf any more, to the new one; back when what self delegates to has ended,
 * or something is thrown into self. */
static int gen_go_in(struct cede_gen *self, struct cede_gen *leaf, void **result)
{
    int code;

    self->sub_ended = false;
    gen_take_caller(leaf, self);
    if (self->mode & CEDE__GEN_LOOK) {
        leaf->looks_anyway = true;
        leaf->mode |= CEDE__GEN_LOOK;
    }
    cede__error_here = &leaf->coro.error;
    cede__fiber_before(&self->coro.fiber, &leaf->coro.fiber, 0);
    leaf->mode &= ~CEDE__GEN_PARKED;
    code = cede__give_over(&self->crossing, &leaf->crossing, leaf, 0, result);
    cede__fiber_after(&self->coro.fiber);
    if (!self->sub_ended)
        *result = NULL; /* it was closed by itself; this was sent to it */
    return code;
}

/* Where delegating to `sub` begins; NULL: raised. */
static struct cede_gen *gen_begin_sub(struct cede_gen *sub)
{
    struct cede_gen *leaf = sub->state == CEDE__GEN_NEW ? sub : NULL;

    if (sub->state == CEDE__GEN_INNER) {
        (void)cede_raise(-EBUSY, "generator '%s' is delegated to already", sub->coro.site->name);
        return NULL;
    }
    if (sub->state == CEDE__GEN_STARTED)
        leaf = cede__gen_start_chain(sub);
    if (!leaf)
        (void)cede__gen_busy(sub);
    return leaf;
}

CEDE__RETURNS_AFTER_SWITCH int cede_yield_from(struct cede_gen *self, struct cede_gen *sub,
                                               void **result_out)
{
    struct cede_gen *leaf;
    void *result = NULL;
    int rc = 0;

    if (cede__error_here != &self->coro.error)
        return cede_raise(-EINVAL, "it is not generator '%s' that runs here, so it cannot delegate",
                          self->coro.site->name);
    if (sub->state != CEDE__GEN_ENDED) {
        if (self->n_refused >= 0)
            return gen_refuse(self);
        leaf = gen_begin_sub(sub);
        if (!leaf)
            return -EBUSY;
        sub->outer = self;
        sub->state = CEDE__GEN_INNER;
        self->sub = sub;
        rc = gen_go_in(self, leaf, &result);
    }
    if (rc >= 0 && result_out)
        *result_out = result;
    return rc;
}
