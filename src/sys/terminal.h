/* terminal.h - what a descriptor shows its bytes on, and writing to it. Floor 1. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_TERMINAL_H
#define CEDE_SYS_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* Whether `fd` is a terminal. */
bool cede__terminal_is_at(int fd);

/* The terminal's size; both 0 where it is not known. */
void cede__terminal_size(int fd, int *columns, int *rows);

/* Write all of `bytes`, waiting where a non-blocking descriptor would refuse, and without SIGPIPE
 * where nobody reads any more. 0, or the negative errno (-EPIPE, -EIO, -EBADF, -ENOSPC, ...), some
 * of it having been written. */
int cede__terminal_write(int fd, const char *bytes, size_t size);

#endif
