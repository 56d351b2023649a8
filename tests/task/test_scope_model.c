/* test_scope_model.c - random programs of scopes, deadlines, shields, groups and cancellations,
 * against a model.
 *
 * A task draws what to do from a seed: wait, look, open a scope and do more inside, move a
 * deadline, cancel a scope around it, take a cancellation back, run a group. Others cancel it
 * meanwhile. Beside it runs a model that knows nothing of timers, queues and stacks: it computes
 * from the list of open scopes and the times what each call must return, and when. Both are
 * compared after every step. Ends of sleeps, deadlines and cancellations from outside fall on
 * different microseconds, so none are equal.
 */
/* SPDX-License-Identifier: MIT */
#include "harness/harness_task.h"

#if defined(__SANITIZE_THREAD__)
enum { N_SEEDS = 200 }; /* ThreadSanitizer has room for 8,128 stacks, ended ones included */
#else
enum { N_SEEDS = 2000 };
#endif
enum { MAX_DEPTH = 6, N_EVENTS = 4 };

struct level {
    cede_time deadline;
    bool shield, cancelled, expired;
};

struct program {
    uint64_t random;
    uint64_t seed;
    cede_future *task;
    int n_steps;
    /* The model. level[0] is the task's root. */
    cede_time now;
    struct level levels[MAX_DEPTH + 2];
    int depth; /* of the innermost */
    int n_cancels;
    cede_time events[N_EVENTS]; /* when others cancel the task; CEDE_NEVER once they have */
    /* The truth. */
    cede_scope *scopes[MAX_DEPTH + 2];
};

static unsigned draw(struct program *p, unsigned below)
{
    p->random = p->random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(p->random >> 33) % below;
}

/* A time from now on, in steps of 4 us, and so much past a step. */
static cede_time draw_time(struct program *p, int past)
{
    return (p->now / CEDE_US(4) + 1 + draw(p, 20)) * CEDE_US(4) + CEDE_US(past);
}

/* The model. */

static bool model_cancelled(const struct program *p, int depth)
{
    bool cancelled = p->n_cancels > 0;

    for (int i = 1; i <= depth; i++) {
        const struct level *level = &p->levels[i];
        cancelled = level->cancelled || (cancelled && !level->shield);
    }
    return cancelled;
}

static cede_time model_next(const struct program *p)
{
    cede_time next = CEDE_NEVER;

    for (int i = 1; i <= p->depth; i++) {
        if (!p->levels[i].expired && p->levels[i].deadline < next)
            next = p->levels[i].deadline;
    }
    for (int i = 0; i < N_EVENTS; i++) {
        if (p->events[i] < next)
            next = p->events[i];
    }
    return next;
}

static void model_move(struct program *p, cede_time to)
{
    p->now = to;
    for (int i = 1; i <= p->depth; i++) {
        if (p->levels[i].deadline <= to)
            p->levels[i].cancelled = p->levels[i].expired = true;
    }
    for (int i = 0; i < N_EVENTS; i++) {
        if (p->events[i] <= to) {
            p->events[i] = CEDE_NEVER;
            p->n_cancels++;
        }
    }
}

static int model_sleep(struct program *p, cede_time until)
{
    for (;;) {
        if (model_cancelled(p, p->depth))
            return -ECANCELED;
        if (p->now == until)
            return 0;
        const cede_time next = model_next(p);
        model_move(p, next < until ? next : until);
    }
}

static void compare(const struct program *p, const char *what, int actual, int expected)
{
    if (actual != expected || cede_now() != p->now || cede_task_cancelling(NULL) != p->n_cancels)
        FAIL("seed %llu, step %d, %s: %s at %lld ns, not %s at %lld ns",
             (unsigned long long)p->seed, p->n_steps, what,
             actual < 0 ? cede_error_name(actual) : "0", (long long)cede_now(),
             expected < 0 ? cede_error_name(expected) : "0", (long long)p->now);
}

/* Steps. Each returns what the code around it goes on with. */

static int step_sleep(struct program *p)
{
    const cede_time until = draw_time(p, 0);
    const cede_time delay = until - p->now;
    const int expected = model_sleep(p, until);

    compare(p, "sleep", cede_sleep(delay), expected);
    return expected;
}

static int step_look(struct program *p)
{
    const int expected = model_cancelled(p, p->depth) ? -ECANCELED : 0;

    compare(p, "checkpoint", cede_checkpoint(), expected);
    return expected;
}

static int step_uncancel(struct program *p)
{
    if (p->n_cancels > 0)
        p->n_cancels--;
    compare(p, "uncancel", cede_uncancel(), p->n_cancels);
    return 0;
}

static int step_cancel(struct program *p)
{
    const int i = (int)draw(p, (unsigned)p->depth + 1);

    if (i == 0) {
        p->n_cancels++;
        CHECK(cede_cancel(p->task));
    } else {
        p->levels[i].cancelled = true;
        cede_scope_cancel(p->scopes[i]);
    }
    return step_look(p);
}

