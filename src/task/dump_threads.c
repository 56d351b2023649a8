/* dump_threads.c - what the other threads do: loops, and workers of pools with their jobs.
 *
 * Nothing of another thread is read while it may change it. A loop is asked by message to write its
 * own tasks, on its own stack, while we wait:
 *
 *     ASKED --(its thread comes to it)--> TAKEN --(all is written)--> DONE: ours again
 *        \--(it does not come in time)--> LEFT: its thread frees it when it comes
 *
 * One that does not come in time is busy with one step, and shown by a sample of its thread's
 * stack, like the workers: sample.h says how. What job a worker runs is read in its own signal
 * handler.
 *
 * Callers: dump.c, worker.c.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "coro/backtrace.h"
#include "sys/clock.h"
#include "sys/debug_info.h"
#include "task/dump.h"
#include "task/job_wait.h"
#include "task/thread_pool.h"

enum {
    MAX_LOOPS = 64,
    MAX_WORKERS = 256,
    MAX_FRAMES = 64,
};

#define PATIENCE        CEDE_MS(250)
#define THREAD_PATIENCE CEDE_MS(100) /* for one that sleeps */

/* Of a thread that is shown, and memory for it. */
static struct {
    struct cede__mutex lock;
    struct cede__sample sample;
    char text[8192];
    /* Written by the thread itself. */
    bool is_worker;
    cede_job_fn *fn; /* of the job that it runs; NULL: none */
    char job[64];    /* its name, if it has one */
} shown;

static struct {
    struct cede__mutex lock;
    struct cede__list list; /* of cede__worker_entry */
} workers = {.list = {&workers.list, &workers.list}};

void cede__dump_enter_worker(struct cede__worker_entry *entry)
{
    entry->thread = cede__sample_thread();
    cede__mutex_lock(&workers.lock);
    cede__list_append(&workers.list, &entry->link);
    cede__mutex_unlock(&workers.lock);
}

void cede__dump_leave_worker(struct cede__worker_entry *entry)
{
    cede__mutex_lock(&workers.lock);
    cede__list_remove(&entry->link);
    cede__mutex_unlock(&workers.lock);
}

/* Stacks. */

/* In the signal handler of the thread. */
static void look_inside(void *arg)
{
    const struct cede__job_frame *frame = cede__job_frame_here;
    const struct cede__job_extra *extra = frame ? frame->job->future.extra : NULL;

    (void)arg;
    shown.is_worker = cede__worker_here != NULL;
    shown.fn = frame ? frame->fn : NULL;
    if (extra && extra->name)
        strncpy(shown.job, extra->name, sizeof shown.job - 1);
}

/* Under the lock. */
static bool shown_take(int thread, cede_time patience)
{
    shown.sample.patience = patience;
    shown.is_worker = false;
    shown.fn = NULL;
    memset(shown.job, 0, sizeof shown.job);
    return cede__sample_take(thread, &shown.sample, look_inside, NULL);
}

static void shown_name_stack(void)
{
    uintptr_t places[MAX_FRAMES];
    struct cede__text text = {shown.text, sizeof shown.text, 0};

    shown.text[0] = '\0';
    cede__backtrace_write(places, cede__backtrace_sample(&shown.sample, places, MAX_FRAMES), &text);
}

static void shown_put_stack(FILE *file)
{
    shown_name_stack();
    fputs(shown.text, file);
}

/* Threads that wait. */

void cede__dump_thread(const struct cede__thread_wait *wait, struct cede__text *text)
{
    cede__text_add(text, "  <Thread %llu", (unsigned long long)wait->number);
    if (wait->frame) {
        cede__text_add(text, " running job '");
        cede__job_name(&wait->frame->job->future, wait->frame->fn, text);
        cede__text_add(text, "'");
    }
    if (wait->spot)
        cede__waiter_describe(&wait->spot->waiter, text);
    else
        cede__text_add(text, " waiting for %zu future%s", wait->n, wait->n == 1 ? "" : "s");
    cede__text_add(text, ">, waits ");
    cede__text_add_span(text, cede__clock_monotonic() - wait->since);
    cede__text_add(text, "\n");
    cede__mutex_lock(&shown.lock);
    if (shown_take((int)wait->number, THREAD_PATIENCE)) {
        shown_name_stack();
        cede__text_add(text, "%s", shown.text);
    }
    cede__mutex_unlock(&shown.lock);
}

