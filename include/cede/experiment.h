/* cede/experiment.h - many runs of a model at once, and what they came to
 *
 *     struct design { double rate; int desks; };
 *     struct outcome { double wait, busy; };
 *
 *     static int run(const cede_trial *trial, void *result)
 *     {
 *         const struct design *design = trial->point;
 *         struct outcome *outcome = result;
 *         ... cede_random_init(&arrivals, trial->seed, "arrivals"); ...
 *     }
 *     ...
 *     CEDE_TRY(cede_experiment_run(&(cede_experiment_options){.fn = run, .executor = pool,
 *         .points = designs, .n_points = 3, .point_size = sizeof *designs, .n_runs = 20,
 *         .result_size = sizeof(struct outcome), .columns = columns, .n_columns = 4},
 *         &experiment));
 *
 * A trial is one run at one point of the design: its input and its result are structs of yours, its
 * random numbers come from a seed of its own. Trials run in threads, in processes, or one after the
 * other; what they come to is the same, bit by bit. One that fails, or whose process dies, harms no
 * other.
 * Source: src/sim/experiment.c, src/sim/experiment_table.c   Tests: tests/sim/test_experiment.c
 * Guide: docs/experiments.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_EXPERIMENT_H
#define CEDE_EXPERIMENT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <cede/executor.h>
#include <cede/progress.h>
#include <cede/tally.h>

CEDE_BEGIN_DECLS

typedef struct cede_experiment cede_experiment;

typedef struct cede_trial {
    size_t index; /* of the trial: point_index * n_runs + run */
    size_t point_index;
    size_t run;    /* at this point, from 0 */
    uint64_t seed; /* of this trial alone: for cede_random_init, cede_sim_options */
    /* the point of the design, borrowed during the call; NULL if there are none */
    const void *point;
} cede_trial;

/* Runs a model: 0 or more, or a negative code, whose record is kept. `result` is zeroed. It may be
 * called in any thread or process, by several at once. */
typedef int cede_trial_fn(const cede_trial *trial, void *result);

/* What a column of the table shows: a number in the struct of a point or of a result. */
typedef struct cede_column {
    const char *name;
    size_t offset;
    enum cede_column_kind { CEDE_COLUMN_DOUBLE, CEDE_COLUMN_INT, CEDE_COLUMN_INT64 } kind;
    bool of_point; /* else of the result */
} cede_column;

/* A column from a member of a struct, which is a double, an int, or an integer of 64 bits. C
 * only. */
#define CEDE_COLUMN_RESULT(type, member) CEDE__COLUMN(type, member, false)
#define CEDE_COLUMN_POINT(type, member)  CEDE__COLUMN(type, member, true)
#define CEDE__COLUMN(type, member, of_point_)                                                      \
    {                                                                                              \
        .name = #member, .offset = offsetof(type, member),                                         \
        .kind = _Generic(((type *)0)->member, double                                               \
                         : CEDE_COLUMN_DOUBLE, int                                                 \
                         : CEDE_COLUMN_INT, unsigned                                               \
                         : CEDE_COLUMN_INT, long                                                   \
                         : CEDE_COLUMN_INT64, unsigned long                                        \
                         : CEDE_COLUMN_INT64, long long                                            \
                         : CEDE_COLUMN_INT64, unsigned long long                                   \
                         : CEDE_COLUMN_INT64),                                                     \
        .of_point = (of_point_),                                                                   \
    }

typedef struct cede_experiment_options {
    cede_trial_fn *fn;
    /* borrowed; of threads, processes or sequential; NULL: the default pool */
    cede_executor *executor;
    const void *points; /* n_points of point_size bytes, copied; NULL: one without a struct */
    size_t n_points;
    size_t point_size;
    size_t n_runs;      /* at each point; 0: 1 */
    size_t result_size; /* bytes of a result; no pointers in it if trials run in processes */
    uint64_t seed;      /* of the experiment; each trial has one of its own from it */
    const cede_column *columns; /* of the table; borrowed as long as the experiment, names too */
    size_t n_columns;
    const cede_progress_options *progress; /* show a bar, total set; borrowed during the call */
} cede_experiment_options;

/**
 * Run all trials.
 *
 * @param options         borrowed during the call
 * @param experiment_out  receives what they came to; owned: cede_experiment_destroy; not written on
 *                        failure
 * @return 0, also if trials failed (cede_experiment_failed), or
 *   -EINVAL         there is no fn, no point, or too many trials
 *   -ENOMEM
 *   -ECANCELED      the caller's scope is cancelled: what has not begun is withdrawn
 *   other           the executor could not run them: what cede_map_next returns
 * Suspends: until all are done.  Cancellation point: always.  Call from: a task, or a thread
 * without a loop; if trials are simulations and the executor sequential, the latter.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_experiment_run(const cede_experiment_options *options,
                                                          cede_experiment **experiment_out);

/**
 * Free it.
 *
 * @param experiment  taken; NULL is nothing
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API void cede_experiment_destroy(cede_experiment *experiment);

/**
 * How many trials there were.
 *
 * @param experiment  borrowed
 * @return the number
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API size_t cede_experiment_count(const cede_experiment *experiment);

/**
 * How many of them failed.
 *
 * @param experiment  borrowed
 * @return the number
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API size_t cede_experiment_failed(const cede_experiment *experiment);

/**
 * The result of a trial.
 *
 * @param experiment  borrowed
 * @param index       of the trial
 * @return what it wrote, borrowed as long as the experiment; NULL if it failed or there is none
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API const void *cede_experiment_result(const cede_experiment *experiment, size_t index);

/**
 * Why a trial failed.
 *
 * @param experiment   borrowed
 * @param index        of the trial
 * @param message_out  receives the words of its error, borrowed as long as the experiment, "" if it
 *                     did not fail; may be NULL
 * @return its negative code; 0 if it did not fail; -EINVAL also if there is no such trial
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API int cede_experiment_error(const cede_experiment *experiment, size_t index,
                                   const char **message_out);

/**
 * A column over the runs at one point that did not fail: for cede_interval_of.
 *
 * @param experiment   borrowed
 * @param point_index  of the point; SIZE_MAX: of all
 * @param column       its name
 * @return the tally; empty if there is no such column or point
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API cede_tally cede_experiment_tally(const cede_experiment *experiment, size_t point_index,
                                          const char *column);

/**
 * Write a line a trial: point, run, seed, the columns, the error; numbers so that they are read
 * back as they are.
 *
 * @param experiment  borrowed
 * @param stream      borrowed, open for writing
 * @return 0, or -EIO: it could not be written
 * Suspends: never; it blocks.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API int cede_experiment_write_csv(const cede_experiment *experiment, FILE *stream);

/**
 * Write the same as JSON: an array of objects. What is no finite number is null.
 *
 * @param experiment  borrowed
 * @param stream      borrowed, open for writing
 * @return 0, or -EIO: it could not be written
 * Suspends: never; it blocks.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API int cede_experiment_write_json(const cede_experiment *experiment, FILE *stream);

CEDE_END_DECLS

#endif
