/* dump.c - every unfinished task, what it waits for, and where it stands.
 *
 *     'a' -> 'b' -> 'a': each waits for the next
 *   <Task pending name='main' at bank.c:61 waiting for 2 of 2 futures>, age 5s, waits 5s
 *     cede_gather
 *     main at bank.c:70
 *     <Task pending name='a' at bank.c:40 waiting for task 'b'>, age 5s, waits 4.8s
 *       cede_await
 *       transfer at bank.c:22
 *     ...
 *   and 973 more
 *
 * First the circles, which no wake-up could ever undo; then the tree of tasks, oldest first.
 * Everything is read from links that exist anyway. A stack equal to the one above it is not shown
 * again.
 *
 * All of it happens on the loop's own stack, with no task running: libdw wants more stack than a
 * task may have left. A task that asks is parked meanwhile, and is the next to run.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "task/dump.h"
#include "task/wait_graph.h"

enum {
    MAX_NAMES = 16,  /* of a circle; of longer ones the beginning is shown */
    MAX_INDENT = 40, /* columns; what lies deeper in the tree is not moved any further */
    LAST_LINE = 64,  /* bytes kept free for it */
    PART = 16 * 1024,
};

/* Parts. */

static void add_circle(const struct cede__party *first, struct cede__text *text)
{
    const struct cede__party *party = first;
    bool is_guess = false;
    size_t n = 0;

    cede__text_add(text, "    ");
    do {
        is_guess |= cede__graph_is_guess(party);
        if (n++ < MAX_NAMES) {
            cede__party_name(party, text);
            cede__text_add(text, " -> ");
        }
        party = party->next;
    } while (party != first);
    if (n > MAX_NAMES)
        cede__text_add(text, "%zu more -> ", n - MAX_NAMES);
    cede__party_name(first, text);
    cede__text_add(text, ": each waits for the next%s\n", is_guess ? ", as far as is known" : "");
}

static void add_task(const struct cede_task *task, unsigned indent, cede_time now,
                     struct cede__text *text)
{
    char line[512];

    (void)cede_future_format(&task->future, line, sizeof line);
    cede__text_add(text, "%*s%s, age ", (int)indent, "", line);
    cede__text_add_span(text, now - task->listed_at);
    if (task->ready.waiter) {
        cede__text_add(text, ", waits ");
        cede__text_add_span(text, now - task->ready.waiter->since);
    } else {
        cede__text_add(text, task->loop->current == &task->ready ? ", runs" : ", is ready");
    }
    cede__text_add(text, "\n");
    cede__dump_stack(task, indent - 2, text);
}

static void put_circle(struct cede__party *first, void *arg)
{
    struct cede__dump_sink *sink = arg;
    char buffer[1024];
    struct cede__text part = {buffer, sizeof buffer, 0};

    add_circle(first, &part);
    (void)sink->put(sink, &part);
}

void cede__dump_tasks(struct cede_loop *loop, bool is_stuck, struct cede__dump_sink *sink)
{
    char buffer[PART];
    size_t n_left_out = 0;
    unsigned depth = 0;

    sink->now = cede__loop_now(loop);
    cede__dump_stack_begin();
    cede__look_begin();
    cede__graph_circles(loop, is_stuck, put_circle, sink);
    cede__look_end();
    for (struct cede_task *task = cede__graph_tree(loop); task;
         task = cede__graph_next(task, &depth)) {
        const unsigned indent = 2 + 2 * depth;
        struct cede__text part = {buffer, sizeof buffer, 0};
        if (n_left_out == 0)
            add_task(task, indent < MAX_INDENT ? indent : MAX_INDENT, sink->now, &part);
        if (n_left_out > 0 || !sink->put(sink, &part))
            n_left_out++;
    }
    if (n_left_out > 0)
        cede__text_add(&sink->text, "  and %zu more\n", n_left_out);
}

/* As a report. */

static char report_buffer[64 * 1024]; /* touched when there is something to say; under the
                                        * graph's lock */

