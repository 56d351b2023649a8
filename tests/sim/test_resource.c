/* test_resource.c - units that are used and given back: first come, by priority, taken away; rows
 * i9 and i10. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <cede/exit_stack.h>
#include <cede/resource.h>

#include "sim_test.h"

static cede_resource *resource;

static void make(size_t capacity, cede_resource_kind kind)
{
    const cede_resource_options options = {.name = "desk", .capacity = capacity, .kind = kind};

    CHECK_EQ(cede_resource_create(&options, &resource), 0);
}

/* A user: comes, uses a unit, gives it back. */
struct user {
    const char *name;
    double comes;
    double stays;
    int priority;
    bool is_patient;
    double patience; /* 0: without end */
    cede_claim claim;
};

static int use(void *arg)
{
    struct user *user = arg;
    const cede_claim_options options = {.priority = user->priority, .is_patient = user->is_patient};
    int rc = 0;

    CEDE_TRY(cede_sim_hold(user->comes));
    CEDE_TIMEOUT(user->patience > 0 ? CEDE_S(user->patience) : CEDE_NEVER, rc) {
        rc = cede_resource_acquire_with(resource, &options, &user->claim);
    }
    test_note("%s:%s@%g", user->name, rc < 0 ? cede_error_name(rc) : "in", cede_sim_now());
    if (rc < 0)
        return 0;
    rc = cede_sim_hold(user->stays);
    if (rc == CEDE_EINTERRUPTED)
        test_note("%s:lost@%g", user->name, cede_sim_now());
    else
        test_note("%s:out@%g", user->name, cede_sim_now());
    cede_resource_release(&user->claim);
    return 0;
}

/* Let users come, and wait for all. */
static void run_users(struct user *users, int n)
{
    cede_future *processes[8];

    for (int i = 0; i < n; i++)
        processes[i] = cede_sim_spawn(use, &users[i]);
    for (int i = 0; i < n; i++)
        CHECK_EQ(cede_join(processes[i]), 0);
}

TEST_IN_SIM(resource, i9_units_go_to_who_came_first)
{
    struct user users[] = {{.name = "a", .stays = 4},
                           {.name = "b", .comes = 1, .stays = 1},
                           {.name = "c", .comes = 2, .stays = 1}};

    make(1, CEDE_RESOURCE_FIFO);
    run_users(users, 3);
    CHECK_STR(test_notes(), "a:in@0 a:out@4 b:in@4 b:out@5 c:in@5 c:out@6");
    cede_resource_destroy(resource);
}

TEST_IN_SIM(resource, i9_as_many_units_are_used_as_there_are)
{
    struct user users[] = {
        {.name = "a", .stays = 4}, {.name = "b", .stays = 2}, {.name = "c", .stays = 1}};

    make(2, CEDE_RESOURCE_FIFO);
    run_users(users, 3);
    CHECK_STR(test_notes(), "a:in@0 b:in@0 b:out@2 c:in@2 c:out@3 a:out@4");
    CHECK_EQ(cede_resource_n_used(resource), 0);
    cede_resource_destroy(resource);
}

TEST_IN_SIM(resource, i9_grows_to_any_capacity)
{
    cede_claim claims[100];

    make(100, CEDE_RESOURCE_FIFO);
    for (int i = 0; i < 100; i++)
        CHECK_EQ(cede_resource_acquire(resource, &claims[i]), 0);
    CHECK_EQ(cede_resource_n_used(resource), 100);
    for (int i = 0; i < 100; i += 2)
        cede_resource_release(&claims[i]);
    CHECK_EQ(cede_resource_n_used(resource), 50);
    CHECK(!cede_resource_is_held(&claims[0]));
    CHECK(cede_resource_is_held(&claims[1]));
    cede_resource_destroy(resource);
}

TEST_IN_SIM(resource, i9_releasing_twice_is_harmless)
{
    cede_claim claim = CEDE_CLAIM_INIT, copy, other = CEDE_CLAIM_INIT;

    make(1, CEDE_RESOURCE_FIFO);
    cede_resource_release(&claim); /* of nothing */
    cede_resource_release(NULL);
    CHECK_EQ(cede_resource_acquire(resource, &claim), 0);
    copy = claim;
    cede_resource_release(&claim);
    cede_resource_release(&claim);
    CHECK_EQ(cede_resource_acquire(resource, &other), 0);
    cede_resource_release(&copy); /* of a use that is over: not of the one after it */
    CHECK(cede_resource_is_held(&other));
    CHECK_EQ(cede_resource_n_used(resource), 1);
    cede_resource_destroy(resource);
}

