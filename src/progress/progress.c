/* progress.c - progress bars: what they show, and when.
 *
 * The pace counts, and says when the clock is worth reading. Then (progress_check) the bar is drawn
 * if min_interval has passed since the last drawing: the numbers become a line (meter.c) that the
 * renderer of the descriptor shows. As lines of text a bar has no line on the renderer's block: it
 * writes. New words are drawn at once while that is rare: a few drawings per interval are spared
 * for them. The loop redraws a bar that nobody adds to as one of its chores. A closed bar and one
 * that is off keep counting with a pace that is stopped. So does one that the parent process shows
 * (remote.h), but that it writes each count where the parent reads it.
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* strcasestr */
#include <stdlib.h>
#include <string.h>

#include <cede/progress.h>

#include "base/base.h"
#include "loop/loop.h"
#include "progress/bar.h"
#include "progress/mirror.h"
#include "progress/width.h"

#define DEFAULT_MIN_INTERVAL CEDE_MS(100)
#define DEFAULT_LOG_INTERVAL CEDE_S(10)
#define DEFAULT_SMOOTHING    0.3
#define SPARE_DRAWINGS       4 /* for new words, per min_interval */

static cede_time clock_now(void)
{
    return cede__progress_system->now();
}

/* Drawing. */

enum rate { SMOOTHED_RATE, MEAN_RATE };

static void progress_format(const cede_progress *bar, cede_time now, enum rate rate, char *buffer,
                            size_t size)
{
    struct cede__text text = {buffer, size, 0};
    struct cede__meter meter = {
        .n = bar->pace.n,
        .total = bar->options.total,
        .initial = bar->options.initial,
        .elapsed = cede_time_seconds(now - bar->pace.started_at),
        .unit_scale = bar->options.unit_scale,
        .unit_divisor = bar->options.unit_divisor,
        .columns = bar->options.columns,
        .prefix = bar->description,
        .unit = bar->unit,
        .postfix = bar->postfix,
        .colour = bar->lines ? "" : bar->colour,
        .unicode = bar->unicode,
    };
    int columns, rows;

    if (rate == SMOOTHED_RATE)
        meter.has_rate = cede__pace_rate(&bar->pace, &meter.rate);
    if (!bar->lines && meter.columns >= 0) {
        cede__renderer_measure(bar->renderer, &columns, &rows);
        if (meter.columns == 0 || meter.columns > columns)
            meter.columns = columns;
    }
    if (meter.columns > CEDE__METER_COLUMNS)
        meter.columns = CEDE__METER_COLUMNS;
    buffer[0] = '\0';
    cede__meter_format(&meter, &text);
}

void cede__progress_format_now(const cede_progress *bar, char *buffer, size_t size)
{
    progress_format(bar, clock_now(), SMOOTHED_RATE, buffer, size);
}

static void progress_draw(cede_progress *bar, cede_time now)
{
    char text[CEDE__LINE_SIZE];

    progress_format(bar, now, SMOOTHED_RATE, text, sizeof text);
    if (bar->lines)
        cede__renderer_write(bar->renderer, text, strlen(text));
    else
        cede__renderer_draw(bar->renderer, &bar->line, text);
}

/* A drawing that is due: it counts for the rate. */
static void progress_draw_due(cede_progress *bar, cede_time now)
{
    cede__pace_step(&bar->pace, now);
    progress_draw(bar, now);
    bar->drawn_at = now;
}

static bool progress_has_appeared(const cede_progress *bar, cede_time now)
{
    return now >= cede_time_add(bar->pace.started_at, bar->options.delay);
}

static bool progress_is_due(const cede_progress *bar, cede_time now)
{
    const cede_time span = now - bar->drawn_at;
    const double units = (double)bar->pace.n - (double)bar->pace.rated_n;
    const int64_t total = bar->options.total;

    if (!progress_has_appeared(bar, now))
        return false;
    if (!bar->lines)
        return span >= bar->options.min_interval;
    if (span < bar->options.log_interval &&
        !(total > 0 && span >= CEDE_S(1) && units >= (double)total / 10))
        return false;
    return cede__renderer_may_log(bar->renderer, now);
}

