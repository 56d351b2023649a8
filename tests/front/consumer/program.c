/* program.c - a program outside the tree, built against an installed libcede by test_install.py. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

static int twice(void *arg)
{
    int *number = arg;

    CEDE_TRY(cede_sleep(CEDE_MS(1)));
    *number *= 2;
    return 0;
}

static int fail(void *arg)
{
    (void)arg;
    return cede_raise(CEDE_ELIMIT, "this is expected");
}

static int run(void *arg)
{
    int number = 21;
    cede_future *tasks[] = {cede_spawn(twice, &number), cede_spawn(fail, NULL)};

    (void)arg;
    CEDE_TRY(cede_join(tasks[0]));
    if (cede_join(tasks[1]) != CEDE_ELIMIT)
        return cede_raise(-EINVAL, "the failure was lost");
    printf("%d, %s\n", number, cede_error_message(cede_error_last()));
    return 0;
}

int main(void)
{
    return cede_run(run, NULL) == 0 ? 0 : 1;
}

/* Output: 42, this is expected */
