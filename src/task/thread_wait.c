/* thread_wait.c - threads that sleep until others have done something: the list of them.
 *
 * A thread that runs a job puts itself there before it sleeps, see job_wait.c; any other one that
 * sleeps without a deadline does when that takes long. Then it looks whether it is in a circle:
 * whoever is the last of one to sleep so long sees all the others.
 *
 * Callers: await.c, wait_set.c, wait_queue.c, job_wait.c; party.c reads the list.
 */
/* SPDX-License-Identifier: MIT */
#include "sys/clock.h"
#include "task/dump.h"
#include "task/job_wait.h"

/* Sleeping as long as this is long. */
#define LONG CEDE__LOOP_LOOKOUT

struct cede__list cede__thread_waits = {&cede__thread_waits, &cede__thread_waits};

static struct cede__mutex lock;

void cede__thread_waits_lock(void)
{
    cede__mutex_lock(&lock);
}

void cede__thread_waits_unlock(void)
{
    cede__mutex_unlock(&lock);
}

void cede__thread_wait_list(struct cede__thread_wait *wait)
{
    wait->frame = cede__job_frame_here;
    wait->number = cede__thread_number();
    wait->since = cede__clock_monotonic();
    wait->party.is_thread = true;
    wait->is_listed = true;
    cede__list_append(&cede__thread_waits, &wait->link);
}

void cede__thread_wait_end(struct cede__thread_wait *wait)
{
    if (!wait->is_listed)
        return;
    cede__thread_waits_lock();
    cede__list_remove(&wait->link);
    wait->is_listed = false;
    cede__thread_waits_unlock();
}

/* It has slept for long. */
static void wait_look(struct cede__thread_wait *wait)
{
    if (!wait->is_listed) {
        cede__thread_waits_lock();
        cede__thread_wait_list(wait);
        wait->since -= LONG;
        cede__thread_waits_unlock();
    }
    wait->look_at =
        cede__deadlock_look(wait) ? CEDE_NEVER : cede_time_add(cede__clock_monotonic(), LONG);
}

void cede__thread_sleep(struct cede__thread_wait *wait, uint32_t *word, uint32_t expected,
                        cede_time deadline)
{
    if (deadline != CEDE_NEVER) {
        (void)cede__futex_wait(word, expected, deadline);
        return;
    }
    if (wait->look_at == 0)
        wait->look_at = cede_time_add(cede__clock_monotonic(), LONG);
    if (cede__futex_wait(word, expected, wait->look_at) == -ETIMEDOUT)
        wait_look(wait);
}
