/* return_future.c - asking a future whether it is done, and for its result, which waits for it.
 *
 * The original's jobs sleep for three seconds, and so does its main thread: whether the second job
 * is done then is a matter of luck. Here time is virtual and stands still until the jobs are done.
 */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

struct message {
    const char *text;
    cede_future *asked; /* done when the first question has been answered */
};

static int return_future(const void *in, void *out)
{
    const struct message *message = in;

    CEDE_TRY(cede_await(message->asked));
    *(const char **)out = message->text;
    return 0;
}

static cede_future *submit(cede_executor *pool, const struct message *message, const char **result)
{
    return check_made(
        cede_submit(pool, &(cede_job){.fn = return_future, .in = message, .out = result}));
}

static void print_done(const cede_future *future)
{
    const bool done = cede_future_is_done(future);

    print_bool(&done);
    printf("\n");
}

static int run(void *arg)
{
    cede_executor *pool = check_made(cede_thread_pool(&(cede_pool_options){.n_threads = 2}));
    cede_future *asked = cede_future_share(check_made(cede_future_create()));
    const struct message hello = {"hello", asked}, world = {"world", asked};
    const char *results[2];
    cede_future *f1 = submit(pool, &hello, &results[0]);
    cede_future *f2 = submit(pool, &world, &results[1]);

    print_done(f1);
    check(cede_future_set(asked, NULL));
    check(cede_sleep(CEDE_S(3)));
    print_done(f2);
    check(cede_join(f1));
    check(cede_join(f2));
    printf("%s\n%s\n", results[0], results[1]);
    cede_executor_destroy(pool);
    cede_future_unref(asked);
    return 0;
}

int main(void)
{
    const cede_run_options options = {.loop = {.clock = CEDE_CLOCK_VIRTUAL}};

    check(cede_run_with(&options, run, NULL));
    return 0;
}

/* Output:
 * False
 * True
 * hello
 * world
 */
