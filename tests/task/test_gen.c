/* test_gen.c - generators and tasks: bodies that wait, the scopes they have open, cancellation. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include <cede/gen.h>

#include "harness/harness_task.h"

/* Yields 1, 2, 3, ..., each a second after it was asked for. */
static int tick(cede_gen *self, void *arg)
{
    (void)arg;
    for (long i = 1;; i++) {
        const int rc = cede_sleep(CEDE_S(1));
        if (rc < 0) {
            test_note("%s", cede_error_name(rc));
            return rc;
        }
        CEDE_TRY(cede_yield(self, &i, NULL));
    }
}

static long next_long(cede_gen *gen)
{
    long *item = NULL;

    CHECK_EQ(cede_next(gen, (void **)&item), 1);
    return *item;
}

static int nap(void *arg)
{
    CEDE_TRY(cede_sleep(*(cede_time *)arg));
    test_note("napped");
    return 0;
}

static void note_dropped(void *arg)
{
    test_note("%s dropped", (const char *)arg);
}

TEST_TASK(gen, a14_one_that_nobody_asks_gives_its_argument_back_without_a_warning)
{
    const cede_gen_options options = {.drop = note_dropped};

    test_capture_reports();
    CHECK_EQ(cede_gen_destroy(cede_gen_create_with(&options, tick, "argument")), 0);
    CHECK_STR(test_notes(), "argument dropped");
    CHECK_STR(test_reports(), "");
}

static int await_it(void *task)
{
    return cede_await(task);
}

TEST_TASK(gen, a14_what_was_awaited_may_be_awaited_again_and_by_several)
{
    cede_time half = CEDE_MS(500);
    cede_future *task = cede_spawn(nap, &half), *one = cede_spawn(await_it, task);
    cede_future *other = cede_spawn(await_it, task);

    CHECK_EQ(cede_join(one), 0);
    CHECK_EQ(cede_join(other), 0);
    CHECK_EQ(cede_await(task), 0);
    CHECK_EQ(cede_await(task), 0);
    CHECK_STR(test_notes(), "napped"); /* it ran once */
    cede_future_unref(task);
}

static int take_one(void *gen)
{
    long *item;
    const int rc = cede_next(gen, (void **)&item);

    return rc > 0 ? (int)*item : rc;
}

TEST_TASK(gen, a14_a_task_says_what_the_body_that_it_asked_waits_for)
{
    cede_gen *gen = cede_gen_create(tick, NULL);
    cede_future *task = cede_spawn(take_one, gen);
    char line[200];

    CHECK_EQ(cede_sleep(0), 0);
    cede_future_format(task, line, sizeof line);
    CHECK_HAS(line, "<Task pending name='take_one' at test_gen.c:");
    CHECK_HAS(line, " waiting for sleep 1s>");
    CHECK_EQ(cede_join(task), 1);
    cede_gen_destroy(gen);
}

TEST_TASK(gen, a15_a_body_that_waits_lets_other_tasks_run)
{
    cede_gen *gen = cede_gen_create(tick, NULL);
    cede_time half = CEDE_MS(500);
    cede_future *other = cede_spawn(nap, &half);

    CHECK_EQ(next_long(gen), 1);
    test_note("item");
    CHECK_EQ(next_long(gen), 2);
    CHECK_EQ(cede_now(), CEDE_S(2));
    CHECK_STR(test_notes(), "napped item");
    CHECK_EQ(cede_join(other), 0);
    cede_gen_destroy(gen);
}

