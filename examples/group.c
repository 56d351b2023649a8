/* group.c - tasks that end together: all of them, the first that fails, or when enough was done. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

static int checked(void *arg)
{
    const int *seconds = arg;
    const int rc = cede_sleep(CEDE_S(*seconds));

    printf("%d: %s\n", *seconds, rc == 0 ? "done" : cede_error_name(rc));
    CEDE_TRY(rc);
    return *seconds == 3 ? cede_raise(-EIO, "three is an unlucky number") : 0;
}

/* [group] */
static int run_for(int *seconds, size_t n)
{
    cede_group group;
    int rc = 0;

    cede_group_init(&group);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = cede_group_spawn(&group, checked, &seconds[i]);
    return cede_group_join(&group, rc); /* no task of the group is left after this line */
}
/* [/group] */

/* [first] */
static int first_of(int *seconds, size_t n)
{
    cede_group group;
    int rc = 0;

    cede_group_init(&group);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = cede_group_spawn(&group, checked, &seconds[i]);
    if (rc == 0)
        rc = cede_sleep(CEDE_S(1.5)); /* the body works too, and then has enough */
    cede_group_cancel(&group);
    return cede_group_join(&group, rc);
}
/* [/first] */

static int all(void *arg)
{
    int quiet[] = {2, 1}, unlucky[] = {1, 3, 5}, enough[] = {1, 2};

    CEDE_TRY(run_for(quiet, 2));
    puts("--");
    if (run_for(unlucky, 3) == -EIO)
        printf("%s\n", cede_error_message(cede_error_last()));
    puts("--");
    return first_of(enough, 2);
}

int main(void)
{
    const cede_run_options options = {.loop.clock = CEDE_CLOCK_VIRTUAL};

    return cede_run_with(&options, all, NULL) == 0 ? 0 : 1;
}

/* Output:
 * 1: done
 * 2: done
 * --
 * 1: done
 * 3: done
 * 5: ECANCELED
 * three is an unlucky number
 * --
 * 1: done
 * 2: ECANCELED
 */
