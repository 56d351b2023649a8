/* experiment.c - trials through a map, their outcomes in an array.
 *
 * The job of a trial never fails: it writes what the trial returned, and why, into the outcome. So
 * the map ends early only if a process died under its trial; that outcome is written here, and a
 * new map goes on behind it. Trials that were under way then run again, with the same seeds, and
 * come to the same. The function is named by its place in the program's files, so that processes
 * find it.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <cede/map.h>
#include <cede/random.h>

#include "base/base.h"
#include "sim/experiment.h"
#include "sys/module.h"
#include "task/executor.h"

/* What a job is given: no pointers if it goes to another process. */
struct item {
    cede_trial_fn *fn;        /* NULL: to be found by its place */
    struct cede__place place; /* of fn */
    cede_trial trial;
    size_t result_size;
    _Alignas(max_align_t) char point[];
};

/* The source of items for the map. */
struct source {
    const cede_experiment *experiment;
    size_t next;
    struct cede__place place; /* of fn, if its executor is remote */
    bool is_remote;
};

/* To a size at which another of its kind may follow. */
static size_t round_up(size_t size)
{
    const size_t mask = _Alignof(max_align_t) - 1;

    return (size + mask) & ~mask;
}

void cede__experiment_trial(const cede_experiment *experiment, size_t index, cede_trial *out)
{
    const cede_experiment_options *o = &experiment->options;
    const size_t point_index = index / o->n_runs;

    *out = (cede_trial){
        .index = index,
        .point_index = point_index,
        .run = index % o->n_runs,
        .seed = cede_random_seed(o->seed, index),
        .point = o->points ? (const char *)o->points + point_index * o->point_size : NULL,
    };
}

static int item_next(void *memory, void *arg)
{
    struct source *source = arg;
    const cede_experiment_options *o = &source->experiment->options;
    struct item *item = memory;

    if (source->next == source->experiment->n)
        return 0;
    *item = (struct item){.fn = source->is_remote ? NULL : o->fn, .place = source->place};
    item->result_size = o->result_size;
    cede__experiment_trial(source->experiment, source->next, &item->trial);
    if (o->points)
        memcpy(item->point, item->trial.point, o->point_size);
    source->next++;
    return 1;
}

static cede_trial_fn *place_function(const struct cede__place *place)
{
    struct cede__modules *modules = cede__malloc(sizeof *modules); /* large for a stack */
    cede_trial_fn *fn = NULL;

    if (modules) {
        cede__modules_read(modules);
        fn = (cede_trial_fn *)cede__place_find(modules, place, true);
    }
    cede__free(modules);
    return fn;
}

static void outcome_fail(struct cede__outcome *outcome, int code)
{
    const cede_error *record = cede_error_last();
    struct cede__text text = {outcome->message, sizeof outcome->message, 0};

    outcome->code = code;
    cede__text_add(&text, "%s",
                   record && cede_error_code(record) == code ? cede_error_message(record)
                                                             : cede_strerror(code));
    cede_error_clear();
}

/* The job. */
static int item_run(const void *in, void *out)
{
    const struct item *item = in;
    struct cede__outcome *outcome = out;
    cede_trial trial = item->trial;
    cede_trial_fn *fn = item->fn ? item->fn : place_function(&item->place);
    int rc;

    if (!fn)
        return cede_raise(-ENOEXEC, "the function of the trials is not found in this process");
    if (trial.point)
        trial.point = item->point;
    rc = fn(&trial, outcome->result);
    if (rc < 0) {
        memset(outcome->result, 0, item->result_size);
        outcome_fail(outcome, rc);
    }
    return 0;
}

/* Where the function is, for other processes. */
static int source_place(struct source *source)
{
    const uintptr_t fn = (uintptr_t)source->experiment->options.fn;
    struct cede__modules *modules = cede__malloc(sizeof *modules);
    bool found = false;

    if (!modules)
        return cede_raise(-ENOMEM, "no memory for the list of modules");
    cede__modules_read(modules);
    found = cede__place_of(modules, fn, &source->place);
    cede__free(modules);
    return found ? 0 : cede_raise(-EINVAL, "the function of the trials lies in no file");
}

