/* job.c - jobs: run, withdrawn, described; and the memory they live in.
 *
 *     chunk [ block: header job job ... | block: header job job ... | ... ]
 *
 * A job lies in a block of the size of a page. Places of a block are handed out from first to last,
 * once; freeing one is counting the block down, and who counts it to nothing gives the whole block
 * back, for use from the start again. So nothing is linked, searched or locked for a single job,
 * and jobs awaited as the program goes on stay within a block or two.
 *
 * A chunk is one allocation of blocks: one at first, then as many as are in use already, up to some
 * huge pages: touching a million jobs page by page would cost more than running them. An empty
 * chunk is given back, but for one.
 */
/* SPDX-License-Identifier: MIT */
#include "base/base.h"
#include "sys/memory.h"
#include "task/job.h"
#include "task/job_wait.h"

/* Life. */

struct cede__job_extra *cede__job_extra_create(const cede_job *what, struct cede_loop *loop)
{
    struct cede__job_extra *extra = cede__malloc(sizeof *extra);

    if (!extra) {
        (void)cede_raise(-ENOMEM, "no memory for a job");
        return NULL;
    }
    *extra = (struct cede__job_extra){.drop = what->drop, .name = what->name};
    if (loop && loop->is_virtual) {
        extra->mailbox = cede__mailbox_ref(loop->mailbox);
        __atomic_add_fetch(&loop->mailbox->n_jobs, 1, __ATOMIC_SEQ_CST);
    }
    return extra;
}

void cede__job_extra_destroy(struct cede__job_extra *extra)
{
    cede__mailbox_unref(extra->mailbox);
    cede__free(extra);
}

void cede__job_extra_drop(struct cede__job_extra *extra)
{
    if (!extra)
        return;
    if (extra->mailbox)
        __atomic_sub_fetch(&extra->mailbox->n_jobs, 1, __ATOMIC_SEQ_CST);
    cede__job_extra_destroy(extra);
}

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
    const struct cede__job_extra *extra = job->future.extra;
    struct cede__mailbox *mailbox = cede__unlikely(extra != NULL) ? extra->mailbox : NULL;

    cede__future_complete_claimed(&job->future, status);
    if (cede__likely(!mailbox))
        return;
    /* Only now that its watchers have been told may virtual time go on. */
    __atomic_sub_fetch(&mailbox->n_jobs, 1, __ATOMIC_SEQ_CST);
    cede__mailbox_nudge(mailbox);
}

/* Not in a task: there a job may be suspended, and is not what its thread waits for. */
static int job_call(struct cede__job *job, cede_job_fn *fn)
{
    struct cede__job_frame frame = {job, fn, cede__job_frame_here};
    int status;

    cede__job_frame_here = &frame;
    status = fn(job->future.in, job->future.value);
    cede__job_frame_here = frame.outer;
    return status;
}