TEST_TASK(gen, a15_one_that_waits_is_running_for_everybody_else)
{
    cede_gen *gen = cede_gen_create(tick, NULL);
    cede_future *task = cede_spawn(take_one, gen);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(cede_gen_state(gen), CEDE_GEN_RUNNING);
    CHECK_EQ(cede_next(gen, NULL), -EBUSY);
    CHECK_EQ(cede_send(gen, gen, NULL), -EBUSY);
    CHECK_EQ(cede_throw(gen, -EIO, NULL), -EBUSY);
    CHECK_EQ(cede_close(gen), -EBUSY);
    CHECK_EQ(cede_gen_destroy(gen), -EBUSY);
    CHECK_EQ(cede_join(task), 1);
    CHECK_EQ(next_long(gen), 2); /* another task than the first may go on with it */
    cede_gen_destroy(gen);
}

TEST_TASK(gen, a16_the_consumers_cancellation_reaches_the_body)
{
    cede_gen *gen = cede_gen_create(tick, NULL);
    cede_future *task = cede_spawn(take_one, gen);

    CHECK_EQ(cede_sleep(CEDE_MS(100)), 0);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
    CHECK_STR(test_notes(), "ECANCELED");
    CHECK_EQ(cede_gen_state(gen), CEDE_GEN_CLOSED);
    CHECK_EQ(cede_next(gen, NULL), 0);
    cede_gen_destroy(gen);
}

TEST_TASK(gen, a16_the_consumers_time_out_reaches_the_body)
{
    cede_gen *gen = cede_gen_create(tick, NULL);
    int rc = 0;

    CEDE_TIMEOUT(CEDE_S(2.5), rc) {
        while ((rc = cede_next(gen, NULL)) > 0)
            test_note("item");
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_S(2.5));
    CHECK_STR(test_notes(), "item item ECANCELED");
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    cede_gen_destroy(gen);
}

/* Yields, and waits a second, inside a scope of five seconds. */
static int tick_inside(cede_gen *self, void *arg)
{
    int rc = 0;

    (void)arg;
    CEDE_TIMEOUT(CEDE_S(5), rc) {
        for (long i = 1; rc == 0; i++) {
            CEDE_TRY_BREAK(rc, cede_yield(self, &i, NULL));
            rc = cede_sleep(CEDE_S(1));
        }
    }
    test_note("%s", cede_error_name(rc));
    return rc;
}

TEST_TASK(gen, a16_a_bodys_deadline_goes_on_while_it_is_suspended)
{
    cede_gen *gen = cede_gen_create(tick_inside, NULL);

    CHECK_EQ(next_long(gen), 1);
    CHECK_EQ(next_long(gen), 2);
    CHECK_EQ(cede_sleep(CEDE_S(10)), 0); /* the consumer is not inside the body's scope */
    CHECK_EQ(cede_next(gen, NULL), -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_S(11));
    CHECK_STR(test_notes(), "ETIMEDOUT");
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    cede_gen_destroy(gen);
}

TEST_TASK(gen, a16_a_bodys_deadline_passes_while_it_waits)
{
    cede_gen *gen = cede_gen_create(tick_inside, NULL);
    long n = 0;
    int rc;

    while ((rc = cede_next(gen, NULL)) > 0)
        n++;
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_EQ(n, 5);
    CHECK_EQ(cede_now(), CEDE_S(5));
    cede_gen_destroy(gen);
}

TEST_TASK(gen, a16_the_innermost_scopes_of_both_count)
{
    cede_gen *gen = cede_gen_create(tick_inside, NULL);
    int rc = 0;

    CHECK_EQ(next_long(gen), 1);
    CEDE_TIMEOUT(CEDE_MS(500), rc)
        rc = cede_next(gen, NULL);
    CHECK_EQ(rc, -ETIMEDOUT); /* the consumer's: the body was cancelled from outside */
    CHECK_STR(test_notes(), "ECANCELED");
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    cede_gen_destroy(gen);
}

static int finish_after_close(cede_gen *self, void *arg)
{
    int rc = 0;

    (void)arg;
    CEDE_TIMEOUT(CEDE_S(5), rc) {
        rc = cede_yield(self, NULL, NULL);
        CHECK_EQ(rc, CEDE_EGENEXIT);
        CHECK_EQ(cede_sleep(CEDE_S(1)), 0); /* clean-up may wait */
    }
    test_note("clean");
    return rc;
}

