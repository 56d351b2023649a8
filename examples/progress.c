/* progress.c - a progress bar, and a line printed above it where something went wrong
 *
 * On a terminal the bar moves in its place; run with its errors sent to a file it leaves one line.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <cede/progress.h>
#include <cede/task.h>

static const char *const countries[] = {"br", "cn", "de", "eg", "et", "fr", "id",
                                        "in", "ir", "jp", "mx", "ng", "ph", "pk"};

enum { N_COUNTRIES = sizeof countries / sizeof countries[0] };

/* Stands for a download: takes 20 ms, and one flag is missing. */
static int fetch(const char *country)
{
    CEDE_TRY(cede_sleep(CEDE_MS(20)));
    return strcmp(country, "jp") == 0 ? cede_raise(-ENOENT, "not found") : 0;
}

static int fetch_all(void *arg)
{
    int *n_failed = arg;
    cede_progress *bar = cede_progress_create(
        &(cede_progress_options){.total = N_COUNTRIES, .description = "flags", .unit = "file"});

    for (int i = 0; i < N_COUNTRIES; i++) {
        const int rc = fetch(countries[i]);
        if (rc == -ECANCELED)
            break;
        if (rc < 0) {
            (*n_failed)++;
            cede_progress_printf(bar, "%s.gif: %s", countries[i], cede_strerror(rc));
        }
        cede_progress_add(bar, 1);
    }
    cede_progress_destroy(bar); /* prints the final state */
    return 0;
}

int main(void)
{
    int n_failed = 0;

    if (cede_run(fetch_all, &n_failed) < 0)
        return 1;
    printf("%d files, %d not there\n", N_COUNTRIES - n_failed, n_failed);
    return 0;
}

/* Output and errors:
 * jp.gif: No such file or directory
 * flags: 100%|##########| 14/14 [{{00:0[0-9]}}<00:00, {{[ 0-9.]+}}file/s]
 * 13 files, 1 not there
 */
