/* future_states.c - what futures of jobs print of their state: three threads run three jobs while
 * two are pending, and all are finished in the end.
 *
 * The network is played by promises, so that each state is certain when it is printed: a job is
 * running when it has said that it began, and ends when its image has come.
 */
/* SPDX-License-Identifier: MIT */
#include "../python.h"

enum { N_FLAGS = 5, N_THREADS = 3 };

struct flag {
    const char *cc;
    cede_future *began; /* kept by the job */
    cede_future *image; /* kept by the network */
};

static int download_one(const void *in, void *out)
{
    const struct flag *flag = in;

    CEDE_TRY(cede_future_set(flag->began, NULL));
    CEDE_TRY(cede_await(flag->image));
    printf("%s ", flag->cc);
    *(const char **)out = flag->cc;
    return 0;
}

static const char *repr(const cede_future *future)
{
    static char line[128];

    cede_future_format(future, line, sizeof line);
    return line;
}

static void schedule(cede_executor *executor, struct flag *flags, const char **results,
                     cede_future **to_do)
{
    for (int i = 0; i < N_FLAGS; i++) {
        flags[i].began = check_made(cede_future_create());
        flags[i].image = check_made(cede_future_create());
        to_do[i] = check_made(cede_submit(
            executor, &(cede_job){.fn = download_one, .in = &flags[i], .out = &results[i]}));
        if (i < N_THREADS)
            check(cede_await(flags[i].began));
        printf("Scheduled for %s: %s\n", flags[i].cc, repr(to_do[i]));
    }
}

static void download_many(struct flag *flags)
{
    static const int order[] = {0, 2, 4, 1, 3}; /* in which the images come */
    cede_executor *executor = check_made(cede_thread_pool(&(cede_pool_options){.n_threads = 3}));
    cede_future *to_do[N_FLAGS], *future;
    const char *results[N_FLAGS];
    cede_completion *completion;

    schedule(executor, flags, results, to_do);
    check(cede_as_completed(to_do, N_FLAGS, CEDE_NEVER, &completion));
    for (int i = 0; i < N_FLAGS; i++) {
        void *res;

        check(cede_future_set(flags[order[i]].image, NULL));
        check_item(cede_completion_next(completion, &future));
        check(cede_future_value(future, &res));
        printf("%s result: '%s'\n", repr(future), *(const char **)res);
    }
    cede_completion_destroy(completion);
    for (int i = 0; i < N_FLAGS; i++)
        cede_future_unref(to_do[i]);
    cede_executor_destroy(executor);
}

int main(void)
{
    struct flag flags[N_FLAGS] = {
        {.cc = "BR"}, {.cc = "CN"}, {.cc = "ID"}, {.cc = "IN"}, {.cc = "US"}};

    download_many(flags);
    for (int i = 0; i < N_FLAGS; i++) {
        cede_future_unref(flags[i].began);
        cede_future_unref(flags[i].image);
    }
    return 0;
}

/* Output:
 * Scheduled for BR: <Job running>
 * Scheduled for CN: <Job running>
 * Scheduled for ID: <Job running>
 * Scheduled for IN: <Job pending>
 * Scheduled for US: <Job pending>
 * BR <Job finished result=0> result: 'BR'
 * ID <Job finished result=0> result: 'ID'
 * US <Job finished result=0> result: 'US'
 * CN <Job finished result=0> result: 'CN'
 * IN <Job finished result=0> result: 'IN'
 */