/* Loops. */

enum state { ASKED, TAKEN, DONE, LEFT };

struct question {
    struct cede__message message;
    uint32_t state; /* atomic */
    FILE *file;
};

static bool question_change(struct question *question, uint32_t from, uint32_t to)
{
    return __atomic_compare_exchange_n(&question->state, &from, to, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_RELAXED);
}

/* On the other loop's own stack. */
static void question_arrived(struct cede__message *message)
{
    struct question *question = cede__container_of(message, struct question, message);
    uint32_t *state = &question->state;

    if (!question_change(question, ASKED, TAKEN)) {
        cede__free(question);
        return;
    }
    fputs("cede: a loop of another thread\n", question->file);
    cede__dump_to_file(cede__loop_here, question->file);
    __atomic_store_n(state, DONE, __ATOMIC_RELEASE);
    cede__futex_wake(state, 1);
}

/* Whether it was answered; then it is ours, else the other thread's. */
static bool question_wait(struct question *question)
{
    const cede_time end = cede__clock_monotonic() + PATIENCE;
    uint32_t state;

    while ((state = __atomic_load_n(&question->state, __ATOMIC_ACQUIRE)) != DONE) {
        if (state == ASKED && cede__clock_monotonic() >= end &&
            question_change(question, ASKED, LEFT))
            return false;
        (void)cede__futex_wait(&question->state, state, state == ASKED ? end : CEDE_NEVER);
    }
    return true;
}

static void put_busy_loop(int thread, FILE *file)
{
    cede__mutex_lock(&shown.lock);
    fputs("cede: a loop of another thread does not answer\n", file);
    if (shown_take(thread, 0))
        shown_put_stack(file);
    cede__mutex_unlock(&shown.lock);
}

static void put_loop(struct cede__mailbox *mailbox, FILE *file)
{
    struct question *question = cede__malloc(sizeof *question);

    if (!question) {
        fputs("cede: a loop of another thread cannot be asked: no memory\n", file);
        return;
    }
    *question = (struct question){.message.deliver = question_arrived, .file = file};
    if (cede__mailbox_post(mailbox, &question->message) < 0) {
        cede__free(question);
        return; /* it has been closed */
    }
    if (question_wait(question))
        cede__free(question);
    else
        put_busy_loop(mailbox->thread, file);
}

/* Workers. */

static void put_worker(const struct cede__worker_entry *entry, FILE *file, unsigned *n_idle)
{
    struct cede__place_name place;

    cede__mutex_lock(&shown.lock);
    if (shown_take(entry->thread, 0) && shown.is_worker && !shown.fn) {
        ++*n_idle;
    } else if (shown.is_worker) {
        if (!shown.job[0]) {
            cede__debug_info_name((uintptr_t)shown.fn + 1, &place);
            snprintf(shown.job, sizeof shown.job, "%.63s", place.function);
        }
        fprintf(file, "cede: a thread of a pool runs job '%s'\n", shown.job);
        shown_put_stack(file);
    }
    cede__mutex_unlock(&shown.lock);
}

static void put_workers(FILE *file)
{
    struct cede__worker_entry entries[MAX_WORKERS];
    unsigned n = 0, n_idle = 0, n_more = 0;

    cede__mutex_lock(&workers.lock);
    for (struct cede__list *link = workers.list.next; link != &workers.list; link = link->next) {
        if (n < MAX_WORKERS)
            entries[n++] = *cede__container_of(link, struct cede__worker_entry, link);
        else
            n_more++;
    }
    cede__mutex_unlock(&workers.lock);
    for (unsigned i = 0; i < n; i++) {
        if (entries[i].thread != cede__sample_thread())
            put_worker(&entries[i], file, &n_idle);
    }
    if (n_idle > 0)
        fprintf(file, "cede: %u threads of pools are idle\n", n_idle);
    if (n_more > 0)
        fprintf(file, "cede: and %u more threads of pools\n", n_more);
}

void cede__dump_threads(FILE *file)
{
    struct cede__mailbox *loops[MAX_LOOPS];
    const size_t n = cede__loop_others(loops, MAX_LOOPS);

    for (size_t i = 0; i < n; i++) {
        put_loop(loops[i], file);
        cede__mailbox_unref(loops[i]);
    }
    put_workers(file);
    fflush(file);
}