static bool put_text(struct cede__dump_sink *sink, const struct cede__text *part)
{
    if (sink->text.length + part->length + LAST_LINE > sink->text.size)
        return false;
    cede__text_add(&sink->text, "%s", part->buffer);
    return true;
}

void cede__dump_report(struct cede_loop *loop, const char *headline)
{
    struct cede__dump_sink sink = {.put = put_text,
                                   .text = {report_buffer, sizeof report_buffer, 0}};

    cede__graph_enter();
    cede__text_add(&sink.text, "%s\n", headline);
    cede__dump_tasks(loop, true, &sink);
    cede__report_text(report_buffer);
    cede__graph_leave();
}

struct cede__dump_sink cede__dump_begin_circles(void)
{
    report_buffer[0] = '\0';
    cede__dump_stack_begin();
    return (struct cede__dump_sink){.put = put_text,
                                    .text = {report_buffer, sizeof report_buffer, 0}};
}

void cede__dump_add_circle(struct cede__dump_sink *sink, struct cede__party *first,
                           const char *headline)
{
    const struct cede__party *party = first;
    char buffer[PART];
    bool fits = true;

    cede__text_add(&sink->text, "%s\n", headline);
    add_circle(first, &sink->text);
    do {
        const struct cede_task *task = cede__party_task(party);
        struct cede__text part = {buffer, sizeof buffer, 0};
        if (task)
            add_task(task, 2, cede__loop_now(task->loop), &part);
        else
            cede__dump_thread(cede__party_thread(party), &part);
        fits = put_text(sink, &part);
        party = party->next;
    } while (fits && party != first);
    if (!fits)
        cede__text_add(&sink->text, "  and more\n");
}

void cede__dump_end_circles(struct cede__dump_sink *sink)
{
    if (sink->text.length > 0)
        cede__report_text(report_buffer);
}

/* To a file. */

static bool put_file(struct cede__dump_sink *sink, const struct cede__text *part)
{
    fputs(part->buffer, sink->file);
    return true;
}

static size_t count_tasks(struct cede_loop *loop)
{
    const struct cede__list *tasks = cede__task_list(loop);
    size_t n = 0;

    for (const struct cede__list *link = tasks->next; link != tasks; link = link->next)
        n++;
    return n;
}

void cede__dump_to_file(struct cede_loop *loop, FILE *file)
{
    struct cede__dump_sink sink = {.put = put_file, .file = file};

    fprintf(file, "cede: %zu tasks\n", count_tasks(loop));
    cede__graph_enter();
    cede__dump_tasks(loop, false, &sink);
    cede__graph_leave();
    fflush(file);
}

/* A task that asks for a dump. */
struct request {
    struct cede__ready ready; /* first in the queue: the dump */
    struct cede__waiter waiter;
    FILE *file;
};

static void request_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    (void)waiter;
    cede__text_add(text, "this dump");
}

static const struct cede__wait_kind dumping = {.describe = request_describe, .noun = "a dump"};

static void request_run(struct cede__ready *ready)
{
    struct request *request = cede__container_of(ready, struct request, ready);
    struct cede_task *task = request->waiter.task;

    cede__dump_to_file(task->loop, request->file);
    cede__dump_threads(request->file);
    request->waiter.rc = 0;
    task->ready.waiter = NULL;
    cede__loop_add_first(task->loop, &task->ready);
}

size_t cede_dump(FILE *file)
{
    struct cede_loop *loop = cede__loop_here;
    struct cede_task *task = cede__task_here();
    struct request request = {.waiter = {.kind = &dumping}, .file = file ? file : stderr};
    size_t n;

    n = loop ? count_tasks(loop) : 0;
    if (!task) {
        if (loop)
            cede__dump_to_file(loop, request.file);
        cede__dump_threads(request.file);
        return n;
    }
    request.ready.run = request_run;
    cede__loop_add_first(loop, &request.ready);
    (void)cede__task_park(task, &request.waiter);
    return n;
}
