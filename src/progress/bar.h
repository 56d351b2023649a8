/* bar.h - the inside of a progress bar. Floor 6c. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_PROGRESS_BAR_H
#define CEDE_PROGRESS_BAR_H

#include <cede/progress.h>

#include "loop/chores.h"
#include "progress/meter.h"
#include "progress/pace.h"
#include "progress/remote.h"
#include "progress/renderer.h"

struct cede_progress {
    struct cede__pace
        pace;            /* first: the count is what is touched most; stopped if nothing is shown */
    cede_time drawn_at;  /* the last drawing that was due; the start before there was one */
    cede_time spared_at; /* when n_spare was last full */
    struct cede__chore
        chore;      /* on the list of the loop that was here when the bar was made or used */
    int n_spare;    /* drawings that new words may still have */
    bool is_mirror; /* of a child process's bar: mirror.c looks after it, no loop does */
    bool lines;     /* shows lines of text, not a bar */
    bool unicode;

    cede_progress_options options;   /* with defaults filled in; its texts are those below */
    struct cede__renderer *renderer; /* one user of it; until destroyed; NULL if `remote` is not */
    struct cede__remote_bar *remote; /* the parent process shows it, from there; NULL: we do */
    uint32_t n_resets, n_unpauses;   /* calls of those, for the parent */
    struct cede__line line;
    char description[256];
    char postfix[256];
    char unit[32];
    char colour[CEDE__COLOUR_SIZE]; /* as an escape sequence; "" for none */
};

/* Make a bar that stands for one of a child process, which has begun to count at that time. */
cede_progress *cede__progress_create_mirror(const cede_progress_options *options,
                                            cede_time started_at);

/* Give a bar that mirrors another the escape sequence of its colour. */
void cede__progress_set_sequence(cede_progress *bar, const char *sequence);

/* cede_progress_close, as if at that time. */
void cede__progress_close_at(cede_progress *bar, cede_time when);

/* Redraw the bar if what it shows is out of date: units that were counted since, or a second of
 * elapsed time. A chore of the loop on whose thread the bar is used. Returns nanoseconds until
 * it is worth calling again; CEDE_NEVER once the bar is closed or shows nothing. */
cede_time cede__progress_tick(cede_progress *bar);

/* The line of the bar as of now, with its latest rate. */
void cede__progress_format_now(const cede_progress *bar, char *buffer, size_t size);

#endif
