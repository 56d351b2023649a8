/* dump.c - every unfinished task, what it waits for, and where it stands.
 *
 *     'a' -> 'b' -> 'a': each waits for the next
 *   <Task pending name='a' at bank.c:40 waiting for task 'b'>
 *     cede_await
 *     transfer at bank.c:22
 *   ...
 *   and 973 more
 *
 * First the circles, which no wake-up could ever undo; then the tasks, oldest first. Everything is
 * read from links that exist anyway. A stack equal to the one above it is not shown again.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "coro/backtrace.h"
#include "task/dump.h"

enum {
    MAX_FRAMES = 64,
    MAX_CIRCLE = 64, /* longer circles are not looked for */
    LAST_LINE = 64,  /* bytes kept free for it */
};

struct stack {
    uintptr_t places[MAX_FRAMES];
    size_t n;
};

/* How many tasks the circle has that the task is the first of: the one at the lowest address. 0: it
 * is of none. */
static size_t circle_of(const struct cede_task *first)
{
    const struct cede_task *task = first;

    for (size_t n = 1; n <= MAX_CIRCLE; n++) {
        task = cede__task_awaited(task);
        if (task == first)
            return n;
        if (task < first) /* or NULL: the end */
            return 0;
    }
    return 0;
}

static void dump_circle(const struct cede_task *first, struct cede__text *text)
{
    const struct cede_task *task = first;

    if (circle_of(first) == 0)
        return;
    cede__text_add(text, "    ");
    do {
        cede__text_add(text, "'%s' -> ", task->coro.site->name);
        task = cede__task_awaited(task);
    } while (task != first);
    cede__text_add(text, "'%s': each waits for the next\n", first->coro.site->name);
}

static void dump_stack(const struct cede_task *task, struct stack *above, struct cede__text *text)
{
    struct stack stack;

    if (!task->ready.waiter)
        return;
    stack.n = cede__backtrace(task->ready.coro, stack.places, MAX_FRAMES);
    if (stack.n == 0)
        return;
    if (stack.n == above->n &&
        memcmp(stack.places, above->places, stack.n * sizeof stack.places[0]) == 0) {
        cede__text_add(text, "    the same stack as above\n");
        return;
    }
    cede__backtrace_write(stack.places, stack.n, text);
    *above = stack;
}

static void dump_task(const struct cede_task *task, struct stack *above, struct cede__text *text)
{
    char line[256];

    (void)cede_future_format(&task->future, line, sizeof line);
    cede__text_add(text, "  %s\n", line);
    dump_stack(task, above, text);
}

static const struct cede_task *task_at(const struct cede__list *link)
{
    return cede__container_of(link, struct cede_task, link);
}

/* Add what was written to `part`, if whole. */
static bool text_add_whole(struct cede__text *text, const struct cede__text *part)
{
    if (text->length + part->length + LAST_LINE > text->size)
        return false;
    cede__text_add(text, "%s", part->buffer);
    return true;
}

void cede__dump_tasks(struct cede_loop *loop, struct cede__text *text)
{
    const struct cede__list *tasks = cede__task_list(loop);
    struct stack above = {.n = 0};
    char buffer[8 * 1024];
    size_t n_left_out = 0;

    for (const struct cede__list *link = tasks->next; link != tasks; link = link->next) {
        struct cede__text part = {buffer, sizeof buffer, 0};
        dump_circle(task_at(link), &part);
        if (part.length > 0)
            (void)text_add_whole(text, &part);
    }
    for (const struct cede__list *link = tasks->next; link != tasks; link = link->next) {
        struct cede__text part = {buffer, sizeof buffer, 0};
        if (n_left_out == 0)
            dump_task(task_at(link), &above, &part);
        if (n_left_out > 0 || !text_add_whole(text, &part))
            n_left_out++;
    }
    if (n_left_out > 0)
        cede__text_add(text, "  and %zu more\n", n_left_out);
}

void cede__dump_report(struct cede_loop *loop, const char *headline)
{
    static char buffer[64 * 1024]; /* touched when there is something to say */
    static struct cede__mutex lock;
    struct cede__text text = {buffer, sizeof buffer, 0};

    cede__mutex_lock(&lock);
    cede__text_add(&text, "%s\n", headline);
    cede__dump_tasks(loop, &text);
    cede__report_text(buffer);
    cede__mutex_unlock(&lock);
}
