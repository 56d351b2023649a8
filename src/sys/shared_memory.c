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
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sys/shared_memory.h"

enum { LARGE = 64 << 20 }; /* bytes, from which on it is worth asking whether there are so many */

int cede__shared_create(void)
{
    const int fd = memfd_create("cede", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd < 0)
        return -errno;
    /* Nobody can pull it from under the other. Without that it works as well. */
    (void)fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK);
    return fd;
}

/* Bytes that could be had without pushing out what is in use, as far as the system tells. */
static size_t memory_available(void)
{
    static const char key[] = "MemAvailable:";
    char text[1024];
    const int fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
    const ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    const char *line;

    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return SIZE_MAX;
    text[n] = '\0';
    line = strstr(text, key);
    return line ? (size_t)strtoull(line + strlen(key), NULL, 10) * 1024 : SIZE_MAX;
}

int cede__shared_extend(int fd, size_t from, size_t to)
{
    int rc;

    /* The system would take what it can get, and then kill somebody for want of more. */
    if (to - from >= LARGE && to - from > memory_available())
        return -ENOMEM;
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
