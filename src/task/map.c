/* map.c - a function over many inputs: a ring of slots, each a chunk of inputs, their results, and
 * the job that makes them.
 *
 *      taken ...  [being taken] [job] [job] [free]
 *
 * Slots are filled in the order of the input and emptied in the same order, so no more than
 * `n_slots` chunks are ever under way, and the result last taken stays in its slot until the next
 * call. Results of a chunk are taken one by one. A failure ends its chunk: what came before it in
 * there is still taken.
 *
 * Where items are small, it is their lines of memory wandering from processor to processor that
 * takes time. So results are cleared by the thread that writes them; a slot's inputs and results
 * lie together, apart from those of others, for who reads them makes the processor fetch what comes
 * next; and the caller fetches the results of the next chunk, and the place of inputs to come,
 * before it needs them.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <cede/map.h>

#include "sys/fetch.h"
#include "task/executor.h"
#include "task/task.h"

/* A chunk of items. */
struct slot {
    const struct cede_map *map;
    cede_future *job;
    const char *ins;
    char *outs;
    size_t n;      /* items */
    size_t n_good; /* that did not fail; written by the job, or when it is done */
};

struct cede_map {
    cede_executor *executor;  /* borrowed */
    cede_map_options options; /* copied */
    size_t chunk;             /* items of a slot at most */
    size_t n_slots;
    struct slot *slots;
    size_t n_taken;     /* chunks taken to the end, ever */
    size_t n_submitted; /* chunks, ever */
    size_t n_items;     /* submitted, ever */
    struct slot *open;  /* the oldest chunk, if its job is done and it is being taken; else NULL */
    size_t n_open;      /* results of it that are still to be taken */
    char *next;         /* the first of these */
    int end;            /* 0, or why no more is submitted: 1: that was all; negative: what failed */
    char *memory;       /* for the items of all slots */
};

static struct slot *map_slot(const struct cede_map *map, size_t chunk)
{
    return &map->slots[chunk % map->n_slots];
}

/* Results begin as zeros. */
static void slot_clear(const struct slot *slot)
{
    if (slot->map->options.out_size > 0)
        memset(slot->outs, 0, slot->n * slot->map->options.out_size);
}

/* The job of a chunk of several. */
static int slot_run(const void *in, void *arg)
{
    struct slot *slot = arg;
    const cede_map_options *o = &slot->map->options;
    cede_job_fn *fn = o->fn;
    const size_t n = slot->n, item_size = o->item_size, out_size = o->out_size;
    const char *item = slot->ins;
    char *out = slot->outs;

    (void)in;
    slot_clear(slot);
    for (size_t i = 0; i < n; i++, item += item_size, out += out_size) {
        const int rc = fn(item, out_size ? out : NULL);
        if (cede__unlikely(rc < 0)) {
            slot->n_good = i;
            CEDE_TRY(rc);
        }
    }
    return 0;
}

static int slot_submit(struct slot *slot)
{
    const cede_map_options *o = &slot->map->options;
    cede_job job = {.fn = slot_run, .out = slot};

    slot->n_good = 0;
    /* By itself, an item may go to another address space. */
    if (slot->map->chunk == 1) {
        job = (cede_job){.fn = o->fn,
                         .in = slot->ins,
                         .in_size = o->item_size,
                         .out = o->out_size ? slot->outs : NULL,
                         .out_size = o->out_size};
        slot_clear(slot);
    }
    slot->job = cede_submit(slot->map->executor, &job);
    return slot->job ? 0 : cede_error_code(cede_error_last());
}

/* Gather the next inputs in a slot. 0, or why the next is not there: 1: that was all; negative:
 * what the source failed with. */
static int map_gather(struct cede_map *map, struct slot *slot)
{
    const cede_map_options *o = &map->options;
    size_t n = 0;
    int rc = 1;

    if (o->items) {
        const size_t n_left = o->n_items - map->n_items;
        slot->ins = (const char *)o->items + map->n_items * o->item_size;
        n = n_left < map->chunk ? n_left : map->chunk;
    } else {
        char *item = (char *)slot->ins;
        for (; n < map->chunk && (rc = o->source(item, o->source_arg)) > 0; n++)
            item += o->item_size;
    }
    slot->n = n;
    if (n == map->chunk)
        return 0;
    return rc < 0 ? rc : 1;
}

/* Submit what there is room for; the slot of the result last taken is none. */
static void map_fill(struct cede_map *map)
{
    while (map->end == 0 && map->n_submitted - map->n_taken < map->n_slots - 1) {
        struct slot *slot = map_slot(map, map->n_submitted);
        int rc;

        map->end = map_gather(map, slot);
        if (slot->n == 0)
            return;
        rc = slot_submit(slot);
        if (rc < 0) {
            map->end = rc;
            return;
        }
        map->n_items += slot->n;
        map->n_submitted++;
    }
}

