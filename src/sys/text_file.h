/* text_file.h - streams of the C library, read line by line: results as values. Floor 1.
 *
 * They may block. Errors are -errno.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_TEXT_FILE_H
#define CEDE_SYS_TEXT_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Open for reading; closed on exec. 0 or -errno. */
int cede__text_file_open(const char *path, FILE **out);

void cede__text_file_close(FILE *file); /* takes NULL */

/* The next line with its newline, terminated, into `*buffer` of `*size` bytes, which is the
 * library's memory, or NULL at first, and grows. Its length; 0 at the end. */
int64_t cede__text_file_read_line(FILE *file, char **buffer, size_t *size);

#endif
