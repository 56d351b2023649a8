/* trace.c - what happens in a simulation, told to a function and hashed.
 *
 * While a simulation is traced its loop runs task after task from its own stack, and each turn by
 * way of trace_turn: what a task waits for is looked at when it has parked, and told as the cause
 * when it goes on.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sim/process.h"

/* FNV-1a. */
#define HASH_START UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3)

static void hash_byte(uint64_t *hash, unsigned byte)
{
    *hash = (*hash ^ byte) * HASH_PRIME;
}

/* The same on machines of either byte order. */
static void hash_number(uint64_t *hash, uint64_t number)
{
    for (int i = 0; i < 64; i += 8)
        hash_byte(hash, (unsigned)(number >> i) & 0xff);
}

static void hash_text(uint64_t *hash, const char *text)
{
    do
        hash_byte(hash, (unsigned char)*text);
    while (*text++);
}

static void trace_tell(struct cede_sim *sim, const cede_sim_record *record)
{
    hash_number(&sim->trace_hash, (uint64_t)cede__time_key(record->time));
    hash_number(&sim->trace_hash, record->process);
    hash_text(&sim->trace_hash, record->name);
    hash_text(&sim->trace_hash, record->cause);
    hash_text(&sim->trace_hash, record->then);
    sim->trace(record, sim->trace_arg);
}

void cede__sim_trace_event(const struct cede__sim_event *event)
{
    struct cede_sim *sim = event->sim;

    if (sim->trace)
        trace_tell(sim,
                   &(const cede_sim_record){
                       .time = sim->loop->instant.clock,
                       .name = event->name ? event->name : "",
                       .cause = "event",
                       .then = event->status < 0 ? cede_error_name(event->status) : "succeeded",
                   });
}

void cede__sim_trace_task(const struct cede_task *task, const char *cause, const char *then)
{
    struct cede_sim *sim = cede_sim_current();
    const struct cede__process *process = cede__process_of(task);

    if (sim && sim->trace)
        trace_tell(sim, &(const cede_sim_record){
                            .time = sim->loop->instant.clock,
                            .process = process ? process->number : 0,
                            .name = task ? task->coro.site->name : "",
                            .cause = cause,
                            .then = then,
                        });
}

/* What a task that had its turn does now. */
static void trace_describe(const struct cede_task *task, struct cede__text *text)
{
    const struct cede__waiter *waiter = task->ready.waiter;

    if (cede__future_done(&task->future))
        cede__text_add(text, "end");
    else if (waiter)
        waiter->kind->describe(waiter, text);
    else
        cede__text_add(text, "ready");
}

static void trace_turn(struct cede_loop *loop, struct cede__ready *ready)
{
    struct cede_task *task = cede__container_of(ready, struct cede_task, ready);
    struct cede__process *process = cede__process_of(task);
    struct cede_sim *sim = cede_sim_current();
    char name[64];
    char then[256] = "";
    struct cede__text text = {then, sizeof then, 0};
    cede_sim_record record = {
        .time = loop->instant.clock,
        .process = process ? process->number : 0,
        .name = name,
        .cause = process && process->waited ? process->waited : "start",
        .then = then,
    };

    snprintf(name, sizeof name, "%s", task->coro.site->name);
    (void)cede_future_ref(&task->future);
    cede__coro_switch(&loop->main, ready->coro);
    trace_describe(task, &text);
    if (process && !cede__future_done(&task->future))
        process->waited = task->ready.waiter ? task->ready.waiter->kind->noun : "turn";
    cede__future_unref(&task->future);
    if (sim->trace)
        trace_tell(sim, &record);
}

void cede_sim_trace(cede_sim *sim, cede_sim_trace_fn *fn, void *arg)
{
    if (sim->trace_hash == 0)
        sim->trace_hash = HASH_START;
    sim->trace = fn;
    sim->trace_arg = arg;
    sim->loop->instant.turn = fn ? trace_turn : NULL;
    cede__sim_choose_way(sim);
}

static void trace_write(const cede_sim_record *record, void *arg)
{
    fprintf(arg, "%.9g %s", record->time, record->name);
    if (record->process > 0)
        fprintf(arg, "#%llu", (unsigned long long)record->process);
    fprintf(arg, " %s -> %s\n", record->cause, record->then);
}

void cede_sim_trace_file(cede_sim *sim, FILE *stream)
{
    cede_sim_trace(sim, trace_write, stream);
}

uint64_t cede_sim_trace_hash(const cede_sim *sim)
{
    return sim->trace_hash ? sim->trace_hash : HASH_START;
}
