/* test_crowd.c - a hundred thousand tasks at once: few mappings, little memory; and so on kernels
 * that make guards of mappings.
 *
 * Wraps: madvise syscall - an older kernel is played by refusing
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "harness/old_kernel.h"
#include "task/crowd.h"

enum {
#if defined(CEDE__TSAN)
    CROWD = 2000, /* ThreadSanitizer has room for a few thousand fibers */
#elif defined(CEDE__ASAN)
    CROWD = 20000,
#else
    CROWD = 100000,
#endif
};

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
    kernel_is_old = true;
    crowd_gather(CROWD);
    CHECK(crowd.n_mappings < 60000); /* of 65,530 */
}
