/* iter_progress.c - a progress bar that knows its total through map and zip, and waits in
 * between. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

static const char *const names[] = {"br", "cn", "de", "eg", "et", "fr", "id", "in"};

/* [source] */
/* Stands for a download: takes 20 ms, during which other tasks run. */
static int fetch(void *item, void *out, void *arg)
{
    const char *name = item;

    CEDE_TRY(cede_sleep(CEDE_MS(20)));
    *(size_t *)out = (size_t)(name[0] + name[1]);
    return 0;
}

static cede_iter *flags(void)
{
    cede_iter *sizes = cede_iter_map(cede_iter_pointers(names, sizeof names / sizeof names[0]),
                                     fetch, NULL, sizeof(size_t));

    return cede_iter_zip(CEDE_ITERS(sizes, cede_iter_count(1, 1)));
}
/* [/source] */

/* [bar] */
static int fetch_all(void *arg)
{
    size_t *total = arg;
    cede_progress *bar =
        cede_progress_create(&(cede_progress_options){.description = "flags", .unit = "file"});
    cede_iter *it = cede_progress_iter(bar, flags()); /* the total: 8, by the size hint */
    int rc;

    CEDE_FOREACH(rc, cede_tuple *, flag, it)
        *total += *(size_t *)flag->items[0];
    cede_iter_close(it);
    cede_progress_destroy(bar);
    return rc;
}
/* [/bar] */

int main(void)
{
    size_t total = 0;

    if (cede_run(fetch_all, &total) < 0)
        return 1;
    printf("%zu bytes\n", total);
    return 0;
}

/* Output and errors:
 * flags: 100%|##########| 8/8 [{{00:0[0-9]}}<00:00, {{[ 0-9.]+}}file/s]
 * 1679 bytes
 */
