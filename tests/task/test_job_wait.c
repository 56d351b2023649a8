/* test_job_wait.c - jobs that wait for each other: -EDEADLK and the circle, at once (row c5 of the
 * ways to hang a pool). */
/* SPDX-License-Identifier: MIT */
#include "jobs.h"

/* Jobs that know each other: none begins to wait before all have been submitted. */
struct friends {
    cede_future *known; /* done when `jobs` are there */
    cede_future *jobs[3];
};

static struct friends make_friends(void)
{
    struct friends friends = {.known = cede_future_create()};

    CHECK(friends.known != NULL);
    return friends;
}

static void introduce(struct friends *friends)
{
    CHECK_EQ(cede_future_set(friends->known, NULL), 0);
}

static void drop_friends(struct friends *friends)
{
    for (int i = 0; i < 3; i++)
        cede_future_unref(friends->jobs[i]);
    cede_future_unref(friends->known);
}

static int wait_for_friend(const struct friends *friends, int i)
{
    CEDE_TRY(cede_await(friends->known));
    return cede_await(friends->jobs[i]);
}

static int wait_for_0(const void *in, void *out)
{
    (void)out;
    return wait_for_friend(in, 0);
}

static int wait_for_1(const void *in, void *out)
{
    (void)out;
    return wait_for_friend(in, 1);
}

static int wait_for_2(const void *in, void *out)
{
    (void)out;
    return wait_for_friend(in, 2);
}

static cede_future *submit_named(cede_executor *pool, const char *name, cede_job_fn *fn,
                                 const void *in)
{
    cede_future *job = cede_submit(pool, &(cede_job){.fn = fn, .in = in, .name = name});

    CHECK(job != NULL);
    return job;
}

TEST(job_wait, two_jobs_that_wait_for_each_other_fail_and_are_reported)
{
    cede_executor *pool = make_pool(2);
    struct friends friends = make_friends();

    test_capture_reports();
    friends.jobs[0] = submit_named(pool, "anna", wait_for_1, &friends);
    friends.jobs[1] = submit_named(pool, "bert", wait_for_0, &friends);
    introduce(&friends);
    CHECK_EQ(cede_await(friends.jobs[0]), -EDEADLK);
    CHECK_EQ(cede_await(friends.jobs[1]), -EDEADLK);
    CHECK_STR(cede_error_message(cede_error_last()),
              "2 jobs wait for each other: 'anna' for 'bert', and so on");
    CHECK_STR(test_reports(), "cede: deadlock: 2 jobs wait for each other\n"
                              "  job 'anna' waits for job 'bert'\n"
                              "  job 'bert' waits for job 'anna'\n");
    drop_friends(&friends);
    cede_executor_destroy(pool);
}

TEST(job_wait, a_circle_goes_through_several_pools)
{
    cede_executor *pools[3] = {make_pool(1), make_pool(1), make_pool(1)};
    struct friends friends = make_friends();

    test_capture_reports();
    friends.jobs[0] = submit_named(pools[0], "anna", wait_for_1, &friends);
    friends.jobs[1] = submit_named(pools[1], "bert", wait_for_2, &friends);
    friends.jobs[2] = submit_named(pools[2], "carl", wait_for_0, &friends);
    introduce(&friends);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(cede_await(friends.jobs[i]), -EDEADLK);
    CHECK_STR(test_reports(), "cede: deadlock: 3 jobs wait for each other\n"
                              "  job 'anna' waits for job 'bert'\n"
                              "  job 'bert' waits for job 'carl'\n"
                              "  job 'carl' waits for job 'anna'\n");
    drop_friends(&friends);
    for (int i = 0; i < 3; i++)
        cede_executor_destroy(pools[i]);
}

TEST(job_wait, a_job_that_waits_for_itself_fails)
{
    cede_executor *pool = make_pool(1);
    struct friends friends = make_friends();

    test_capture_reports();
    friends.jobs[0] = submit(pool, wait_for_0, &friends, NULL);
    introduce(&friends);
    CHECK_EQ(cede_await(friends.jobs[0]), -EDEADLK);
    CHECK_HAS(test_reports(), "cede: deadlock: a job waits for itself\n");
#if defined(CEDE__HAVE_LIBDW)
    CHECK_HAS(test_reports(), "  job 'wait_for_0' waits for job 'wait_for_0'\n");
#endif
    drop_friends(&friends);
    cede_executor_destroy(pool);
}

/* With one thread the second job runs within the first, which waits for it. */
TEST(job_wait, a_job_that_waits_for_the_one_it_is_run_by_fails)
{
    cede_executor *pool = make_pool(1);
    struct friends friends = make_friends();

    test_capture_reports();
    friends.jobs[0] = submit_named(pool, "outer", wait_for_1, &friends);
    friends.jobs[1] = submit_named(pool, "inner", wait_for_0, &friends);
    introduce(&friends);
    CHECK_EQ(cede_await(friends.jobs[0]), -EDEADLK);
    CHECK_HAS(test_reports(), "  job 'inner' waits for job 'outer'\n"
                              "  job 'outer' waits for job 'inner'\n");
    drop_friends(&friends);
    cede_executor_destroy(pool);
}

