/* sanitizer.c - what LeakSanitizer has to know when the program ends: memory known only to tasks
 * that are still parked then is no leak.
 *
 * Stacks are mapped, not allocated, so it does not look through them by itself. It can be told of
 * regions, but takes a look at every mapping for each, and whole slabs would be gigabytes of
 * nothing. So when the program ends, before leaks are counted, the pages of stacks that are in
 * memory are copied to where it looks. Stacks of finished tasks are given back by then: see
 * DEPOT_WARM_LIMIT.
 */
/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE
#include "coro/sanitizer.h"

#if defined(CEDE__ASAN)

#include <stdlib.h>
#include <sys/mman.h>

#include "sys/futex.h"
#include "sys/memory.h"

enum {
    N_SLABS_MAX = 1 << 16, /* 64 MiB each: more than the address space is likely to have */
    N_CHUNK = 1024,        /* pages looked at at once */
};

static struct {
    struct cede__mutex lock;
    struct slab_extent {
        char *pages;
        size_t size;
    } * slabs; /* N_SLABS_MAX of them, mapped */
    size_t n_slabs;
    struct page_copy {
        struct page_copy *next;
        uintptr_t words[];
    } * copies;
} roots;

/* Much of a stack is poisoned; it is only copied. */
static __attribute__((no_sanitize("address"))) void copy_words(uintptr_t *to, const char *from,
                                                               size_t size)
{
    const volatile uintptr_t *words = (const volatile uintptr_t *)(const void *)from;

    for (size_t i = 0; i < size / sizeof *to; i++)
        to[i] = words[i];
}

static void roots_add_resident(const struct slab_extent *slab)
{
    unsigned char resident[N_CHUNK];
    const size_t page = cede__page_size();

    for (size_t i = 0; i < slab->size / page; i++) {
        const size_t n_left = slab->size / page - i;
        if (i % N_CHUNK == 0 &&
            mincore(slab->pages + i * page, (n_left < N_CHUNK ? n_left : N_CHUNK) * page,
                    resident) != 0)
            return;
        if (!(resident[i % N_CHUNK] & 1))
            continue;
        struct page_copy *copy = cede__malloc(sizeof *copy + page);
        if (!copy)
            return;
        copy_words(copy->words, slab->pages + i * page, page);
        copy->next = roots.copies;
        roots.copies = copy;
    }
}

static void roots_tell(void)
{
    cede__mutex_lock(&roots.lock);
    for (size_t i = 0; i < roots.n_slabs; i++)
        roots_add_resident(&roots.slabs[i]);
    cede__mutex_unlock(&roots.lock);
}

void cede__slab_register(void *pages, size_t size)
{
    cede__mutex_lock(&roots.lock);
    if (!roots.slabs) {
        roots.slabs = cede__pages_map(N_SLABS_MAX * sizeof *roots.slabs);
        (void)atexit(roots_tell);
    }
    if (roots.slabs && roots.n_slabs < N_SLABS_MAX)
        roots.slabs[roots.n_slabs++] = (struct slab_extent){pages, size};
    cede__mutex_unlock(&roots.lock);
}

#endif
