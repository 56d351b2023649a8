/* trials.h - a small model for tests of experiments: a walk, at a point that says how. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TESTS_SIM_TRIALS_H
#define CEDE_TESTS_SIM_TRIALS_H

#include <signal.h>
#include <stdlib.h>

#include <cede/distribution.h>
#include <cede/error.h>
#include <cede/experiment.h>

#include "harness/harness.h"

struct design {
    double step;
    int n;
};

struct outcome {
    double end;
    int64_t n_back;
};

static const struct design designs[] = {{1, 10}, {2, 100}, {0.5, 1000}};

static const cede_column columns[] = {
    CEDE_COLUMN_POINT(struct design, step),
    CEDE_COLUMN_POINT(struct design, n),
    CEDE_COLUMN_RESULT(struct outcome, end),
    CEDE_COLUMN_RESULT(struct outcome, n_back),
};

static inline int walk(const cede_trial *trial, void *result)
{
    const struct design *design = trial->point;
    struct outcome *outcome = result;
    cede_random random;

    cede_random_init(&random, trial->seed, "walk");
    for (int i = 0; i < design->n; i++) {
        const double by = cede_random_normal(&random, 0, design->step);
        outcome->end += by;
        outcome->n_back += by < 0;
    }
    return 0;
}

/* Trials 4 and 7 fail. */
static inline int stumble(const cede_trial *trial, void *result)
{
    (void)walk(trial, result);
    if (trial->index == 4)
        return cede_raise(-EDOM, "fell \"hard\"");
    return trial->index == 7 ? CEDE_ELIMIT : 0;
}

static inline cede_experiment *run_trials(cede_executor *executor, cede_trial_fn *fn)
{
    cede_experiment *experiment = NULL;

    CHECK_EQ(cede_experiment_run(
                 &(cede_experiment_options){
                     .fn = fn,
                     .executor = executor,
                     .points = designs,
                     .n_points = 3,
                     .point_size = sizeof *designs,
                     .n_runs = 5,
                     .result_size = sizeof(struct outcome),
                     .seed = 2026,
                     .columns = columns,
                     .n_columns = 4,
                 },
                 &experiment),
             0);
    return experiment;
}

/* The table as text, owned by the caller. */
static inline char *table_of(const cede_experiment *experiment,
                             int (*write)(const cede_experiment *, FILE *))
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    CHECK(stream != NULL);
    CHECK_EQ(write(experiment, stream), 0);
    fclose(stream);
    return text;
}

#endif
