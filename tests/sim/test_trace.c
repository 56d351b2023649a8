/* test_trace.c - simulations that are traced. */
/* SPDX-License-Identifier: MIT */
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