TEST_IN_SIM(resource, i9_who_gives_up_waiting_gets_nothing_and_the_next_is_served)
{
    struct user users[] = {{.name = "a", .stays = 5},
                           {.name = "b", .comes = 1, .patience = 2},
                           {.name = "c", .comes = 2, .stays = 1}};
    cede_facility_stats stats;

    make(1, CEDE_RESOURCE_FIFO);
    run_users(users, 3);
    CHECK_STR(test_notes(), "a:in@0 b:ETIMEDOUT@3 a:out@5 c:in@5 c:out@6");
    cede_resource_stats(resource, &stats);
    CHECK_EQ(stats.n_left, 1);
    CHECK_EQ(stats.get_waits.count, 2);
    cede_resource_destroy(resource);
}

CEDE_DEFER_FN(give_back, cede_claim *, cede_resource_release)

static int use_with_defer(void *arg)
{
    cede_claim claim = CEDE_CLAIM_INIT;
    CEDE_DEFER(give_back, &claim);

    (void)arg;
    CEDE_TRY(cede_resource_acquire(resource, &claim));
    return cede_sim_hold(100);
}

TEST_IN_SIM(resource, i9_a_unit_is_given_back_however_its_user_ends)
{
    make(1, CEDE_RESOURCE_FIFO);
    cede_future *holds = cede_sim_spawn(use_with_defer, NULL),
                *waits = cede_sim_spawn(use_with_defer, NULL);

    CHECK_EQ(cede_sim_hold(1), 0);
    CHECK_EQ(cede_resource_n_waiting(resource), 1);
    CHECK(cede_cancel(waits));
    CHECK_EQ(cede_join(waits), CEDE_EREVOKED);
    CHECK_EQ(cede_resource_n_waiting(resource), 0);
    CHECK_EQ(cede_sim_interrupt(holds, NULL), 0);
    CHECK_EQ(cede_join(holds), CEDE_EINTERRUPTED);
    CHECK_EQ(cede_resource_n_used(resource), 0);
    cede_resource_destroy(resource);
}

TEST_IN_SIM(resource, i9_a_unit_may_be_handed_to_another_task)
{
    cede_claim claim = CEDE_CLAIM_INIT;

    make(1, CEDE_RESOURCE_FIFO);
    CHECK_EQ(cede_resource_acquire(resource, &claim), 0);
    cede_claim theirs = claim;
    cede_resource_release(&theirs);
    CHECK(!cede_resource_is_held(&claim));
    cede_resource_destroy(resource);
}

TEST_IN_SIM(resource, i10_the_smallest_priority_goes_first_and_of_equals_the_first)
{
    struct user users[] = {{.name = "a", .stays = 9},
                           {.name = "b", .comes = 1, .stays = 1, .priority = 2},
                           {.name = "c", .comes = 2, .stays = 1, .priority = 1},
                           {.name = "d", .comes = 3, .stays = 1, .priority = 2},
                           {.name = "e", .comes = 4, .stays = 1, .priority = 1},
                           {.name = "f", .comes = 5, .stays = 1, .priority = -1}};

    make(1, CEDE_RESOURCE_PRIORITY);
    run_users(users, 6);
    CHECK_STR(test_notes(), "a:in@0 a:out@9 f:in@9 f:out@10 c:in@10 c:out@11 e:in@11 e:out@12 "
                            "b:in@12 b:out@13 d:in@13 d:out@14");
    cede_resource_destroy(resource);
}

TEST_IN_SIM(resource, i10_without_preemption_nobody_loses_a_unit)
{
    struct user users[] = {{.name = "a", .stays = 5, .priority = 3},
                           {.name = "b", .comes = 1, .stays = 1, .priority = 0}};

    make(1, CEDE_RESOURCE_PRIORITY);
    run_users(users, 2);
    CHECK_STR(test_notes(), "a:in@0 a:out@5 b:in@5 b:out@6");
    cede_resource_destroy(resource);
}

