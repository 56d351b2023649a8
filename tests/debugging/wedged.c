/* wedged.c - a program whose loop is wedged: a task blocks the thread, while a thousand others
 * wait. Two of them want each other's locks. It says "ready" first, and is killed in the end.
 */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include <stdio.h>
#include <unistd.h>

enum { N_SLEEPERS = 1000 };

int transfer(void *arg);
int lie_asleep(void *arg);
int keep_house(void *arg);
int wait_for_house(void *arg);
int never_begin(void *arg);
int main_task(void *arg);

static cede_lock locks[] = {CEDE_LOCK_INIT("left"), CEDE_LOCK_INIT("right")};
static volatile int turns;

int transfer(void *arg)
{
    const int first = *(int *)arg;

    CEDE_TRY(cede_lock_acquire(&locks[first]));
    CEDE_TRY(cede_sleep(CEDE_MS(1)));
    CEDE_TRY(cede_lock_acquire(&locks[1 - first]));
    turns++;
    return 0;
}

int lie_asleep(void *arg)
{
    const int rc = cede_sleep(CEDE_S(1000));

    (void)arg;
    turns++;
    return rc;
}

int keep_house(void *arg)
{
    cede_group group;

    cede_group_init(&group);
    const int rc = cede_group_spawn(&group, lie_asleep, arg);
    turns++;
    return cede_group_join(&group, rc);
}

int wait_for_house(void *arg)
{
    const int rc = cede_await(arg);

    turns++;
    return rc;
}

int never_begin(void *arg)
{
    (void)arg;
    return 0;
}

int main_task(void *arg)
{
    static int sides[] = {0, 1};
    cede_future *house = cede_spawn(keep_house, NULL);

    (void)arg;
    CEDE_TRY(cede_start(wait_for_house, house));
    CEDE_TRY(cede_start(transfer, &sides[0]));
    CEDE_TRY(cede_start(transfer, &sides[1]));
    for (int i = 0; i < N_SLEEPERS; i++)
        CEDE_TRY(cede_start(lie_asleep, NULL));
    CEDE_TRY(cede_sleep(CEDE_MS(50)));
    CEDE_TRY(cede_start(never_begin, NULL));
    printf("ready\n");
    fflush(stdout);
    for (;;)
        pause(); /* the whole thread, not the task */
}

int main(void)
{
    return cede_run(main_task, NULL) != 0;
}
