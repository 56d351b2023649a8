/* program.c - a program outside the tree, built against an installed libcede by
 * tests/front/test_install.py. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

static int fail(void)
{
    return cede_raise(CEDE_ELIMIT, "this is expected");
}

static int hand_up(void)
{
    CEDE_TRY(fail());
    return 0;
}

int main(void)
{
    if (hand_up() != CEDE_ELIMIT)
        return 1;
    printf("%s\n", cede_error_message(cede_error_last()));
    return 0;
}

/* Output: this is expected */
