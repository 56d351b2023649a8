/* test_canary.c - where no guard can be had, a task that ran over its stack is named when it parks.
 *
 * Wraps: madvise mprotect syscall - an older kernel whose mappings have run out is played by
 * refusing
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <cede.h>

#include "harness/harness.h"
#include "harness/old_kernel.h"
#include "task/task.h"

int __wrap_mprotect(void *pages, size_t size, int protection);

int __wrap_mprotect(void *pages, size_t size, int protection)
{
    (void)pages;
    (void)size;
    (void)protection;
    errno = ENOMEM;
    return -1;
}

static unsigned count(const char *text, const char *word)
{
    unsigned n = 0;

    for (; (text = strstr(text, word)); text++)
        n++;
    return n;
}

static int parks_often(void *arg)
{
    (void)arg;
    for (int i = 0; i < 10; i++) {
        CEDE_TRY(cede_sleep(0));
        CEDE_TRY(cede_sleep(CEDE_US(1)));
    }
    return 0;
}

/* Writes where deep calls would have gone on to. */
static int overwrites(void *arg)
{
    (void)arg;
    CEDE_TRY(cede_sleep(0));
    memset(cede__coro_here()->stack->low, 0, 16);
    return parks_often(NULL);
}

static int run_both(void *arg)
{
    cede_future *innocent = cede_spawn(parks_often, NULL);
    cede_future *guilty = cede_spawn(overwrites, NULL);

    (void)arg;
    CEDE_TRY(cede_join(innocent));
    return cede_join(guilty);
}

TEST(canary, who_ran_over_is_named_once_when_parking)
{
    kernel_is_old = true;
    test_capture_reports();

    CHECK_EQ(cede_run(run_both, NULL), 0);

    CHECK_EQ(count(test_reports(), "stack overflow"), 1);
    CHECK_HAS(test_reports(), "stack overflow in 'overwrites', found when it parked");
}

static int overwrites_and_yields(void *arg)
{
    (void)arg;
    memset(cede__coro_here()->stack->low, 0, 16);
    return cede_sleep(0);
}

TEST(canary, giving_way_is_parking_too)
{
    kernel_is_old = true;
    test_capture_reports();

    CHECK_EQ(cede_run(overwrites_and_yields, NULL), 0);

    CHECK_EQ(count(test_reports(), "stack overflow in 'overwrites_and_yields'"), 1);
}