/* Let the loop of this thread, if there is one, redraw the bar while nobody adds to it. On a
 * virtual clock it would have nothing to go by: a bar shows the time of the world. */
static void progress_join_loop(cede_progress *bar)
{
    struct cede_loop *loop = cede__loop_here;

    if (!loop || loop->is_virtual || bar->pace.stopped || bar->is_mirror)
        return;
    bar->chore.when = cede__loop_now(loop) + bar->options.min_interval;
    cede__list_append(&loop->chores, &bar->chore.link);
}

/* Look at the clock, and draw if that is due. */
static void progress_check(cede_progress *bar)
{
    cede_time now;

    if (bar->remote)
        cede__remote_count(bar->remote, bar->pace.n);
    if (bar->pace.stopped)
        return;
    now = clock_now();
    if (progress_is_due(bar, now))
        progress_draw_due(bar, now);
    cede__pace_look_ahead(&bar->pace, now);
    if (bar->is_mirror)
        return;
    cede__mirrors_look();
    if (cede__list_is_empty(&bar->chore.link))
        progress_join_loop(bar);
}

/* While the loop waits. */

cede_time cede__progress_tick(cede_progress *bar)
{
    cede_time now;

    if (!bar || bar->pace.stopped)
        return CEDE_NEVER;
    now = clock_now();
    /* Where no unit has come, only the elapsed time is old, which shows seconds. */
    if (progress_is_due(bar, now) &&
        (bar->pace.n != bar->pace.rated_n || now - bar->drawn_at >= CEDE_S(1)))
        progress_draw_due(bar, now);
    cede__pace_look_ahead(&bar->pace, now);
    return bar->options.min_interval > 0 ? bar->options.min_interval : DEFAULT_MIN_INTERVAL;
}

static void progress_run_chore(struct cede__chore *chore, cede_time now)
{
    cede_progress *bar = cede__container_of(chore, cede_progress, chore);

    chore->when = cede_time_add(now, cede__progress_tick(bar));
}

/* Making. */

static bool text_is_utf8(const char *locale)
{
    return strcasestr(locale, "utf-8") || strcasestr(locale, "utf8");
}

/* From the environment, because a C program that has not called setlocale is in the locale "C"
 * whatever its user's is. */
static bool environment_is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

    for (size_t i = 0; i < cede__countof(names); i++) {
        const char *value = getenv(names[i]);
        if (value && value[0] != '\0')
            return text_is_utf8(value);
    }
    return false;
}

static bool is_screen(int fd)
{
    const char *terminal = getenv("TERM");

    return cede__progress_system->is_terminal(fd) && !(terminal && strcmp(terminal, "dumb") == 0);
}

static void progress_set_mode(cede_progress *bar)
{
    const cede_progress_mode mode = bar->options.mode;

    const bool screen = is_screen(bar->options.descriptor);

    if (mode == CEDE_PROGRESS_OFF || (mode == CEDE_PROGRESS_TERMINAL_ONLY && !screen))
        cede__pace_stop(&bar->pace);
    bar->lines = mode == CEDE_PROGRESS_LINES || (mode == CEDE_PROGRESS_AUTO && !screen);
    bar->unicode = bar->options.charset == CEDE_PROGRESS_UNICODE ||
                   (bar->options.charset == CEDE_PROGRESS_CHARSET_AUTO && !bar->lines &&
                    environment_is_utf8());
}

static void options_fill_in(cede_progress_options *options)
{
    if (options->descriptor == 0)
        options->descriptor = 2;
    if (!options->unit)
        options->unit = "it";
    if (options->unit_divisor <= 1)
        options->unit_divisor = 1000;
    if (options->smoothing == 0)
        options->smoothing = DEFAULT_SMOOTHING;
    if (options->smoothing > 1)
        options->smoothing = 1;
    if (options->min_interval == 0)
        options->min_interval = DEFAULT_MIN_INTERVAL;
    if (options->log_interval == 0)
        options->log_interval = DEFAULT_LOG_INTERVAL;
    if (options->log_interval < CEDE_S(1))
        options->log_interval = CEDE_S(1);
    if (options->columns < 0)
        options->columns = CEDE__METER_NO_BAR;
}

