/* rwlock.c - readers together, writers alone; and what is opened by whoever needs it first. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

/* [once] */
static cede_once opened = CEDE_ONCE_INIT("table");

static int open_table(void *arg)
{
    CEDE_TRY(cede_sleep(CEDE_S(1)));
    printf("opened at %g s\n", cede_time_seconds(cede_now()));
    return 0;
}
/* [/once] */

/* [rwlock] */
static cede_rwlock table = CEDE_RWLOCK_INIT("table");

static int read_table(void *arg)
{
    CEDE_TRY(cede_once_run(&opened, open_table, NULL));
    CEDE_TRY(cede_rwlock_acquire_read(&table));
    int rc = cede_sleep(CEDE_S(1));
    printf("read until %g s\n", cede_time_seconds(cede_now()));
    cede_rwlock_release(&table);
    return rc;
}

static int write_table(void *arg)
{
    CEDE_TRY(cede_once_run(&opened, open_table, NULL));
    CEDE_TRY(cede_rwlock_acquire_write(&table));
    int rc = cede_sleep(CEDE_S(1));
    printf("written until %g s\n", cede_time_seconds(cede_now()));
    cede_rwlock_release(&table);
    return rc;
}
/* [/rwlock] */

static int run(void *arg)
{
    cede_fn *const visitors[] = {read_table, read_table, write_table, read_table};
    cede_group group;
    int rc = 0;

    cede_group_init(&group);
    for (int i = 0; rc == 0 && i < 4; i++)
        rc = cede_group_spawn(&group, visitors[i], NULL);
    return cede_group_join(&group, rc);
}

int main(void)
{
    const cede_run_options options = {.loop.clock = CEDE_CLOCK_VIRTUAL};

    return cede_run_with(&options, run, NULL) == 0 ? 0 : 1;
}

/* Output:
 * opened at 1 s
 * read until 2 s
 * read until 2 s
 * written until 3 s
 * read until 4 s
 */
