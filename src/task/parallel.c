/* parallel.c - loops whose rounds run on several threads.
 *
 *     rounds   |--------------------------------------------------|
 *     units    | each of `grain` rounds: what is never divided     |
 *     shares   |      share 0     |     share 1     |   share 2    |   one a thread
 *                lo->        <-hi
 *
 * A share is the units that are left of it, from lo to hi, in one atomic word. Its thread takes
 * from the lower end; whoever has done all of its own takes a share that nobody has come for, or
 * the upper half of somebody else's. So threads meet at a word only when one of them has nothing
 * left, and whoever comes late, or never, for its threads are busy otherwise, holds nobody up.
 *
 * Where pieces are single units and prove short, several are taken at a time: the word is touched
 * every two microseconds or so. The caller's own thread takes part, unless it is a loop's; then
 * helpers, which are jobs of an executor, do all of it. Helpers that have not begun when all is
 * done are withdrawn. Everything lies in one allocation, until all helpers have ended.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <cede/gather.h>
#include <cede/parallel.h>

#include "sys/clock.h"
#include "sys/thread.h"
#include "task/executor.h"
#include "task/task.h"

enum {
    LINE = 64,          /* bytes of a cache line */
    SHORT_TAKE = 2000,  /* nanoseconds */
    LARGEST_TAKE = 256, /* units at a time */
    GUIDED_PART = 4,    /* a guided piece is such a part of what is left of a share */
    DYNAMIC_PART = 8,   /* dynamic ones that are taken at once are at most such a part */
};

#define MOST_UNITS UINT32_MAX

struct share {
    _Alignas(LINE) uint64_t left; /* atomic: units from the lower half to the upper half of it */
};

struct parallel {
    size_t begin, end;
    size_t grain; /* rounds of a unit */
    cede_schedule schedule;
    const cede_reduction *reduction; /* fold; NULL: call fn */
    cede_range_fn *fn;
    void *arg;
    size_t n_shares;
    size_t n_claimed; /* atomic: shares for which somebody has come */
    bool is_stopped;  /* atomic: a round failed, or the caller was cancelled */
    size_t part_size; /* bytes of a part, with those between it and the next */
    struct share *shares;
    char *parts; /* one a share; NULL: none */
    cede_future **helpers;
    size_t n_helpers; /* submitted */
};

/* Handing out units. */

static uint64_t units(uint64_t lo, uint64_t hi)
{
    return hi << 32 | lo;
}

static uint32_t units_lo(uint64_t left)
{
    return (uint32_t)left;
}

static uint32_t units_hi(uint64_t left)
{
    return (uint32_t)(left >> 32);
}

static uint32_t units_n(uint64_t left)
{
    return units_hi(left) - units_lo(left);
}

/* How many of `n` units to take at once: for one piece, or if the schedule is dynamic up to `most`
 * pieces. Many only while many are left. */
static uint32_t parallel_portion(const struct parallel *p, uint32_t n, uint32_t most)
{
    uint32_t portion;

    if (p->schedule == CEDE_STATIC)
        return n;
    portion = n / (p->schedule == CEDE_GUIDED ? GUIDED_PART : DYNAMIC_PART);
    if (p->schedule == CEDE_DYNAMIC && portion > most)
        portion = most;
    return portion ? portion : 1;
}

