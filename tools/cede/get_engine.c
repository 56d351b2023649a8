/* get_engine.c - three ways through a list of downloads, with the same results.
 *
 *   one by one      one worker: a loop over the items
 *   in coroutines   many such workers, tasks of this loop, that share a session
 *   in threads      many such workers, each in a thread with a loop and a session of its own
 *
 * A worker takes the next item that nobody has taken until none is left (get_host.c). Results are
 * reported on the thread that runs the bar; threads send them there. Being cancelled, a worker
 * gives up its item, which stays pending; with --fail-fast the first that fails has all others
 * cancelled.
 */
/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdlib.h>

#include <cede.h>

#include "get.h"

/* Work until nothing is left; `done` is told of each result. */
static int worker_work(struct get_worker *worker, int (*done)(void *arg, struct get_result *result),
                       void *arg)
{
    struct get_result result;
    struct get_host *host;
    struct get_item *item;

    while ((host = get_host_take(worker->get))) {
        while ((item = get_host_item(worker->get, host))) {
            CEDE_TRY(get_file_run(worker, item, &result));
            CEDE_TRY(done(arg, &result));
            if (worker->get->fails_fast && result.outcome != GET_SAVED)
                return cede_raise(GET_ESTOPPED, "a failure");
        }
    }
    return 0;
}

/* Workers of this loop. */

static int worker_report(void *arg, struct get_result *result)
{
    get_report(arg, result);
    return 0;
}

static int worker_run(void *arg)
{
    struct get_worker *worker = arg;

    return worker_work(worker, worker_report, worker->get);
}

static int workers_spawn(struct get_worker *workers, size_t n)
{
    cede_group group;
    int rc = 0;

    cede_group_init(&group);
    for (size_t i = 0; i < n && rc == 0; i++) {
        workers[i] = (struct get_worker){
            .get = workers->get, .session = workers->session, .number = (unsigned)i};
        rc = cede_group_spawn(&group, worker_run, &workers[i]);
    }
    rc = cede_group_join(&group, rc);
    for (size_t i = 0; i < n; i++)
        get_file_fini(&workers[i]);
    return rc;
}

static int workers_run(struct get *get, size_t n)
{
    cede_http_session_options options = get->session;
    struct get_worker *workers = calloc(n ? n : 1, sizeof *workers);
    int rc;

    if (!workers)
        return cede_raise(-ENOMEM, "no memory for %zu workers", n);
    options.limit = n ? (int)n : 1;
    workers->get = get;
    rc = cede_http_session_create(&options, &workers->session);
    if (rc == 0) {
        cede_http_session *session = workers->session;
        rc = workers_spawn(workers, n);
        cede_http_session_destroy(session);
    }
    free(workers);
    return rc;
}

static size_t get_workers(const struct get *get)
{
    return get->n_at_once < get->n_lanes ? get->n_at_once : get->n_lanes;
}

int get_sequential(struct get *get)
{
    return workers_run(get, get->n_lanes > 0);
}

int get_coroutines(struct get *get)
{
    return workers_run(get, get_workers(get));
}

/* Workers in threads. */

struct crew {
    struct get *get;
    cede_loop *home; /* where results go */
    pthread_mutex_t lock;
    bool is_stopped; /* under the lock */
    bool has_failed; /* atomic; --fail-fast ends it */
    size_t n_sent;   /* results; atomic */
    size_t n_arrived;
    struct thread *threads;
    size_t n;
};

struct thread {
    struct crew *crew;
    cede_future *task; /* its worker, while it runs; under the lock */
    cede_future *job;
};

/* A result on its way home. */
struct result {
    struct crew *crew;
    struct get_result result;
};

static void result_arrive(void *arg)
{
    struct result *result = arg;

    result->crew->n_arrived++;
    get_report(result->crew->get, &result->result);
    free(result);
}

static void crew_stop(struct crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    crew->is_stopped = true;
    for (size_t i = 0; i < crew->n; i++)
        (void)cede_cancel(crew->threads[i].task);
    pthread_mutex_unlock(&crew->lock);
}

