/* pool_options.c - a pool of one thread that is set up and taken down, with a queue of two places,
 * where important jobs go first and what finds no place is refused. */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

/* [options] */
static __thread const char *connection; /* of each thread of the pool */

static int open_connection(void *arg)
{
    connection = arg;
    printf("connected to %s\n", connection);
    return 0; /* a failure would break the pool, and tell its jobs why */
}

static void close_connection(void *arg)
{
    printf("no longer connected to %s\n", connection);
}

static cede_executor *make_pool(void)
{
    return cede_thread_pool(&(cede_pool_options){.n_threads = 1,
                                                 .name = "database",
                                                 .init = open_connection,
                                                 .fini = close_connection,
                                                 .arg = "db.example.org",
                                                 .queue_limit = 2,
                                                 .refuse_when_full = true});
}
/* [/options] */

static cede_future *begun, *go;

static int hold_up(const void *in, void *out)
{
    CEDE_TRY(cede_future_set(begun, NULL));
    return cede_await(go); /* so that the others are queued */
}

static int ask(const void *in, void *out)
{
    printf("%s: %s\n", connection, (const char *)in);
    return 0;
}

static cede_future *submit(cede_executor *pool, const char *question, int priority)
{
    return cede_submit(pool, &(cede_job){.fn = ask, .in = question, .priority = priority});
}

int main(void)
{
    cede_executor *pool = check_made(make_pool());
    cede_future *jobs[4];

    begun = check_made(cede_future_create());
    go = check_made(cede_future_create());
    jobs[0] = check_made(cede_submit(pool, &(cede_job){.fn = hold_up}));
    check(cede_await(begun));
    jobs[1] = check_made(submit(pool, "count everything", -1));
    jobs[2] = check_made(submit(pool, "is anna there?", 1));
    jobs[3] = submit(pool, "one more?", 0);
    printf("the third: %s\n", jobs[3] ? "queued" : cede_error_name(-EAGAIN));
    check(cede_future_set(go, NULL));
    for (int i = 0; i < 3; i++)
        check(cede_join(jobs[i]));
    cede_executor_destroy(pool);
    cede_future_unref(begun);
    cede_future_unref(go);
    return 0;
}

/* Output:
 * connected to db.example.org
 * the third: EAGAIN
 * db.example.org: is anna there?
 * db.example.org: count everything
 * no longer connected to db.example.org
 */
