/* test_process_experiment.c - trials in processes: the same results, and a crash is one trial's. */
/* SPDX-License-Identifier: MIT */
#include <cede/process_pool.h>

#include "sim/trials.h"

void test_begin(int argc, char **argv)
{
    cede_process_init(argc, argv);
}

static cede_executor *make_processes(void)
{
    return cede_process_pool(&(cede_process_pool_options){.n_workers = 2});
}

TEST(process_experiment, i13_results_are_those_of_threads_bit_by_bit)
{
    cede_executor *processes = make_processes();
    cede_experiment *there = run_trials(processes, stumble), *here = run_trials(NULL, stumble);
    char *table = table_of(there, cede_experiment_write_csv);
    char *expected = table_of(here, cede_experiment_write_csv);

    CHECK_STR(table, expected);
    free(table);
    free(expected);
    cede_experiment_destroy(there);
    cede_experiment_destroy(here);
    cede_executor_destroy(processes);
}

static int crash(const cede_trial *trial, void *result)
{
    if (trial->index == 3 || trial->index == 4 || trial->index == 14)
        (void)raise(SIGKILL);
    return walk(trial, result);
}

TEST(process_experiment, i13_a_trial_whose_process_dies_harms_no_other)
{
    cede_executor *processes = make_processes();
    cede_experiment *experiment = run_trials(processes, crash), *well = run_trials(NULL, walk);
    const char *message;

    CHECK_EQ(cede_experiment_failed(experiment), 3);
    for (size_t i = 0; i < 15; i++) {
        const void *result = cede_experiment_result(experiment, i);
        if (i == 3 || i == 4 || i == 14) {
            CHECK_EQ(cede_experiment_error(experiment, i, &message), CEDE_EWORKER);
            CHECK_HAS(message, "SIGKILL");
        } else {
            CHECK(memcmp(result, cede_experiment_result(well, i), sizeof(struct outcome)) == 0);
        }
    }
    cede_experiment_destroy(experiment);
    cede_experiment_destroy(well);
    cede_executor_destroy(processes);
}