static int thread_send(void *arg, struct get_result *sent)
{
    struct crew *crew = arg;
    struct result *result = malloc(sizeof *result);

    if (!result)
        return cede_raise(-ENOMEM, "no memory for a result");
    *result = (struct result){crew, *sent};
    CEDE_TRY(cede_call_threadsafe(crew->home, result_arrive, result, free));
    __atomic_add_fetch(&crew->n_sent, 1, __ATOMIC_RELAXED); /* before its job is done */
    return 0;
}

static int thread_fetch_all(const struct thread *thread)
{
    struct crew *crew = thread->crew;
    struct get_worker worker = {.get = crew->get, .number = (unsigned)(thread - crew->threads)};
    int rc;

    CEDE_TRY(cede_http_session_create(&crew->get->session, &worker.session));
    rc = worker_work(&worker, thread_send, crew);
    get_file_fini(&worker);
    cede_http_session_destroy(worker.session);
    return rc;
}

/* The main task of a thread's loop: others may cancel it as long as it is known to the crew. */
static int thread_main(void *arg)
{
    struct thread *thread = arg;
    struct crew *crew = thread->crew;
    cede_future *self = cede_future_share(cede_future_ref(cede_task_current()));
    bool is_stopped;
    int rc;

    pthread_mutex_lock(&crew->lock);
    thread->task = self;
    is_stopped = crew->is_stopped;
    pthread_mutex_unlock(&crew->lock);
    rc = is_stopped ? 0 : thread_fetch_all(thread);
    pthread_mutex_lock(&crew->lock);
    thread->task = NULL;
    pthread_mutex_unlock(&crew->lock);
    cede_future_unref(self);
    if (rc == GET_ESTOPPED) {
        __atomic_store_n(&crew->has_failed, true, __ATOMIC_RELAXED);
        crew_stop(crew);
    }
    return rc == -ECANCELED || rc == GET_ESTOPPED ? 0 : rc;
}

static int thread_job(const void *in, void *out)
{
    (void)in;
    return cede_run(thread_main, out);
}

/* Wait for all; if this is cancelled, stop them first and wait all the same. */
static int crew_wait(struct crew *crew, cede_future **jobs)
{
    const int cancelled = cede_wait(jobs, crew->n, NULL, NULL);
    cede_scope shield;
    int rc;

    if (cancelled < 0)
        crew_stop(crew);
    cede_scope_enter_shield(&shield, CEDE_NEVER);
    rc = cede_gather(jobs, crew->n, NULL);
    while (crew->n_arrived < __atomic_load_n(&crew->n_sent, __ATOMIC_RELAXED))
        (void)cede_sleep(CEDE_US(100)); /* they are under way */
    rc = cede_scope_exit(&shield, rc);
    if (cancelled < 0)
        return cancelled;
    return crew->has_failed ? cede_raise(GET_ESTOPPED, "a failure") : rc;
}

static int crew_run(struct crew *crew, cede_executor *pool, cede_future **jobs)
{
    int rc = 0;

    for (size_t i = 0; i < crew->n; i++) {
        struct thread *thread = &crew->threads[i];
        thread->crew = crew;
        jobs[i] = cede_submit(pool, &(cede_job){.fn = thread_job, .out = thread});
        if (!jobs[i]) {
            rc = cede_error_code(cede_error_last());
            crew->n = i;
        }
    }
    if (crew->n > 0)
        rc = crew_wait(crew, jobs);
    for (size_t i = 0; i < crew->n; i++)
        cede_future_unref(jobs[i]);
    return rc;
}

int get_threads(struct get *get)
{
    const size_t n = get_workers(get);
    struct crew crew = {.get = get, .home = cede_loop_current(), .n = n};
    cede_executor *pool = cede_thread_pool(&(cede_pool_options){.n_threads = (unsigned)n});
    cede_future **jobs = calloc(n, sizeof(cede_future *));
    int rc;

    crew.threads = calloc(n, sizeof *crew.threads);
    pthread_mutex_init(&crew.lock, NULL);
    if (n > 0 && (!pool || !jobs || !crew.threads))
        rc = cede_raise(-ENOMEM, "no memory for %zu threads", n);
    else
        rc = crew_run(&crew, pool, jobs);
    cede_executor_destroy(pool);
    pthread_mutex_destroy(&crew.lock);
    free(crew.threads);
    free(jobs);
    return rc;
}
