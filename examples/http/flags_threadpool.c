/* flags_threadpool.c - twenty flags in twenty threads, and then five in three, as they complete.
 *
 * A job runs a loop of its own: cede_run, with one task that downloads one flag. The main task
 * waits for jobs as it would for tasks; meanwhile the server, which lives in its loop, answers
 * them.
 */
/* SPDX-License-Identifier: MIT */
#include <cede/http.h>

#include "http.h"

static struct flags flags;

/* [job] */
static int download_task(void *cc)
{
    cede_http_session *session;
    int rc;

    CEDE_TRY(cede_http_session_create(NULL, &session));
    rc = download_one(&flags, session, cc);
    cede_http_session_destroy(session);
    return rc;
}

static int download_job(const void *in, void *out)
{
    (void)out;
    return cede_run(download_task, *(char *const *)in);
}
/* [/job] */

/* [map] */
static int download_many(void)
{
    const cede_map_options options = {
        .fn = download_job, .items = POP20_CC, .n_items = 20, .item_size = sizeof POP20_CC[0]};
    cede_executor *executor = cede_thread_pool(&(cede_pool_options){.n_threads = 20});
    cede_map *results = NULL;
    int count = 0, rc = cede_map_create(executor, &options, &results);

    while (rc == 0 && (rc = cede_map_next(results, NULL)) > 0) {
        printf("%s ", POP20_CC[count++]);
        rc = 0;
    }
    cede_map_destroy(results);
    cede_executor_destroy(executor);
    return rc < 0 ? rc : count;
}
/* [/map] */

/* [as_completed] */
static int download_five(cede_future **to_do, cede_executor *executor)
{
    static const char *const five[] = {"BR", "CN", "ID", "IN", "US"};
    cede_completion *completion;
    cede_future *future;
    char text[128];
    int count = 0;

    for (int i = 0; i < 5; i++) {
        to_do[i] = cede_submit(executor, &(cede_job){.fn = download_job, .in = &five[i]});
        cede_future_format(to_do[i], text, sizeof text);
        printf("Scheduled for %s: %s\n", five[i], text);
    }
    CEDE_TRY(cede_as_completed(to_do, 5, CEDE_NEVER, &completion));
    while (cede_completion_next(completion, &future) > 0) {
        cede_future_format(future, text, sizeof text);
        printf("%s result: %d\n", text, cede_await(future));
        count++;
    }
    cede_completion_destroy(completion);
    return count;
}
/* [/as_completed] */

static int report(int count, cede_time start)
{
    if (count > 0)
        printf("\n%d flags downloaded in %.2fs\n", count, cede_time_seconds(cede_now() - start));
    return count < 0 ? count : 0;
}

static int run(void *base)
{
    cede_executor *executor = cede_thread_pool(&(cede_pool_options){.n_threads = 3});
    cede_future *to_do[5] = {0};
    int rc = flags_open(&flags, base);

    if (rc == 0) {
        const cede_time start = cede_now();
        rc = report(download_many(), start);
    }
    if (rc == 0) {
        const cede_time start = cede_now();
        rc = report(download_five(to_do, executor), start);
    }
    for (int i = 0; i < 5; i++)
        cede_future_unref(to_do[i]);
    cede_executor_destroy(executor);
    flags_close(&flags);
    return rc;
}

int main(int argc, char **argv)
{
    const int rc = cede_run(run, argc > 1 ? argv[1] : NULL);

    cede_error_print(cede_error_last(), stderr);
    return rc == 0 ? 0 : 1;
}

/* Output:
 * BD BR CD CN DE EG ET FR ID IN IR JP MX NG PH PK RU TR US VN
 * 20 flags downloaded in {{\d+\.\d\d}}s
 * Scheduled for BR: <Job {{(pending|running|finished result=0)}}>
 * Scheduled for CN: <Job {{(pending|running|finished result=0)}}>
 * Scheduled for ID: <Job {{(pending|running|finished result=0)}}>
 * Scheduled for IN: <Job {{(pending|running|finished result=0)}}>
 * Scheduled for US: <Job {{(pending|running|finished result=0)}}>
 * <Job finished result=0> result: 0
 * <Job finished result=0> result: 0
 * <Job finished result=0> result: 0
 * <Job finished result=0> result: 0
 * <Job finished result=0> result: 0
 *
 * 5 flags downloaded in {{\d+\.\d\d}}s
 */