TEST_IN_SIM(resource, i10_the_least_urgent_user_loses_its_unit)
{
    struct user users[] = {{.name = "a", .stays = 9, .priority = 1},
                           {.name = "b", .comes = 1, .stays = 8, .priority = 2},
                           {.name = "c", .comes = 3, .stays = 1, .priority = 0}};
    cede_facility_stats stats;

    make(2, CEDE_RESOURCE_PREEMPTIVE);
    run_users(users, 3);
    CHECK_STR(test_notes(), "a:in@0 b:in@1 c:in@3 b:lost@3 c:out@4 a:out@9");
    cede_resource_stats(resource, &stats);
    CHECK_EQ(stats.n_preempted, 1);
    CHECK(stats.holds.count == 3 && cede_tally_min(&stats.holds) == 1);
    cede_resource_destroy(resource);
}

TEST_IN_SIM(resource, i10_of_equal_ones_nobody_takes_from_who_came_before)
{
    struct user users[] = {{.name = "a", .stays = 3, .priority = 1},
                           {.name = "b", .comes = 1, .stays = 1, .priority = 1}};

    make(1, CEDE_RESOURCE_PREEMPTIVE);
    run_users(users, 2);
    CHECK_STR(test_notes(), "a:in@0 a:out@3 b:in@3 b:out@4");
    cede_resource_destroy(resource);
}

TEST_IN_SIM(resource, i10_who_is_patient_waits_and_others_wait_behind)
{
    struct user users[] = {{.name = "a", .stays = 6, .priority = 5},
                           {.name = "b", .comes = 1, .stays = 1, .priority = 1, .is_patient = true},
                           {.name = "c", .comes = 2, .stays = 1, .priority = 2}};

    make(1, CEDE_RESOURCE_PREEMPTIVE);
    run_users(users, 3);
    CHECK_STR(test_notes(), "a:in@0 a:out@6 b:in@6 b:out@7 c:in@7 c:out@8");
    cede_resource_destroy(resource);
}

TEST_IN_SIM(resource, i10_once_the_patient_gives_up_the_next_may_take_a_unit)
{
    struct user users[] = {
        {.name = "a", .stays = 6, .priority = 5},
        {.name = "b", .comes = 1, .priority = 1, .is_patient = true, .patience = 2},
        {.name = "c", .comes = 2, .stays = 1, .priority = 2}};

    make(1, CEDE_RESOURCE_PREEMPTIVE);
    run_users(users, 3);
    CHECK_HAS(test_notes(), "a:lost@3");
    CHECK_HAS(test_notes(), "c:in@3");
    CHECK_HAS(test_notes(), "c:out@4");
    cede_resource_destroy(resource);
}

TEST_IN_SIM(resource, i10_who_took_a_unit_may_lose_it_in_turn)
{
    struct user users[] = {{.name = "a", .stays = 9, .priority = 3},
                           {.name = "b", .comes = 1, .stays = 8, .priority = 2},
                           {.name = "c", .comes = 2, .stays = 1, .priority = 1}};

    make(1, CEDE_RESOURCE_PREEMPTIVE);
    run_users(users, 3);
    CHECK_STR(test_notes(), "a:in@0 b:in@1 a:lost@1 c:in@2 b:lost@2 c:out@3");
    CHECK_EQ(cede_resource_n_used(resource), 0);
    cede_resource_destroy(resource);
}

static int be_preempted(void *arg)
{
    const cede_claim_options options = {.priority = 7};
    cede_claim claim = CEDE_CLAIM_INIT;
    const cede_preempted *why;

    (void)arg;
    CEDE_TRY(cede_sim_hold(2));
    CEDE_TRY(cede_resource_acquire_with(resource, &options, &claim));
    CHECK_EQ(cede_sim_hold(50), CEDE_EINTERRUPTED);
    why = cede_sim_cause();
    CHECK(why != NULL);
    CHECK_PTR(why->resource, resource);
    CHECK_STR(cede_task_name(why->by), "boss");
    CHECK(why->since == 2);
    CHECK(!cede_resource_is_held(&claim));
    cede_resource_release(&claim); /* of what is lost: nothing */
    CHECK_EQ(cede_resource_n_used(resource), 1);
    test_note("lost@%g", cede_sim_now());
    CEDE_TRY(cede_resource_acquire_with(resource, &options, &claim));
    test_note("again@%g", cede_sim_now());
    cede_resource_release(&claim);
    return 0;
}