TEST_TASK(gen, a16_clean_up_on_close_may_wait)
{
    cede_gen *gen = cede_gen_create(finish_after_close, NULL);

    CHECK_EQ(cede_next(gen, NULL), 1);
    CHECK_EQ(cede_close(gen), 0);
    CHECK_EQ(cede_now(), CEDE_S(1));
    CHECK_STR(test_notes(), "clean");
    cede_gen_destroy(gen);
}

TEST_TASK(gen, a13_destroying_one_inside_a_scope_leaves_the_scope)
{
    cede_gen *gen = cede_gen_create(tick_inside, NULL);

    CHECK_EQ(next_long(gen), 1);
    CHECK_EQ(cede_gen_destroy(gen), 0);
    CHECK_STR(test_notes(), "CEDE_EGENEXIT");
    CHECK_EQ(cede_sleep(CEDE_S(20)), 0); /* no timer of it is left */
}

/* Ignores that it is being destroyed, inside a scope. */
static int stubborn_inside(cede_gen *self, void *arg)
{
    cede_scope scope;

    (void)arg;
    cede_scope_enter(&scope, cede_after(CEDE_S(5)));
    while (cede_yield(self, NULL, NULL) != -EIO)
        continue;
    return cede_scope_exit(&scope, 0);
}

TEST_TASK(gen, a13_a_stack_taken_inside_a_scope_leaves_nothing_of_it_to_the_next)
{
    cede_gen *gen = cede_gen_create(stubborn_inside, NULL);
    long n = 0;
    int rc;

    test_capture_reports();
    CHECK_EQ(cede_next(gen, NULL), 1);
    CHECK_EQ(cede_gen_destroy(gen), 0);
    CHECK_HAS(test_reports(), "its stack is taken");
    CHECK_EQ(cede_sleep(CEDE_S(9)), 0); /* no deadline of it is left */
    gen = cede_gen_create(tick_inside, NULL);
    while ((rc = cede_next(gen, NULL)) > 0)
        n++;
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_EQ(n, 5);
    cede_gen_destroy(gen);
}

static int yields_in_a_group(cede_gen *self, void *arg)
{
    cede_group group;
    int rc;

    (void)arg;
    cede_group_init(&group);
    rc = cede_yield(self, NULL, NULL);
    CHECK_EQ(rc, -EINVAL);
    rc = cede_group_join(&group, 0);
    CHECK_EQ(rc, 0);
    return cede_yield(self, "after", NULL);
}

TEST_TASK(gen, a_yield_with_a_group_open_is_refused)
{
    cede_gen *gen = cede_gen_create(yields_in_a_group, NULL);
    char *item;

    CHECK_EQ(cede_next(gen, (void **)&item), 1);
    CHECK_STR(item, "after");
    CHECK_EQ(cede_next(gen, NULL), 0);
    cede_gen_destroy(gen);
}

static int outer(cede_gen *self, void *arg)
{
    int rc = 0;

    CEDE_TIMEOUT(CEDE_S(3), rc)
        rc = cede_yield_from(self, arg, NULL);
    test_note("outer %s", cede_error_name(rc));
    return rc;
}

TEST_TASK(gen, a16_scopes_around_a_delegation_are_unhooked_too)
{
    cede_gen *sub = cede_gen_create(tick_inside, NULL);
    cede_gen *gen = cede_gen_create(outer, sub);

    CHECK_EQ(next_long(gen), 1);
    CHECK_EQ(cede_sleep(CEDE_S(4)), 0); /* only the outer's has passed */
    CHECK_EQ(cede_next(gen, NULL), -ETIMEDOUT);
    CHECK_STR(test_notes(), "ECANCELED outer ETIMEDOUT");
    CHECK_EQ(cede_now(), CEDE_S(4));
    CHECK_EQ(cede_sleep(CEDE_S(4)), 0);
    cede_gen_destroy(gen);
    cede_gen_destroy(sub);
}

