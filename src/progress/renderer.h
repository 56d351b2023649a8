/* renderer.h - the owner of a terminal: a block of lines at its foot, and what is printed above
 * them. Floor 6c.
 *
 * Any thread may call; a line is drawn only from the text its owner last gave, so nobody reads
 * another's bar.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_PROGRESS_RENDERER_H
#define CEDE_PROGRESS_RENDERER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"

/* Bytes of the longest line: a bar of CEDE__METER_COLUMNS characters of three bytes, and the words
 * around it. */
#define CEDE__LINE_SIZE 4096

/* The system as a renderer sees it: tests put a clock and a screen of their own in its place,
 * before the first bar. */
struct cede__progress_system {
    int64_t (*now)(void); /* nanoseconds, growing */
    bool (*is_terminal)(int fd);
    void (*size)(int fd, int *columns, int *rows);        /* 0 if not known */
    int (*write)(int fd, const char *bytes, size_t size); /* all; 0 or a negative code */
};
extern const struct cede__progress_system *cede__progress_system;

struct cede__renderer;

/* A line of the block; in its owner's memory, which may write to `text` only through
 * cede__renderer_draw. */
struct cede__line {
    struct cede__list node; /* in the renderer's lines, top to bottom */
    bool shown;             /* on that list */
    char text[CEDE__LINE_SIZE];
};

/* The renderer of a descriptor, made if there is none, with one user more; NULL if there is no
 * memory. */
struct cede__renderer *cede__renderer_acquire(int fd);

/* One user fewer; the last one frees it. NULL is nothing. */
void cede__renderer_release(struct cede__renderer *renderer);

/* The size to draw for: the terminal's, or 80 by 24 where it does not say. */
void cede__renderer_measure(struct cede__renderer *renderer, int *columns, int *rows);

/* Show `text` on a line, which joins the block at its foot if it is not in it. */
void cede__renderer_draw(struct cede__renderer *renderer, struct cede__line *line,
                         const char *text);

/* Give a line that is in the block a new text, without painting it: for the frame that follows. */
void cede__renderer_prepare(struct cede__line *line, const char *text);

/* Take a line off the block; if `last_text` is not NULL it stays on the screen, above the block. */
void cede__renderer_remove(struct cede__renderer *renderer, struct cede__line *line,
                           const char *last_text);

/* Print whole lines above the block; a newline is added if the last one lacks it. */
void cede__renderer_write(struct cede__renderer *renderer, const char *text, size_t size);

/* The same for the descriptor's renderer, made for it if there is none. */
void cede__renderer_write_to(int fd, const char *text, size_t size);

/* Whether a line of text may be written to what is no screen: the last one is a second old. Then
 * one is written. */
bool cede__renderer_may_log(struct cede__renderer *renderer, int64_t now);

/* Clear the block away, so that others may print; from the matching unhide on it is there again. */
void cede__renderer_hide(struct cede__renderer *renderer);
void cede__renderer_unhide(struct cede__renderer *renderer);

#endif
