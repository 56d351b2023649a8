/* width.h - how many columns of a terminal a text fills. Floor 6c.
 *
 * Texts are UTF-8. Escape sequences fill no column, East Asian wide characters two, combining marks
 * none. A byte that is not UTF-8 counts as one character of one column.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_PROGRESS_WIDTH_H
#define CEDE_PROGRESS_WIDTH_H

#include <stddef.h>

#define CEDE__COLOUR_RESET "\x1b[0m"

/* Columns that `text` fills. */
int cede__width_of(const char *text);

/* Cut `text` in place so that it fills at most `columns`, at a character's edge. Where escape
 * sequences are left in it, it ends in a colour reset afterwards, so `size` (bytes of the memory)
 * must leave 4 to spare. The columns it fills now. */
int cede__width_trim(char *text, size_t size, int columns);

/* Copy `text` so that it stays on its line: control characters become spaces, escape sequences
 * other than colours are left out, what does not fit in `size` bytes is cut at a character's edge.
 * `text` NULL is "". */
void cede__width_copy_clean(char *to, size_t size, const char *text);

#endif
