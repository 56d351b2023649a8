/* test_experiment.c - trials in threads or one by one: the same results, failures apart, tables. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <unistd.h>

#include <cede/interval.h>

#include "sim/trials.h"

static char *table_by(cede_executor *executor, cede_trial_fn *fn)
{
    cede_experiment *experiment = run_trials(executor, fn);
    char *table = table_of(experiment, cede_experiment_write_csv);

    cede_experiment_destroy(experiment);
    cede_executor_destroy(executor);
    return table;
}

TEST(experiment, i13_results_are_the_same_bits_whatever_the_number_of_workers)
{
    char *alone = table_by(cede_sequential_executor(), walk);

    for (unsigned n = 1; n <= 4; n++) {
        char *together = table_by(cede_thread_pool(&(cede_pool_options){.n_threads = n}), walk);
        CHECK_STR(together, alone);
        free(together);
    }
    free(alone);
}

TEST(experiment, i13_every_trial_has_its_point_its_run_and_its_seed)
{
    cede_experiment *experiment = run_trials(NULL, walk);

    CHECK_EQ(cede_experiment_count(experiment), 15);
    CHECK_EQ(cede_experiment_failed(experiment), 0);
    for (size_t i = 0; i < 15; i++) {
        struct outcome expected = {0};
        const cede_trial trial = {.seed = cede_random_seed(2026, i), .point = &designs[i / 5]};
        CHECK_EQ(walk(&trial, &expected), 0);
        const struct outcome *outcome = cede_experiment_result(experiment, i);
        CHECK(outcome->end == expected.end && outcome->n_back == expected.n_back);
    }
    CHECK_PTR(cede_experiment_result(experiment, 15), NULL);
    cede_experiment_destroy(experiment);
}

TEST(experiment, i13_a_trial_that_fails_is_reported_and_harms_no_other)
{
    cede_experiment *experiment = run_trials(NULL, stumble), *well = run_trials(NULL, walk);
    const char *message = NULL;

    CHECK_EQ(cede_experiment_failed(experiment), 2);
    CHECK_EQ(cede_experiment_error(experiment, 4, &message), -EDOM);
    CHECK_STR(message, "fell \"hard\"");
    CHECK_EQ(cede_experiment_error(experiment, 7, &message), CEDE_ELIMIT);
    CHECK_STR(message, cede_strerror(CEDE_ELIMIT));
    CHECK_EQ(cede_experiment_error(experiment, 5, &message), 0);
    CHECK_STR(message, "");
    CHECK_EQ(cede_experiment_error(experiment, 15, NULL), -EINVAL);
    for (size_t i = 0; i < 15; i++) {
        const void *result = cede_experiment_result(experiment, i);
        CHECK((result == NULL) == (i == 4 || i == 7));
        if (result)
            CHECK(memcmp(result, cede_experiment_result(well, i), sizeof(struct outcome)) == 0);
    }
    cede_experiment_destroy(experiment);
    cede_experiment_destroy(well);
    cede_experiment_destroy(NULL);
}

TEST(experiment, a_column_becomes_a_tally_of_a_point_or_of_all)
{
    cede_experiment *experiment = run_trials(NULL, stumble);
    cede_tally tally = cede_experiment_tally(experiment, 2, "end");
    double sum = 0;

    for (size_t i = 10; i < 15; i++)
        sum += ((const struct outcome *)cede_experiment_result(experiment, i))->end;
    CHECK_EQ(tally.count, 5);
    CHECK(fabs(cede_tally_mean(&tally) - sum / 5) < 1e-12);
    tally = cede_experiment_tally(experiment, SIZE_MAX, "n_back");
    CHECK_EQ(tally.count, 13);
    tally = cede_experiment_tally(experiment, 0, "step");
    CHECK(tally.count == 4 && cede_tally_max(&tally) == 1);
    CHECK_EQ(cede_experiment_tally(experiment, 0, "nothing").count, 0);
    CHECK_EQ(cede_experiment_tally(experiment, 3, "end").count, 0);
    cede_experiment_destroy(experiment);
}

TEST(experiment, i13_csv_has_a_line_a_trial_and_the_error)
{
    cede_experiment *experiment = run_trials(NULL, stumble);
    char *table = table_of(experiment, cede_experiment_write_csv), line[200], *at = table;
    int n_lines = 0;
    double end;

    for (const char *c = table; *c; c++)
        n_lines += *c == '\n';
    CHECK_EQ(n_lines, 16);
    CHECK(strncmp(table, "point,run,seed,\"step\",\"n\",\"end\",\"n_back\",error\n", 47) == 0);
    (void)snprintf(line, sizeof line, "\n0,4,%llu,1,10,,,\"fell \"\"hard\"\"\"\n",
                   (unsigned long long)cede_random_seed(2026, 4));
    CHECK_HAS(table, line);
    for (int i = 0; i < 5; i++) /* to the end of trial 0 */
        at = strchr(at, i ? ',' : '\n') + 1;
    at = strchr(at, ',') + 1;
    end = strtod(at, NULL);
    CHECK(end == ((const struct outcome *)cede_experiment_result(experiment, 0))->end);
    free(table);
    cede_experiment_destroy(experiment);
}

