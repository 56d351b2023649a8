/* cede/progress.h - progress bars, as tqdm draws them
 *
 *     cede_progress *bar = cede_progress_create(&(cede_progress_options){.total = 19});
 *     for (int i = 0; i < 19; i++) {
 *         ...
 *         cede_progress_add(bar, 1);          63%|######3   | 12/19 [00:14<00:08,  1.29it/s]
 *     }
 *     cede_progress_destroy(bar);
 *
 * On a terminal a bar is redrawn in place, ten times a second at most; elsewhere it becomes a line
 * of text now and then: all bars of a descriptor together one a second at most, final lines aside.
 * Several bars on one terminal stand below each other. Output that fails (nobody reads any more)
 * silences the bar and harms nothing. What the library itself reports appears above the bars.
 *
 * A bar belongs to one thread at a time; different bars may be used by different threads at once.
 * A loop redraws the bars of its thread while its tasks wait, on the real clock: a bar that is used
 * on a thread with a loop stays on that thread until it is closed. Every function takes NULL for a
 * bar that shows nothing, so that a program may go on when there was no memory for one.
 *
 * Bars of child processes: cede/progress_share.h.
 *
 * Source: src/progress/progress.c   Tests: tests/progress/test_progress.c
 * Guide: docs/progress.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_PROGRESS_H
#define CEDE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include <cede/def.h>
#include <cede/time.h>

CEDE_BEGIN_DECLS

typedef struct cede_progress cede_progress;

/* How a bar shows itself. */
typedef enum cede_progress_mode {
    CEDE_PROGRESS_AUTO,          /* a bar on a terminal, lines of text elsewhere */
    CEDE_PROGRESS_BAR,           /* a bar, whatever the descriptor is */
    CEDE_PROGRESS_LINES,         /* lines of text, whatever the descriptor is */
    CEDE_PROGRESS_TERMINAL_ONLY, /* a bar on a terminal, nothing elsewhere */
    CEDE_PROGRESS_OFF            /* nothing; what is written above the bar still appears */
} cede_progress_mode;

/* What a bar is made of. */
typedef enum cede_progress_charset {
    CEDE_PROGRESS_CHARSET_AUTO, /* blocks in a bar if the environment's locale is UTF-8, else ASCII
                                 */
    CEDE_PROGRESS_ASCII,        /* # and digits: tenths of a column */
    CEDE_PROGRESS_UNICODE       /* blocks: eighths of a column */
} cede_progress_charset;

/* All borrowed during the call. Zero is the default everywhere. */
typedef struct cede_progress_options {
    int64_t total;           /* units to come; 0: unknown, numbers are shown without a bar */
    int64_t initial;         /* units that were done before, in total but not in the rate */
    const char *description; /* before the bar, UTF-8; NULL: none; cut to 255 bytes */
    const char *postfix;     /* behind the rate, UTF-8; NULL: none; cut to 255 bytes */
    const char *colour;      /* of the bar: "red", "#ff8000"; NULL: the terminal's own */
    const char *unit;        /* one unit, "B" for bytes; NULL: "it"; cut to 31 bytes */
    double
        unit_scale;   /* 0: plain numbers; 1: with k, M, G ...; else numbers are multiplied by it */
    int unit_divisor; /* between k, M, G of counts, 1024 for bytes; 0: 1000 */
    bool transient;   /* leave nothing on the screen when closed (tqdm: leave=False) */
    cede_progress_mode mode;
    cede_progress_charset charset;
    int columns; /* of the whole line; 0: the terminal's, a bar of ten in lines of text; -1: no bar
                  */
    int descriptor;   /* where to, borrowed until closed; 0: standard error; 1: standard output */
    double smoothing; /* of the rate, above 0 up to 1, the latest speed alone; 0: 0.3; negative: the
                         mean */
    cede_time min_interval; /* between redraws; 0: 0.1 s; negative: none, every add redraws */
    cede_time log_interval; /* between lines of text, at least 1 s; 0: 10 s; also at every tenth */
    cede_time delay;        /* until the bar appears; closed before, it never does */
    int64_t min_steps; /* units between looks at the clock (tqdm: miniters); 0: found by itself */
} cede_progress_options;

/**
 * Make a bar and show it (tqdm.tqdm).
 *
 * @param options  borrowed; NULL is all defaults
 * @return the bar, to be destroyed; NULL where there is no memory, which every function here takes
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API cede_progress *cede_progress_create(const cede_progress_options *options);

/**
 * Count `n` more units, and redraw if it is time to (tqdm.update). Costs about a nanosecond between
 * redraws.
 *
 * @param bar  borrowed; NULL does nothing
 * @param n    units; negative takes some back
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has the bar.
 */
