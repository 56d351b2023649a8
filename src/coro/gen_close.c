/* gen_close.c - generators: closed, thrown into, destroyed.
 *
 * Closing goes level by level, from the leaf outward, as a body would see it that closes what it
 * delegates to before it ends itself: each is resumed alone with CEDE_EGENEXIT, or with what the
 * one inside failed with. One that yields instead is left suspended, on its own, and its outer is
 * told CEDE_EGENIGNORED. A loop, not a recursion: chains may be long.
 */
/* SPDX-License-Identifier: MIT */
#include "coro/gen.h"

/* Resume `level`, alone, with an error. How it came back; the caller's record stays as it is. */
static CEDE__RETURNS_AFTER_SWITCH int level_throw(struct cede_gen *level, int code,
                                                  const struct cede_error *record, void **item_out)
{
    int rc;

    cede__gen_hand(level, code, record);
    level->quiet = true;
    rc = cede__gen_enter_home(level, level, code, NULL, item_out);
    level->quiet = false;
    return rc;
}

/* Close all that `top` delegates to, from the leaf on; the code that is then to be thrown into top,
 * and the record of that, if there is one. */
static int gen_close_inside(struct cede_gen *leaf, struct cede_gen *top,
                            const struct cede_error **record_out)
{
    struct cede_gen *outer;
    int code = CEDE_EGENEXIT;

    *record_out = NULL;
    for (struct cede_gen *level = leaf; level != top; level = outer) {
        outer = level->outer;
        const int rc = level_throw(level, code, *record_out, NULL);
        *record_out = NULL;
        if (rc > 0) { /* nobody delegates to it any more */
            level->state = CEDE__GEN_STARTED;
            level->outer = NULL;
            outer->sub = NULL;
            code = CEDE_EGENIGNORED;
        } else if (rc == 0 || rc == CEDE_EGENEXIT) {
            code = CEDE_EGENEXIT;
        } else {
            code = rc;
            *record_out = &level->coro.error;
        }
    }
    return code;
}

static void gen_close_unbegun(struct cede_gen *gen)
{
    gen->state = CEDE__GEN_ENDED;
    gen->status = 0;
    cede__fiber_drop(&gen->coro.fiber);
    if (gen->drop)
        gen->drop(gen->arg);
}

/* Throw CEDE_EGENEXIT into a started generator. How it came back, the caller's record left as it
 * is; or raises -EBUSY and sets *busy_out. */
static CEDE__RETURNS_AFTER_SWITCH int gen_exit(struct cede_gen *gen, void **item_out,
                                               bool *busy_out)
{
    struct cede_gen *root = cede__gen_root(gen);
    struct cede_gen *outer = gen->outer;
    const struct cede_error *record;
    struct cede_gen *leaf;
    int code, rc;

    /* Scopes that are open around an inner one are not those around the asker. */
    leaf = root != gen && root->scoped_leaf ? NULL : cede__gen_start_chain(root);
    *busy_out = !leaf;
    if (!leaf)
        return cede__gen_busy(gen);
    code = gen_close_inside(leaf, gen, &record);
    rc = level_throw(gen, code, record, item_out);
    if (root != gen)
        cede__gen_settle(root, gen, outer);
    return rc;
}

/* Close it; the caller's record stays as it is unless *busy_out. */
static CEDE__RETURNS_AFTER_SWITCH int gen_close(struct cede_gen *gen, bool *busy_out)
{
    int rc;

    *busy_out = false;
    if (gen->state == CEDE__GEN_ENDED)
        return 0;
    if (gen->state == CEDE__GEN_NEW) {
        gen_close_unbegun(gen);
        return 0;
    }
    rc = gen_exit(gen, NULL, busy_out);
    if (rc > 0)
        return CEDE_EGENIGNORED;
    return rc == CEDE_EGENEXIT ? 0 : rc;
}

CEDE__RETURNS_AFTER_SWITCH int cede_close(struct cede_gen *gen)
{
    bool is_busy;
    int rc;

    if (!gen || gen->state == CEDE__GEN_ENDED)
        return 0;
    rc = gen_close(gen, &is_busy);
    if (rc >= 0 || is_busy)
        return rc;
    if (gen->state != CEDE__GEN_ENDED)
        return cede_raise(CEDE_EGENIGNORED, "generator '%s' yielded when it was to be closed",
                          gen->coro.site->name);
    cede__error_adopt(&gen->coro.error, rc);
    return rc;
}

/* As closing, but the body may yield again. */
static CEDE__RETURNS_AFTER_SWITCH int gen_throw_exit(struct cede_gen *gen, void **item_out)
{
    bool is_busy;
    const int rc = gen_exit(gen, item_out, &is_busy);

    if (rc < 0 && !is_busy)
        cede__error_adopt(&gen->coro.error, rc);
    return rc;
}

CEDE__RETURNS_AFTER_SWITCH int cede_throw(struct cede_gen *gen, int code, void **item_out)
{
    if (code >= 0)
        return cede_raise(-EINVAL, "%d is no error that could be thrown", code);
    if (gen->state == CEDE__GEN_ENDED)
        return code;
    if (gen->state == CEDE__GEN_NEW) {
        gen_close_unbegun(gen);
        return code;
    }
    if (code == CEDE_EGENEXIT)
        return gen_throw_exit(gen, item_out);
    return cede__gen_resume(gen, NULL, code, item_out);
}

/* Destroying. */

static void gen_report(struct cede_gen *gen, int status)
{
    char trace[2048];

    if (status == -ECANCELED)
        return; /* its clean-up met the cancellation of whoever destroys it */
    trace[0] = '\0';
    if (cede_error_code(&gen->coro.error) == status)
        cede_error_format(&gen->coro.error, trace, sizeof trace);
    cede__report("cede: generator '%s' failed while it was destroyed, which nobody else will hear "
                 "of: %s\n%s",
                 gen->coro.site->name, cede_strerror(status), trace);
}

/* It yielded when it was to end. From now on yields refuse. */
static void gen_insist(struct cede_gen *gen)
{
    bool is_busy;

    cede__report("cede: generator '%s' yielded when it was to be closed; it is destroyed "
                 "nevertheless\n",
                 gen->coro.site->name);
    gen->n_refused = 0;
    gen->looks_anyway = true;
    gen->mode |= CEDE__GEN_LOOK;
    (void)gen_exit(gen, NULL, &is_busy);
    if (gen->n_refused > CEDE__GEN_REFUSALS)
        cede__report("cede: generator '%s' was refused %d yields and went on; its stack is taken "
                     "from it, and what it held is lost\n",
                     gen->coro.site->name, CEDE__GEN_REFUSALS);
}

CEDE__RETURNS_AFTER_SWITCH int cede_gen_destroy(struct cede_gen *gen)
{
    bool is_busy;
    int rc;

    if (!gen)
        return 0;
    if (gen->state == CEDE__GEN_INNER)
        return cede__gen_busy(gen);
    rc = gen_close(gen, &is_busy);
    if (is_busy)
        return rc;
    if (gen->state != CEDE__GEN_ENDED)
        gen_insist(gen);
    else if (rc < 0)
        gen_report(gen, rc);
    cede__gen_free(gen);
    return 0;
}