static void progress_start(cede_progress *bar, int64_t n, cede_time started_at)
{
    cede__pace_start(&bar->pace, n, started_at);
    bar->drawn_at = started_at;
    bar->spared_at = started_at;
    bar->n_spare = SPARE_DRAWINGS;
    if (!bar->pace.stopped && !bar->lines && bar->options.delay <= 0)
        progress_draw(bar, clock_now());
}

/* Tell the parent process what it shows, but for the count. */
static void progress_publish(const cede_progress *bar, cede_time closed_at)
{
    struct cede__remote_facts facts = {
        .options = bar->options,
        .started_at = bar->pace.started_at,
        .closed_at = closed_at,
        .n_resets = bar->n_resets,
        .n_unpauses = bar->n_unpauses,
    };

    memcpy(facts.description, bar->description, sizeof facts.description);
    memcpy(facts.postfix, bar->postfix, sizeof facts.postfix);
    memcpy(facts.unit, bar->unit, sizeof facts.unit);
    memcpy(facts.colour, bar->colour, sizeof facts.colour);
    cede__remote_tell(bar->remote, &facts);
}

/* Have the parent process show it; without room or connection it only counts. */
static void progress_start_remote(cede_progress *bar, cede_time started_at)
{
    cede__pace_stop(&bar->pace);
    progress_start(bar, bar->options.initial, started_at);
    if (bar->options.mode == CEDE_PROGRESS_OFF || !(bar->remote = cede__remote_claim()))
        return;
    cede__pace_call_always(&bar->pace);
    cede__remote_count(bar->remote, bar->pace.n);
    progress_publish(bar, 0);
    cede__remote_show(bar->remote);
}

static int progress_start_here(cede_progress *bar, cede_time started_at)
{
    bar->renderer = cede__renderer_acquire(bar->options.descriptor);
    if (!bar->renderer)
        return -ENOMEM;
    bar->pace.smoothing = bar->options.smoothing;
    bar->pace.min_interval = bar->options.min_interval;
    bar->pace.min_steps = bar->options.min_steps;
    progress_set_mode(bar);
    progress_start(bar, bar->options.initial, started_at);
    progress_join_loop(bar);
    return 0;
}

static cede_progress *progress_create(const cede_progress_options *options, cede_time started_at,
                                      bool is_mirror)
{
    cede_progress *bar = cede__calloc(1, sizeof *bar);

    if (!bar)
        return NULL;
    bar->is_mirror = is_mirror;
    bar->options = *options;
    options_fill_in(&bar->options);
    cede__width_copy_clean(bar->description, sizeof bar->description, bar->options.description);
    cede__width_copy_clean(bar->postfix, sizeof bar->postfix, bar->options.postfix);
    cede__width_copy_clean(bar->unit, sizeof bar->unit, bar->options.unit);
    cede__meter_colour(bar->options.colour, bar->colour);
    cede__list_init(&bar->chore.link);
    bar->chore.run = progress_run_chore;
    if (cede__remote_has_parent(bar->options.descriptor)) {
        progress_start_remote(bar, started_at);
    } else if (progress_start_here(bar, started_at) < 0) {
        cede__free(bar);
        return NULL;
    }
    return bar;
}

cede_progress *cede_progress_create(const cede_progress_options *options)
{
    static const cede_progress_options defaults;

    return progress_create(options ? options : &defaults, clock_now(), false);
}

cede_progress *cede__progress_create_mirror(const cede_progress_options *options,
                                            cede_time started_at)
{
    return progress_create(options, started_at, true);
}

/* Counting. */

void cede_progress_add(cede_progress *bar, int64_t n)
{
    if (bar && cede__pace_add(&bar->pace, n))
        progress_check(bar);
}

void cede_progress_set(cede_progress *bar, int64_t n)
{
    int64_t difference;

    if (!bar)
        return;
    if (__builtin_sub_overflow(n, bar->pace.n, &difference))
        difference = n > bar->pace.n ? INT64_MAX : INT64_MIN;
    cede_progress_add(bar, difference);
}

int64_t cede_progress_count(const cede_progress *bar)
{
    return bar ? bar->pace.n : 0;
}

/* What is shown. */

