/* fetch.h - fetching memory that another thread used last. Floor 1.
 *
 * A line of memory comes from another processor's cache in the time of some hundred instructions.
 * Asked for beforehand, and all at once, lines come while other work is done.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_FETCH_H
#define CEDE_SYS_FETCH_H

#include <stddef.h>

enum { CEDE__FETCH_LINE = 64, CEDE__FETCH_MOST = 2048 }; /* bytes; of more, only these */

/* `size` bytes, to be written. */
static inline void cede__fetch_to_write(const void *memory, size_t size)
{
    for (size_t at = 0; at < size && at < CEDE__FETCH_MOST; at += CEDE__FETCH_LINE) {
        const char *line = (const char *)memory + at;
#if defined(__x86_64__)
        /* Of __builtin_prefetch the compiler makes a fetch to read, for the sake of processors that
         * no system of today runs on. */
        __asm__ volatile("prefetchw %0" ::"m"(*line));
#else
        __builtin_prefetch(line, 1);
#endif
    }
}

/* The same, to be read. Always inlined, as gcc takes a function that does nothing but fetch for one
 * without effect and drops the call. */
static inline __attribute__((always_inline)) void cede__fetch_to_read(const void *memory,
                                                                      size_t size)
{
    for (size_t at = 0; at < size && at < CEDE__FETCH_MOST; at += CEDE__FETCH_LINE)
        __builtin_prefetch((const char *)memory + at);
}

#endif
