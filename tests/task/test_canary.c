/* test_canary.c - where no guard can be had, a task that ran over its stack is named when it parks.
 *
 * Wraps: madvise mprotect syscall - an older kernel whose mappings have run out is played by
 * refusing
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <stdarg.h>
#include <sys/syscall.h>

#include <cede.h>

#include "harness/harness.h"
#include "task/task.h"

int __real_madvise(void *pages, size_t size, int advice);
int __wrap_madvise(void *pages, size_t size, int advice);
int __wrap_mprotect(void *pages, size_t size, int protection);
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

int __wrap_madvise(void *pages, size_t size, int advice)
{
    if (advice == 102) {
        errno = EINVAL;
        return -1;
    }
    return __real_madvise(pages, size, advice);
}

int __wrap_mprotect(void *pages, size_t size, int protection)
{
    (void)pages;
    (void)size;
    (void)protection;
    errno = ENOMEM;
    return -1;
}

long __wrap_syscall(long number, ...)
{
    long word[6];
    va_list args;

    va_start(args, number);
    for (int i = 0; i < 6; i++)
        word[i] = va_arg(args, long);
    va_end(args);
    if (number == SYS_process_madvise) {
        errno = EBADF;
        return -1;
    }
    return __real_syscall(number, word[0], word[1], word[2], word[3], word[4], word[5]);
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
    test_capture_reports();

    CHECK_EQ(cede_run(overwrites_and_yields, NULL), 0);

    CHECK_EQ(count(test_reports(), "stack overflow in 'overwrites_and_yields'"), 1);
}
