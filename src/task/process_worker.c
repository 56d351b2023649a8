/* process_worker.c - a worker process: what cede_process_init does instead of returning.
 *
 *     map the window --> say ready --> { begin the next slot, run it, done } --> asleep or stopped
 *
 * One thread, which runs one job after the other on the program's own stack. It makes system calls
 * to fall asleep and to wake the parent only: the parent says how much it wants to have before it
 * is woken. Jobs may do as they like with the process; if one ends it, the parent sees which.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <cede/process_pool.h>

#include "sys/file.h"
#include "sys/memory.h"
#include "sys/process.h"
#include "sys/shared_memory.h"
#include "sys/thread.h"
#include "task/process_guest.h"
#include "task/process_pool.h"
#include "task/process_share.h"

#define PASS_LIMIT CEDE_S(5) /* to wait until the parent takes what is passed up */

enum { LOOKS = 50 }; /* for a next job before falling asleep, giving way each time */

static struct here {
    char *program; /* its name, as called; NULL: cede_process_init was not called */
    struct cede__control *control;
    uint32_t n_begun;             /* slots looked at, ever */
    struct cede__modules modules; /* what is loaded here */
    struct cede__place place;     /* the function looked up last */
    cede_job_fn *fn;              /* which is this; NULL: none yet */
} here;

char *cede__process_program(void)
{
    return here.program;
}

bool cede__process_is_worker(void)
{
    return here.control != NULL;
}

int cede__process_pass_up(const struct cede__passed *passed)
{
    return cede__channel_send(CEDE__CHILD_SOCKET, "", 1, passed, PASS_LIMIT);
}

void cede__process_ring_up(void)
{
    cede__bell_ring(CEDE__CHILD_SOCKET);
}

/* In a signal handler. */
static void crash_tell(int signo, void *const *places, size_t n)
{
    struct cede__control *control = here.control;
    uint32_t n_told = 0;

    __atomic_store_n(&control->crash_signal, signo, __ATOMIC_RELEASE);
    for (size_t i = 0; i < n && n_told < CEDE__CRASH_PLACES; i++)
        n_told +=
            cede__place_of(&here.modules, (uintptr_t)places[i], &control->crash_places[n_told]);
    __atomic_store_n(&control->n_crash_places, n_told, __ATOMIC_RELEASE);
}

/* Jobs. */

static cede_job_fn *find_function(const struct cede__place *place)
{
    uintptr_t address;

    if (here.fn && memcmp(&here.place, place, sizeof *place) == 0)
        return here.fn;
    address = cede__place_find(&here.modules, place, true);
    if (!address) {
        cede__modules_read(&here.modules); /* loaded since? */
        address = cede__place_find(&here.modules, place, true);
    }
    if (!address) {
        (void)cede_raise(-ENOEXEC, "the function lies in a library that the worker has not loaded");
        return NULL;
    }
    here.place = *place;
    here.fn = (cede_job_fn *)address;
    return here.fn;
}

static void slot_run(struct cede__slot *slot)
{
    char *window = (char *)here.control;
    const void *in = slot->in_size > 0 ? window + slot->in_at : NULL;
    void *out = slot->out_size > 0 ? window + slot->out_at : NULL;
    cede_job_fn *fn;
    int status;

    cede_error_clear();
    fn = find_function(&slot->fn);
    if (out)
        memset(out, 0, slot->out_size);
    status = fn ? fn(in, out) : -ENOEXEC;
    slot->status = status;
    slot->has_error =
        status < 0 && cede__remote_error_write(&here.modules, status, (void *)slot->room);
}