static int gather_others(const void *in, void *out)
{
    const struct friends *friends = in;

    (void)out;
    CEDE_TRY(cede_await(friends->known));
    return cede_gather(&friends->jobs[1], 2, NULL);
}

TEST(job_wait, a_circle_goes_through_one_of_several_that_are_gathered)
{
    cede_executor *pool = make_pool(3);
    struct friends friends = make_friends();
    int n_ran = 0;

    test_capture_reports();
    friends.jobs[0] = submit_named(pool, "anna", gather_others, &friends);
    friends.jobs[1] = submit(pool, count_up, NULL, &n_ran);
    friends.jobs[2] = submit_named(pool, "carl", wait_for_0, &friends);
    introduce(&friends);
    CHECK_EQ(cede_await(friends.jobs[0]), -EDEADLK);
    CHECK_EQ(cede_await(friends.jobs[2]), -EDEADLK);
    CHECK_HAS(test_reports(), "  job 'anna' waits for job 'carl'\n"
                              "  job 'carl' waits for job 'anna'\n");
    drop_friends(&friends);
    cede_executor_destroy(pool);
}

struct ending {
    struct friends friends;
    cede_executor *pool;
};

static int end_pool(const void *in, void *out)
{
    const struct ending *ending = in;

    (void)out;
    CEDE_TRY(cede_await(ending->friends.known));
    return cede_executor_shutdown(ending->pool, NULL);
}

TEST(job_wait, c7_a_job_that_waits_for_the_end_of_the_pool_of_one_that_waits_for_it)
{
    cede_executor *pool = make_pool(1);
    struct ending ending = {make_friends(), make_pool(1)};
    int rc;

    test_capture_reports();
    ending.friends.jobs[0] = submit_named(pool, "ender", end_pool, &ending);
    ending.friends.jobs[1] = submit_named(ending.pool, "waiter", wait_for_0, &ending.friends);
    introduce(&ending.friends);
    CHECK_EQ(cede_await(ending.friends.jobs[1]), -EDEADLK);
    rc = cede_await(ending.friends.jobs[0]);
    CHECK(rc == 0 || rc == -EDEADLK); /* whoever came last */
    CHECK_STR(test_reports(), "cede: deadlock: 2 jobs wait for each other\n"
                              "  job 'ender' waits for job 'waiter'\n"
                              "  job 'waiter' waits for job 'ender'\n");
    drop_friends(&ending.friends);
    cede_executor_destroy(ending.pool);
    cede_executor_destroy(pool);
}

/* Without cancelling it: one that has not begun yet would be withdrawn. */
static int wait_briefly(cede_future *job)
{
    int rc = 0;

    CEDE_TIMEOUT(CEDE_MS(20), rc) {
        rc = cede_shield(job);
    }
    return rc;
}

static int wait_for_1_briefly(const void *in, void *out)
{
    const struct friends *friends = in;

    (void)out;
    CEDE_TRY(cede_await(friends->known));
    return wait_briefly(friends->jobs[1]);
}

TEST(job_wait, a_wait_that_ends_by_itself_is_no_deadlock)
{
    cede_executor *pool = make_pool(2);
    struct friends friends = make_friends();

    test_capture_reports();
    friends.jobs[0] = submit(pool, wait_for_1_briefly, &friends, NULL);
    friends.jobs[1] = submit(pool, wait_for_0, &friends, NULL);
    introduce(&friends);
    CHECK_EQ(cede_await(friends.jobs[0]), -ETIMEDOUT);
    CHECK_EQ(cede_await(friends.jobs[1]), -ETIMEDOUT);
    CHECK_STR(test_reports(), "");
    drop_friends(&friends);
    cede_executor_destroy(pool);
}

/* Row after row of jobs, each waiting for the one before: no circle, whoever runs what. */
struct row {
    cede_future *before;
    int n;
};

static int wait_for_row(const void *in, void *out)
{
    const struct row *row = in;

    (void)out;
    return row->before ? cede_await(row->before) + 1 : 0;
}

TEST(job_wait, a_long_row_of_waiting_jobs_is_no_deadlock)
{
    enum { ROW = 200 };
    cede_executor *pool = make_pool(4);
    static struct row rows[ROW];
    static cede_future *jobs[ROW];

    test_capture_reports();
    for (int i = 0; i < ROW; i++) {
        rows[i].before = i > 0 ? jobs[i - 1] : NULL;
        jobs[i] = submit(pool, wait_for_row, &rows[i], NULL);
    }
    CHECK_EQ(cede_await(jobs[ROW - 1]), ROW - 1);
    for (int i = 0; i < ROW; i++)
        cede_future_unref(jobs[i]);
    CHECK_STR(test_reports(), "");
    cede_executor_destroy(pool);
}

