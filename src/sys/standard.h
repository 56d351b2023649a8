/* standard.h - the process's standard output, standard error and working folder: looked at, changed
 * and put back. Floor 1.
 *
 * They belong to the whole process. Errors are -errno.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_STANDARD_H
#define CEDE_SYS_STANDARD_H

#include <stdbool.h>
#include <stdio.h>

/* Write what a stream holds back. */
int cede__stream_flush(FILE *stream);

/* A stream of its own for writing to `fd`, which stays open when that is closed. */
int cede__stream_open(int fd, bool is_buffered, FILE **stream_out);

/* Flush and close. The error of any write to it: -EIO where it is not known any more. */
int cede__stream_close(FILE *stream);

/* The descriptor under a stream; -EBADF: it has none. */
int cede__stream_descriptor(FILE *stream);

/* Have the variable of `at`, 1 for stdout and 2 for stderr, be `stream`; what it was is in old_out.
 * -ENOTSUP: this C library has it fixed, so nothing happened. */
int cede__standard_swap(int at, FILE *stream, FILE **old_out);

/* What stdout or stderr is now. */
FILE *cede__standard_stream(int at);

/* A further descriptor for what `fd` is. -EBADF: it is closed. */
int cede__descriptor_copy(int fd);

/* Have the descriptor `at` be what `fd` is; -1 closes it. */
int cede__descriptor_put(int fd, int at);

/* The working folder as a descriptor; going to a path; going back. */
int cede__folder_here(void);
int cede__folder_go(const char *path);
int cede__folder_return(int fd);

#endif