CEDE_API void cede_progress_add(cede_progress *bar, int64_t n);

/**
 * Set the count to `n` units: cede_progress_add of the difference.
 *
 * @param bar  borrowed; NULL does nothing
 * @param n    units done, cede_progress_options.initial included
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has the bar.
 */
CEDE_API void cede_progress_set(cede_progress *bar, int64_t n);

/**
 * Units counted so far.
 *
 * @param bar  borrowed; NULL gives 0
 * @return the count, cede_progress_options.initial included
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has the bar.
 */
CEDE_API int64_t cede_progress_count(const cede_progress *bar);

/**
 * Set the total, once it is known or has changed.
 *
 * @param bar    borrowed; NULL does nothing
 * @param total  units; 0 or less is unknown
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has the bar.
 */
CEDE_API void cede_progress_set_total(cede_progress *bar, int64_t total);

/**
 * Set the words before the bar. Control characters become spaces; colours stay.
 *
 * @param bar          borrowed; NULL does nothing
 * @param description  UTF-8, copied, cut to 255 bytes; NULL is none
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has the bar.
 */
CEDE_API void cede_progress_set_description(cede_progress *bar, const char *description);

/**
 * Set the words behind the rate, "loss=0.3". Control characters become spaces; colours stay.
 *
 * @param bar      borrowed; NULL does nothing
 * @param postfix  UTF-8, copied, cut to 255 bytes; NULL is none
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has the bar.
 */
CEDE_API void cede_progress_set_postfix(cede_progress *bar, const char *postfix);

/**
 * Set the colour of the bar, which its final state keeps. Lines of text have none.
 *
 * @param bar     borrowed; NULL does nothing
 * @param colour  black, red, green, yellow, blue, magenta, cyan, white, or "#" and six hexadecimal
 *                digits; NULL, or anything else: the terminal's own
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has the bar.
 */
CEDE_API void cede_progress_set_colour(cede_progress *bar, const char *colour);

/**
 * Print lines above the bars (tqdm.write).
 *
 * @param bar   borrowed, whose descriptor is written to; NULL is standard error
 * @param text  printed as it is, a newline added if the last line lacks it
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has the bar; with NULL from
 * any thread.
 */
CEDE_API void cede_progress_write(cede_progress *bar, const char *text);

/**
 * cede_progress_write with a printf format. Cut to 4,095 bytes where there is no memory.
 *
 * @param bar     borrowed, whose descriptor is written to; NULL is standard error
 * @param format  as printf's
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has the bar; with NULL from
 * any thread.
 */
CEDE_API void cede_progress_printf(cede_progress *bar, const char *format, ...) CEDE_PRINTF(2, 3);

/**
 * Clear the bars of this bar's descriptor off the screen, so that anything may be printed there,
 * until cede_progress_show. Calls nest.
 *
 * @param bar  borrowed; NULL does nothing
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has the bar.
 */
CEDE_API void cede_progress_hide(cede_progress *bar);

/**
 * End a cede_progress_hide: the bars are on the screen again.
 *
 * @param bar  borrowed; NULL does nothing
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has the bar.
 */
CEDE_API void cede_progress_show(cede_progress *bar);

/**
 * Draw the bar now, and those of child processes. Where it shows itself as lines of text this does
 * nothing: those keep their pace.
 *
 * @param bar  borrowed; NULL draws those of child processes only
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has the bar.
 */
CEDE_API void cede_progress_refresh(cede_progress *bar);

/**
 * Leave the time since the last redraw out of the elapsed time (tqdm.unpause): after a pause.
 *
 * @param bar  borrowed; NULL does nothing
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has the bar.
 */
CEDE_API void cede_progress_unpause(cede_progress *bar);

/**
 * Begin again at 0 units and 0 seconds.
 *
 * @param bar    borrowed; NULL does nothing
 * @param total  the new total; 0 keeps the one there is, negative makes it unknown
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has the bar.
 */
CEDE_API void cede_progress_reset(cede_progress *bar, int64_t total);

/**
 * Show the final state, once, with the mean rate, and leave the line behind, or take it away if the
 * bar is transient. The bar goes on counting and shows nothing any more. Closing twice is nothing.
 *
 * @param bar  borrowed; NULL does nothing
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has the bar.
 */
CEDE_API void cede_progress_close(cede_progress *bar);

/**
 * Close and free.
 *
 * @param bar  owned; NULL does nothing
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has the bar.
 */
CEDE_API void cede_progress_destroy(cede_progress *bar);

CEDE_END_DECLS

#endif
