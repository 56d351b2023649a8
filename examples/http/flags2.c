/* flags2.c - flags with everything that may go wrong: counted, reported, shown on a bar.
 *
 * Two of the countries asked for are none: the server does not know XX, and ER is out of order. At
 * most three downloads are under way at once, which is a limit of the session, so that a task for
 * each country is no trouble for the server.
 */
/* SPDX-License-Identifier: MIT */
#include <cede/http.h>

#include "http.h"

enum { N_COUNTRIES = 22 };

struct download {
    struct flags *flags;
    cede_http_session *session;
    const char *cc;
};

/* [task] */
static int download_task(void *arg)
{
    const struct download *download = arg;
    int rc = 0;

    CEDE_TIMEOUT(CEDE_S(30), rc) {
        rc = download_one(download->flags, download->session, download->cc);
    }
    return rc;
}
/* [/task] */

struct counts {
    int ok, not_found, error;
};

/* [outcome] */
static void count(struct counts *counts, const struct download *download, cede_future *future)
{
    const int rc = cede_await(future);
    const char *why = rc < 0 ? cede_error_message(cede_error_last()) : "";

    if (rc == 0)
        counts->ok++;
    else if (rc == CEDE_ESTATUS && strstr(why, ": 404 "))
        counts->not_found++;
    else
        counts->error++;
    if (rc < 0)
        printf("*** Error for %s:%s\n", download->cc, strrchr(why, ':') + 1);
}
/* [/outcome] */

static int download_many(struct flags *flags, struct counts *counts)
{
    const cede_http_session_options limits = {.limit = 3};
    const cede_progress_options look = {.total = N_COUNTRIES, .mode = CEDE_PROGRESS_TERMINAL_ONLY};
    struct download downloads[N_COUNTRIES];
    cede_future *to_do[N_COUNTRIES], *future;
    cede_progress *bar = cede_progress_create(&look);
    cede_completion *completion;
    cede_http_session *session;
    int rc;

    CEDE_TRY(cede_http_session_create(&limits, &session));
    for (size_t i = 0; i < N_COUNTRIES; i++) {
        const char *cc = i < 20 ? POP20_CC[i] : i == 20 ? "XX" : "ER";
        downloads[i] = (struct download){flags, session, cc};
        to_do[i] = cede_spawn(download_task, &downloads[i]);
    }
    rc = cede_as_completed(to_do, N_COUNTRIES, CEDE_NEVER, &completion);
    while (rc >= 0 && (rc = cede_completion_next(completion, &future)) > 0)
        cede_progress_add(bar, 1);
    cede_completion_destroy(completion);
    cede_progress_destroy(bar);
    for (size_t i = 0; i < N_COUNTRIES; i++) {
        count(counts, &downloads[i], to_do[i]);
        cede_future_unref(to_do[i]);
    }
    cede_http_session_destroy(session);
    return rc;
}

static int run(void *base)
{
    struct flags flags = {0};
    struct counts counts = {0};
    int rc = flags_open(&flags, base);

    if (rc == 0)
        rc = download_many(&flags, &counts);
    printf("%d flags downloaded, %d not found, %d error\n", counts.ok, counts.not_found,
           counts.error);
    flags_close(&flags);
    return rc;
}

int main(int argc, char **argv)
{
    const int rc = cede_run(run, argc > 1 ? argv[1] : NULL);

    return rc == 0 ? 0 : 1;
}

/* Output:
 * *** Error for XX: 404 Not Found
 * *** Error for ER: 503 Service Unavailable
 * 20 flags downloaded, 1 not found, 1 error
 */
