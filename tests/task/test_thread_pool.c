/* test_thread_pool.c - how a pool uses its threads (row c8), jobs that wait for jobs, running out,
 * many. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* pthread_getname_np */
#include <dirent.h>
#include <sched.h>

#include "jobs.h"

/* Threads. */

/* Threads of pools made by make_pool. */
static int n_workers(void)
{
    DIR *tasks = opendir("/proc/self/task");
    int n = 0;

    CHECK(tasks != NULL);
    for (const struct dirent *entry; (entry = readdir(tasks));) {
        char path[300], name[16] = "";
        snprintf(path, sizeof path, "/proc/self/task/%s/comm", entry->d_name);
        FILE *file = fopen(path, "r");
        if (!file)
            continue; /* . and .., and what ends just now */
        n += fgets(name, sizeof name, file) && strncmp(name, "test-", 5) == 0;
        fclose(file);
    }
    closedir(tasks);
    return n;
}

/* A thread that was joined may be seen in /proc for a moment more. */
static bool workers_are_gone(void)
{
    for (int i = 0; i < 100000 && n_workers() > 0; i++)
        sched_yield();
    return n_workers() == 0;
}

TEST(thread_pool, no_thread_is_left_after_destroy)
{
    cede_executor *pool = make_pool(3);
    int n_ran = 0;

    for (int i = 0; i < 1000; i++)
        cede_future_unref(submit(pool, count_up, NULL, &n_ran));
    cede_executor_destroy(pool);
    CHECK_EQ(n_ran, 1000);
    CHECK(workers_are_gone());
}

TEST(thread_pool, c8_a_thread_is_started_only_when_none_is_idle_and_never_beyond_the_limit)
{
    cede_executor *pool = make_pool(2);
    struct gate gates[2] = {make_gate(), make_gate()};
    cede_future *jobs[3];
    int n_ran = 0;

    CHECK(workers_are_gone());
    for (int i = 0; i < 10; i++) {
        CHECK_EQ(cede_join(submit(pool, count_up, NULL, &n_ran)), 0);
        CHECK(n_workers() <= 2);
    }
    jobs[0] = submit(pool, wait_at_gate, &gates[0], NULL);
    jobs[1] = submit(pool, wait_at_gate, &gates[1], NULL);
    jobs[2] = submit(pool, count_up, NULL, &n_ran);
    CHECK_EQ(cede_await(gates[0].begun), 0);
    CHECK_EQ(cede_await(gates[1].begun), 0);
    CHECK_EQ(n_workers(), 2);
    CHECK(!cede_future_is_done(jobs[2]));
    for (int i = 0; i < 2; i++)
        CHECK_EQ(cede_future_set(gates[i].open, NULL), 0);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(cede_join(jobs[i]), 0);
    cede_executor_destroy(pool);
    for (int i = 0; i < 2; i++)
        drop_gate(&gates[i]);
}

static int tell_thread_name(const void *in, void *out)
{
    (void)in;
    return -pthread_getname_np(pthread_self(), out, 16);
}

TEST(thread_pool, c8_threads_are_named_after_the_pool)
{
    cede_executor *pool = make_pool(1);
    char name[16] = "";

    CHECK_EQ(cede_join(submit(pool, tell_thread_name, NULL, name)), 0);
    CHECK_STR(name, "test-0");
    cede_executor_destroy(pool);
}

/* A job does not wait in the batch of a worker that is held up by another: thousands of short ones
 * make batches large, then each long one waits for the short ones behind it. */
struct relay {
    int n_ran;
    int n_wanted;
    cede_future *all_ran;
};

static int run_relay(const void *in, void *out)
{
    struct relay *relay = out;

    (void)in;
    if (__atomic_add_fetch(&relay->n_ran, 1, __ATOMIC_ACQ_REL) == relay->n_wanted)
        return cede_future_set(relay->all_ran, NULL);
    return 0;
}

static int wait_for_relay(const void *in, void *out)
{
    (void)out;
    return cede_await(((const struct relay *)in)->all_ran);
}

TEST(thread_pool, short_jobs_are_not_held_up_behind_a_long_one)
{
    enum { SHORT = 2000 };
    cede_executor *pool = make_pool(2);

    for (int round = 0; round < 10; round++) {
        struct relay relay = {.n_wanted = SHORT, .all_ran = cede_future_create()};
        cede_future *long_one = NULL;

        for (int i = 0; i < SHORT; i++) {
            cede_future_unref(submit(pool, run_relay, NULL, &relay));
            if (i == SHORT / 2)
                long_one = submit(pool, wait_for_relay, &relay, NULL);
        }
        CHECK_EQ(cede_join(long_one), 0);
        cede_future_unref(relay.all_ran);
    }
    cede_executor_destroy(pool);
}

/* Jobs that wait for jobs. */

