/* test_conformance_jobs.c - what CPython's test_concurrent_futures pins down of futures, wait,
 * as_completed and pools of threads, and our own tests left open; tests/conformance/
 * concurrent_futures.md says which is which. */
/* SPDX-License-Identifier: MIT */
#include <sched.h>
#include <unistd.h>

#include <cede/map.h>

#include "task/jobs.h"

/* Callbacks, where there is no loop. */

static void note_outcome(cede_future *future, void *arg)
{
    void *value = NULL;
    const int rc = cede_future_value(future, &value);

    if (cede_future_is_cancelled(future))
        test_note("%s:cancelled", (const char *)arg);
    else if (rc < 0)
        test_note("%s:%s", (const char *)arg, cede_error_message(cede_future_error(future)));
    else
        test_note("%s:%s", (const char *)arg, (const char *)value);
}

static cede_future *watched_promise(void)
{
    cede_future *promise = cede_future_create();

    CHECK_EQ(cede_future_on_done(promise, note_outcome, "before"), 0);
    CHECK_STR(test_notes(), "");
    return promise;
}

static void watch_again(cede_future *promise, const char *notes)
{
    CHECK_EQ(cede_future_on_done(promise, note_outcome, "after"), 0);
    CHECK_STR(test_notes(), notes);
    cede_future_unref(promise);
}

TEST(conformance_jobs, a_callback_is_called_at_once_with_the_result_also_if_it_is_there)
{
    cede_future *promise = watched_promise();

    CHECK_EQ(cede_future_set(promise, "five"), 0);
    CHECK_STR(test_notes(), "before:five");
    watch_again(promise, "before:five after:five");
}

TEST(conformance_jobs, a_callback_is_called_at_once_with_the_failure_also_if_it_is_there)
{
    cede_future *promise = watched_promise();

    CHECK_EQ(cede_future_fail(promise, cede_raise(-EIO, "test")), 0);
    CHECK_STR(test_notes(), "before:test");
    watch_again(promise, "before:test after:test");
}

TEST(conformance_jobs, a_callback_is_called_at_once_with_the_cancellation_also_if_it_is_there)
{
    cede_future *promise = watched_promise();

    CHECK(cede_cancel(promise));
    CHECK_STR(test_notes(), "before:cancelled");
    watch_again(promise, "before:cancelled after:cancelled");
}

/* One job in each state, on a pool of one thread. */
struct states {
    cede_executor *pool;
    struct gate gate;
    cede_future *finished, *failed, *running, *cancelled, *pending;
    int n_ran;
};

static void make_states(struct states *it)
{
    it->pool = make_pool(1);
    it->gate = make_gate();
    it->n_ran = 0;
    it->finished = submit(it->pool, count_up, NULL, &it->n_ran);
    it->failed = submit(it->pool, fail_with_words, "words", NULL);
    it->running = submit(it->pool, wait_at_gate, &it->gate, NULL);
    it->cancelled = submit(it->pool, count_up, NULL, &it->n_ran);
    it->pending = submit(it->pool, count_up, NULL, &it->n_ran);
    CHECK_EQ(cede_await(it->gate.begun), 0);
    CHECK(cede_cancel(it->cancelled));
}

static void drop_states(struct states *it)
{
    CHECK_EQ(cede_future_set(it->gate.open, NULL), 0);
    CHECK_EQ(cede_join(it->finished), 0);
    CHECK_EQ(cede_join(it->failed), -EBADMSG);
    CHECK_EQ(cede_join(it->running), 0);
    CHECK_EQ(cede_join(it->cancelled), CEDE_EREVOKED);
    CHECK_EQ(cede_join(it->pending), 0);
    CHECK_EQ(it->n_ran, 2);
    cede_executor_destroy(it->pool);
    drop_gate(&it->gate);
}

