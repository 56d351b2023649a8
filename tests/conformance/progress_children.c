/* progress_children.c - a total bar and the bars of eight worker processes, four each, on a real
 * terminal; progress_children.py looks at every frame.
 *
 * After each write to the terminal a mark follows, and the program waits for a byte from standard
 * input: so the other side may change the terminal's size between two frames, and never during one.
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cede/process_pool.h>
#include <cede/progress.h>
#include <cede/task.h>

#include "progress/renderer.h"
#include "sys/clock.h"
#include "sys/terminal.h"

#define MARK "\x1b]777;done\a"

enum { WORKERS = 8, BARS = 4, STEPS = 60 };

static cede_progress *volatile left_open[WORKERS]; /* seen here, they are no leaks */

/* A worker's: bars that advance at random, words above them, and at last one that it leaves
 * open. */
static int work(const void *in, void *out)
{
    static const char *const colours[BARS] = {"red", "#00ff80", NULL, "blue"};
    const int worker = *(const int *)in;
    cede_progress *bars[BARS];
    char name[32];

    (void)out;
    srand((unsigned)worker);
    for (int i = 0; i < BARS; i++) {
        snprintf(name, sizeof name, i == 1 ? "w%db%d 下载" : "w%db%d", worker, i);
        bars[i] = cede_progress_create(&(cede_progress_options){
            .total = STEPS,
            .description = name,
            .colour = colours[i],
            .charset = i < 2 ? CEDE_PROGRESS_UNICODE : CEDE_PROGRESS_ASCII});
    }
    for (int step = 1; step <= STEPS * BARS; step++) {
        cede_progress *bar = bars[rand() % BARS];

        if (cede_progress_count(bar) < STEPS)
            cede_progress_add(bar, 1);
        if (step % 48 == 0)
            cede_progress_printf(bar, "w%d says %d", worker, step / 48);
        (void)poll(NULL, 0, rand() % 10);
    }
    left_open[worker] = bars[0];
    for (int i = 0; i < BARS; i++) {
        cede_progress_set(bars[i], STEPS);
        if (i > 0)
            cede_progress_destroy(bars[i]);
    }
    return 0;
}

static int run(void *arg)
{
    static const int numbers[WORKERS] = {0, 1, 2, 3, 4, 5, 6, 7};
    cede_executor *pool = cede_process_pool(&(cede_process_pool_options){.n_workers = WORKERS});
    cede_progress *total = cede_progress_create(
        &(cede_progress_options){.total = WORKERS, .description = "total", .unit = "worker"});
    cede_future *jobs[WORKERS];

    (void)arg;
    for (int i = 0; i < WORKERS; i++)
        jobs[i] = cede_submit(
            pool, &(cede_job){.fn = work, .in = &numbers[i], .in_size = sizeof numbers[i]});
    for (int i = 0; i < WORKERS; i++) {
        CEDE_TRY(cede_join(jobs[i]));
        cede_progress_add(total, 1);
    }
    cede_executor_destroy(pool); /* the bars that were left open are closed */
    cede_progress_destroy(total);
    return 0;
}

static int write_and_wait(int fd, const char *bytes, size_t size)
{
    char byte;

    CEDE_TRY(cede__terminal_write(fd, bytes, size));
    CEDE_TRY(cede__terminal_write(fd, MARK, sizeof MARK - 1));
    return read(0, &byte, 1) == 1 ? 0 : -EIO;
}

int main(int argc, char **argv)
{
    static const struct cede__progress_system screen = {cede__clock_monotonic, cede__terminal_is_at,
                                                        cede__terminal_size, write_and_wait};

    cede_process_init(argc, argv);
    cede__progress_system = &screen;
    setenv("TERM", "xterm", 1);
    return cede_run(run, NULL) == 0 ? 0 : 1;
}