/* Units from the lower end of a share; false if there are none. */
static bool share_take(struct share *share, const struct parallel *p, uint32_t most,
                       uint64_t *taken_out)
{
    uint64_t left = __atomic_load_n(&share->left, __ATOMIC_RELAXED);

    while (units_n(left) > 0) {
        const uint32_t lo = units_lo(left);
        const uint32_t middle = lo + parallel_portion(p, units_n(left), most);

        if (__atomic_compare_exchange_n(&share->left, &left, units(middle, units_hi(left)), true,
                                        __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
            *taken_out = units(lo, middle);
            return true;
        }
    }
    return false;
}

/* The upper half of a share; false if there is none. */
static bool share_steal(struct share *share, uint64_t *stolen_out)
{
    uint64_t left = __atomic_load_n(&share->left, __ATOMIC_RELAXED);

    while (units_n(left) > 0) {
        const uint32_t lo = units_lo(left), hi = units_hi(left);
        const uint32_t middle = lo + (hi - lo) / 2;

        if (__atomic_compare_exchange_n(&share->left, &left, units(lo, middle), true,
                                        __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
            *stolen_out = units(middle, hi);
            return true;
        }
    }
    return false;
}

/* Fill share `own`, which is empty, from another. */
static bool parallel_steal(struct parallel *p, size_t own)
{
    uint64_t stolen;

    for (size_t i = 1; i < p->n_shares; i++) {
        if (!share_steal(&p->shares[(own + i) % p->n_shares], &stolen))
            continue;
        __atomic_store_n(&p->shares[own].left, stolen, __ATOMIC_RELEASE);
        return true;
    }
    return false;
}

/* A share that nobody has come for yet; false, and not written, if there is none. */
static bool parallel_claim(struct parallel *p, size_t *share_out)
{
    size_t share = __atomic_load_n(&p->n_claimed, __ATOMIC_RELAXED);

    while (share < p->n_shares) {
        if (__atomic_compare_exchange_n(&p->n_claimed, &share, share + 1, true, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED)) {
            *share_out = share;
            return true;
        }
    }
    return false;
}

/* Doing them. */

static bool parallel_is_stopped(const struct parallel *p)
{
    return __atomic_load_n(&p->is_stopped, __ATOMIC_RELAXED);
}

static void parallel_stop(struct parallel *p)
{
    __atomic_store_n(&p->is_stopped, true, __ATOMIC_RELAXED);
}

/* One piece: units lo to hi. */
static int parallel_call(const struct parallel *p, size_t share, size_t lo, size_t hi)
{
    const size_t begin = p->begin + lo * p->grain;
    const size_t rest = p->end - begin;
    const size_t end = (hi - lo) > rest / p->grain ? p->end : begin + (hi - lo) * p->grain;

    return p->reduction
               ? p->reduction->fold(begin, end, p->parts + share * p->part_size, p->reduction->arg)
               : p->fn(begin, end, p->arg);
}

/* What was taken, in one piece or one by one. */
static int parallel_do(const struct parallel *p, size_t share, uint64_t taken)
{
    const size_t hi = units_hi(taken);

    if (p->schedule != CEDE_DYNAMIC)
        return parallel_call(p, share, units_lo(taken), hi);
    for (size_t i = units_lo(taken); i < hi && !parallel_is_stopped(p); i++)
        CEDE_TRY(parallel_call(p, share, i, i + 1));
    return 0;
}

/* All that is left of share `own`. A plain thread looks at its deadline in between. */
static int parallel_do_share(struct parallel *p, size_t own)
{
    uint32_t most = 1;
    uint64_t taken;

    while (!parallel_is_stopped(p) && share_take(&p->shares[own], p, most, &taken)) {
        const cede_time start = cede__clock_monotonic();
        CEDE_TRY(parallel_do(p, own, taken));
        const bool was_short = cede__clock_monotonic() - start < SHORT_TAKE;
        if (!was_short)
            most = most > 1 ? most / 2 : 1;
        else if (most < LARGEST_TAKE)
            most *= 2;
        CEDE_TRY(cede_checkpoint());
    }
    return 0;
}

/* A thread's part of it, until nothing is left. */
static int parallel_work(struct parallel *p)
{
    size_t own;
    int rc = 0;

    if (!parallel_claim(p, &own))
        return 0;
    do
        rc = parallel_do_share(p, own);
    while (rc >= 0 && !parallel_is_stopped(p) &&
           (parallel_claim(p, &own) || (p->schedule != CEDE_STATIC && parallel_steal(p, own))));
    if (rc < 0)
        parallel_stop(p);
    return rc < 0 ? rc : 0;
}

static int help(const void *in, void *out)
{
    (void)in;
    return parallel_work(out);
}

/* Preparing. */

/* How many rounds a unit has. */
static size_t choose_grain(const cede_parallel_options *o, size_t n_rounds, size_t n_threads)
{
    const size_t pieces = o->schedule == CEDE_DYNAMIC ? 64 : 256; /* a thread */
    size_t grain = o->grain;

    if (grain == 0)
        grain = o->schedule == CEDE_STATIC ? 1 : n_rounds / (n_threads * pieces);
    if (grain < n_rounds / MOST_UNITS + 1)
        grain = n_rounds / MOST_UNITS + 1;
    return grain;
}

static size_t choose_threads(const cede_parallel_options *o, const cede_executor *executor,
                             size_t n_rounds)
{
    const bool is_task = cede__task_here() != NULL;
    /* The thread that calls is one more than the executor has. */
    const size_t n_there = executor->kind->width(executor) + (is_task ? 0U : 1U);
    size_t n = o->n_threads ? o->n_threads : (size_t)cede__cpu_count();

    n = n < n_there ? n : n_there;
    return n < n_rounds ? n : n_rounds;
}

static void parallel_share_out(struct parallel *p)
{
    const size_t n_units = (p->end - p->begin - 1) / p->grain + 1;

    for (size_t i = 0; i < p->n_shares; i++) {
        const size_t lo = n_units / p->n_shares * i + (n_units % p->n_shares) * i / p->n_shares;
        const size_t j = i + 1;
        const size_t hi = n_units / p->n_shares * j + (n_units % p->n_shares) * j / p->n_shares;

        p->shares[i].left = units(lo, hi);
        if (!p->parts)
            continue;
        if (p->reduction->identity)
            memcpy(p->parts + i * p->part_size, p->reduction->identity, p->reduction->size);
        else
            memset(p->parts + i * p->part_size, 0, p->reduction->size);
    }
}

/* Everything in one allocation behind the struct; NULL, raised, where there is no memory. */
static struct parallel *parallel_create(const struct parallel *what)
{
    const size_t n = what->n_shares;
    const size_t part_size =
        what->reduction ? (what->reduction->size / LINE + 1) * (size_t)LINE : 0;
    char *memory = cede__calloc(
        1, sizeof *what + LINE + n * (sizeof(struct share) + part_size + sizeof(cede_future *)));
    struct parallel *p = (struct parallel *)memory;

    if (!p) {
        (void)cede_raise(-ENOMEM, "no memory for a loop on %zu threads", n);
        return NULL;
    }
    *p = *what;
    p->part_size = part_size;
    p->shares = (struct share *)(((uintptr_t)(p + 1) + LINE - 1) & ~(uintptr_t)(LINE - 1));
    p->parts = part_size ? (char *)(p->shares + n) : NULL;
    p->helpers = (cede_future **)((char *)(p->shares + n) + n * part_size);
    parallel_share_out(p);
    return p;
}

/* Running. */

/* Jobs that help, one for each thread but the caller's own. 0, or why not even one is there though
 * one is needed. */
static int parallel_get_help(struct parallel *p, cede_executor *executor, bool is_needed)
{
    const size_t n = is_needed ? p->n_shares : p->n_shares - 1;

    while (p->n_helpers < n) {
        cede_future *job =
            cede_submit(executor, &(cede_job){.fn = help, .out = p, .name = "parallel"});
        if (!job)
            break;
        p->helpers[p->n_helpers++] = job;
    }
    if (p->n_helpers == 0 && is_needed)
        return cede_error_code(cede_error_last());
    if (p->n_helpers < n)
        cede_error_clear(); /* fewer do it, too */
    return 0;
}

/* Wait until all helpers have ended. Where one has, or the caller, nothing is left for those that
 * have not begun: they are withdrawn. The outcome of the first that failed. */
static int parallel_join(struct parallel *p, bool is_task)
{
    static const cede_wait_options first = {.until = CEDE_FIRST_COMPLETED};
    int rc = is_task ? cede_wait(p->helpers, p->n_helpers, &first, NULL) : 0;

    if (rc < 0)
        parallel_stop(p); /* cancelled, or no memory to wait */
    for (size_t i = 0; i < p->n_helpers; i++) {
        cede_future *job = p->helpers[i];

        if (!cede_cancel(job)) {
            (void)cede__future_wait(job, true);
            if (rc == 0 && job->status < 0)
                rc = cede__future_outcome(job);
            cede__future_set_retrieved(job);
        }
        cede_future_unref(job);
    }
    return rc;
}

/* The caller's own part, and the end of it. */
static int parallel_run(struct parallel *p, cede_executor *executor)
{
    const bool is_task = cede__task_here() != NULL;
    struct cede_error record = {.n_links = 0};
    int rc, joined;

    rc = p->n_shares > 1 || is_task ? parallel_get_help(p, executor, is_task) : 0;
    if (rc == 0 && !is_task)
        rc = parallel_work(p);
    if (rc < 0 && cede_error_code(cede_error_last()) == rc)
        cede__error_copy(&record, cede_error_last());
    joined = parallel_join(p, is_task);
    if (rc == 0)
        return joined;
    cede__error_adopt(record.n_links > 0 ? &record : NULL, rc);
    return rc;
}

static int parallel_loop(struct parallel *what, const cede_parallel_options *options, void *result)
{
    static const cede_parallel_options defaults;
    const cede_parallel_options *o = options ? options : &defaults;
    cede_executor *executor = o->executor ? o->executor : cede_default_pool();
    struct parallel *p;
    int rc;

    if (!executor)
        return cede_error_code(cede_error_last());
    if (executor->kind->is_remote)
        return cede_raise(-EINVAL, "a loop on several processes: they do not share its memory");
    what->schedule = o->schedule;
    what->n_shares = choose_threads(o, executor, what->end - what->begin);
    what->grain = choose_grain(o, what->end - what->begin, what->n_shares);
    p = parallel_create(what);
    if (!p)
        return -ENOMEM;
    rc = parallel_run(p, executor);
    if (rc == 0 && p->parts) {
        memcpy(result, p->parts, p->reduction->size);
        for (size_t i = 1; i < p->n_shares; i++)
            p->reduction->combine(result, p->parts + i * p->part_size, p->reduction->arg);
    }
    cede__free(p);
    return rc;
}

int cede_parallel_for(size_t begin, size_t end, cede_range_fn *fn, void *arg,
                      const cede_parallel_options *options)
{
    struct parallel p = {.begin = begin, .end = end, .fn = fn, .arg = arg};

    if (!fn)
        return cede_raise(-EINVAL, "a loop without a body");
    CEDE_TRY(cede__wait_check(cede__task_here()));
    CEDE_TRY(cede_checkpoint());
    return begin < end ? parallel_loop(&p, options, NULL) : 0;
}

struct each {
    const cede_parallel_items *items;
    cede_item_fn *fn;
    void *arg;
};

static int each_range(size_t begin, size_t end, void *arg)
{
    const struct each *each = arg;
    char *item = (char *)each->items->items + begin * each->items->item_size;

    for (size_t i = begin; i < end; i++, item += each->items->item_size)
        CEDE_TRY(each->fn(item, each->arg));
    return 0;
}

int cede_parallel_each(const cede_parallel_items *items, cede_item_fn *fn, void *arg,
                       const cede_parallel_options *options)
{
    struct each each = {items, fn, arg};

    return cede_parallel_for(0, items->n_items, fn ? each_range : NULL, &each, options);
}

int cede_parallel_reduce(size_t begin, size_t end, const cede_reduction *reduction, void *result,
                         const cede_parallel_options *options)
{
    struct parallel p = {.begin = begin, .end = end, .reduction = reduction};

    if (!reduction->fold || !reduction->combine)
        return cede_raise(-EINVAL, "a reduction needs fold and combine");
    CEDE_TRY(cede__wait_check(cede__task_here()));
    CEDE_TRY(cede_checkpoint());
    if (begin < end)
        return parallel_loop(&p, options, result);
    if (reduction->identity)
        memcpy(result, reduction->identity, reduction->size);
    else
        memset(result, 0, reduction->size);
    return 0;
}