/* From *next on, until all are done or a map has ended over one. */
static int run_some(cede_experiment *experiment, struct source *source, size_t *next,
                    cede_progress *bar)
{
    const cede_experiment_options *o = &experiment->options;
    const cede_map_options options = {
        .fn = item_run,
        .item_size = round_up(sizeof(struct item) + (o->points ? o->point_size : 0)),
        .out_size = experiment->outcome_size,
        .source = item_next,
        .source_arg = source,
    };
    cede_map *map;
    void *outcome;
    int rc;

    source->next = *next;
    CEDE_TRY(cede_map_create(o->executor, &options, &map));
    while ((rc = cede_map_next(map, &outcome)) > 0) {
        memcpy(cede__experiment_outcome(experiment, *next), outcome, experiment->outcome_size);
        ++*next;
        cede_progress_add(bar, 1);
    }
    cede_map_destroy(map);
    return rc;
}

static int run_all(cede_experiment *experiment, cede_progress *bar)
{
    struct source source = {.experiment = experiment};
    size_t next = 0;

    source.is_remote = experiment->options.executor->kind->is_remote;
    if (source.is_remote)
        CEDE_TRY(source_place(&source));
    while (next < experiment->n) {
        const int rc = run_some(experiment, &source, &next, bar);
        if (rc == CEDE_EWORKER) {
            outcome_fail(cede__experiment_outcome(experiment, next), rc);
            next++;
            cede_progress_add(bar, 1);
        } else if (rc < 0) {
            return rc;
        }
    }
    for (size_t i = 0; i < experiment->n; i++)
        experiment->n_failed += cede__experiment_outcome(experiment, i)->code < 0;
    return 0;
}

/* The options as they are meant, and room for all. */
static int experiment_init(cede_experiment *experiment, const cede_experiment_options *options)
{
    cede_experiment_options *o = &experiment->options;
    void *points = NULL;

    *o = *options;
    o->n_runs = o->n_runs ? o->n_runs : 1;
    o->n_points = o->points ? o->n_points : 1;
    o->points = NULL;
    if (!o->executor && !(o->executor = cede_default_pool()))
        return cede_error_code(cede_error_last());
    experiment->outcome_size = round_up(sizeof(struct cede__outcome) + o->result_size);
    if (!o->fn || o->n_points == 0 ||
        __builtin_mul_overflow(o->n_points, o->n_runs, &experiment->n))
        return cede_raise(-EINVAL,
                          "an experiment needs a function, a point, and not too many trials");
    if (options->points && !(points = cede__calloc(o->n_points, o->point_size + !o->point_size)))
        return cede_raise(-ENOMEM, "no memory for %zu points", o->n_points);
    if (points)
        memcpy(points, options->points, o->n_points * o->point_size);
    o->points = points;
    experiment->outcomes = cede__calloc(experiment->n, experiment->outcome_size);
    if (!experiment->outcomes)
        return cede_raise(-ENOMEM, "no memory for the results of %zu trials", experiment->n);
    return 0;
}

int cede_experiment_run(const cede_experiment_options *options, cede_experiment **experiment_out)
{
    cede_experiment *experiment = cede__calloc(1, sizeof *experiment);
    cede_progress *bar = NULL;
    int rc;

    if (!experiment)
        return cede_raise(-ENOMEM, "no memory for an experiment");
    rc = experiment_init(experiment, options);
    if (rc == 0 && options->progress) {
        cede_progress_options bar_options = *options->progress;
        bar_options.total = (int64_t)experiment->n;
        bar = cede_progress_create(&bar_options); /* without memory it goes on without a bar */
    }
    if (rc == 0)
        rc = run_all(experiment, bar);
    cede_progress_destroy(bar);
    if (rc < 0) {
        cede_experiment_destroy(experiment);
        return rc;
    }
    *experiment_out = experiment;
    return 0;
}

void cede_experiment_destroy(cede_experiment *experiment)
{
    if (!experiment)
        return;
    cede__free((void *)experiment->options.points);
    cede__free(experiment->outcomes);
    cede__free(experiment);
}

size_t cede_experiment_count(const cede_experiment *experiment)
{
    return experiment->n;
}

size_t cede_experiment_failed(const cede_experiment *experiment)
{
    return experiment->n_failed;
}

const void *cede_experiment_result(const cede_experiment *experiment, size_t index)
{
    if (index >= experiment->n || cede__experiment_outcome(experiment, index)->code < 0)
        return NULL;
    return cede__experiment_outcome(experiment, index)->result;
}

int cede_experiment_error(const cede_experiment *experiment, size_t index, const char **message_out)
{
    if (index >= experiment->n)
        return cede_raise(-EINVAL, "there are %zu trials, none of the number %zu", experiment->n,
                          index);
    if (message_out)
        *message_out = cede__experiment_outcome(experiment, index)->message;
    return cede__experiment_outcome(experiment, index)->code;
}