/* Withdraw what has not begun, wait for the rest. */
static void map_stop(struct cede_map *map)
{
    if (map->end == 0)
        map->end = 1;
    map->open = NULL;
    map->n_open = 0;
    for (size_t i = map->n_taken; i < map->n_submitted; i++)
        (void)cede_cancel(map_slot(map, i)->job); /* begun: then it is waited for */
    for (; map->n_taken < map->n_submitted; map->n_taken++) {
        cede_future *job = map_slot(map, map->n_taken)->job;
        (void)cede__future_wait(job, true);
        cede__future_set_retrieved(job);
        cede_future_unref(job);
    }
}

static void map_free(struct cede_map *map)
{
    cede__free(map->slots);
    cede__free(map->memory);
    cede__free(map);
}

enum { FETCHED = 128 /* bytes that a processor may fetch at once */ };

/* What so many bytes of items take, at least one: small ones share a line with others. */
static size_t items_room(size_t size)
{
    const size_t unit = size < FETCHED / 2 ? _Alignof(max_align_t) : FETCHED;

    return (size / unit + 1) * unit;
}

/* How many items are under way, in how large chunks. */
static void map_measure(struct cede_map *map)
{
    const struct cede__executor_kind *kind = map->executor->kind;
    const cede_map_options *o = &map->options;
    size_t n_items;

    map->chunk = o->chunk && !kind->is_remote ? o->chunk : 1;
    n_items = o->look_ahead ? o->look_ahead : 2 * map->chunk * kind->width(map->executor);
    if (map->chunk > n_items)
        map->chunk = n_items ? n_items : 1;
    map->n_slots = n_items / map->chunk + 1; /* the result last taken keeps its own */
}

/* The slots, and room for their items. 0 or -ENOMEM. */
static int map_place(struct cede_map *map)
{
    const cede_map_options *o = &map->options;
    const size_t ins_size = o->items ? 0 : items_room(map->chunk * o->item_size);
    const size_t size = ins_size + items_room(map->chunk * o->out_size);
    char *at;

    if (size > (SIZE_MAX - FETCHED) / map->n_slots)
        return -ENOMEM;
    map->slots = cede__calloc(map->n_slots, sizeof *map->slots);
    map->memory = cede__calloc(1, map->n_slots * size + FETCHED);
    if (!map->slots || !map->memory)
        return -ENOMEM;
    at = (char *)(((uintptr_t)map->memory + FETCHED - 1) & ~(uintptr_t)(FETCHED - 1));
    for (size_t i = 0; i < map->n_slots; i++, at += size)
        map->slots[i] = (struct slot){.map = map, .ins = at, .outs = at + ins_size};
    return 0;
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
    map_measure(map);
    if (map_place(map) < 0) {
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

/* The job of the oldest chunk failed: its outcome, and that is the end. */
static int map_fail(struct cede_map *map)
{
    struct cede_error record = {.n_links = 0};
    const int rc = cede__future_outcome(map->open->job);

    if (cede_error_last())
        cede__error_copy(&record, cede_error_last());
    map_stop(map);
    cede__error_adopt(&record, rc);
    return rc;
}

/* Wait for the oldest chunk. 1: there is something to be taken from it; 0: that was all; negative:
 * what failed. */
static int map_open(struct cede_map *map)
{
    struct slot *slot = map_slot(map, map->n_taken);

    if (!map->open) {
        if (map->n_taken == map->n_submitted)
            return map_ended(map);
        CEDE_TRY(cede__future_wait(slot->job, false));
        if (slot->job->status >= 0)
            slot->n_good = slot->n;
        map->open = slot;
        map->n_open = slot->n_good;
        map->next = slot->outs;
        if (map->n_taken + 1 < map->n_submitted) {
            const struct slot *next = map_slot(map, map->n_taken + 1);
            if (cede__future_done(next->job))
                cede__fetch_to_read(next->outs, next->n * map->options.out_size);
        }
    }
    return map->n_open > 0 ? 1 : map_fail(map);
}

/* All of the oldest chunk was taken. */
static void map_close(struct cede_map *map)
{
    const size_t n_most = map->n_slots - 1;

    if (!map->options.items)
        cede__fetch_to_write(map->open->ins, map->open->n * map->options.item_size);
    cede_future_unref(map->open->job);
    map->open = NULL;
    map->n_taken++;
    /* Chunks are submitted several at once: threads that have run out of them need to be woken. */
    if (map->chunk == 1 || map->n_submitted - map->n_taken + n_most / 4 < n_most)
        map_fill(map);
}

int cede_map_next(cede_map *map, void **out_out)
{
    CEDE_TRY(cede_checkpoint());
    if (cede__unlikely(map->n_open == 0)) {
        const int rc = map_open(map);
        if (rc <= 0)
            return rc;
    }
    if (out_out)
        *out_out = map->options.out_size ? map->next : NULL;
    map->next += map->options.out_size;
    if (--map->n_open == 0 && map->open->n_good == map->open->n)
        map_close(map);
    return 1;
}

void cede_map_destroy(cede_map *map)
{
    if (!map)
        return;
    map_stop(map);
    map_free(map);
}
