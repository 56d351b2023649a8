/* file.c - the system calls of files: results as values. See file.h. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/file.h"

/* O_NONBLOCK: opening a pipe is not to wait for its other end. O_NOCTTY: a terminal is not to
 * become ours. */
enum { OPEN_TO_READ = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY };

/* As <linux/openat2.h> has them, which older systems lack. */
struct how {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
};
enum { RESOLVE_NO_MAGIC_LINKS = 0x02, RESOLVE_ONLY_BENEATH = 0x08 };
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

int cede__file_open_folder(const char *path)
{
    const int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

    return fd >= 0 ? fd : -errno;
}

int cede__file_open_append(const char *path)
{
    const int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0644);

    return fd >= 0 ? fd : -errno;
}

/* One name after the other, following no link. */
static int open_step_by_step(int folder, const char *path)
{
    int at = folder;
    int fd = -1;

    do {
        const size_t length = strcspn(path, "/");
        const char *rest = path + length + strspn(path + length, "/");
        const int flags = *rest ? O_PATH | O_DIRECTORY | O_CLOEXEC : OPEN_TO_READ;
        char name[NAME_MAX + 1];
        int error = 0;

        if (length == 0) {
            error = *path ? EXDEV : ENOENT; /* from the root of all, or nothing */
        } else if (length > NAME_MAX) {
            error = ENAMETOOLONG;
        } else if (length == 2 && memcmp(path, "..", 2) == 0) {
            error = EXDEV;
        } else {
            memcpy(name, path, length);
            name[length] = '\0';
            fd = openat(at, name, flags | O_NOFOLLOW);
            error = fd < 0 ? errno : 0;
        }
        if (at != folder)
            close(at);
        if (error)
            return -error;
        at = fd;
        path = rest;
    } while (*path);
    return fd;
}

int cede__file_open_beneath(int folder, const char *path)
{
    const struct how how = {.flags = OPEN_TO_READ,
                            .resolve = RESOLVE_ONLY_BENEATH | RESOLVE_NO_MAGIC_LINKS};
    long fd;

    do
        fd = syscall(SYS_openat2, folder, path, &how, sizeof how);
    while (fd < 0 && (errno == EINTR || errno == EAGAIN)); /* EAGAIN: a rename came between */
    if (fd >= 0)
        return (int)fd;
    /* EPERM: a filter of system calls that does not know this one. */
    return errno == ENOSYS || errno == EPERM ? open_step_by_step(folder, path) : -errno;
}

static void take_facts(const struct stat *st, struct cede__file_facts *out)
{
    out->size = st->st_size;
    out->modified = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
    out->is_plain = S_ISREG(st->st_mode);
    out->is_folder = S_ISDIR(st->st_mode);
}

int cede__file_facts(int fd, struct cede__file_facts *out)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return -errno;
    take_facts(&st, out);
    return 0;
}

int cede__file_each_name(int folder, cede__file_name_fn *fn, void *arg)
{
    const int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *names = fd >= 0 ? fdopendir(fd) : NULL;
    const struct dirent *entry = NULL;
    int rc = 0;

    if (!names) {
        rc = -errno;
        if (fd >= 0)
            close(fd);
        return rc;
    }
    while (rc == 0) {
        struct cede__file_facts facts;
        struct stat st;
        errno = 0;
        entry = readdir(names);
        if (!entry) {
            rc = -errno; /* 0 at the end */
            break;
        }
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
            continue; /* it is gone */
        take_facts(&st, &facts);
        rc = fn(entry->d_name, &facts, arg);
    }
    closedir(names);
    return rc;
}

ssize_t cede__file_read_at(int fd, void *buffer, size_t size, int64_t offset)
{
    ssize_t n;

    do
        n = pread(fd, buffer, size, offset);
    while (n < 0 && errno == EINTR);
    return n >= 0 ? n : -errno;
}

int cede__file_write_all(int fd, const void *data, size_t size)
{
    const char *rest = data;

    while (size > 0) {
        const ssize_t n = write(fd, rest, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        rest += n;
        size -= (size_t)n;
    }
    return 0;
}

int cede__file_close(int fd)
{
    /* EINTR: the descriptor is gone all the same. */
    return fd < 0 || close(fd) == 0 || errno == EINTR ? 0 : -errno;
}