/* Begin the next slot, if it is still wanted. */
static void slot_take(struct cede__slot *slot)
{
    if (!cede__slot_change(slot, CEDE__SLOT_QUEUED, CEDE__SLOT_BEGUN))
        return;
    slot_run(slot);
    if (cede__slot_change(slot, CEDE__SLOT_BEGUN, CEDE__SLOT_DONE))
        return;
    if (__atomic_load_n(&slot->state, __ATOMIC_ACQUIRE) == CEDE__SLOT_CONDEMNED)
        cede__process_wait_for_end();
    cede__report("worker %d: a job has overwritten what is shared with the parent",
                 cede__process_number());
    cede__process_quit(CEDE__WORKER_OVERWRITTEN);
}

/* Bells. */

static void wake_parent(void)
{
    if (__atomic_load_n(&here.control->parent_sleeps, __ATOMIC_SEQ_CST) &&
        __atomic_exchange_n(&here.control->parent_sleeps, 0, __ATOMIC_SEQ_CST))
        cede__bell_ring(CEDE__CHILD_SOCKET);
}

static void say_done(void)
{
    struct cede__control *control = here.control;
    const uint32_t n = ++here.n_begun;

    __atomic_store_n(&control->n_done, n, __ATOMIC_SEQ_CST);
    if ((int32_t)(n - __atomic_load_n(&control->n_awaited, __ATOMIC_SEQ_CST)) >= 0)
        wake_parent();
}

static bool has_news(void)
{
    return __atomic_load_n(&here.control->n_published, __ATOMIC_SEQ_CST) != here.n_begun ||
           __atomic_load_n(&here.control->stop, __ATOMIC_SEQ_CST);
}

/* Until there is a job or an order to stop. */
static void wait_for_news(void)
{
    uint32_t *sleeps = &here.control->worker_sleeps;

    wake_parent(); /* it may have something */
    for (int i = 0; i < LOOKS; i++) {
        if (has_news())
            return;
        cede__thread_yield();
    }
    fflush(NULL); /* what jobs have printed is not to wait as long as we do */
    while (!has_news()) {
        __atomic_store_n(sleeps, 1, __ATOMIC_SEQ_CST);
        if (!has_news() && !cede__bell_wait(CEDE__CHILD_SOCKET))
            cede__process_quit(1); /* the parent is gone */
        __atomic_store_n(sleeps, 0, __ATOMIC_SEQ_CST);
    }
}

static void serve(void)
{
    struct cede__control *control = here.control;

    for (;;) {
        while (__atomic_load_n(&control->n_published, __ATOMIC_ACQUIRE) != here.n_begun) {
            slot_take(cede__share_slot(control, here.n_begun));
            say_done();
        }
        if (__atomic_load_n(&control->stop, __ATOMIC_ACQUIRE))
            return;
        wait_for_news();
    }
}

/* Beginning. */

static struct cede__control *map_window(void)
{
    struct cede__control *control = cede__shared_map(CEDE__CHILD_MEMORY, CEDE__CONTROL_SIZE);
    uint64_t size;

    if (!control || strncmp(control->version, CEDE__VERSION, sizeof control->version) != 0)
        return NULL;
    size = control->window_size;
    cede__pages_unmap(control, CEDE__CONTROL_SIZE);
    return cede__shared_map(CEDE__CHILD_MEMORY, size);
}

void cede_process_init(int argc, char **argv)
{
    static char nameless[] = "cede";

    here.program = argc > 0 ? argv[0] : nameless;
    if (argc != 2 || strcmp(argv[1], CEDE__WORKER_WORD) != 0)
        return;
    if (!cede__child_is_here()) {
        cede__report("%s: %s is for worker processes, which the program starts by itself", argv[0],
                     argv[1]);
        cede__process_quit(2);
    }
    if (!cede__child_settle())
        cede__process_quit(1);
    here.control = map_window();
    if (!here.control)
        cede__process_quit(CEDE__WORKER_CANNOT_MAP);
    (void)cede__file_close(CEDE__CHILD_MEMORY);
    cede__modules_read(&here.modules);
    cede__crash_watch(crash_tell);
    __atomic_store_n(&here.control->is_ready, 1, __ATOMIC_SEQ_CST); /* before we look who sleeps */
    serve();
    cede__process_exit(0);
}