static int preempt(void *arg)
{
    const cede_claim_options options = {.priority = 1};
    cede_claim claim = CEDE_CLAIM_INIT;

    (void)arg;
    CEDE_TRY(cede_sim_hold(5));
    CEDE_TRY(cede_resource_acquire_with(resource, &options, &claim));
    CEDE_TRY(cede_sim_hold(10));
    cede_resource_release(&claim);
    return 0;
}

TEST_IN_SIM(resource, i10_who_loses_a_unit_is_told_which_to_whom_and_since_when_it_was_theirs)
{
    make(1, CEDE_RESOURCE_PREEMPTIVE);
    cede_future *victim = cede_sim_spawn(be_preempted, NULL);
    cede_future *boss =
        cede_sim_spawn_with(&(cede_sim_process_options){.task.name = "boss"}, preempt, NULL);

    CHECK_EQ(cede_join(victim), 0);
    CHECK_EQ(cede_join(boss), 0);
    CHECK_STR(test_notes(), "lost@5 again@15");
    cede_resource_destroy(resource);
}

static int have_two(void *arg)
{
    const cede_claim_options options = {.priority = 9};
    cede_claim first = CEDE_CLAIM_INIT, second = CEDE_CLAIM_INIT;

    (void)arg;
    CEDE_TRY(cede_resource_acquire_with(resource, &options, &first));
    CEDE_TRY(cede_resource_acquire_with(resource, &options, &second));
    CEDE_TRY(cede_sim_hold(2));
    cede_resource_release(&first);
    CHECK(!cede_resource_is_held(&second));
    CHECK_EQ(cede_sim_hold(5), CEDE_EINTERRUPTED);
    CHECK_STR(cede_task_name(((const cede_preempted *)cede_sim_cause())->by), "boss");
    test_note("told@%g", cede_sim_now());
    return 0;
}

static int wait_patiently(void *arg)
{
    const cede_claim_options options = {.priority = 1, .is_patient = true};
    cede_claim claim = CEDE_CLAIM_INIT;

    (void)arg;
    CEDE_TRY(cede_resource_acquire_with(resource, &options, &claim));
    CEDE_TRY(cede_sim_hold(1));
    cede_resource_release(&claim);
    return 0;
}

static int come_second(void *arg)
{
    const cede_claim_options options = {.priority = 2};
    cede_claim claim = CEDE_CLAIM_INIT;

    (void)arg;
    CEDE_TRY(cede_resource_acquire_with(resource, &options, &claim));
    test_note("has it@%g", cede_sim_now());
    cede_resource_release(&claim);
    return 0;
}

/* Giving one unit back lets in who waits patiently, and then who takes the other one. */
TEST_IN_SIM(resource, i10_who_loses_a_unit_while_it_runs_is_told_at_its_next_wait)
{
    make(2, CEDE_RESOURCE_PREEMPTIVE);
    CHECK_EQ(cede_sim_start(have_two, NULL), 0);
    CHECK_EQ(cede_sim_start(wait_patiently, NULL), 0);
    cede_future *boss =
        cede_sim_spawn_with(&(cede_sim_process_options){.task.name = "boss"}, come_second, NULL);
    CHECK_EQ(cede_sim_hold(4), 0);
    CHECK_EQ(cede_join(boss), 0);
    CHECK_STR(test_notes(), "told@2 has it@2");
    CHECK_EQ(cede_resource_n_used(resource), 0);
    cede_resource_destroy(resource);
}

static int take_and_end(void *arg)
{
    cede_claim claim;

    (void)arg;
    return cede_resource_acquire_with(resource, &(cede_claim_options){.priority = 9}, &claim);
}

TEST_IN_SIM(resource, i10_a_unit_of_a_task_that_has_ended_can_be_taken)
{
    cede_claim claim = CEDE_CLAIM_INIT;

    make(1, CEDE_RESOURCE_PREEMPTIVE);
    CHECK_EQ(cede_join(cede_sim_spawn(take_and_end, NULL)), 0);
    CHECK_EQ(cede_resource_n_used(resource), 1);
    CHECK_EQ(cede_resource_acquire(resource, &claim), 0);
    cede_resource_release(&claim);
    cede_resource_destroy(resource);
}

