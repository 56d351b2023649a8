/* lock.c - a lock around what must not be entered twice, and what happens when it is held too long.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

/* [lock] */
static cede_lock till = CEDE_LOCK_INIT("till");
static int money = 100;

static int withdraw(void *arg)
{
    const int *amount = arg;

    CEDE_TRY(cede_lock_acquire(&till));
    const int before = money;
    int rc = cede_sleep(CEDE_MS(10)); /* others run here, and wait for the till */
    if (rc == 0)
        money = before - *amount;
    cede_lock_release(&till);
    return rc;
}
/* [/lock] */

/* [timeout] */
static int withdraw_in_a_hurry(int *amount)
{
    int rc = 0;

    CEDE_TIMEOUT(CEDE_MS(15), rc) {
        rc = withdraw(amount);
    }
    return rc;
}
/* [/timeout] */

static int run(void *arg)
{
    int ten = 10, twenty = 20;
    cede_future *customers[] = {cede_spawn(withdraw, &ten), cede_spawn(withdraw, &twenty)};

    CEDE_TRY(cede_sleep(0));
    printf("in a hurry: %s\n", cede_error_name(withdraw_in_a_hurry(&ten)));
    for (int i = 0; i < 2; i++)
        CEDE_TRY(cede_join(customers[i]));
    printf("%d left\n", money);
    return 0;
}

int main(void)
{
    const cede_run_options options = {.loop.clock = CEDE_CLOCK_VIRTUAL};

    return cede_run_with(&options, run, NULL) == 0 ? 0 : 1;
}

/* Output:
 * in a hurry: ETIMEDOUT
 * 70 left
 */
