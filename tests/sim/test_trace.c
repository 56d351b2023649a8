/* test_trace.c - simulations that are traced. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <cede/container.h>
#include <cede/distribution.h>
#include <cede/random.h>
#include <cede/resource.h>
#include <cede/scope.h>
#include <cede/sim_trace.h>

#include "sim_test.h"

static void note_record(const cede_sim_record *record, void *arg)
{
    (void)arg;
    test_note("%g/%s#%llu/%s/%s;", record->time, record->name, (unsigned long long)record->process,
              record->cause, record->then);
}

static int hold_twice(void *arg)
{
    cede_future *bell = arg;

    CEDE_TRY(cede_sim_hold(1.5));
    CEDE_TRY(cede_sim_event_succeed(bell, NULL));
    if (cede_sim_hold(7) == CEDE_EINTERRUPTED)
        return 0;
    return -EIO;
}

static int model(void *arg)
{
    cede_future *bell = cede_sim_event_create("bell");
    cede_future *other = cede_sim_spawn(hold_twice, bell);

    (void)arg;
    CEDE_TRY(cede_sim_wait(bell));
    CEDE_TRY(cede_sim_hold(0.1));
    CEDE_TRY(cede_sim_interrupt(other, NULL));
    CEDE_TRY(cede_sim_wait(other));
    cede_future_unref(other);
    cede_future_unref(bell);
    return 0;
}

static uint64_t trace_model(cede_sim_trace_fn *fn, void *arg)
{
    cede_sim *sim = NULL;
    uint64_t hash;

    CHECK_EQ(cede_sim_create(NULL, &sim), 0);
    cede_sim_trace(sim, fn, arg);
    CHECK_EQ(cede_sim_start(model, NULL), 0);
    CHECK_EQ(cede_sim_run(sim), 0);
    hash = cede_sim_trace_hash(sim);
    cede_sim_destroy(sim);
    return hash;
}

TEST(trace, each_turn_has_its_time_process_and_cause)
{
    (void)trace_model(note_record, NULL);
    CHECK_STR(test_notes(), "0/model#1/start/an Event 'bell'; "
                            "0/hold_twice#2/start/hold until 1.5; "
                            "1.5/hold_twice#2/time/hold until 8.5; "
                            "1.5/bell#0/event/succeeded; "
                            "1.5/model#1/a future/hold until 1.6; "
                            "1.6/model#1/time/task 'hold_twice'; "
                            "1.6/hold_twice#2/interrupt/end; "
                            "1.6/model#1/a future/end;");
}

static int hold_at_random(void *arg)
{
    cede_random random;

    cede_random_init(&random, cede_sim_seed(cede_sim_current()), arg);
    for (int i = 0; i < 20; i++)
        CEDE_TRY(cede_sim_hold(cede_random_exponential(&random, 1)));
    return 0;
}

static void forget_record(const cede_sim_record *record, void *arg)
{
    (void)record;
    (void)arg;
}

static uint64_t hash_of_seed(uint64_t seed)
{
    cede_sim *sim = NULL;
    uint64_t hash;

    CHECK_EQ(cede_sim_create(&(cede_sim_options){.seed = seed}, &sim), 0);
    cede_sim_trace(sim, forget_record, NULL);
    CHECK_EQ(cede_sim_start(hold_at_random, "a"), 0);
    CHECK_EQ(cede_sim_start(hold_at_random, "b"), 0);
    CHECK_EQ(cede_sim_run(sim), 0);
    hash = cede_sim_trace_hash(sim);
    cede_sim_destroy(sim);
    return hash;
}

/* As with the_hash_of_a_run_is_always_the_same; the models of examples/simulation have theirs. */
TEST(trace, a_run_replays_from_its_seed_on_every_machine)
{
    CHECK_EQ(hash_of_seed(7), UINT64_C(0xe18ff4f377bf2dcc));
    CHECK_EQ(hash_of_seed(7), hash_of_seed(7));
    CHECK(hash_of_seed(8) != hash_of_seed(7));
}

static int use_counter(void *arg)
{
    cede_claim claim = CEDE_CLAIM_INIT;
    int rc = 0;

    CEDE_TIMEOUT(CEDE_S(0.5), rc) {
        rc = cede_resource_acquire(arg, &claim);
    }
    if (rc == 0)
        rc = cede_sim_hold(1);
    cede_resource_release(&claim);
    return rc == -ETIMEDOUT ? 0 : rc;
}

/* What is told of those, without the turns between. */
static void note_use(const cede_sim_record *record, void *arg)
{
    if (strcmp(record->cause, "start") != 0 &&
        (strstr(record->then, "'counter'") || strstr(record->then, "'tank'")))
        note_record(record, arg);
}

static int draw_from(void *arg)
{
    return cede_container_get(arg, 2);
}

static int fill(void *arg)
{
    return cede_container_put(arg, 3);
}

TEST(trace, what_is_done_with_resources_and_their_like_is_told)
{
    cede_sim *sim = NULL;
    cede_resource *counter = NULL;
    cede_container *tank = NULL;

    CHECK_EQ(cede_sim_create(NULL, &sim), 0);
    CHECK_EQ(cede_resource_create(&(cede_resource_options){.name = "counter"}, &counter), 0);
    CHECK_EQ(cede_container_create(&(cede_container_options){.name = "tank"}, &tank), 0);
    CHECK_EQ(cede_sim_start(use_counter, counter), 0);
    CHECK_EQ(cede_sim_start(use_counter, counter), 0);
    CHECK_EQ(cede_sim_start(draw_from, tank), 0);
    CHECK_EQ(cede_sim_start(fill, tank), 0);
    cede_sim_trace(sim, note_use, NULL);
    CHECK_EQ(cede_sim_run(sim), 0);
    CHECK_STR(test_notes(), "0/use_counter#1/grant/get resource 'counter'; "
                            "0/use_counter#2/request/get resource 'counter'; "
                            "0/draw_from#3/request/get container 'tank'; "
                            "0/fill#4/grant/put container 'tank'; "
                            "0/draw_from#3/grant/get container 'tank'; "
                            "0.5/use_counter#2/leave/get resource 'counter'; "
                            "1/use_counter#1/release/give back resource 'counter';");
    cede_resource_destroy(counter);
    cede_container_destroy(tank);
    cede_sim_destroy(sim);
}

static void ignore_record(const cede_sim_record *record, void *arg)
{
    (void)record;
    ++*(int *)arg;
}

/* The number is part of the promise: it is the same on every machine. */
TEST(trace, the_hash_of_a_run_is_always_the_same)
{
    int n = 0;
    const uint64_t hash = trace_model(ignore_record, &n);

    CHECK_EQ(n, 8);
    CHECK_EQ(trace_model(ignore_record, &n), hash);
    CHECK_EQ(hash, UINT64_C(0xbe7c99cde6c4bdc4));
}

TEST(trace, a_file_gets_a_line_a_record)
{
    FILE *file = tmpfile();
    char line[128];
    cede_sim *sim = NULL;

    CHECK(file != NULL);
    CHECK_EQ(cede_sim_create(NULL, &sim), 0);
    cede_sim_trace_file(sim, file);
    CHECK_EQ(cede_sim_start(model, NULL), 0);
    CHECK_EQ(cede_sim_run(sim), 0);
    cede_sim_destroy(sim);
    rewind(file);
    CHECK(fgets(line, sizeof line, file) != NULL);
    CHECK_STR(line, "0 model#1 start -> an Event 'bell'\n");
    fclose(file);
}