struct nested {
    cede_executor *pool;
    int depth;
};

static int wait_for_nested(const void *in, void *out)
{
    const struct nested *nested = in;
    const struct nested inner = {nested->pool, nested->depth - 1};

    CEDE_TRY(count_up(NULL, out));
    return nested->depth == 0 ? 0 : cede_join(submit(nested->pool, wait_for_nested, &inner, out));
}

TEST(thread_pool, a_job_that_awaits_a_queued_one_of_its_pool_runs_it)
{
    cede_executor *pool = make_pool(1);
    const struct nested nested = {pool, 20};
    int n_ran = 0;

    CHECK_EQ(cede_join(submit(pool, wait_for_nested, &nested, &n_ran)), 0);
    CHECK_EQ(n_ran, 21);
    cede_executor_destroy(pool);
}

static int gather_nested(const void *in, void *out)
{
    const struct nested *nested = in;
    cede_future *jobs[4];
    int rc;

    for (int i = 0; i < 4; i++)
        jobs[i] = submit(nested->pool, count_up, NULL, out);
    rc = cede_gather(jobs, 4, NULL);
    for (int i = 0; i < 4; i++)
        cede_future_unref(jobs[i]);
    return rc;
}

TEST(thread_pool, a_job_that_gathers_queued_ones_of_its_pool_runs_them)
{
    cede_executor *pool = make_pool(1);
    const struct nested nested = {pool, 0};
    int n_ran = 0;

    CHECK_EQ(cede_join(submit(pool, gather_nested, &nested, &n_ran)), 0);
    CHECK_EQ(n_ran, 4);
    cede_executor_destroy(pool);
}

/* With a deadline it must not begin what it could not leave. */
static int wait_for_nested_briefly(const void *in, void *out)
{
    const struct nested *nested = in;
    cede_future *job = submit(nested->pool, count_up, NULL, out);
    const int rc = cede_wait_for(job, CEDE_S(50));

    cede_future_unref(job);
    return rc;
}

TEST(thread_pool, a_spare_thread_stands_in_for_a_job_that_waits_for_its_pool)
{
    cede_executor *pool = make_pool(1);
    const struct nested nested = {pool, 0};
    int n_ran = 0;

    for (int i = 0; i < 20; i++)
        CHECK_EQ(cede_join(submit(pool, wait_for_nested_briefly, &nested, &n_ran)), 0);
    CHECK_EQ(n_ran, 20);
    CHECK(n_workers() <= 2);
    cede_executor_destroy(pool);
    CHECK(workers_are_gone());
}

static int wait_in_a_task(void *arg)
{
    const struct nested *nested = arg;
    cede_future *jobs[2];
    int n_ran = 0;

    CEDE_TRY(cede_join(submit(nested->pool, count_up, NULL, &n_ran)));
    for (int i = 0; i < 2; i++)
        jobs[i] = submit(nested->pool, count_up, NULL, &n_ran);
    CEDE_TRY(cede_gather(jobs, 2, NULL));
    for (int i = 0; i < 2; i++)
        cede_future_unref(jobs[i]);
    return n_ran;
}

static int wait_in_a_loop(const void *in, void *out)
{
    (void)out;
    return cede_run(wait_in_a_task, (void *)in);
}

TEST(thread_pool, a_spare_thread_stands_in_for_a_job_whose_loop_waits_for_its_pool)
{
    cede_executor *pool = make_pool(1);
    const struct nested nested = {pool, 0};

    CHECK_EQ(cede_join(submit(pool, wait_in_a_loop, &nested, NULL)), 3);
    cede_executor_destroy(pool);
}

static int handle_an_error(const void *in, void *out)
{
    const struct nested *nested = in;

    (void)cede_raise(-EPROTO, "to be kept");
    CEDE_TRY(cede_join(submit(nested->pool, count_up, NULL, out)));
    return -EPROTO;
}

/* On a clock of the job's own: an hour, which takes no time. */
static int nap_and_count(void *arg)
{
    CEDE_TRY(cede_sleep(CEDE_S(3600)));
    CHECK_EQ(cede_now(), CEDE_S(3600));
    return count_up(NULL, arg);
}

static int run_a_loop(const void *in, void *out)
{
    const cede_run_options options = {.loop.clock = CEDE_CLOCK_VIRTUAL};
    const struct gate *gate = in;

    CEDE_TRY(wait_at_gate(gate, NULL)); /* both at once */
    return cede_run_with(&options, nap_and_count, out);
}