TEST(conformance_jobs, each_state_of_a_job_is_told_from_the_others)
{
    struct states it;

    make_states(&it);
    const struct {
        cede_future *job;
        bool done, cancelled;
        const char *shown;
    } cases[] = {
        {it.pending, false, false, "<Job pending>"},
        {it.running, false, false, "<Job running>"},
        {it.cancelled, true, true, "<Job cancelled>"},
        {it.failed, true, false, "<Job finished error=EBADMSG 'words'>"},
        {it.finished, true, false, "<Job finished result=0>"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CHECK_EQ(cede_future_is_done(cases[i].job), cases[i].done);
        CHECK_EQ(cede_future_is_cancelled(cases[i].job), cases[i].cancelled);
        CHECK_STR(test_format(cases[i].job), cases[i].shown);
    }
    CHECK(!cede_cancel(it.running));
    CHECK(!cede_cancel(it.cancelled));
    CHECK(!cede_cancel(it.failed));
    CHECK(!cede_cancel(it.finished));
    drop_states(&it);
}

static int await_without_time(cede_future *job)
{
    int rc = 0;

    CEDE_TIMEOUT(CEDE_MS(1), rc) {
        rc = cede_shield(job);
    }
    return rc;
}

TEST(conformance_jobs, waiting_without_time_gives_what_is_there)
{
    struct states it;

    make_states(&it);
    CHECK_EQ(await_without_time(it.pending), -ETIMEDOUT);
    CHECK_EQ(await_without_time(it.running), -ETIMEDOUT);
    CHECK_EQ(await_without_time(it.cancelled), CEDE_EREVOKED);
    CHECK_EQ(await_without_time(it.failed), -EBADMSG);
    CHECK_EQ(await_without_time(it.finished), 0);
    CHECK_PTR(cede_future_error(it.pending), NULL);
    CHECK_PTR(cede_future_error(it.finished), NULL);
    CHECK_EQ(cede_error_code(cede_future_error(it.failed)), -EBADMSG);
    drop_states(&it);
}

/* A plain thread awaits what another brings about. */

static void *keep(void *arg)
{
    CHECK_EQ(cede_sleep(CEDE_MS(5)), 0);
    CHECK_EQ(cede_future_set(arg, "kept"), 0);
    return NULL;
}

static void *break_it(void *arg)
{
    CHECK_EQ(cede_sleep(CEDE_MS(5)), 0);
    CHECK_EQ(cede_future_fail(arg, cede_raise(-EIO, "broken")), 0);
    return NULL;
}

static void *cancel_it(void *arg)
{
    CHECK_EQ(cede_sleep(CEDE_MS(5)), 0);
    CHECK(cede_cancel(arg));
    return NULL;
}

static int await_the_work_of(void *(*fn)(void *))
{
    cede_future *promise = cede_future_create();
    pthread_t thread;
    int rc;

    CHECK_EQ(pthread_create(&thread, NULL, fn, promise), 0);
    rc = cede_await(promise);
    CHECK_EQ(pthread_join(thread, NULL), 0);
    cede_future_unref(promise);
    return rc;
}

TEST(conformance_jobs, a_thread_that_awaits_is_told_what_another_thread_did)
{
    CHECK_EQ(await_the_work_of(keep), 0);
    CHECK_EQ(await_the_work_of(cancel_it), CEDE_EREVOKED);
    CHECK_EQ(await_the_work_of(break_it), -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "broken");
}

/* Wait, in a plain thread. */

static size_t n_done_until(cede_future *const *jobs, size_t n, cede_wait_until until)
{
    size_t n_done = 0;

    CHECK_EQ(cede_wait(jobs, n, &(cede_wait_options){.until = until}, &n_done), 0);
    return n_done;
}

TEST(conformance_jobs, a_job_given_twice_to_wait_counts_once)
{
    struct states it;

    make_states(&it);
    CHECK_EQ(n_done_until((cede_future *[]){it.finished, it.finished}, 2, CEDE_ALL_COMPLETED), 1);
    drop_states(&it);
}

TEST(conformance_jobs, a_wait_for_the_first_ends_with_what_is_done_already)
{
    struct states it;

    make_states(&it);
    CHECK_EQ(n_done_until((cede_future *[]){it.cancelled, it.finished, it.running}, 3,
                          CEDE_FIRST_COMPLETED),
             2);
    CHECK(!cede_future_is_done(it.running));
    drop_states(&it);
}

TEST(conformance_jobs, a_wait_for_the_first_ends_when_a_job_does)
{
    cede_executor *pool = make_pool(2);
    struct gate held = make_gate(), quick = make_gate();
    cede_future *jobs[] = {submit(pool, wait_at_gate, &held, NULL),
                           submit(pool, wait_at_gate, &quick, NULL)};

    CHECK_EQ(cede_await(held.begun), 0);
    CHECK_EQ(cede_future_set(quick.open, NULL), 0);
    CHECK_EQ(n_done_until(jobs, 2, CEDE_FIRST_COMPLETED), 1);
    CHECK(cede_future_is_done(jobs[1]));
    CHECK(!cede_future_is_done(jobs[0]));
    CHECK_EQ(cede_future_set(held.open, NULL), 0);
    for (int i = 0; i < 2; i++)
        CHECK_EQ(cede_join(jobs[i]), 0);
    cede_executor_destroy(pool);
    drop_gate(&held);
    drop_gate(&quick);
}

static int fail_after_the_gate(const void *in, void *out)
{
    CEDE_TRY(wait_at_gate(in, out));
    return cede_raise(-EIO, "this is an error");
}

TEST(conformance_jobs, a_wait_for_the_first_error_ends_when_a_job_fails)
{
    cede_executor *pool = make_pool(2);
    struct gate held = make_gate(), failing = make_gate();
    int n_ran = 0;
    cede_future *jobs[] = {submit(pool, count_up, NULL, &n_ran),
                           submit(pool, fail_after_the_gate, &failing, NULL),
                           submit(pool, wait_at_gate, &held, NULL)};

    CHECK_EQ(cede_await(jobs[0]), 0);
    CHECK_EQ(cede_future_set(failing.open, NULL), 0);
    CHECK_EQ(n_done_until(jobs, 3, CEDE_FIRST_ERROR), 2);
    CHECK(!cede_future_is_done(jobs[2]));
    CHECK_EQ(cede_future_set(held.open, NULL), 0);
    CHECK_EQ(cede_join(jobs[0]), 0);
    CHECK_EQ(cede_join(jobs[1]), -EIO);
    CHECK_EQ(cede_join(jobs[2]), 0);
    cede_executor_destroy(pool);
    drop_gate(&held);
    drop_gate(&failing);
}

TEST(conformance_jobs, a_wait_for_the_first_error_ends_with_one_that_is_there_already)
{
    struct states it;

    make_states(&it);
    CHECK_EQ(n_done_until((cede_future *[]){it.failed, it.running}, 2, CEDE_FIRST_ERROR), 1);
    CHECK_EQ(n_done_until((cede_future *[]){it.finished, it.cancelled, it.failed, it.running}, 4,
                          CEDE_FIRST_ERROR),
             3);
    CHECK(!cede_future_is_done(it.running));
    drop_states(&it);
}

TEST(conformance_jobs, a_wait_for_all_takes_every_kind_of_end)
{
    struct states it;

    make_states(&it);
    CHECK_EQ(n_done_until((cede_future *[]){it.finished, it.cancelled, it.failed}, 3,
                          CEDE_ALL_COMPLETED),
             3);
    drop_states(&it);
}

struct crowd_gate {
    cede_future *open;
};

static int wait_for_opening(const void *in, void *out)
{
    (void)out;
    return cede_await(((const struct crowd_gate *)in)->open);
}

TEST(conformance_jobs, a_wait_for_a_hundred_jobs_that_end_together_misses_none)
{
    enum { N = 100 };
    cede_executor *pool = make_pool(5);
    struct crowd_gate gate = {cede_future_share(cede_future_create())};
    cede_future *jobs[N];

    for (int i = 0; i < N; i++)
        jobs[i] = submit(pool, wait_for_opening, &gate, NULL);
    CHECK_EQ(cede_future_set(gate.open, NULL), 0);
    CHECK_EQ(n_done_until(jobs, N, CEDE_ALL_COMPLETED), N);
    for (int i = 0; i < N; i++)
        CHECK_EQ(cede_join(jobs[i]), 0);
    cede_executor_destroy(pool);
    cede_future_unref(gate.open);
}

/* As completed, in a plain thread. */

static void complete_until(cede_time timeout)
{
    struct states it;
    cede_completion *completion;
    cede_future *future = NULL;
    int n = 0, rc;

    make_states(&it);
    CHECK_EQ(cede_as_completed((cede_future *[]){it.finished, it.running, it.failed, it.cancelled},
                               4, cede_after(timeout), &completion),
             0);
    cede_future *const expected[] = {it.finished, it.failed, it.cancelled};
    while ((rc = cede_completion_next(completion, &future)) == 1) {
        CHECK(n < 3);
        CHECK_PTR(future, expected[n++]);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_EQ(n, 3);
    CHECK_STR(cede_error_message(cede_error_last()), "1 of 4 futures are unfinished");
    cede_completion_destroy(completion);
    drop_states(&it);
}

TEST(conformance_jobs, as_completed_delivers_what_is_done_before_its_time_is_up)
{
    complete_until(0);
    complete_until(CEDE_MS(5));
}

TEST(conformance_jobs, as_completed_delivers_a_job_given_thrice_once)
{
    cede_executor *pool = make_pool(1);
    int n_ran = 0;
    cede_future *job = submit(pool, count_up, NULL, &n_ran), *future = NULL;
    cede_completion *completion;

    CHECK_EQ(cede_as_completed((cede_future *[]){job, job, job}, 3, CEDE_NEVER, &completion), 0);
    CHECK_EQ(cede_completion_next(completion, &future), 1);
    CHECK_EQ(cede_completion_next(completion, &future), 0);
    cede_completion_destroy(completion);
    CHECK_EQ(cede_join(job), 0);
    cede_executor_destroy(pool);
}

/* Pools of threads. */

TEST(conformance_jobs, a_shutdown_that_does_not_wait_lets_what_was_submitted_run)
{
    cede_executor *pool = make_pool(5);
    cede_future *jobs[10];
    int n_ran = 0;

    for (int i = 0; i < 10; i++)
        jobs[i] = submit(pool, count_up, NULL, &n_ran);
    CHECK_EQ(cede_executor_shutdown(pool, &(cede_shutdown_options){.no_wait = true}), 0);
    for (int i = 0; i < 10; i++)
        CHECK_EQ(cede_join(jobs[i]), 0);
    CHECK_EQ(n_ran, 10);
    cede_executor_destroy(pool);
}

struct meeting {
    cede_future *open;
    int n_here; /* atomic */
};

static int come_and_stay(const void *in, void *out)
{
    struct meeting *meeting = out;

    (void)in;
    __atomic_add_fetch(&meeting->n_here, 1, __ATOMIC_RELAXED);
    return cede_await(meeting->open);
}

static int n_here(struct meeting *meeting)
{
    return __atomic_load_n(&meeting->n_here, __ATOMIC_RELAXED);
}

TEST(conformance_jobs, a_pool_of_no_stated_size_has_a_thread_a_processor_and_four_more)
{
    enum { MORE = 5, MOST = 32 };
    const int processors = (int)sysconf(_SC_NPROCESSORS_ONLN);
    const int expected = processors + 4 < MOST ? processors + 4 : MOST;
    struct meeting meeting = {.open = cede_future_share(cede_future_create())};
    cede_executor *pool = make_pool(0);
    cede_future *jobs[MOST + MORE];

    for (int i = 0; i < expected + MORE; i++)
        jobs[i] = submit(pool, come_and_stay, NULL, &meeting);
    while (n_here(&meeting) < expected)
        sched_yield();
    CHECK_EQ(cede_sleep(CEDE_MS(5)), 0);
    CHECK_EQ(n_here(&meeting), expected);
    CHECK_EQ(cede_future_set(meeting.open, NULL), 0);
    for (int i = 0; i < expected + MORE; i++)
        CHECK_EQ(cede_join(jobs[i]), 0);
    cede_executor_destroy(pool);
    cede_future_unref(meeting.open);
}

static int n_mapped; /* atomic */

static int count_mapped(const void *in, void *out)
{
    (void)out;
    return count_up(in, &n_mapped);
}

TEST(conformance_jobs, a_map_that_is_left_withdraws_what_has_not_begun)
{
    static const int items[] = {1, 2};
    cede_executor *pool = make_pool(1);
    struct gate gate = make_gate();
    cede_future *held = submit(pool, wait_at_gate, &gate, NULL);
    const cede_map_options options = {
        .fn = count_mapped, .items = items, .n_items = 2, .item_size = sizeof items[0]};
    cede_map *map;
    void *out = NULL;
    int rc = 0;

    CHECK_EQ(cede_await(gate.begun), 0);
    CHECK_EQ(cede_map_create(pool, &options, &map), 0);
    CEDE_TIMEOUT(CEDE_MS(1), rc) {
        rc = cede_map_next(map, &out);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    cede_map_destroy(map); /* does not wait for the job that holds the thread */
    CHECK_EQ(cede_future_set(gate.open, NULL), 0);
    CHECK_EQ(cede_join(held), 0);
    cede_executor_destroy(pool);
    CHECK_EQ(n_mapped, 0);
    drop_gate(&gate);
}

/* Calls in threads. */

static int meet(void *arg)
{
    return come_and_stay(NULL, arg);
}

static int meet_in_thread(void *arg)
{
    return cede_run_in_thread(meet, arg);
}

TEST_TASK_REAL(conformance_jobs, two_calls_in_threads_run_beside_each_other)
{
    struct meeting meeting = {.open = cede_future_share(cede_future_create())};
    cede_future *tasks[] = {cede_spawn(meet_in_thread, &meeting),
                            cede_spawn(meet_in_thread, &meeting)};

    while (n_here(&meeting) < 2)
        CHECK_EQ(cede_sleep(CEDE_MS(1)), 0);
    CHECK_EQ(cede_future_set(meeting.open, NULL), 0);
    CHECK_EQ(cede_gather(tasks, 2, NULL), 0);
    cede_future_unref(tasks[0]);
    cede_future_unref(tasks[1]);
    cede_future_unref(meeting.open);
}
