/* memory.c - pages for stacks, and guards between them.
 *
 * A guard by MADV_GUARD_INSTALL (Linux 6.13) is a mark in the page table: no mapping of its own, so
 * a million stacks stay far from the limit of 65,530 mappings. Older kernels get mprotect, which
 * splits the mapping, up to a bound below the limit: slabs need mappings too, and so does the
 * program.
 *
 * Advice for many ranges goes to the kernel in one process_madvise where it takes that for the own
 * process (Linux 6.15): a million guards one by one cost 1.0 s of system time, in rows of 32 0.5 s;
 * giving a million stacks back costs 2.5 s one by one and 1.2 s in batches of 64, because the
 * processors' address caches are flushed once a batch.
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/base.h"
#include "sys/memory.h"
#include "sys/valgrind.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

enum {
    PIDFD_OF_SELF = -10000, /* PIDFD_SELF: understood since Linux 6.14, EBADF before */
    BATCH = 64, /* ranges a system call: more are not faster, and they lie on the caller's stack */
    SPLITS_MAX = 24000, /* guards by mprotect, each of which costs two mappings */
};

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

/* Give the same advice for up to BATCH ranges at once. Whether all was taken. */
static bool advise_many(struct iovec *ranges, size_t n, int advice)
{
    static uint32_t is_refused; /* by this kernel; atomic */
    size_t size = 0;

    if (n < 2 || __atomic_load_n(&is_refused, __ATOMIC_RELAXED) || cede__runs_on_valgrind())
        return false;
    for (size_t i = 0; i < n; i++)
        size += ranges[i].iov_len;
    if (syscall(SYS_process_madvise, PIDFD_OF_SELF, ranges, n, advice, 0) == (long)size)
        return true;
    if (errno != ENOMEM)
        __atomic_store_n(&is_refused, 1, __ATOMIC_RELAXED);
    return false;
}

void cede__pages_release_many(void *const *pages, size_t size, size_t n)
{
    struct iovec ranges[BATCH];

    for (size_t done = 0, batch; done < n; done += batch) {
        batch = n - done < BATCH ? n - done : BATCH;
        for (size_t i = 0; i < batch; i++)
            ranges[i] = (struct iovec){pages[done + i], size};
        if (advise_many(ranges, batch, MADV_DONTNEED))
            continue;
        for (size_t i = 0; i < batch; i++)
            cede__pages_release(pages[done + i], size);
    }
}

/* An emulator that accepts any advice does not know this one either. */
static __attribute__((unused)) bool advice_is_checked(void *page, size_t size)
{
    return madvise(page, size, 0x7ffe) != 0;
}

/* Whether this kernel marks guards; `page` may be marked by asking. LeakSanitizer, which looks
 * through stacks, leaves out what the list of mappings calls unreadable: it would run into a
 * mark. */
static bool marks_work(void *page, size_t size)
{
#if defined(CEDE__ASAN)
    (void)page;
    (void)size;
    return false;
#else
    static int answer = -1; /* -1: not asked; the same whoever writes it */
    int works = __atomic_load_n(&answer, __ATOMIC_RELAXED);

    if (works < 0) {
        works = advice_is_checked(page, size) && madvise(page, size, MADV_GUARD_INSTALL) == 0;
        __atomic_store_n(&answer, works, __ATOMIC_RELAXED);
    }
    return works;
#endif
}

static bool page_guard(void *page, size_t size)
{
    static uint32_t n_splits; /* atomic; beyond SPLITS_MAX it stays */

    if (marks_work(page, size) && madvise(page, size, MADV_GUARD_INSTALL) == 0)
        return true;
    if (__atomic_load_n(&n_splits, __ATOMIC_RELAXED) >= SPLITS_MAX ||
        mprotect(page, size, PROT_NONE) != 0)
        return false;
    __atomic_add_fetch(&n_splits, 1, __ATOMIC_RELAXED);
    return true;
}

size_t cede__pages_guard(void *first, size_t size, size_t stride, size_t n)
{
    struct iovec ranges[BATCH];
    char *page = first;
    size_t done = 0;

    while (done < n) {
        size_t batch = n - done < BATCH ? n - done : BATCH;
        for (size_t i = 0; i < batch; i++)
            ranges[i] = (struct iovec){page + (done + i) * stride, size};
        if (marks_work(page, size) && advise_many(ranges, batch, MADV_GUARD_INSTALL)) {
            done += batch;
            continue;
        }
        for (; batch > 0; batch--, done++) {
            if (!page_guard(page + done * stride, size))
                return done;
        }
    }
    return done;
}

void cede__pages_enlarge(void *memory, size_t size)
{
    /* bytes of its first page that are not its own */
    const size_t before = (uintptr_t)memory % cede__page_size();

    (void)madvise((char *)memory - before, before + size, MADV_HUGEPAGE); /* or it stays as it is */
}