TEST(thread_pool, c14_each_job_may_run_a_loop_of_its_own)
{
    cede_executor *pool = make_pool(2);
    struct gate gates[2] = {make_gate(), make_gate()};
    cede_future *jobs[2];
    int n_ran = 0;

    for (int i = 0; i < 2; i++)
        jobs[i] = submit(pool, run_a_loop, &gates[i], &n_ran);
    for (int i = 0; i < 2; i++)
        CHECK_EQ(cede_await(gates[i].begun), 0);
    for (int i = 0; i < 2; i++)
        CHECK_EQ(cede_future_set(gates[i].open, NULL), 0);
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(cede_join(jobs[i]), 0);
        drop_gate(&gates[i]);
    }
    CHECK_EQ(n_ran, 2);
    cede_executor_destroy(pool);
}

TEST(thread_pool, a_job_run_by_its_awaiter_leaves_the_record_of_that_alone)
{
    cede_executor *pool = make_pool(1);
    const struct nested nested = {pool, 0};
    int n_ran = 0;

    CHECK_EQ(cede_join(submit(pool, handle_an_error, &nested, &n_ran)), -EPROTO);
    CHECK_STR(cede_error_message(cede_error_last()), "to be kept");
    cede_executor_destroy(pool);
}

/* Running out. */

static int pool_scenario(void)
{
    cede_executor *pool = cede_thread_pool(&(cede_pool_options){.n_threads = 2});
    cede_future *jobs[40] = {NULL};
    int n_ran = 0, n_submitted = 0;
    int rc = pool ? 0 : -ENOMEM;

    for (int i = 0; pool && i < 40 && rc == 0; i++) {
        jobs[i] = cede_submit(pool, &(cede_job){.fn = count_up, .out = &n_ran});
        if (!jobs[i])
            rc = cede_error_code(cede_error_last());
        n_submitted += jobs[i] != NULL;
    }
    cede_executor_destroy(pool);
    CHECK_EQ(n_ran, n_submitted);
    for (int i = 0; i < 40; i++)
        cede_future_unref(jobs[i]);
    return rc;
}

TEST(thread_pool, a_failed_allocation_is_an_error_and_loses_nothing)
{
    test_sweep_allocations(pool_scenario);
}

static int failing_scenario(void)
{
    cede_executor *pool = cede_thread_pool(&(cede_pool_options){.n_threads = 1});
    cede_future *job =
        pool ? cede_submit(pool, &(cede_job){.fn = fail_with_words, .in = "words"}) : NULL;
    const int rc = job ? cede_join(job) : -ENOMEM;

    cede_executor_destroy(pool);
    return rc == -EBADMSG ? 0 : rc; /* with words or without */
}

TEST(thread_pool, a_failure_travels_without_its_record_where_there_is_no_memory)
{
    test_sweep_allocations(failing_scenario);
}

/* Many. */

struct flood {
    cede_executor *pool;
    int n_ran;
};

static int submit_many(const void *in, void *out)
{
    enum { MANY = 25000, WINDOW = 100 };
    struct flood *flood = out;
    cede_future *window[WINDOW] = {NULL};

    (void)in;
    for (int i = 0; i < MANY; i++) {
        cede_future **place = &window[i % WINDOW];
        if (*place)
            CEDE_TRY(cede_join(*place));
        *place = cede_submit(flood->pool, &(cede_job){.fn = count_up, .out = &flood->n_ran});
        if (!*place)
            return cede_error_code(cede_error_last());
        if (i % 3 == 0) {
            cede_future_unref(*place);
            *place = NULL;
        }
    }
    for (int i = 0; i < WINDOW; i++) {
        if (window[i])
            CEDE_TRY(cede_join(window[i]));
    }
    return 0;
}

TEST(thread_pool, a_hundred_thousand_jobs_of_four_threads_all_run_once)
{
    cede_executor *submitters = make_pool(4);
    struct flood flood = {.pool = make_pool(3)};
    cede_future *jobs[4];

    for (int i = 0; i < 4; i++)
        jobs[i] = submit(submitters, submit_many, NULL, &flood);
    CHECK_EQ(cede_gather(jobs, 4, NULL), 0);
    for (int i = 0; i < 4; i++)
        cede_future_unref(jobs[i]);
    cede_executor_destroy(submitters);
    cede_executor_destroy(flood.pool);
    CHECK_EQ(flood.n_ran, 100000);
}

TEST(thread_pool, memory_of_a_flood_of_jobs_is_given_back)
{
    enum { MANY = 20000 };
    static cede_future *jobs[MANY];
    cede_executor *pool = make_pool(2);
    int n_ran = 0;

    test_count_allocations();
    for (int i = 0; i < MANY; i++)
        jobs[i] = submit(pool, count_up, NULL, &n_ran);
    CHECK_EQ(cede_gather(jobs, MANY, NULL), 0);
    for (int i = 0; i < MANY; i++)
        cede_future_unref(jobs[i]);
    CHECK(test_live_allocations() < 10); /* a chunk, the queue, two workers */
    cede_executor_destroy(pool);
    CHECK_EQ(test_live_allocations(), -1); /* the pool was there before */
}
