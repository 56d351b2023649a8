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

/* Make touching a page fatal. 0, or -ENOMEM when the kernel's limit of mappings is reached. */
int cede__pages_guard(void *pages, size_t size);

#endif
