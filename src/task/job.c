/* job.c - jobs: run, withdrawn, described; and the chunks of memory they live in.
 *
 * A chunk is one allocation for many jobs: a few at first, then as many as are alive already, up to
 * some huge pages: touching a million jobs page by page would cost more than running them. An empty
 * chunk is given back, but for one.
 */
/* SPDX-License-Identifier: MIT */
#include "base/base.h"
#include "sys/memory.h"
#include "task/job.h"

/* Life. */

/* The record of a failure travels in a copy; without memory for that, the code travels alone. */
static void job_keep_record(struct cede__job *job, int status)
{
    const cede_error *last = cede_error_last();
    cede_error *copy;

    if (cede_error_code(last) != status)
        return;
    copy = cede__malloc(sizeof *copy);
    if (!copy)
        return;
    cede__error_copy(copy, last);
    job->future.error = copy;
}

void cede__job_complete(struct cede__job *job, int status)
{
    struct cede__mailbox *mailbox = job->future.mailbox;

    cede__future_complete_claimed(&job->future, status);
    if (cede__likely(!mailbox))
        return;
    /* Only now that its watchers have been told may virtual time go on. */
    __atomic_sub_fetch(&mailbox->n_jobs, 1, __ATOMIC_SEQ_CST);
    cede__mailbox_nudge(mailbox);
}

void cede__job_run(struct cede__job *job)
{
    int status;

    cede_error_clear(); /* what an earlier job left */
    status = job->fn(job->in, job->future.value);
    if (cede__unlikely(status < 0))
        job_keep_record(job, status);
    cede__job_complete(job, status);
}

void cede__job_run_here(struct cede__job *job)
{
    struct cede_error record = {.n_links = 0};

    if (cede_error_last())
        cede__error_copy(&record, cede_error_last());
    cede__job_run(job);
    cede_error_clear();
    if (record.n_links > 0)
        cede__error_adopt(&record, record.links[0].code);
}

void cede__job_withdraw(struct cede__job *job)
{
    if (job->drop)
        job->drop(job->in);
    cede__job_complete(job, -ECANCELED);
}

bool cede__job_cancel(struct cede_future *future)
{
    struct cede__job *job = cede__job_of(future);

    if (!cede__job_claim(job))
        return false;
    cede__job_withdraw(job);
    return true;
}

void cede__job_describe(const struct cede_future *future, struct cede__text *text)
{
    const struct cede__job *job = cede__container_of(future, struct cede__job, future);

    if (job->name)
        cede__text_add(text, " name='%s'", job->name);
}

/* Memory. */

enum {
    LINE = 64,           /* bytes of a cache line */
    FIRST_JOBS = 30,     /* in the first chunk: about a page */
    HUGE_PAGE = 2 << 20, /* bytes; where they are of another size nothing is lost but speed */
    LARGEST = 8 * HUGE_PAGE,
    ALLOCATOR_ROOM = 64, /* more than malloc adds: so that large chunks are mapped on huge pages */
};

void cede__job_store_init(struct cede__job_store *store)
{
    *store = (struct cede__job_store){0};
    cede__list_init(&store->roomy);
}

static struct cede__job_chunk *chunk_create(struct cede__job_store *store)
{
    /* As many again as there are. */
    const size_t n_wanted = store->n_used < FIRST_JOBS ? FIRST_JOBS : store->n_used;
    const size_t header = sizeof(struct cede__job_chunk) + LINE;
    size_t size = header + n_wanted * sizeof(struct cede__job);
    struct cede__job_chunk *chunk;
    uintptr_t first;

    if (size > LARGEST)
        size = LARGEST;
    if (size >= HUGE_PAGE)
        size = size / HUGE_PAGE * HUGE_PAGE - ALLOCATOR_ROOM;
    chunk = cede__malloc(size);
    if (!chunk)
        return NULL;
    if (size >= HUGE_PAGE)
        cede__pages_enlarge(chunk, size);
    first = ((uintptr_t)(chunk + 1) + LINE - 1) / LINE * LINE;
    *chunk =
        (struct cede__job_chunk){.store = store,
                                 .jobs = (struct cede__job *)first,
                                 .n_jobs = (uint32_t)((size - header) / sizeof(struct cede__job))};
    cede__list_append(&store->roomy, &chunk->link);
    return chunk;
}

static void chunk_destroy(struct cede__job_chunk *chunk)
{
    cede__list_remove(&chunk->link);
    cede__free(chunk);
}

struct cede__job *cede__job_take(struct cede__job_store *store)
{
    struct cede__job_chunk *chunk;
    struct cede__job *job;

    if (cede__unlikely(cede__list_is_empty(&store->roomy)) && !chunk_create(store))
        return NULL;
    chunk = cede__container_of(store->roomy.next, struct cede__job_chunk, link);
    job = chunk->free;
    if (job) {
        chunk->free = job->in;
    } else {
        job = &chunk->jobs[chunk->n_fresh++];
        job->chunk = chunk;
    }
    if (chunk == store->spare)
        store->spare = NULL;
    store->n_used++;
    if (cede__unlikely(++chunk->n_used == chunk->n_jobs))
        cede__list_remove(&chunk->link);
    return job;
}

void cede__job_give(struct cede__job_store *store, struct cede__job *job)
{
    struct cede__job_chunk *chunk = job->chunk;

    if (cede__unlikely(chunk->n_used == chunk->n_jobs))
        cede__list_append(&store->roomy, &chunk->link);
    job->in = chunk->free;
    chunk->free = job;
    store->n_used--;
    if (cede__likely(--chunk->n_used > 0))
        return;
    /* The larger of two empty ones stays. */
    if (store->spare && store->spare->n_jobs < chunk->n_jobs) {
        chunk_destroy(store->spare);
        store->spare = chunk;
    } else if (store->spare) {
        chunk_destroy(chunk);
    } else {
        store->spare = chunk;
    }
}

void cede__job_store_fini(struct cede__job_store *store)
{
    if (store->spare)
        chunk_destroy(store->spare);
    store->spare = NULL;
}
