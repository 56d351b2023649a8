/* file.h - the system calls of files: results as values. Floor 1.
 *
 * They may block for as long as the disk takes. Every descriptor made here is closed on exec.
 * Errors are -errno.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_FILE_H
#define CEDE_SYS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct cede__file_facts {
    int64_t size;     /* bytes */
    int64_t modified; /* ns since 1970 */
    bool is_plain;    /* a plain file: it has bytes to be sent */
    bool is_folder;
};

/* A folder, to open files beneath. */
int cede__file_open_folder(const char *path);

/* Open for writing at the end, made if it is not there. */
int cede__file_open_append(const char *path);

/* Open for reading what `path`, relative, names beneath `folder`: whatever links and dots it holds,
 * it does not lead out. Never waits for a writer of a pipe. -EXDEV, -ELOOP: it would have. Kernels
 * before 5.6 refuse every link. */
int cede__file_open_beneath(int folder, const char *path);

int cede__file_facts(int fd, struct cede__file_facts *out);

/* Call fn with each name in an open folder but for "." and "..", in no order, and with what is
 * known of it: links are told as they are, neither file nor folder. Ends early if fn does not
 * return 0, with that; else 0 or an error. */
typedef int cede__file_name_fn(const char *name, const struct cede__file_facts *facts, void *arg);
int cede__file_each_name(int folder, cede__file_name_fn *fn, void *arg);

/* Up to `size` bytes from `offset`; 0 at the end. */
ssize_t cede__file_read_at(int fd, void *buffer, size_t size, int64_t offset);

/* All of it, at the descriptor's position. */
int cede__file_write_all(int fd, const void *data, size_t size);

/* Takes -1. The error of a write that was put off, if there is one. */
int cede__file_close(int fd);

#endif
