/* shared_memory.c - memfd: memory without a name in any folder, gone with its last user.
 *
 * Memory is added by fallocate, which says so where there is none; merely growing the file would
 * kill whoever touches a page that cannot be had.
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/mman.h>

#include "sys/shared_memory.h"

int cede__shared_create(void)
{
    const int fd = memfd_create("cede", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd < 0)
        return -errno;
    /* Nobody can pull it from under the other. Without that it works as well. */
    (void)fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK);
    return fd;
}

int cede__shared_extend(int fd, size_t from, size_t to)
{
    int rc;

    do
        rc = fallocate(fd, 0, (off_t)from, (off_t)(to - from));
    while (rc != 0 && errno == EINTR);
    /* ENOSPC, EFBIG: to the caller all the same. */
    return rc == 0 ? 0 : -ENOMEM;
}

void cede__shared_release(int fd, size_t from, size_t to)
{
    /* Refused: then the memory stays for the next use. */
    (void)fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)from,
                    (off_t)(to - from));
}

void *cede__shared_map(int fd, size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);

    return memory == MAP_FAILED ? NULL : memory;
}
