/* wedged.c - a program whose loop is wedged: a task blocks the thread, while a thousand others
 * wait. Two of them want each other's locks, others what was taken and is not given back. It says
 * "ready" first, and is killed in the end.
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
int take_too_much(void *arg);
int main_task(void *arg);

static cede_lock locks[] = {CEDE_LOCK_INIT("left"), CEDE_LOCK_INIT("right")};
static cede_rwlock table = CEDE_RWLOCK_INIT("table");
static cede_semaphore slots = CEDE_SEMAPHORE_INIT("slots", 2);
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

/* Reads and takes a slot, and then wants to write, and another one. */
int take_too_much(void *arg)
{
    CEDE_TRY(cede_rwlock_acquire_read(&table));
    CEDE_TRY(cede_semaphore_acquire(&slots));
    CEDE_TRY(cede_sleep(CEDE_MS(1)));
    const int rc = arg ? cede_semaphore_acquire(&slots) : cede_rwlock_acquire_write(&table);
    turns++;
    return rc;
}

int main_task(void *arg)
{
    static int sides[] = {0, 1};
    cede_future *house = cede_spawn(keep_house, NULL);

    CEDE_TRY(cede_start(wait_for_house, house));
    CEDE_TRY(cede_start(transfer, &sides[0]));
    CEDE_TRY(cede_start(transfer, &sides[1]));
    CEDE_TRY(cede_start(take_too_much, NULL));
    CEDE_TRY(cede_start(take_too_much, arg));
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
    int anything = 0;

    return cede_run(main_task, &anything) != 0;
}
