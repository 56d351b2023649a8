/* process_chaos.h - everything at once, by a seed: jobs of all sorts from two threads, cancelled or
 * not, workers killed, the pool shut down in any way. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TESTS_TASK_PROCESS_CHAOS_H
#define CEDE_TESTS_TASK_PROCESS_CHAOS_H

#include <pthread.h>

#include "task/processes.h"

enum { CHAOS_JOBS = 150, CHAOS_LARGE = 200 * 1000 };

enum chaos_sort { ADD, FAIL_IT, DIE, DIE_AGAIN, ECHO_LARGE, STUCK, N_SORTS };

struct chaos_job {
    enum chaos_sort sort;
    int n;
    int out;
    char *large;
    cede_future *future;
    bool cancelled;
    int n_drops; /* atomic */
};

struct chaos {
    cede_executor *pool;
    uint64_t seed;
    bool kills; /* workers are killed while it goes on: any job may fall to that */
    struct chaos_job jobs[CHAOS_JOBS];
};

static inline uint64_t chaos_random(struct chaos *chaos, uint64_t below)
{
    chaos->seed ^= chaos->seed << 13;
    chaos->seed ^= chaos->seed >> 7;
    chaos->seed ^= chaos->seed << 17;
    return chaos->seed % below;
}

static inline int chaos_fail(const void *in, void *out)
{
    (void)out;
    return cede_raise(-EBADMSG, "number %d", *(const int *)in);
}

static inline int chaos_die(const void *in, void *out)
{
    (void)out;
    return *(const int *)in % 2 ? raise(SIGKILL) : raise(SIGSEGV);
}

static inline int chaos_echo(const void *in, void *out)
{
    memcpy(out, in, CHAOS_LARGE);
    return 0;
}

static inline int chaos_stuck(const void *in, void *out)
{
    (void)in;
    (void)out;
    while (pause() < 0)
        ;
    return 0;
}

static char chaos_input[CHAOS_LARGE];

static inline void chaos_drop(void *in)
{
    struct chaos_job *job = (struct chaos_job *)((char *)in - offsetof(struct chaos_job, n));

    __atomic_add_fetch(&job->n_drops, 1, __ATOMIC_RELAXED);
}

static inline void chaos_submit(struct chaos *chaos, struct chaos_job *job)
{
    cede_job what = {.in = &job->n,
                     .in_size = sizeof job->n,
                     .out = &job->out,
                     .out_size = sizeof job->out,
                     .drop = chaos_drop};
    static cede_job_fn *const fns[] = {add_one,   chaos_fail, chaos_die,
                                       chaos_die, chaos_echo, chaos_stuck};

    what.fn = fns[job->sort];
    what.killable = job->sort == STUCK || chaos_random(chaos, 8) == 0;
    what.n_retries = job->sort == DIE_AGAIN ? 1 : 0;
    if (job->sort == ECHO_LARGE) {
        job->large = calloc(1, CHAOS_LARGE);
        CHECK(job->large != NULL);
        what = (cede_job){.fn = chaos_echo,
                          .in = chaos_input,
                          .in_size = CHAOS_LARGE,
                          .out = job->large,
                          .out_size = CHAOS_LARGE};
    }
    job->future = submit_bytes(chaos->pool, what);
}

static inline void *chaos_run(void *arg)
{
    struct chaos *chaos = arg;

    for (int i = 0; i < CHAOS_JOBS; i++) {
        struct chaos_job *job = &chaos->jobs[i];
        /* Most are plain; a stuck one now and then. */
        const uint64_t pick = chaos_random(chaos, 40);

        job->sort = pick < 25 ? ADD : pick < 29 ? FAIL_IT : (enum chaos_sort)(pick % N_SORTS);
        job->n = i + 1;
        chaos_submit(chaos, job);
        if (chaos_random(chaos, 5) == 0) {
            struct chaos_job *other = &chaos->jobs[chaos_random(chaos, (uint64_t)i + 1)];
            other->cancelled |= cede_cancel(other->future);
        }
        if (chaos->kills && chaos_random(chaos, 50) == 0)
            CHECK_EQ(cede_process_pool_kill(chaos->pool), 0);
    }
    for (int i = 0; i < CHAOS_JOBS; i++) { /* what never ends by itself is ended */
        struct chaos_job *job = &chaos->jobs[i];
        while (job->sort == STUCK && !cede_future_is_done(job->future)) {
            job->cancelled |= cede_cancel(job->future);
            CHECK_EQ(cede_sleep(CEDE_US(100)), 0);
        }
    }
    return NULL;
}

static inline void chaos_check(const struct chaos *chaos, struct chaos_job *job)
{
    static const int expected[] = {0, -EBADMSG, CEDE_EWORKER, CEDE_EWORKER, 0, CEDE_EREVOKED};
    const int rc = cede_join(job->future);

    if (rc == CEDE_EREVOKED)
        CHECK(job->cancelled || job->sort == STUCK);
    else if (rc == CEDE_EWORKER && chaos->kills)
        CHECK(job->n_drops == 0);
    else if (job->sort == ADD)
        CHECK_EQ(rc, job->n);
    else
        CHECK_EQ(rc, expected[job->sort]);
    if (rc >= 0 && job->sort == ADD)
        CHECK_EQ(job->out, job->n + 1);
    if (rc >= 0 && job->sort == ECHO_LARGE)
        CHECK(memcmp(job->large, chaos_input, CHAOS_LARGE) == 0);
    CHECK(job->n_drops <= (rc == CEDE_EREVOKED));
    free(job->large);
}

static inline void chaos(uint64_t seed)
{
    static struct chaos halves[2];
    cede_executor *pool = cede_process_pool(&(cede_process_pool_options){
        .n_workers = 1 + (unsigned)(seed % 3), .n_jobs_per_worker = seed % 5 == 0 ? 20 : 0});
    pthread_t threads[2];

    CHECK(pool != NULL);
    for (int i = 0; i < CHAOS_LARGE; i++)
        chaos_input[i] = (char)(i * 31 >> 3);
    for (int i = 0; i < 2; i++) {
        halves[i] = (struct chaos){
            .pool = pool, .seed = seed * 2654435761u + (uint64_t)i + 1, .kills = seed % 2 == 1};
        CHECK_EQ(pthread_create(&threads[i], NULL, chaos_run, &halves[i]), 0);
    }
    for (int i = 0; i < 2; i++)
        CHECK_EQ(pthread_join(threads[i], NULL), 0);
    if (seed % 4 < 2)
        CHECK_EQ(cede_executor_shutdown(pool, NULL), 0);
    cede_executor_destroy(pool);
    for (int i = 0; i < 2; i++) {
        for (int k = 0; k < CHAOS_JOBS; k++)
            chaos_check(&halves[i], &halves[i].jobs[k]);
    }
}

#endif
