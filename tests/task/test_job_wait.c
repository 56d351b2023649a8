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

static int wait_for_1_briefly(const void *in, void *out)
{
    const struct friends *friends = in;

    (void)out;
    CEDE_TRY(cede_await(friends->known));
    return cede_wait_for(friends->jobs[1], CEDE_MS(20));
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
