/* process.c - processes: started and ended.
 *
 * A process is a task whose body is process_main; its argument is what the simulation knows of it,
 * and lies in the task, which has a page of memory anyway. A start is urgent: it comes before all
 * that is to happen at the same time.
 */
/* SPDX-License-Identifier: MIT */
#include "sim/process.h"

static int process_main(void *arg);

struct cede__process *cede__process_of(const struct cede_task *task)
{
    return task && task->fn == process_main ? task->arg : NULL;
}

/* The end. */

/* A process failed and nobody was waiting: nobody has come since? Then the run fails. */
static void process_failed(struct cede__ready *ready)
{
    struct cede__process *process = cede__container_of(ready, struct cede__process, end);
    struct cede_sim *sim = process->sim;
    cede_future *future = &process->task->future;

    if (!__atomic_load_n(&future->is_retrieved, __ATOMIC_RELAXED)) {
        cede__future_set_retrieved(future);
        cede__sim_fail(sim, future->status, future->error);
    }
    cede__future_unref(future);
}

/* The end of a process for which several wait happens as an event does: all of them go on before
 * anything else, and the process itself is gone after them. */
static void process_happens(struct cede__ready *ready)
{
    struct cede__process *process = cede__container_of(ready, struct cede__process, end);
    struct cede_task *task = process->task;
    struct cede__instant_rest rest;

    cede__instant_open(task->loop, &rest);
    (void)cede__future_complete(&task->future, process->status);
    cede__loop_add_ready(task->loop, &task->ready);
    cede__instant_close(task->loop, &rest);
}

static void process_tell_several(struct cede__process *process, int rc)
{
    struct cede_task *task = process->task;
    struct cede__coro *self = cede__coro_here();

    task->is_special = true;
    if (rc < 0 && cede_error_code(&task->coro.error) == rc)
        task->future.error = &task->coro.error;
    process->status = rc;
    process->end.run = process_happens;
    cede__loop_add_ready(task->loop, &process->end);
    cede__task_settle(task, self);
    cede__loop_park(task->loop, self);
}

static void process_end(struct cede__process *process, int rc)
{
    struct cede_task *task = process->task;

    cede__process_forget_interrupts(process);
    if (task->is_marked)
        task->is_marked = false;
    if (task->future.watchers && !cede__list_is_empty(task->future.watchers))
        process_tell_several(process, rc);
    if (rc >= 0 || rc == -ECANCELED || task->future.watchers || cede__future_done(&task->future))
        return;
    (void)cede_future_ref(&task->future);
    process->end.run = process_failed;
    cede__loop_add_ready(process->sim->loop, &process->end);
}

static int process_main(void *arg)
{
    struct cede__process *process = arg;
    int rc;

    process->task->drop = NULL;
    rc = process->fn(process->arg);
    process_end(process, rc);
    return rc;
}

/* Its task was cancelled before it began. */
static void process_drop(void *arg)
{
    struct cede__process *process = arg;

    if (process->drop)
        process->drop(process->arg);
    process_end(process, 0);
}

/* The beginning. */

static void process_start(struct cede__timer *timer)
{
    struct cede__process *process = cede__container_of(timer, struct cede__process, start);

    cede__instant_add_urgent(process->sim->loop, &process->task->ready);
}

static void process_init(struct cede__process *process, struct cede_sim *sim,
                         struct cede_task *task, const cede_sim_process_options *options)
{
    *process = (struct cede__process){
        .sim = sim,
        .task = task,
        .fn = task->fn,
        .arg = task->arg,
        .drop = options ? options->task.drop : NULL,
        .number = ++sim->n_processes,
        .priority = options ? options->priority : 0,
        .start = {process_start, CEDE__TIMER_IDLE},
    };
    cede__list_init(&process->pending);
    task->fn = process_main;
    task->arg = process;
    task->drop = process_drop;
    task->is_marked = process->priority != 0;
}

static void options_drop(const cede_sim_process_options *options, void *arg)
{
    if (options && options->task.drop)
        options->task.drop(arg);
}

/* A process in no queue yet; NULL, raised. */
static struct cede__process *process_create(cede_fn *fn, void *arg,
                                            const cede_sim_process_options *options,
                                            const struct cede__spawn_site *site)
{
    struct cede_sim *sim = cede__sim_here();
    const cede_task_options named = {.name = options ? options->task.name : NULL,
                                     .stack_size = options ? options->task.stack_size : 0};
    struct cede__process *process;
    struct cede_task *task;

    if (!sim)
        return NULL;
    task = cede__task_create(fn, arg, named.name || named.stack_size > 0 ? &named : NULL, site);
    if (!task)
        return NULL;
    process = (struct cede__process *)(void *)task->process;
    process_init(process, sim, task, options);
    cede__task_enlist(task);
    return process;
}

static int process_launch(struct cede__process *process, double delay)
{
    struct cede_loop *loop = process->sim->loop;

    if (delay == 0) {
        cede__instant_add_urgent(loop, &process->task->ready);
        return 0;
    }
    return cede__instant_add_timer(loop, &process->start,
                                   cede__time_key(loop->instant.clock + delay), 0);
}

/* Start a process; its task, NULL, raised, if that could not be done. */
static struct cede_task *process_begin(cede_fn *fn, void *arg,
                                       const cede_sim_process_options *options,
                                       const struct cede__spawn_site *site)
{
    struct cede__process *process = NULL;

    if (!options || (cede__sim_check_delay(options->delay) == 0 &&
                     cede__sim_check_priority(options->priority) == 0))
        process = process_create(fn, arg, options, site);
    if (!process) {
        options_drop(options, arg);
        return NULL;
    }
    if (process_launch(process, options ? options->delay : 0) == 0)
        return process->task;
    /* No memory for a timer: it has its turn, to end as one that was cancelled. */
    struct cede_task *task = process->task;
    (void)cede_cancel(&task->future);
    cede__loop_add_ready(task->loop, &task->ready);
    (void)cede_raise(-ENOMEM, "no memory for a timer");
    return NULL;
}

cede_future *cede__sim_spawn(cede_fn *fn, void *arg, const cede_sim_process_options *options,
                             const struct cede__spawn_site *site)
{
    struct cede_task *task = process_begin(fn, arg, options, site);

    return task ? cede_future_ref(&task->future) : NULL;
}

int cede__sim_start(cede_fn *fn, void *arg, const cede_sim_process_options *options,
                    const struct cede__spawn_site *site)
{
    return process_begin(fn, arg, options, site) ? 0 : cede_error_code(cede_error_last());
}
