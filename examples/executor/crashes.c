/* crashes.c - jobs that kill their process: one that may be done twice is begun again, the others
 * of the pool do not notice; and processes are replaced after some jobs, for what leaks. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <unistd.h>

#include "../python.h"

enum { RESULT_SIZE = 16 };

/* [retry] */
struct attempt {
    char mark[64]; /* a file that is there from the second time on */
};

/* Crashes the first time, as a library with a bug may. */
static int convert(const void *in, void *out)
{
    const struct attempt *attempt = in;
    const int fd = open(attempt->mark, O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd >= 0)
        abort();
    snprintf(out, RESULT_SIZE, "converted");
    return 0;
}

static void convert_again(cede_executor *pool, const struct attempt *attempt)
{
    char result[RESULT_SIZE];
    cede_future *job = check_made(cede_submit(pool, &(cede_job){.fn = convert,
                                                                .in = attempt,
                                                                .in_size = sizeof *attempt,
                                                                .out = result,
                                                                .out_size = sizeof result,
                                                                .n_retries = 2}));

    check(cede_join(job));
    printf("%s\n", result);
}
/* [/retry] */

static int who_runs_me(const void *in, void *out)
{
    *(pid_t *)out = getpid();
    return 0;
}

/* [recycle] */
static cede_executor *make_pool(void)
{
    return cede_process_pool(
        &(cede_process_pool_options){.n_workers = 1, .n_jobs_per_worker = 2, .name = "converters"});
}
/* [/recycle] */

static void count_processes(cede_executor *pool)
{
    pid_t last = 0, now;
    int n = 0;

    for (int i = 0; i < 6; i++, last = now) {
        check(cede_join(check_made(cede_submit(
            pool, &(cede_job){.fn = who_runs_me, .out = &now, .out_size = sizeof now}))));
        n += now != last;
    }
    printf("six jobs in %d processes\n", n);
}

int main(int argc, char **argv)
{
    cede_process_init(argc, argv);

    struct attempt attempt;
    cede_executor *pool = check_made(make_pool());

    snprintf(attempt.mark, sizeof attempt.mark, "/tmp/cede-crashes-%d", (int)getpid());
    convert_again(pool, &attempt);
    unlink(attempt.mark);
    cede_executor_destroy(pool);

    pool = check_made(make_pool());
    count_processes(pool);
    cede_executor_destroy(pool);
    return 0;
}

/* Output:
 * converted
 * six jobs in 3 processes
 */
