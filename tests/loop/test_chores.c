/* test_chores.c - which chores run, and that they may go while they do. */
/* SPDX-License-Identifier: MIT */
#include "base/base.h"
#include "harness/harness.h"
#include "loop/chores.h"

struct counter {
    struct cede__chore chore;
    int n_runs;
    struct counter *victim; /* taken off the list by a run; may be itself */
};

static struct cede__list chores = {&chores, &chores};

static void counter_run(struct cede__chore *chore, cede_time now)
{
    struct counter *counter = cede__container_of(chore, struct counter, chore);

    counter->n_runs++;
    chore->when = now + 10;
    if (counter->victim)
        cede__list_remove(&counter->victim->chore.link);
}

static void counter_add(struct counter *counter, cede_time when)
{
    counter->chore.when = when;
    counter->chore.run = counter_run;
    cede__list_append(&chores, &counter->chore.link);
}

TEST(chores, those_that_are_due_run_once)
{
    struct counter early = {0}, late = {0};

    CHECK_EQ(cede__chores_next(&chores), CEDE_NEVER);
    counter_add(&late, 20);
    counter_add(&early, 5);
    CHECK_EQ(cede__chores_next(&chores), 5);
    cede__chores_run(&chores, 4);
    CHECK_EQ(early.n_runs, 0);
    cede__chores_run(&chores, 5);
    CHECK_EQ(early.n_runs, 1);
    CHECK_EQ(cede__chores_next(&chores), 15);
    cede__chores_run(&chores, 20);
    CHECK_EQ(early.n_runs, 2);
    CHECK_EQ(late.n_runs, 1);
}

TEST(chores, a_run_may_take_itself_and_others_off)
{
    struct counter first = {0}, second = {0}, third = {0};

    counter_add(&first, 0);
    counter_add(&second, 0);
    counter_add(&third, 0);
    first.victim = &second; /* which has not had its turn */
    third.victim = &third;
    cede__chores_run(&chores, 0);
    CHECK_EQ(first.n_runs, 1);
    CHECK_EQ(second.n_runs, 0);
    CHECK_EQ(third.n_runs, 1);
    cede__chores_run(&chores, 100);
    CHECK_EQ(first.n_runs, 2);
    CHECK_EQ(second.n_runs + third.n_runs, 1);
}
