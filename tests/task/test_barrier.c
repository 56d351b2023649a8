/* test_barrier.c - barriers: rounds, numbers, who leaves, breaking; row d39. */
/* SPDX-License-Identifier: MIT */
#include <cede/barrier.h>

#include "harness/harness_task.h"

static cede_barrier barrier;

static int come(void *arg)
{
    const int rc = cede_barrier_wait(&barrier);

    if (rc < 0)
        test_note("%s:%s", (const char *)arg, cede_error_name(rc));
    else
        test_note("%s:%d", (const char *)arg, rc);
    return rc < 0 ? rc : 0;
}

static cede_future *spawn_party(const char *name)
{
    return test_spawn(come, (void *)name);
}

TEST_TASK(barrier, d39_all_go_on_when_the_last_has_come_each_with_its_number)
{
    CHECK_EQ(cede_barrier_init(&barrier, NULL, 3), 0);
    cede_future *first = spawn_party("a"), *second = spawn_party("b");

    CHECK_EQ(cede_barrier_n_waiting(&barrier), 2);
    CHECK_STR(test_notes(), "");
    CHECK_EQ(cede_barrier_wait(&barrier), 2);
    CHECK_EQ(cede_barrier_n_waiting(&barrier), 0);
    CHECK_EQ(cede_join(first), 0);
    CHECK_EQ(cede_join(second), 0);
    CHECK_STR(test_notes(), "a:0 b:1");
}

static int three_rounds(void *arg)
{
    for (int round = 0; round < 3; round++) {
        CHECK(cede_barrier_wait(&barrier) >= 0);
        test_note("%s%d", (const char *)arg, round);
    }
    return 0;
}

TEST_TASK(barrier, d39_who_is_fast_begins_the_next_round_and_does_not_slip_into_this_one)
{
    cede_future *tasks[3];

    CHECK_EQ(cede_barrier_init(&barrier, NULL, 3), 0);
    tasks[0] = cede_spawn(three_rounds, "a");
    tasks[1] = cede_spawn(three_rounds, "b");
    tasks[2] = cede_spawn(three_rounds, "c");
    for (int i = 0; i < 3; i++)
        CHECK_EQ(cede_join(tasks[i]), 0);
    CHECK_STR(test_notes(), "c0 a0 b0 b1 c1 a1 a2 b2 c2");
}

TEST_TASK(barrier, d39_one_that_is_cancelled_has_not_come_and_numbers_stay_different)
{
    CHECK_EQ(cede_barrier_init(&barrier, NULL, 3), 0);
    cede_future *a = spawn_party("a"), *b = spawn_party("b");

    CHECK(cede_cancel(a));
    CHECK_EQ(cede_join(a), CEDE_EREVOKED);
    CHECK_EQ(cede_barrier_n_waiting(&barrier), 1);
    cede_future *c = spawn_party("c");
    CHECK_EQ(cede_barrier_wait(&barrier), 2);
    CHECK_EQ(cede_join(b), 0);
    CHECK_EQ(cede_join(c), 0);
    CHECK_STR(test_notes(), "a:ECANCELED b:0 c:1");
}

TEST_TASK(barrier, d39_cancelled_after_the_last_has_come_it_goes_on)
{
    CHECK_EQ(cede_barrier_init(&barrier, NULL, 2), 0);
    cede_future *task = spawn_party("a");

    CHECK_EQ(cede_barrier_wait(&barrier), 1);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_join(task), 0);
    CHECK_STR(test_notes(), "a:0");
}

TEST_TASK(barrier, d39_a_broken_one_turns_everyone_away_until_it_is_reset)
{
    CHECK_EQ(cede_barrier_init(&barrier, NULL, 2), 0);
    cede_future *task = spawn_party("a");

    CHECK_EQ(cede_barrier_break(&barrier), 0);
    CHECK(cede_barrier_is_broken(&barrier));
    CHECK_EQ(cede_join(task), CEDE_EBROKEN);
    CHECK_EQ(cede_barrier_wait(&barrier), CEDE_EBROKEN);
    CHECK_EQ(cede_barrier_reset(&barrier), 0);
    CHECK(!cede_barrier_is_broken(&barrier));
    task = spawn_party("b");
    CHECK_EQ(cede_barrier_wait(&barrier), 1);
    CHECK_EQ(cede_join(task), 0);
    CHECK_STR(test_notes(), "a:CEDE_EBROKEN b:0");
}

TEST_TASK(barrier, d39_a_reset_turns_away_those_who_wait_and_not_those_who_were_let_go)
{
    CHECK_EQ(cede_barrier_init(&barrier, NULL, 2), 0);
    cede_future *a = spawn_party("a");
    CHECK_EQ(cede_barrier_wait(&barrier), 1);
    CHECK_EQ(cede_barrier_reset(&barrier), 0); /* a's turn has not come yet */
    CHECK_EQ(cede_join(a), 0);

    cede_future *b = spawn_party("b");
    CHECK_EQ(cede_barrier_reset(&barrier), 0);
    CHECK_EQ(cede_join(b), CEDE_EBROKEN);
    CHECK_STR(test_notes(), "a:0 b:CEDE_EBROKEN");
}

TEST_TASK(barrier, waiting_stops_at_its_deadline_and_one_alone_never_waits)
{
    int rc = 0;

    CHECK_EQ(cede_barrier_init(&barrier, NULL, 2), 0);
    CEDE_TIMEOUT(CEDE_MS(9), rc) {
        rc = cede_barrier_wait(&barrier);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_EQ(cede_barrier_n_waiting(&barrier), 0);
    CHECK_EQ(cede_barrier_init(&barrier, NULL, 1), 0);
    CHECK_EQ(cede_barrier_wait(&barrier), 0);
    CHECK_EQ(cede_barrier_init(&barrier, NULL, 0), -EINVAL);
}

TEST_TASK(barrier, a_waiter_says_what_it_waits_for_and_is_woken_at_its_end)
{
    cede_barrier_fini(NULL);
    CHECK_EQ(cede_barrier_init(&barrier, &(cede_sync_options){.name = "gate"}, 3), 0);
    cede_future *task = spawn_party("a");

    CHECK_HAS(test_format(task), "waiting for barrier 'gate', where 1 of 3 are");
    cede_barrier_fini(&barrier);
    CHECK_EQ(cede_join(task), CEDE_ESHUTDOWN);
}
