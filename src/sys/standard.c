/* standard.c - the process's standard output, standard error and working folder: looked at, changed
 * and put back. See standard.h. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "sys/standard.h"

int cede__stream_flush(FILE *stream)
{
    return fflush(stream) == 0 ? 0 : -errno;
}

int cede__stream_open(int fd, bool is_buffered, FILE **stream_out)
{
    const int own = cede__descriptor_copy(fd);
    FILE *stream;

    if (own < 0)
        return own;
    stream = fdopen(own, "w"); /* does not truncate */
    if (!stream) {
        const int rc = -errno;
        close(own);
        return rc;
    }
    if (!is_buffered)
        setvbuf(stream, NULL, _IONBF, 0);
    *stream_out = stream;
    return 0;
}

int cede__stream_close(FILE *stream)
{
    const bool has_failed = ferror(stream);

    if (fclose(stream) != 0)
        return -errno;
    return has_failed ? -EIO : 0;
}

int cede__stream_descriptor(FILE *stream)
{
    const int fd = fileno(stream);

    return fd >= 0 ? fd : -EBADF;
}

FILE *cede__standard_stream(int at)
{
    return at == STDOUT_FILENO ? stdout : stderr;
}

int cede__standard_swap(int at, FILE *stream, FILE **old_out)
{
#if defined(__GLIBC__)
    FILE **variable = at == STDOUT_FILENO ? &stdout : &stderr;

    *old_out = *variable;
    *variable = stream;
    return 0;
#else
    (void)at;
    (void)stream;
    (void)old_out;
    return -ENOTSUP;
#endif
}

int cede__descriptor_copy(int fd)
{
    /* Not among the first three: who opens a file next might take it for a standard one. */
    const int copy = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

    return copy >= 0 ? copy : -errno;
}

int cede__descriptor_put(int fd, int at)
{
    int rc;

    if (fd < 0) {
        close(at);
        return 0;
    }
    do
        rc = dup2(fd, at);
    while (rc < 0 && (errno == EINTR || errno == EBUSY)); /* EBUSY: another thread is opening */
    return rc >= 0 ? 0 : -errno;
}

int cede__folder_here(void)
{
    const int fd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

    return fd >= 0 ? fd : -errno;
}

int cede__folder_go(const char *path)
{
    return chdir(path) == 0 ? 0 : -errno;
}

int cede__folder_return(int fd)
{
    return fchdir(fd) == 0 ? 0 : -errno;
}