static int yield_once(cede_gen *self, void *arg)
{
    return cede_yield(self, arg, NULL);
}

/* What it is given to delegate to, and then an item of its own. */
static int middle(cede_gen *self, void *arg)
{
    CEDE_TRY(cede_yield_from(self, arg, NULL));
    return cede_yield(self, "own", NULL);
}

TEST_TASK(gen, a16_scopes_around_a_chain_that_was_begun_before_are_unhooked_at_each_level)
{
    cede_gen *leaf = cede_gen_create(yield_once, "leaf's");
    cede_gen *chain = cede_gen_create(middle, leaf);
    cede_gen *gen = cede_gen_create(outer, chain);
    char *item;

    CHECK_EQ(cede_next(chain, (void **)&item), 1);
    CHECK_STR(item, "leaf's");
    CHECK_EQ(cede_next(gen, (void **)&item), 1); /* inside the outer's scope of three seconds */
    CHECK_STR(item, "own");
    CHECK_EQ(cede_sleep(CEDE_S(4)), 0); /* which is not around this */
    CHECK_EQ(cede_next(gen, NULL), 0);
    cede_gen_destroy(gen);
    cede_gen_destroy(chain);
    cede_gen_destroy(leaf);
}

TEST_TASK(gen, a9_closing_a_chain_with_scopes_open_at_each_level)
{
    cede_gen *sub = cede_gen_create(tick_inside, NULL);
    cede_gen *middle = cede_gen_create(outer, sub);
    cede_gen *gen = cede_gen_create(outer, middle);

    CHECK_EQ(next_long(gen), 1);
    CHECK_EQ(next_long(gen), 2);
    CHECK_EQ(cede_close(gen), 0);
    CHECK_STR(test_notes(), "CEDE_EGENEXIT outer CEDE_EGENEXIT outer CEDE_EGENEXIT");
    CHECK_EQ(cede_sleep(CEDE_S(9)), 0);
    cede_gen_destroy(gen);
    cede_gen_destroy(middle);
    cede_gen_destroy(sub);
}

/* Shields its clean-up, which takes a second. */
static int shielded(cede_gen *self, void *arg)
{
    cede_scope scope;
    int rc;

    (void)arg;
    rc = cede_sleep(CEDE_S(5));
    cede_scope_enter_shield(&scope, CEDE_NEVER);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_EQ(cede_scope_exit(&scope, 0), 0);
    test_note("saved");
    return rc < 0 ? rc : cede_yield(self, NULL, NULL);
}

TEST_TASK(gen, a16_clean_up_under_a_shield_waits_though_the_consumer_is_cancelled)
{
    cede_gen *gen = cede_gen_create(shielded, NULL);
    cede_future *task = cede_spawn(take_one, gen);

    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
    CHECK_EQ(cede_now(), CEDE_S(2));
    CHECK_STR(test_notes(), "saved");
    cede_gen_destroy(gen);
}

static int returns_wrongly(cede_gen *self, void *arg)
{
    (void)arg;
    CHECK_EQ(cede_return(self), -EINVAL);
    return 0;
}

TEST_TASK(gen, a6_a_tasks_result_cannot_be_given_by_a_generator)
{
    cede_gen *gen = cede_gen_create(returns_wrongly, NULL);

    CHECK_EQ(cede_next(gen, NULL), 0);
    cede_gen_destroy(gen);
}

static int count(cede_gen *self, void *arg)
{
    long *n = arg;

    while (*n > 0) {
        CEDE_TRY(cede_sleep(0));
        CEDE_TRY(cede_yield(self, n, NULL));
        --*n;
    }
    return 0;
}

static int drain(void *gen)
{
    int rc, n = 0;

    while ((rc = cede_next(gen, NULL)) > 0)
        n++;
    return rc < 0 ? rc : n;
}

