/* condition.c - waiting until what a lock protects is as it should be. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

/* [condition] */
static cede_lock store = CEDE_LOCK_INIT("store");
static cede_condition restocked = CEDE_CONDITION_INIT("restocked");
static int apples;

static int buy(void *arg)
{
    const int *wanted = arg;
    int rc = 0;

    CEDE_TRY(cede_lock_acquire(&store));
    while (rc == 0 && apples < *wanted)
        rc = cede_condition_wait(&restocked, &store); /* the lock is given away, and had again */
    if (rc == 0) {
        apples -= *wanted;
        printf("%d sold at %g s, %d left\n", *wanted, cede_time_seconds(cede_now()), apples);
    }
    cede_lock_release(&store);
    return rc;
}

static int deliver(int n)
{
    CEDE_TRY(cede_lock_acquire(&store));
    apples += n;
    cede_condition_notify_all(&restocked);
    return cede_lock_release(&store);
}
/* [/condition] */

static int run(void *arg)
{
    int five = 5, two = 2;
    cede_future *buyers[] = {cede_spawn(buy, &five), cede_spawn(buy, &two)};

    for (int i = 0; i < 3; i++) {
        CEDE_TRY(cede_sleep(CEDE_S(1)));
        CEDE_TRY(deliver(3));
    }
    for (int i = 0; i < 2; i++)
        CEDE_TRY(cede_join(buyers[i]));
    return 0;
}

int main(void)
{
    const cede_run_options options = {.loop.clock = CEDE_CLOCK_VIRTUAL};

    return cede_run_with(&options, run, NULL) == 0 ? 0 : 1;
}

/* Output:
 * 2 sold at 1 s, 1 left
 * 5 sold at 3 s, 2 left
 */
