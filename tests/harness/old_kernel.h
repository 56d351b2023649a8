/* old_kernel.h - a kernel before Linux 6.13, which makes no guards without mappings, played by
 * refusing.
 *
 * For a test whose head says "Wraps: madvise syscall" (cmake/tests.cmake). Each of its tests begins
 * on the kernel that there is.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TESTS_OLD_KERNEL_H
#define CEDE_TESTS_OLD_KERNEL_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>

enum { GUARD_INSTALL = 102 }; /* MADV_GUARD_INSTALL, which older headers lack */

static bool kernel_is_old;

int __real_madvise(void *pages, size_t size, int advice);
int __wrap_madvise(void *pages, size_t size, int advice);
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

int __wrap_madvise(void *pages, size_t size, int advice)
{
    if (kernel_is_old && advice == GUARD_INSTALL) {
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
    if (kernel_is_old && number == SYS_process_madvise) {
        errno = EBADF;
        return -1;
    }
    return __real_syscall(number, word[0], word[1], word[2], word[3], word[4], word[5]);
}

#endif
