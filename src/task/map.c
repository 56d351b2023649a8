/* map.c - a function over many inputs: a ring of slots, each an input, a result and a job under
 * way.
 *
 *      taken ...  [oldest job] [job] [job] [free] [free]
 *
 * Slots are filled in the order of the input and emptied in the same order, so no more than
 * `n_slots` items are ever under way, and the result last taken stays in its slot until the next
 * call.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <cede/map.h>

#include "task/executor.h"
#include "task/task.h"

struct cede_map {
    cede_executor *executor;  /* borrowed */
    cede_map_options options; /* copied */
    size_t n_slots;
    size_t n_taken;     /* results taken, ever */
    size_t n_submitted; /* items submitted, ever */
    int end;            /* 0, or why no more is submitted: 1: that was all; negative: what failed */
    cede_future **jobs; /* n_slots */
    char *ins;          /* n_slots items, if they come from a source */
    char *outs;         /* n_slots results */
};

static size_t map_slot(const struct cede_map *map, size_t item)
{
    return item % map->n_slots;
}

static void *map_result(const struct cede_map *map, size_t item)
{
    return map->options.out_size ? map->outs + map_slot(map, item) * map->options.out_size : NULL;
}

/* The next input: 1, or 0: there is none, or what the source failed with. */
static int map_next_input(struct cede_map *map, const void **in_out)
{
    const cede_map_options *o = &map->options;
    void *in;

    if (o->items) {
        *in_out = (const char *)o->items + map->n_submitted * o->item_size;
        return map->n_submitted < o->n_items;
    }
    in = map->ins + map_slot(map, map->n_submitted) * o->item_size;
    *in_out = in;
    return o->source(in, o->source_arg);
}

/* Submit what there is room for; the slot of the result last taken is none. */
static void map_fill(struct cede_map *map)
{
    while (map->end == 0 && map->n_submitted - map->n_taken < map->n_slots - 1) {
        const size_t slot = map_slot(map, map->n_submitted);
        cede_job job = {.fn = map->options.fn, .in_size = map->options.item_size};
        const int rc = map_next_input(map, &job.in);

        if (rc <= 0) {
            map->end = rc < 0 ? rc : 1;
            return;
        }
        job.out = map_result(map, map->n_submitted);
        job.out_size = map->options.out_size;
        if (job.out)
            memset(job.out, 0, job.out_size);
        map->jobs[slot] = cede_submit(map->executor, &job);
        if (!map->jobs[slot]) {
            map->end = cede_error_code(cede_error_last());
            return;
        }
        map->n_submitted++;
    }
}

/* Withdraw what has not begun, wait for the rest. */
static void map_stop(struct cede_map *map)
{
    if (map->end == 0)
        map->end = 1;
    for (size_t i = map->n_taken; i < map->n_submitted; i++)
        (void)cede_cancel(map->jobs[map_slot(map, i)]); /* begun: then it is waited for */
    for (; map->n_taken < map->n_submitted; map->n_taken++) {
        cede_future *job = map->jobs[map_slot(map, map->n_taken)];
        (void)cede__future_wait(job, true);
        cede__future_set_retrieved(job);
        cede_future_unref(job);
    }
}

static void map_free(struct cede_map *map)
{
    cede__free(map->jobs);
    cede__free(map->ins);
    cede__free(map->outs);
    cede__free(map);
}

int cede_map_create(cede_executor *executor, const cede_map_options *options, cede_map **map_out)
{
    struct cede_map *map;

    if (!executor || !options->fn || (!options->items && !options->source))
        return cede_raise(-EINVAL,
                          "a map needs an executor, a function, and items or their source");
    map = cede__calloc(1, sizeof *map);
    if (!map)
        return cede_raise(-ENOMEM, "no memory for a map");
    map->executor = executor;
    map->options = *options;
    map->n_slots =
        options->look_ahead ? options->look_ahead : 2 * (size_t)executor->kind->width(executor);
    map->n_slots++; /* the result last taken keeps its own */
    map->jobs = cede__calloc(map->n_slots, sizeof(cede_future *));
    map->ins = options->items ? NULL : cede__calloc(map->n_slots, options->item_size + 1);
    map->outs = cede__calloc(map->n_slots, options->out_size + 1);
    if (!map->jobs || !map->outs || (!map->ins && !options->items)) {
        map_free(map);
        return cede_raise(-ENOMEM, "no memory for %zu items of a map", options->look_ahead);
    }
    map_fill(map);
    *map_out = map;
    return 0;
}

/* There is no job for the next item: why? */
static int map_ended(struct cede_map *map)
{
    const int end = map->end;

    map->end = 1;
    if (end > 0)
        return 0;
    return cede_raise(end, "the next item could not be submitted");
}

int cede_map_next(cede_map *map, void **out_out)
{
    cede_future *job;
    int rc;

    CEDE_TRY(cede_checkpoint());
    if (map->n_taken == map->n_submitted)
        return map_ended(map);
    job = map->jobs[map_slot(map, map->n_taken)];
    CEDE_TRY(cede__future_wait(job, false));
    rc = cede__future_outcome(job);
    cede_future_unref(job);
    map->n_taken++;
    if (rc < 0) {
        struct cede_error record = {.n_links = 0};
        if (cede_error_last())
            cede__error_copy(&record, cede_error_last());
        map_stop(map);
        cede__error_adopt(&record, rc);
        return rc;
    }
    map_fill(map);
    if (out_out)
        *out_out = map_result(map, map->n_taken - 1);
    return 1;
}

void cede_map_destroy(cede_map *map)
{
    if (!map)
        return;
    map_stop(map);
    map_free(map);
}
