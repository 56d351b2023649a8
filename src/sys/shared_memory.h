/* shared_memory.h - memory that two processes see. Floor 1.
 *
 * A descriptor stands for it; each process maps a window, larger than the memory is at first, so
 * that memory added later is there without mapping again. Touching the window beyond the memory is
 * fatal. Errors are -errno.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_SHARED_MEMORY_H
#define CEDE_SYS_SHARED_MEMORY_H

#include <stddef.h>

/* A descriptor, closed on exec, of no memory yet; or -EMFILE, -ENFILE, -ENOMEM, -ENOSYS. */
int cede__shared_create(void);

/* Add memory, so that there are bytes [from, to). 0, or -ENOMEM. */
int cede__shared_extend(int fd, size_t from, size_t to);

/* Give bytes [from, to) back; they are not to be touched before they are added again. */
void cede__shared_release(int fd, size_t from, size_t to);

/* A window of `size` bytes; NULL where there is no room for it. cede__pages_unmap ends it. */
void *cede__shared_map(int fd, size_t size);

#endif