static int step_reschedule(struct program *p)
{
    const int i = (int)draw(p, (unsigned)p->depth + 1);
    const cede_time deadline = draw(p, 4) == 0 ? CEDE_NEVER : draw_time(p, 2);
    int expected = 0;

    if (i == 0)
        return 0;
    if (p->levels[i].expired)
        expected = -ETIMEDOUT;
    else
        p->levels[i].deadline = deadline;
    compare(p, "reschedule", cede_scope_reschedule(p->scopes[i], deadline), expected);
    return 0;
}

struct child {
    cede_time delay;
};

static int run_child(void *arg)
{
    return cede_sleep(((const struct child *)arg)->delay);
}

static void enter_level(struct program *p, cede_scope *scope, struct level level)
{
    p->levels[++p->depth] = level;
    p->scopes[p->depth] = scope;
    model_move(p, p->now); /* a deadline in the past */
}

/* Children that sleep: the group ends when the last of them does, or all of them are cancelled. */
static int step_group(struct program *p)
{
    struct child children[3];
    const unsigned n = draw(p, 4);
    cede_time last = p->now;
    cede_group group;
    int expected;

    cede_group_init(&group);
    enter_level(p, &group.scope, (struct level){.deadline = CEDE_NEVER});
    for (unsigned i = 0; i < n; i++) {
        const cede_time until = draw_time(p, 0);
        children[i].delay = until - p->now;
        last = until > last ? until : last;
        CHECK_EQ(cede_group_spawn(&group, run_child, &children[i]), 0);
    }
    if (n > 0)
        (void)model_sleep(p, last);
    p->depth--;
    expected = model_cancelled(p, p->depth) ? -ECANCELED : 0;
    compare(p, "group", cede_group_join(&group, 0), expected);
    return expected;
}

static int run_steps(struct program *p);

static int step_scope(struct program *p)
{
    struct level level = {.deadline = CEDE_NEVER, .shield = draw(p, 4) == 0};
    cede_scope scope;
    int rc, expected;
    bool outer;

    if (draw(p, 3) > 0)
        level.deadline = draw(p, 6) == 0 ? p->now - 1 : draw_time(p, 2);
    if (level.shield)
        cede_scope_enter_shield(&scope, level.deadline);
    else
        cede_scope_enter(&scope, level.deadline);
    enter_level(p, &scope, level);
    rc = run_steps(p);
    level = p->levels[p->depth--];
    outer = model_cancelled(p, p->depth);
    expected = rc == -ECANCELED && !outer && level.expired ? -ETIMEDOUT : rc;
    compare(p, "exit", cede_scope_exit(&scope, rc), expected);
    return draw(p, 2) ? expected : 0;
}

static int step(struct program *p)
{
    p->n_steps++;
    switch (draw(p, 12)) {
    case 0:
    case 1:
    case 2:
    case 3:
        return step_sleep(p);
    case 4:
        return step_look(p);
    case 5:
        return step_uncancel(p);
    case 6:
        return draw(p, 3) ? 0 : step_cancel(p);
    case 7:
        return step_reschedule(p);
    case 8:
        return step_group(p);
    default:
        return p->depth < MAX_DEPTH ? step_scope(p) : step_sleep(p);
    }
}

static int run_steps(struct program *p)
{
    int rc = 0;

    for (unsigned n = 1 + draw(p, 5); n > 0; n--) {
        rc = step(p);
        if (rc < 0 && draw(p, 2)) /* sometimes it goes on all the same */
            return rc;
    }
    return rc;
}

static int run_program(void *arg)
{
    struct program *p = arg;

    p->now = cede_now();
    for (int i = 0; i < 12; i++)
        (void)run_steps(p);
    return 0;
}

static void cancel_task(void *arg)
{
    (void)cede_cancel(arg); /* it may be finished */
}

TEST_TASK(scope_model, two_thousand_random_programs_behave_as_computed)
{
    int n_steps = 0;

    for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
        static struct program program;

        program = (struct program){.random = seed * 7919, .seed = seed, .now = cede_now()};
        program.task = cede_spawn(run_program, &program);
        for (int i = 0; i < N_EVENTS; i++) {
            program.events[i] = draw_time(&program, 1) + (cede_time)draw(&program, 4) * CEDE_US(80);
            CHECK_EQ(cede_call_at(NULL, program.events[i], cancel_task, program.task, NULL), 0);
        }
        CHECK_EQ(cede_await(program.task), 0);
        CHECK_EQ(cede_sleep(CEDE_MS(1)), 0); /* the last cancellation has come */
        cede_future_unref(program.task);
        n_steps += program.n_steps;
    }
    CHECK(n_steps > N_SEEDS * 50); /* they did something */
}