TEST(experiment, i13_json_is_an_array_of_objects)
{
    cede_experiment *experiment = run_trials(NULL, stumble);
    char *json = table_of(experiment, cede_experiment_write_json), part[200];

    CHECK(strncmp(json, "[\n  {\"point\": 0, \"run\": 0, \"seed\": ", 35) == 0);
    (void)snprintf(
        part, sizeof part,
        "{\"point\": 0, \"run\": 4, \"seed\": %llu, \"step\": 1, \"n\": 10, \"end\": null, "
        "\"n_back\": null, \"error\": \"fell \\\"hard\\\"\"},\n",
        (unsigned long long)cede_random_seed(2026, 4));
    CHECK_HAS(json, part);
    CHECK_STR(json + strlen(json) - 4, "}\n]\n");
    free(json);
    cede_experiment_destroy(experiment);
}

static int lonely(const cede_trial *trial, void *result)
{
    CHECK_PTR(trial->point, NULL);
    CHECK_EQ(trial->point_index, 0);
    *(uint64_t *)result = trial->seed;
    return 1; /* a count is no failure */
}

TEST(experiment, without_a_design_there_is_one_point_and_one_run)
{
    cede_experiment *experiment;

    CHECK_EQ(
        cede_experiment_run(
            &(cede_experiment_options){.fn = lonely, .result_size = sizeof(uint64_t)}, &experiment),
        0);
    CHECK_EQ(cede_experiment_count(experiment), 1);
    CHECK(*(const uint64_t *)cede_experiment_result(experiment, 0) == cede_random_seed(0, 0));
    cede_experiment_destroy(experiment);
}

TEST(experiment, one_that_cannot_be_run_is_refused)
{
    cede_experiment *experiment;

    CHECK_EQ(cede_experiment_run(&(cede_experiment_options){0}, &experiment), -EINVAL);
    CHECK_EQ(
        cede_experiment_run(&(cede_experiment_options){.fn = walk, .points = designs}, &experiment),
        -EINVAL);
    CHECK_EQ(cede_experiment_run(
                 &(cede_experiment_options){
                     .fn = walk, .points = designs, .n_points = 3, .n_runs = SIZE_MAX / 2},
                 &experiment),
             -EINVAL);
}

TEST(experiment, i13_a_bar_counts_the_trials)
{
    const cede_progress_options progress = {
        .mode = CEDE_PROGRESS_LINES, .descriptor = 1, .description = "trials"};
    cede_experiment *experiment;
    char text[500] = "";
    int ends[2];

    CHECK_EQ(pipe(ends), 0);
    CHECK_EQ(dup2(ends[1], 1), 1);
    CHECK_EQ(cede_experiment_run(
                 &(cede_experiment_options){
                     .fn = lonely, .n_runs = 12, .result_size = 8, .progress = &progress},
                 &experiment),
             0);
    CHECK(read(ends[0], text, sizeof text - 1) > 0);
    CHECK_HAS(text, "trials");
    CHECK_HAS(text, "12/12");
    cede_experiment_destroy(experiment);
}

static int run_one(void)
{
    cede_executor *executor = cede_sequential_executor();
    cede_experiment *experiment = NULL;
    int rc = executor ? 0 : -ENOMEM;

    if (rc == 0)
        rc = cede_experiment_run(&(cede_experiment_options){.fn = walk,
                                                            .executor = executor,
                                                            .points = designs,
                                                            .n_points = 3,
                                                            .point_size = sizeof *designs,
                                                            .result_size = sizeof(struct outcome)},
                                 &experiment);
    cede_experiment_destroy(experiment);
    cede_executor_destroy(executor);
    return rc;
}

TEST(experiment, survives_failing_allocations)
{
    test_sweep_allocations(run_one);
}
