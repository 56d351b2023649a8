/* test_inside.c - the rest of the library inside a simulation. */
/* SPDX-License-Identifier: MIT */
#include <sched.h>

#include <cede/executor.h>
#include <cede/gen.h>
#include <cede/lock.h>
#include <cede/tcp.h>

#include "sim_test.h"

static int deadlines(void *arg)
{
    int rc = 0;

    (void)arg;
    CEDE_TIMEOUT(CEDE_S(1.5), rc) {
        rc = cede_sim_hold(10);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK(cede_sim_now() == 1.5);
    CHECK_EQ(cede_now(), CEDE_S(1.5));
    CEDE_TRY(cede_sleep(CEDE_S(0.5)));
    CHECK(cede_sim_now() == 2);
    rc = 0;
    CEDE_TIMEOUT(CEDE_S(1), rc) {
        cede_future *never = cede_sim_event_create(NULL);
        rc = cede_sim_wait(never);
        CHECK(!cede_sim_event_is_triggered(never)); /* left alone */
        cede_future_unref(never);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK(cede_sim_now() == 3);
    return 0;
}

TEST_SIM(inside, scopes_and_sleeps_go_by_the_clock, deadlines)
{
    CHECK_STR(test_notes(), "");
}

static int child(void *arg)
{
    CEDE_TRY(cede_sim_hold(*(const double *)arg));
    test_note("%g", cede_sim_now());
    return cede_sim_now() > 2.5 ? cede_raise(-EIO, "third") : 0;
}

static int group_of_children(void *arg)
{
    static const double times[] = {1, 2, 3, 4};
    cede_group group;
    int rc = 0;

    (void)arg;
    cede_group_init(&group);
    for (int i = 0; rc == 0 && i < 4; i++)
        rc = cede_group_spawn(&group, child, (void *)(uintptr_t)&times[i]);
    rc = cede_group_join(&group, rc);
    CHECK_EQ(rc, -EIO);
    CHECK(cede_sim_now() == 3);
    return 0;
}

TEST_SIM(inside, groups_end_together, group_of_children)
{
    CHECK_STR(test_notes(), "1 2 3");
}

static int ticks(cede_gen *self, void *arg)
{
    static double tick;

    for (int i = 1; i <= 3; i++) {
        CEDE_TRY(cede_sim_hold(*(const double *)arg));
        tick = cede_sim_now();
        CEDE_TRY(cede_yield(self, &tick, NULL));
    }
    return 0;
}

static int use_generator(void *arg)
{
    double span = 2;
    cede_gen *gen = cede_gen_create(ticks, &span);
    void *item;
    int rc;

    (void)arg;
    while ((rc = cede_next(gen, &item)) > 0)
        test_note("%g", *(double *)item);
    CHECK_EQ(rc, 0);
    cede_gen_destroy(gen);
    return 0;
}

TEST_SIM(inside, generators_may_hold, use_generator)
{
    CHECK_STR(test_notes(), "2 4 6");
}

static cede_lock lock = CEDE_LOCK_INIT("lock");

static int take_turns(void *arg)
{
    CEDE_TRY(cede_lock_acquire(&lock));
    test_note("%s@%g", (const char *)arg, cede_sim_now());
    CEDE_TRY(cede_sim_hold(2));
    return cede_lock_release(&lock);
}

static int use_lock(void *arg)
{
    cede_future *all[3];

    (void)arg;
    all[0] = cede_sim_spawn(take_turns, "a");
    all[1] = cede_spawn(take_turns, "b"); /* a mere task may hold, too */
    all[2] = cede_sim_spawn(take_turns, "c");
    CEDE_TRY(cede_gather(all, 3, NULL));
    CHECK(cede_sim_now() == 6);
    for (int i = 0; i < 3; i++)
        cede_future_unref(all[i]);
    return 0;
}

TEST_SIM(inside, locks_and_gather_work, use_lock)
{
    CHECK_STR(test_notes(), "a@0 c@2 b@4");
}

static int work_a_while(void *arg)
{
    (void)arg;
    for (int i = 0; i < 1000; i++) /* time enough to jump */
        sched_yield();
    return 0;
}

static int note_time(void *arg)
{
    CEDE_TRY(cede_sim_hold(1));
    test_note("%s@%g", (const char *)arg, cede_sim_now());
    return 0;
}

static int use_thread(void *arg)
{
    (void)arg;
    CEDE_TRY(cede_sim_start(note_time, "other"));
    CEDE_TRY(cede_run_in_thread(work_a_while, NULL));
    test_note("job@%g", cede_sim_now());
    return 0;
}

TEST_SIM(inside, a_job_in_a_thread_holds_time_still, use_thread)
{
    CHECK_STR(test_notes(), "job@0 other@1");
}

static int connect_somewhere(void *arg)
{
    cede_stream *stream = NULL;

    (void)arg;
    CHECK_EQ(cede_tcp_connect("127.0.0.1", "9", &stream), -ENOTSUP);
    CHECK(strstr(cede_error_message(cede_error_last()), "no I/O on a virtual clock") != NULL);
    return 0;
}

TEST_SIM(inside, real_io_is_refused, connect_somewhere)
{
    CHECK_STR(test_notes(), "");
}

static int connect_refused(void *arg)
{
    cede_stream *stream = NULL;

    (void)arg;
    CHECK_EQ(cede_tcp_connect("127.0.0.1", "9", &stream), -ECONNREFUSED);
    return 0;
}

TEST(inside, real_io_works_where_it_is_allowed)
{
    CHECK_EQ(cede_simulate(&(cede_sim_options){.allow_io = true}, connect_refused, NULL), 0);
}

static int ignore_refusal(void *arg)
{
    (void)arg;
    for (int i = 0; i < 5; i++)
        (void)cede_sim_hold(1);
    return 0;
}

/* Every function that may need memory, each failing in turn: an error or a result, never a
 * crash. */
static int use_memory(void *arg)
{
    cede_future *events[2] = {cede_sim_timeout(1, NULL), cede_sim_timeout(2, NULL)};
    cede_future *any = NULL;
    cede_future *process = NULL;
    int rc = -ENOMEM;

    (void)arg;
    if (events[0] && events[1])
        any = cede_sim_any_of(events, 2);
    if (any)
        process = cede_sim_spawn(ignore_refusal, NULL);
    if (process) {
        rc = cede_sim_wait(any);
        if (rc == 0)
            rc = cede_sim_interrupt(process, NULL);
        if (rc == 0)
            rc = cede_sim_hold(1);
    }
    cede_future_unref(process);
    cede_future_unref(any);
    cede_future_unref(events[0]);
    cede_future_unref(events[1]);
    return rc;
}

static int sweep(void)
{
    return cede_simulate(NULL, use_memory, NULL);
}

TEST(inside, survives_every_failing_allocation)
{
    CHECK_EQ(sweep(), 0); /* stacks that are kept for the next loop are no loss */
    test_sweep_allocations(sweep);
}