void cede__job_run(struct cede__job *job)
{
    cede_job_fn *fn = job->future.work;
    int status;

    job->future.error = NULL; /* in the place of the function */
    cede_error_clear();       /* what an earlier job left */
    status = cede__unlikely(cede__loop_here != NULL) ? fn(job->future.in, job->future.value)
                                                     : job_call(job, fn);
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

/* It will not run. */
static void job_drop(struct cede__job *job)
{
    const struct cede__job_extra *extra = job->future.extra;

    if (extra && extra->drop)
        extra->drop(job->future.in);
    job->future.error = NULL; /* in the place of the function */
}

void cede__job_withdraw(struct cede__job *job)
{
    job_drop(job);
    cede__job_complete(job, -ECANCELED);
}

void cede__job_fail(struct cede__job *job, int code)
{
    job_drop(job);
    job_keep_record(job, code);
    cede__job_complete(job, code);
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

    if (job->future.extra && job->future.extra->name)
        cede__text_add(text, " name='%s'", job->future.extra->name);
}

/* Memory. */

enum {
    HUGE_PAGE = 2 << 20, /* bytes; where they are of another size nothing is lost but speed */
    LARGEST = 8 * HUGE_PAGE,
    PLACES = CEDE__JOB_BLOCK / sizeof(struct cede__job) - 1, /* the first is the block's own */
};

void cede__job_store_init(struct cede__job_store *store)
{
    *store = (struct cede__job_store){0};
    cede__list_init(&store->roomy);
}

static struct cede__job_chunk *chunk_create(struct cede__job_store *store)
{
    /* As many blocks again as there are. */
    size_t size = (store->n_used ? store->n_used : 1) * CEDE__JOB_BLOCK;
    size_t alignment = CEDE__JOB_BLOCK;
    struct cede__job_chunk *chunk;
    uintptr_t first;

    if (size > LARGEST)
        size = LARGEST;
    if (size >= HUGE_PAGE) {
        size = size / HUGE_PAGE * HUGE_PAGE;
        alignment = HUGE_PAGE;
    }
    chunk = cede__malloc(sizeof *chunk + alignment + size);
    if (!chunk)
        return NULL;
    first = ((uintptr_t)(chunk + 1) + alignment - 1) / alignment * alignment;
    if (size >= HUGE_PAGE)
        cede__pages_enlarge((void *)first, size);
    *chunk = (struct cede__job_chunk){
        .store = store, .blocks = (char *)first, .n_blocks = (uint32_t)(size / CEDE__JOB_BLOCK)};
    cede__list_append(&store->roomy, &chunk->link);
    return chunk;
}

static void chunk_destroy(struct cede__job_chunk *chunk)
{
    cede__list_remove(&chunk->link);
    cede__free(chunk);
}

static struct cede__job_block *chunk_take(struct cede__job_chunk *chunk)
{
    struct cede__job_block *block = chunk->free;

    if (block) {
        chunk->free = block->next;
    } else {
        block =
            (struct cede__job_block *)(chunk->blocks + (size_t)chunk->n_fresh++ * CEDE__JOB_BLOCK);
        block->chunk = chunk;
    }
    if (++chunk->n_used == chunk->n_blocks)
        cede__list_remove(&chunk->link);
    return block;
}

struct cede__job *cede__job_take_first(struct cede__job_store *store)
{
    struct cede__job_chunk *chunk;
    struct cede__job_block *block;

    if (cede__list_is_empty(&store->roomy) && !chunk_create(store))
        return NULL;
    chunk = cede__container_of(store->roomy.next, struct cede__job_chunk, link);
    if (chunk == store->spare)
        store->spare = NULL;
    block = chunk_take(chunk);
    /* Nobody else knows it. */
    __atomic_store_n(&block->n_live, PLACES, __ATOMIC_RELAXED);
    store->n_used++;
    store->next = (struct cede__job *)block + 1;
    store->end = store->next + PLACES;
    return store->next++;
}

void cede__job_give_block(struct cede__job_store *store, struct cede__job_block *block)
{
    struct cede__job_chunk *chunk = block->chunk;

    if (chunk->n_used == chunk->n_blocks)
        cede__list_append(&store->roomy, &chunk->link);
    block->next = chunk->free;
    chunk->free = block;
    store->n_used--;
    if (--chunk->n_used > 0)
        return;
    /* The larger of two empty ones stays. */
    if (store->spare && store->spare->n_blocks < chunk->n_blocks) {
        chunk_destroy(store->spare);
        store->spare = chunk;
    } else if (store->spare) {
        chunk_destroy(chunk);
    } else {
        store->spare = chunk;
    }
}

void cede__job_store_close(struct cede__job_store *store)
{
    const size_t n = (size_t)(store->end - store->next);
    struct cede__job_block *block;

    if (n == 0)
        return;
    block = cede__job_block_of(store->next);
    store->end = store->next;
    if (__atomic_sub_fetch(&block->n_live, (uint32_t)n, __ATOMIC_ACQ_REL) == 0)
        cede__job_give_block(store, block);
}

void cede__job_store_fini(struct cede__job_store *store)
{
    if (store->spare)
        chunk_destroy(store->spare);
    store->spare = NULL;
}
