/* renderer.c - the owner of a terminal: a block of lines at its foot, and what is printed above
 * them.
 *
 *     $ get ...                       printed before
 *     warning: 404 no-such.gif        printed above the block
 *     flags:  63%|######3   | ...     block, line 0     <- between frames the cursor stays here
 *     au.gif:  40%|####      | ...    block, line 1
 *
 * One renderer a descriptor, on one list, all under one lock. Every change is a frame: a few
 * movements and texts, written at once, that leaves the cursor at the first column of the block's
 * first row. It never goes above that, so what others printed before is never touched. No line may
 * wrap: each is cut to the terminal's columns, asked for at every frame, which is how a change of
 * size is seen. A terminal that becomes narrower may break the block's rows into more, or cut them;
 * wherever its first column is then, the cursor is there, and everything below it is ours.
 *
 * After a write has failed (nobody reads, the terminal is gone) nothing is written any more: a bar
 * must not end its program. Called by progress.c.
 */
/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "progress/renderer.h"
#include "progress/width.h"
#include "sys/clock.h"
#include "sys/futex.h"
#include "sys/terminal.h"
#include "sys/thread.h"

/* Of the screen, from the beginning of a row. Asked to erase a whole screen, tmux would first keep
 * a copy of it among what has scrolled off: so it is erased in two parts. */
#define ERASE_TO_END "\0337\x1b[K\x1b[B\x1b[J\0338"
#define ERASE_LINE   "\x1b[K" /* from the cursor to the line's end */
#define MORE_HIDDEN  " ... (more hidden) ..."

enum { STANDARD_ERROR = 2 };

struct cede__renderer {
    struct cede__list node;  /* in renderers */
    struct cede__list lines; /* struct cede__line, top to bottom */
    int n_lines;             /* of them */
    int n_shown_lines;       /* n_lines as of the last frame of the whole block */
    int n_users;             /* bars that hold it */
    int fd;
    int columns;   /* the screen, as the last frame found it */
    int rows;      /* likewise */
    int n_painted; /* rows of the block on the screen now */
    int n_hides;   /* calls of hide not yet matched; while above 0 the block is off the screen */
    int64_t logged_at; /* when a line of text may have been written last, on the system's clock */
    bool broken;       /* a write has failed: nothing is written any more */
    size_t n_frame;
    char frame[2 * CEDE__LINE_SIZE]; /* bytes of the frame being made */
};

static const struct cede__progress_system real_system = {
    cede__clock_monotonic, cede__terminal_is_at, cede__terminal_size, cede__terminal_write};

const struct cede__progress_system *cede__progress_system = &real_system;

static struct cede__mutex lock; /* of everything below and in every renderer */
static struct cede__list renderers = {&renderers, &renderers};

/* The one of a descriptor; NULL if it has none. */
static struct cede__renderer *find_renderer(int fd)
{
    for (struct cede__list *node = renderers.next; node != &renderers; node = node->next) {
        struct cede__renderer *renderer = cede__container_of(node, struct cede__renderer, node);
        if (renderer->fd == fd)
            return renderer;
    }
    return NULL;
}

/* Frames. */

static void frame_flush(struct cede__renderer *renderer)
{
    if (renderer->n_frame > 0 && !renderer->broken) {
        const int rc =
            cede__progress_system->write(renderer->fd, renderer->frame, renderer->n_frame);
        renderer->broken = rc < 0; /* why does not matter: there is nobody to tell */
    }
    renderer->n_frame = 0;
}

static void frame_add(struct cede__renderer *renderer, const char *bytes, size_t size)
{
    while (size > 0) {
        const size_t room = sizeof renderer->frame - renderer->n_frame;
        const size_t part = size < room ? size : room;
        memcpy(renderer->frame + renderer->n_frame, bytes, part);
        renderer->n_frame += part;
        bytes += part;
        size -= part;
        if (renderer->n_frame == sizeof renderer->frame)
            frame_flush(renderer);
    }
}

/* Move the cursor so many rows, up ('A') or down ('B'); none is nothing, which the sequence could
 * not say. */
static void frame_add_move(struct cede__renderer *renderer, int rows, char direction)
{
    char text[16];

    if (rows > 0) {
        snprintf(text, sizeof text, "\x1b[%d%c", rows, direction);
        frame_add(renderer, text, strlen(text));
    }
}

/* One row, cut to the screen. What was there before is erased, unless the row is full: erasing
 * behind the last column takes away its character on some terminals. */
static void frame_add_row(struct cede__renderer *renderer, const char *text)
{
    char row[CEDE__LINE_SIZE + 8];
    int filled;

    snprintf(row, sizeof row, "%s", text);
    filled = cede__width_trim(row, sizeof row, renderer->columns);
    frame_add(renderer, row, strlen(row));
    if (filled < renderer->columns)
        frame_add(renderer, ERASE_LINE, sizeof ERASE_LINE - 1);
}