TEST_IN_SIM(resource, i13_counts_by_itself)
{
    struct user users[] = {{.name = "a", .stays = 4},
                           {.name = "b", .comes = 1, .stays = 1},
                           {.name = "c", .comes = 2, .stays = 1}};
    cede_facility_stats stats;

    make(1, CEDE_RESOURCE_FIFO);
    run_users(users, 3);
    CHECK_EQ(cede_sim_hold(6), 0); /* until 12 */
    cede_resource_stats(resource, &stats);
    CHECK(stats.utilisation == 0.5 && stats.level.max == 1);
    CHECK(fabs(stats.getting.mean - (3 + 3) / 12.0) < 1e-12 && stats.getting.max == 2);
    CHECK_EQ(stats.get_waits.count, 3);
    CHECK(cede_tally_mean(&stats.get_waits) == 2 && cede_tally_max(&stats.get_waits) == 3);
    CHECK(cede_tally_sum(&stats.holds) == 6);
    cede_resource_destroy(resource);
}

TEST_IN_SIM(resource, wrong_uses_are_refused)
{
    make(1, CEDE_RESOURCE_FIFO);
    CHECK_EQ(cede_resource_create(&(cede_resource_options){.kind = 7}, &resource), -EINVAL);
    cede_resource_destroy(resource);
    cede_resource_destroy(NULL);
}

TEST(resource, without_a_task_or_a_loop_there_is_nothing_to_wait_with)
{
    cede_claim claim;
    cede_loop *loop;

    CHECK_EQ(cede_resource_create(NULL, &resource), -EINVAL);
    CHECK_EQ(cede_loop_create(&(cede_loop_options){.clock = CEDE_CLOCK_VIRTUAL}, &loop), 0);
    CHECK_EQ(cede_resource_create(NULL, &resource), 0);
    CHECK_EQ(cede_resource_acquire(resource, &claim), CEDE_ENOTASK);
    CHECK_EQ(cede_loop_close(loop), 0);
    cede_resource_destroy(resource); /* outlives its loop */
}

TEST_IN_SIM(resource, destroying_one_wakes_who_waits)
{
    make(1, CEDE_RESOURCE_FIFO);
    cede_future *holds = cede_sim_spawn(take_and_end, NULL),
                *waits = cede_sim_spawn(take_and_end, NULL);

    CHECK_EQ(cede_join(holds), 0);
    CHECK_EQ(cede_sim_hold(1), 0);
    cede_resource_destroy(resource);
    CHECK_EQ(cede_join(waits), CEDE_ESHUTDOWN);
}

static int deadlocked(void *arg)
{
    cede_claim claim;

    (void)arg;
    make(1, CEDE_RESOURCE_FIFO);
    CEDE_TRY(cede_resource_acquire(resource, &claim));
    return cede_resource_acquire(resource, &claim);
}

TEST(resource, who_waits_for_itself_is_reported_by_name)
{
    test_capture_reports();
    CHECK_EQ(cede_run_with(&(cede_run_options){.loop.clock = CEDE_CLOCK_VIRTUAL}, deadlocked, NULL),
             -EDEADLK);
    CHECK_HAS(test_reports(), "a unit of resource 'desk'");
    cede_resource_destroy(resource);
}

static int hold_one(void *arg)
{
    cede_claim claim = CEDE_CLAIM_INIT;
    int rc;

    (void)arg;
    CEDE_TRY(cede_resource_acquire_with(resource, &(cede_claim_options){.priority = 2}, &claim));
    rc = cede_sim_hold(10);
    cede_resource_release(&claim);
    return rc == CEDE_EINTERRUPTED ? 0 : rc;
}

/* A process takes one of six units, and loses it. */
static int scenario_run(void)
{
    cede_future *victim = cede_sim_spawn(hold_one, NULL);
    cede_claim claims[6];
    int rc = victim ? cede_sim_hold(1) : -ENOMEM;

    for (int i = 0; rc == 0 && i < 6; i++)
        rc = cede_resource_acquire(resource, &claims[i]);
    const int ended = victim ? cede_join(victim) : 0;
    return rc < 0 ? rc : ended;
}

static int scenario_body(void *arg)
{
    const cede_resource_options options = {.capacity = 6, .kind = CEDE_RESOURCE_PREEMPTIVE};
    int rc;

    (void)arg;
    CEDE_TRY(cede_resource_create(&options, &resource));
    rc = scenario_run();
    cede_resource_destroy(resource);
    return rc;
}

static int scenario(void)
{
    return cede_simulate(NULL, scenario_body, NULL);
}

TEST(resource, survives_every_failing_allocation)
{
    CHECK_EQ(scenario(), 0); /* stacks that are kept for the next loop are no loss */
    test_sweep_allocations(scenario);
}
