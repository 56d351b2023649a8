/* memory.c - pages for stacks, and guards between them.
 *
 * A guard by MADV_GUARD_INSTALL (Linux 6.13) is a mark in the page table: no mapping of its own, so
 * a million stacks stay far from the limit of 65,530 mappings. Older kernels get mprotect, which
 * splits the mapping, until the limit is reached.
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sys/memory.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

size_t cede__page_size(void)
{
    static size_t size; /* the same whoever writes it */

    if (__atomic_load_n(&size, __ATOMIC_RELAXED) == 0)
        __atomic_store_n(&size, (size_t)sysconf(_SC_PAGESIZE), __ATOMIC_RELAXED);
    return __atomic_load_n(&size, __ATOMIC_RELAXED);
}

void *cede__pages_map(size_t size)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);

    if (pages == MAP_FAILED)
        return NULL;
    (void)madvise(pages, size, MADV_NOHUGEPAGE); /* a kernel without huge pages refuses: as well */
    return pages;
}

void cede__pages_unmap(void *pages, size_t size)
{
    /* may need a mapping more and fail: then the address space stays taken */
    (void)munmap(pages, size);
}

void cede__pages_release(void *pages, size_t size)
{
    (void)madvise(pages, size, MADV_DONTNEED); /* fails on locked memory only, which is to stay */
}

/* An emulator that accepts any advice does not know this one either. */
static bool advice_is_checked(void *page, size_t size)
{
    return madvise(page, size, 0x7ffe) != 0;
}

int cede__pages_guard(void *pages, size_t size)
{
    static int marks_work = -1; /* -1: not tried; the same whoever writes it */
    int works = __atomic_load_n(&marks_work, __ATOMIC_RELAXED);

    if (works < 0) {
        works = advice_is_checked(pages, size) && madvise(pages, size, MADV_GUARD_INSTALL) == 0;
        __atomic_store_n(&marks_work, works, __ATOMIC_RELAXED);
    }
    if (works && madvise(pages, size, MADV_GUARD_INSTALL) == 0)
        return 0;
    return mprotect(pages, size, PROT_NONE) == 0 ? 0 : -ENOMEM;
}