/* New words or a new total: drawn at once while that is rare, else with the next drawing that is
 * due. */
static void progress_changed(cede_progress *bar)
{
    const cede_time now = clock_now();

    if (bar->remote)
        progress_publish(bar, 0);
    if (bar->pace.stopped || bar->lines || !progress_has_appeared(bar, now))
        return;
    if (now - bar->spared_at >= bar->options.min_interval) {
        bar->spared_at = now;
        bar->n_spare = SPARE_DRAWINGS;
    }
    if (bar->n_spare > 0) {
        bar->n_spare--;
        progress_draw(bar, now);
    }
}

void cede_progress_set_total(cede_progress *bar, int64_t total)
{
    if (!bar || bar->options.total == total)
        return;
    bar->options.total = total;
    progress_changed(bar);
}

static void progress_set_text(cede_progress *bar, char *text, size_t size, const char *value)
{
    char clean[256];

    cede__width_copy_clean(clean, size, value);
    if (strcmp(clean, text) == 0)
        return;
    memcpy(text, clean, strlen(clean) + 1);
    progress_changed(bar);
}

void cede_progress_set_description(cede_progress *bar, const char *description)
{
    if (bar)
        progress_set_text(bar, bar->description, sizeof bar->description, description);
}

void cede_progress_set_postfix(cede_progress *bar, const char *postfix)
{
    if (bar)
        progress_set_text(bar, bar->postfix, sizeof bar->postfix, postfix);
}

void cede_progress_set_colour(cede_progress *bar, const char *colour)
{
    char sequence[CEDE__COLOUR_SIZE];

    cede__meter_colour(colour, sequence);
    if (bar)
        cede__progress_set_sequence(bar, sequence);
}

void cede__progress_set_sequence(cede_progress *bar, const char *sequence)
{
    if (strcmp(sequence, bar->colour) == 0)
        return;
    memcpy(bar->colour, sequence, strlen(sequence) + 1);
    progress_changed(bar);
}

void cede_progress_refresh(cede_progress *bar)
{
    if (bar && bar->remote)
        cede__remote_ring();
    if (bar && !bar->pace.stopped && !bar->lines)
        progress_draw(bar, clock_now());
    cede__mirrors_look();
}

void cede_progress_unpause(cede_progress *bar)
{
    if (!bar)
        return;
    bar->drawn_at = clock_now();
    cede__pace_skip(&bar->pace, bar->drawn_at);
    bar->n_unpauses++;
    if (bar->remote)
        progress_publish(bar, 0);
}

void cede_progress_reset(cede_progress *bar, int64_t total)
{
    if (!bar)
        return;
    if (total != 0)
        bar->options.total = total;
    bar->options.initial = 0;
    bar->n_resets++;
    progress_start(bar, 0, clock_now());
    if (bar->remote) {
        cede__pace_call_always(&bar->pace);
        cede__remote_count(bar->remote, 0);
        progress_publish(bar, 0);
    }
}

/* Ending. */

static void progress_close_remote(cede_progress *bar)
{
    progress_publish(bar, clock_now());
    cede__remote_close(bar->remote);
    bar->remote = NULL;
    cede__pace_stop(&bar->pace);
}

void cede__progress_close_at(cede_progress *bar, cede_time when)
{
    char text[CEDE__LINE_SIZE];

    if (bar->remote)
        progress_close_remote(bar);
    if (bar->pace.stopped)
        return;
    cede__pace_stop(&bar->pace);
    cede__list_remove(&bar->chore.link);
    if (!progress_has_appeared(bar, bar->drawn_at) && !bar->line.shown)
        return;
    progress_format(bar, when, MEAN_RATE, text, sizeof text);
    if (!bar->lines)
        cede__renderer_remove(bar->renderer, &bar->line, bar->options.transient ? NULL : text);
    else if (!bar->options.transient)
        cede__renderer_write(bar->renderer, text, strlen(text));
}

void cede_progress_close(cede_progress *bar)
{
    if (bar)
        cede__progress_close_at(bar, clock_now());
}

void cede_progress_destroy(cede_progress *bar)
{
    if (!bar)
        return;
    cede_progress_close(bar);
    cede__renderer_release(bar->renderer);
    cede__free(bar);
}