/* The block. */

/* Rows the block takes: one a line; if they are more than the screen has, the last one says so. */
static int block_rows(const struct cede__renderer *renderer)
{
    if (renderer->n_hides > 0)
        return 0;
    return renderer->n_lines < renderer->rows ? renderer->n_lines : renderer->rows;
}

/* Whether the row holds no line but the words that there are more. */
static bool row_is_more(const struct cede__renderer *renderer, int row)
{
    return renderer->n_lines > renderer->rows && renderer->rows > 1 && row == renderer->rows - 1;
}

/* From row `row` of the block back to where the cursor stays between frames. */
static void frame_go_home(struct cede__renderer *renderer, int row)
{
    frame_add(renderer, "\r", 1);
    frame_add_move(renderer, row, 'A');
}

/* Look at the screen's size; whether it has changed since the last frame. */
static bool renderer_resized(struct cede__renderer *renderer)
{
    const int columns = renderer->columns, rows = renderer->rows;

    cede__renderer_measure(renderer, &renderer->columns, &renderer->rows);
    return renderer->columns != columns || renderer->rows != rows;
}

/* Paint the whole block again, `above` (which may be NULL) before it. */
static void renderer_paint_all(struct cede__renderer *renderer, bool resized, const char *above,
                               size_t size)
{
    const int n_rows = block_rows(renderer);
    struct cede__list *node = renderer->lines.next;

    if (n_rows > 0 || renderer->n_painted > 0)
        frame_add(renderer, "\r", 1);
    if (renderer->n_painted > 0 && (above || resized || n_rows < renderer->n_painted))
        frame_add(renderer, ERASE_TO_END, sizeof ERASE_TO_END - 1);
    if (above) {
        frame_add(renderer, above, size);
        if (size == 0 || above[size - 1] != '\n')
            frame_add(renderer, "\n", 1);
    }
    for (int row = 0; row < n_rows; row++, node = node->next) {
        const struct cede__line *line = cede__container_of(node, struct cede__line, node);
        if (row > 0)
            frame_add(renderer, "\n", 1);
        frame_add_row(renderer, row_is_more(renderer, row) ? MORE_HIDDEN : line->text);
    }
    if (n_rows > 0)
        frame_go_home(renderer, n_rows - 1);
    renderer->n_painted = n_rows;
    renderer->n_shown_lines = renderer->n_lines;
    frame_flush(renderer);
}

static void renderer_paint(struct cede__renderer *renderer, const char *above, size_t size)
{
    const bool resized = renderer_resized(renderer);

    renderer_paint_all(renderer, resized, above, size);
}

/* Paint one line in its place; the whole block if that is not where it was. */
static void renderer_paint_line(struct cede__renderer *renderer, struct cede__line *line)
{
    const bool resized = renderer_resized(renderer);
    int row = 0;

    if (renderer->n_hides > 0)
        return;
    if (resized || renderer->n_shown_lines != renderer->n_lines) {
        renderer_paint_all(renderer, resized, NULL, 0);
        return;
    }
    for (const struct cede__list *node = line->node.prev; node != &renderer->lines;
         node = node->prev)
        row++;
    if (row >= renderer->n_painted || row_is_more(renderer, row))
        return;
    frame_add(renderer, "\r", 1);
    frame_add_move(renderer, row, 'B');
    frame_add_row(renderer, line->text);
    frame_go_home(renderer, row);
    frame_flush(renderer);
}

/* Reports of the library. */

/* Take the lock, for half a second at most: its holder may be the thread that crashed with it. */
static bool lock_for_report(void)
{
    const int64_t until = cede__clock_monotonic() + CEDE_MS(500);

    while (!cede__mutex_try_lock(&lock)) {
        if (cede__clock_monotonic() >= until)
            return false;
        cede__thread_yield();
    }
    return true;
}

/* Take the blocks of all other descriptors off the screen, which may be the same one, or paint them
 * again. Whether there were any. */
static bool set_others_aside(const struct cede__renderer *renderer, bool aside)
{
    bool found = false;

    for (struct cede__list *node = renderers.next, *next; node != &renderers; node = next) {
        struct cede__renderer *other = cede__container_of(node, struct cede__renderer, node);
        next = node->next;
        if (other == renderer || other->n_lines == 0)
            continue;
        other->n_hides += aside ? 1 : -1;
        renderer_paint(other, NULL, 0);
        found = true;
    }
    return found;
}