/* Jobs that each submit the next to the next pool, and wait for it. */
static struct chain {
    cede_executor *pools[3];
    const char *names[4];
    int next_pool[4];  /* of the job that the i-th submits; -1: it submits none */
    cede_future *gate; /* NULL: none */
} chain;

static const int chain_places[] = {0, 1, 2, 3};

static int chain_link(const void *in, void *out)
{
    const int i = *(const int *)in, to = chain.next_pool[i];

    (void)out;
    if (to < 0)
        return chain.gate ? cede_await(chain.gate) : 0;
    cede_future *job = cede_submit(
        chain.pools[to],
        &(cede_job){.fn = chain_link, .in = &chain_places[i + 1], .name = chain.names[i + 1]});
    return job ? cede_join(job) : cede_error_code(cede_error_last());
}

static cede_future *start_chain(int pool)
{
    return submit_named(chain.pools[pool], chain.names[0], chain_link, &chain_places[0]);
}

/* Where somebody gave up, others may submit still. */
static void drop_chain(void)
{
    for (int i = 0; i < 3; i++) {
        if (chain.pools[i])
            CHECK_EQ(cede_executor_shutdown(chain.pools[i], NULL), 0);
    }
    for (int i = 0; i < 3; i++)
        cede_executor_destroy(chain.pools[i]);
}

TEST(job_wait, a_job_queued_in_a_pool_whose_thread_waits_for_it_through_another_pool_is_in_a_circle)
{
    chain =
        (struct chain){{make_pool(1), make_pool(1)}, {"anna", "bert", "carl"}, {1, 0, -1}, NULL};
    test_capture_reports();
    CHECK_EQ(cede_join(start_chain(0)), -EDEADLK);
    CHECK_STR(test_reports(),
              "cede: deadlock: 3 jobs wait for each other\n"
              "  job 'anna' waits for job 'bert'\n"
              "  job 'bert' waits for job 'carl'\n"
              "  job 'carl' waits for a thread of pool 'test', as that of job 'anna'\n");
    drop_chain();
}

TEST(job_wait, such_circles_go_through_any_number_of_pools)
{
    chain = (struct chain){{make_pool(1), make_pool(1), make_pool(1)},
                           {"anna", "bert", "carl", "dora"},
                           {1, 2, 0, -1},
                           NULL};
    test_capture_reports();
    CHECK_EQ(cede_join(start_chain(0)), -EDEADLK);
    CHECK_STR(test_reports(),
              "cede: deadlock: 4 jobs wait for each other\n"
              "  job 'anna' waits for job 'bert'\n"
              "  job 'bert' waits for job 'carl'\n"
              "  job 'carl' waits for job 'dora'\n"
              "  job 'dora' waits for a thread of pool 'test', as that of job 'anna'\n");
    drop_chain();
}

TEST(job_wait, a_pool_with_a_thread_that_does_not_wait_is_in_no_circle)
{
    chain =
        (struct chain){{make_pool(2), make_pool(1)}, {"anna", "bert", "carl"}, {1, 0, -1}, NULL};
    test_capture_reports();
    CHECK_EQ(cede_join(start_chain(0)), 0);
    CHECK_STR(test_reports(), "");
    drop_chain();
}

static int await_gate(const void *in, void *out)
{
    (void)in;
    (void)out;
    return cede_await(chain.gate);
}

TEST(job_wait, nor_is_one_with_a_thread_that_waits_for_what_is_no_job)
{
    cede_future *other;

    chain = (struct chain){
        {make_pool(2), make_pool(1)}, {"anna", "bert", "carl"}, {1, 0, -1}, cede_future_create()};
    test_capture_reports();
    other = submit_named(chain.pools[0], "dora", await_gate, NULL);
    cede_future *first = start_chain(0);
    CHECK_EQ(wait_briefly(first), -ETIMEDOUT);
    CHECK_STR(test_reports(), "");
    CHECK_EQ(cede_future_set(chain.gate, NULL), 0);
    CHECK_EQ(cede_join(first), 0);
    CHECK_EQ(cede_join(other), 0);
    cede_future_unref(chain.gate);
    drop_chain();
}

TEST(job_wait, all_threads_of_a_pool_may_be_in_circles_through_another)
{
    enum { N = 4 };
    cede_future *firsts[N];
    int n_dead = 0;

    chain =
        (struct chain){{make_pool(2), make_pool(2)}, {"anna", "bert", "carl"}, {1, 0, -1}, NULL};
    test_capture_reports();
    for (int i = 0; i < N; i++)
        firsts[i] = start_chain(0);
    for (int i = 0; i < N; i++) {
        const int rc = cede_join(firsts[i]);
        CHECK(rc == 0 || rc == -EDEADLK);
        n_dead += rc == -EDEADLK;
    }
    CHECK((n_dead > 0) == (*test_reports() != 0));
    drop_chain();
}
