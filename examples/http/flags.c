/* flags.c - twenty flags, one after the other, and then in twenty tasks at once.
 *
 * download_one is the same function for both: it waits where it stands, and whether something else
 * happens meanwhile is up to its caller.
 */
/* SPDX-License-Identifier: MIT */
#include <cede/http.h>

#include "http.h"

/* [sequential] */
static int download_sequential(struct flags *flags, cede_http_session *session)
{
    for (size_t i = 0; i < 20; i++) {
        CEDE_TRY(download_one(flags, session, POP20_CC[i]));
        printf("%s ", POP20_CC[i]);
        fflush(stdout);
    }
    return 0;
}
/* [/sequential] */

/* [coroutines] */
struct download {
    struct flags *flags;
    cede_http_session *session;
    const char *cc;
};

static int download_task(void *arg)
{
    const struct download *download = arg;

    return download_one(download->flags, download->session, download->cc);
}

static int download_coroutines(struct flags *flags, cede_http_session *session)
{
    struct download downloads[20];
    cede_group group;
    int rc = 0;

    cede_group_init(&group);
    for (size_t i = 0; i < 20 && rc == 0; i++) {
        downloads[i] = (struct download){flags, session, POP20_CC[i]};
        rc = cede_group_spawn(&group, download_task, &downloads[i]);
    }
    return cede_group_join(&group, rc);
}
/* [/coroutines] */

static int measure(struct flags *flags, int (*download_many)(struct flags *, cede_http_session *))
{
    const cede_time start = cede_now();
    cede_http_session *session;
    int rc;

    CEDE_TRY(cede_http_session_create(NULL, &session));
    rc = download_many(flags, session);
    cede_http_session_destroy(session);
    CEDE_TRY(rc);
    printf("\n20 flags downloaded in %.2fs\n", cede_time_seconds(cede_now() - start));
    return 0;
}

static int run(void *base)
{
    struct flags flags = {0};
    int rc = flags_open(&flags, base);

    if (rc == 0)
        rc = measure(&flags, download_sequential);
    if (rc == 0)
        rc = measure(&flags, download_coroutines);
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
 *
 * 20 flags downloaded in {{\d+\.\d\d}}s
 */
