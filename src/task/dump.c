/* dump.c - every unfinished task, what it waits for, and where it stands. */
/* SPDX-License-Identifier: MIT */
#include "coro/backtrace.h"
#include "task/dump.h"

enum { MAX_FRAMES = 32 };

static void dump_stack(const struct cede_task *task, struct cede__text *text)
{
    uintptr_t places[MAX_FRAMES];
    size_t n;

    if (!task->has_started || !task->waiter)
        return;
    n = cede__backtrace(task->ready.coro, places, MAX_FRAMES);
    for (size_t i = 0; i < n; i++) {
        cede__text_add(text, "    ");
        cede__backtrace_describe(places[i], text);
        cede__text_add(text, "\n");
    }
}

void cede__dump_tasks(const struct cede_loop *loop, struct cede__text *text)
{
    for (const struct cede__list *link = loop->tasks.next; link != &loop->tasks;
         link = link->next) {
        const struct cede_task *task = cede__container_of(link, struct cede_task, link);
        char line[256];

        cede_future_format(&task->future, line, sizeof line);
        cede__text_add(text, "  %s\n", line);
        dump_stack(task, text);
    }
}