/* A report, above whatever bars there are. */
static bool print_report(const char *text)
{
    const size_t size = strlen(text);
    struct cede__renderer *renderer;
    bool others, printed = false;

    if (!lock_for_report())
        return false;
    renderer = find_renderer(STANDARD_ERROR);
    others = set_others_aside(renderer, true);
    if (renderer && renderer->n_lines > 0 && !renderer->broken) {
        renderer_paint(renderer, text, size);
        printed = true;
    } else if (others) {
        /* nobody to tell */
        (void)cede__progress_system->write(STANDARD_ERROR, text, size);
        printed = true;
    }
    (void)set_others_aside(renderer, false);
    cede__mutex_unlock(&lock);
    return printed;
}

/* What the bars call. */

struct cede__renderer *cede__renderer_acquire(int fd)
{
    struct cede__renderer *renderer;

    cede__mutex_lock(&lock);
    renderer = find_renderer(fd);
    if (!renderer) {
        renderer = cede__calloc(1, sizeof *renderer);
        if (renderer) {
            renderer->fd = fd;
            cede__list_init(&renderer->lines);
            cede__list_append(&renderers, &renderer->node);
            cede__report_set_above(print_report);
        }
    }
    if (renderer)
        renderer->n_users++;
    cede__mutex_unlock(&lock);
    return renderer;
}

void cede__renderer_release(struct cede__renderer *renderer)
{
    if (!renderer)
        return;
    cede__mutex_lock(&lock);
    if (--renderer->n_users == 0) {
        cede__list_remove(&renderer->node);
        cede__free(renderer);
    }
    cede__mutex_unlock(&lock);
}

void cede__renderer_measure(struct cede__renderer *renderer, int *columns, int *rows)
{
    int c = 0, r = 0;

    cede__progress_system->size(renderer->fd, &c, &r);
    *columns = c > 0 ? c : 80;
    *rows = r > 0 ? r : 24;
}

static void line_set(struct cede__line *line, const char *text)
{
    snprintf(line->text, sizeof line->text, "%s", text);
}

void cede__renderer_draw(struct cede__renderer *renderer, struct cede__line *line, const char *text)
{
    cede__mutex_lock(&lock);
    line_set(line, text);
    if (!line->shown) {
        line->shown = true;
        cede__list_append(&renderer->lines, &line->node);
        renderer->n_lines++;
    }
    renderer_paint_line(renderer, line);
    cede__mutex_unlock(&lock);
}

void cede__renderer_prepare(struct cede__line *line, const char *text)
{
    cede__mutex_lock(&lock);
    if (line->shown)
        line_set(line, text);
    cede__mutex_unlock(&lock);
}

void cede__renderer_remove(struct cede__renderer *renderer, struct cede__line *line,
                           const char *last_text)
{
    char row[CEDE__LINE_SIZE + 8];

    cede__mutex_lock(&lock);
    if (line->shown) {
        line->shown = false;
        cede__list_remove(&line->node);
        renderer->n_lines--;
    }
    if (last_text) {
        int columns, rows;
        snprintf(row, sizeof row, "%s", last_text);
        cede__renderer_measure(renderer, &columns, &rows);
        cede__width_trim(row, sizeof row, columns);
    }
    renderer_paint(renderer, last_text ? row : NULL, last_text ? strlen(row) : 0);
    cede__mutex_unlock(&lock);
}

void cede__renderer_write(struct cede__renderer *renderer, const char *text, size_t size)
{
    cede__mutex_lock(&lock);
    renderer_paint(renderer, text, size);
    cede__mutex_unlock(&lock);
}

void cede__renderer_write_to(int fd, const char *text, size_t size)
{
    struct cede__renderer *renderer = cede__renderer_acquire(fd);

    if (renderer)
        cede__renderer_write(renderer, text, size);
    else
        (void)cede__progress_system->write(fd, text, size); /* no memory: no bar either */
    cede__renderer_release(renderer);
}

bool cede__renderer_may_log(struct cede__renderer *renderer, int64_t now)
{
    bool may;

    cede__mutex_lock(&lock);
    may = now - renderer->logged_at >= CEDE_S(1);
    if (may)
        renderer->logged_at = now;
    cede__mutex_unlock(&lock);
    return may;
}

void cede__renderer_hide(struct cede__renderer *renderer)
{
    cede__mutex_lock(&lock);
    if (renderer->n_hides++ == 0)
        renderer_paint(renderer, NULL, 0);
    cede__mutex_unlock(&lock);
}

void cede__renderer_unhide(struct cede__renderer *renderer)
{
    cede__mutex_lock(&lock);
    if (renderer->n_hides > 0 && --renderer->n_hides == 0)
        renderer_paint(renderer, NULL, 0);
    cede__mutex_unlock(&lock);
}
