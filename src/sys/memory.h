/* memory.h - pages for stacks. Floor 1. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_MEMORY_H
#define CEDE_SYS_MEMORY_H

#include <stddef.h>

/* Bytes of a page. */
size_t cede__page_size(void);

/* Map `size` bytes that cost nothing until touched and never become huge pages; NULL where there is
 * no room. */
void *cede__pages_map(size_t size);
void cede__pages_unmap(void *pages, size_t size);

/* Give the memory of pages back; they read as zero afterwards and their guards stay. */
void cede__pages_release(void *pages, size_t size);

/* The same for n ranges of `size` bytes each. */
void cede__pages_release_many(void *const *pages, size_t size, size_t n);

/* Make touching `size` bytes at `first`, at `first` + stride, and so on, n times, fatal. How many
 * of them are guarded now, from the first on: fewer than n when the kernel's limit of mappings is
 * reached. Doing it twice is harmless. */
size_t cede__pages_guard(void *first, size_t size, size_t stride, size_t n);

/* Ask for huge pages where some fit into memory that will soon be in use; nothing but speed depends
 * on it. */
void cede__pages_enlarge(void *memory, size_t size);

#endif
