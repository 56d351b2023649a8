/* test_crowd.c - a hundred thousand tasks at once: few mappings, little memory; and so on kernels
 * that make guards of mappings.
 *
 * Wraps: madvise syscall - an older kernel is played by refusing
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "task/crowd.h"

int __real_madvise(void *pages, size_t size, int advice);
int __wrap_madvise(void *pages, size_t size, int advice);
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

enum {
    GUARD_INSTALL = 102,
#if defined(CEDE__TSAN)
    CROWD = 2000, /* ThreadSanitizer has room for a few thousand fibers */
#elif defined(CEDE__ASAN)
    CROWD = 20000,
#else
    CROWD = 100000,
#endif
};

static bool is_old; /* before Linux 6.13 */

int __wrap_madvise(void *pages, size_t size, int advice)
{
    if (is_old && advice == GUARD_INSTALL) {
        errno = EINVAL;
        return -1;
    }
    return __real_madvise(pages, size, advice);
}

long __wrap_syscall(long number, ...)
{
    long word[6];
    va_list args;

    va_start(args, number);
    for (int i = 0; i < 6; i++)
        word[i] = va_arg(args, long);
    va_end(args);
    if (is_old && number == SYS_process_madvise) {
        errno = EBADF;
        return -1;
    }
    return __real_syscall(number, word[0], word[1], word[2], word[3], word[4], word[5]);
}

/* Whether guards are marks here: not on an older kernel, under an emulator, or with
 * AddressSanitizer. */
static bool guards_are_marks(void)
{
#if !defined(CEDE__ASAN)
    void *page = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return __real_madvise(page, 65536, 0x7ffe) != 0 &&
           __real_madvise(page, 65536, GUARD_INSTALL) == 0;
#else
    return false;
#endif
}

TEST(crowd, of_a_hundred_thousand_tasks_all_park_and_all_finish)
{
    test_time_limit(100);
    crowd_gather(CROWD);
    if (!guards_are_marks())
        return;                                             /* a canary touches a page more */
#if !defined(CEDE__TSAN) && !defined(CEDE__SWITCH_UCONTEXT) /* which need more for each */
    CHECK(crowd.n_mappings < 1000);
    CHECK(crowd.bytes_a_task <= 4300);
#endif
}

TEST(crowd, without_marks_too_and_mappings_are_left)
{
    test_time_limit(100);
    is_old = true;
    crowd_gather(CROWD);
    CHECK(crowd.n_mappings < 60000); /* of 65,530 */
}