TEST_TASK(gen, a_thousand_tasks_with_one_each)
{
    enum { N = 1000 };
    static cede_gen *gens[N];
    static long counts[N];
    cede_future *tasks[N];

    for (int i = 0; i < N; i++) {
        counts[i] = 5;
        gens[i] = cede_gen_create(count, &counts[i]);
        tasks[i] = cede_spawn(drain, gens[i]);
    }
    for (int i = 0; i < N; i++) {
        CHECK_EQ(cede_join(tasks[i]), 5);
        cede_gen_destroy(gens[i]);
    }
}

static int waits_for_ever(cede_gen *self, void *arg)
{
    (void)self;
    CEDE_TRY(cede_await(arg));
    return 0;
}

static __attribute__((noinline)) int take_from_waiting(void *arg)
{
    cede_gen *gen = cede_gen_create(waits_for_ever, arg);
    const int rc = cede_next(gen, NULL);

    cede_gen_destroy(gen);
    return rc;
}

static int wait_in_a_gen(void *arg)
{
    cede_future *promise = cede_future_create();
    const int rc = take_from_waiting(promise);

    (void)arg;
    cede_future_unref(promise);
    return rc;
}

TEST(gen, a12_a_report_shows_the_stack_through_the_generator)
{
    test_capture_reports();
    CHECK_EQ(cede_run(wait_in_a_gen, NULL), -EDEADLK);
#if defined(CEDE__HAVE_LIBDW)
    CHECK_HAS(test_reports(), "waits_for_ever at test_gen.c");
    CHECK_HAS(test_reports(), "take_from_waiting at test_gen.c");
    CHECK_HAS(test_reports(), "wait_in_a_gen at test_gen.c");
#else
    const char *line = test_reports();
    for (int i = 0; i < 5; i++) { /* two of words, and no less than three frames */
        line = strchr(line, '\n');
        CHECK(line);
        line++;
    }
#endif
}

/* Outside of any loop a sleep blocks the thread, and its scopes are the thread's. */
TEST(gen, a16_scopes_across_a_yield_without_a_loop)
{
    cede_gen *gen = cede_gen_create(tick_inside, NULL);

    CHECK_EQ(next_long(gen), 1);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(cede_close(gen), 0);
    CHECK_STR(test_notes(), "CEDE_EGENEXIT");
    cede_gen_destroy(gen);
}

TEST(gen, a16_a_scope_opened_without_a_loop_is_hooked_into_a_task)
{
    const cede_run_options options = {.loop.clock = CEDE_CLOCK_VIRTUAL};
    cede_gen *gen = cede_gen_create(tick_inside, NULL);

    CHECK_EQ(next_long(gen), 1); /* its deadline counts from when the machine started */
    CHECK_EQ(cede_run_with(&options, drain, gen), -ETIMEDOUT);
    CHECK_STR(test_notes(), "ETIMEDOUT");
    cede_gen_destroy(gen);
}

static int sleep_and_fail(void *arg)
{
    (void)arg;
    CEDE_TRY(cede_sleep(0));
    return cede_raise(-EIO, "the run's own");
}

/* Yields before it runs a loop, and what that came to after. */
static int runs_a_loop(cede_gen *self, void *arg)
{
    long status = 0;

    (void)arg;
    CEDE_TRY(cede_yield(self, &status, NULL));
    status = cede_run(sleep_and_fail, NULL);
    CHECK_HAS(cede_error_message(cede_error_last()), "the run's own");
    return cede_yield(self, &status, NULL);
}

TEST(gen, a_body_may_run_a_loop_of_its_own)
{
    cede_gen *gen = cede_gen_create(runs_a_loop, NULL);

    CHECK_EQ(next_long(gen), 0);
    CHECK_EQ(next_long(gen), -EIO);
    CHECK_EQ(cede_next(gen, NULL), 0);
    cede_gen_destroy(gen);
}
