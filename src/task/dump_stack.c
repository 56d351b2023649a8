/* dump_stack.c - the stacks of a dump: many tasks stand at the same place, so each is unwound once.
 *
 * To unwind and name a stack takes some 50 us, and a hundred thousand tasks stand in a handful of
 * ways. A shape remembers one: how deep it is, where its frames go on, and at which depths those
 * words lie. Another stack that is as deep, parked at the same place, with the same words at the
 * same depths, is the same.
 *
 * Callers: dump.c, in a look at the graph.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "coro/backtrace.h"
#include "task/dump.h"

enum {
    MAX_FRAMES = 64,
    N_SHAPES = 16,
};

struct shape {
    size_t n;     /* frames; 0: nothing is remembered */
    size_t depth; /* bytes in use; 0: it goes over several stacks, and is not recognised */
    uintptr_t places[MAX_FRAMES];
    uint32_t offsets[MAX_FRAMES]; /* from the stack pointer on, of all but the first place */
    char lines[4096];
};

static struct {
    struct shape known[N_SHAPES];
    struct shape odd; /* the last that is not recognised */
    size_t n_made;    /* known ones, ever: the oldest makes room */
} shapes;

static const struct shape *shown_last;

void cede__dump_stack_begin(void)
{
    shown_last = NULL;
}

static __attribute__((no_sanitize("address"))) uintptr_t word_at(uintptr_t sp, size_t offset)
{
    return *(const uintptr_t *)(sp + offset);
}

/* Where a plain task stands; a depth of 0 if it stands on several stacks, or runs. */
static struct cede__context_place task_where(const struct cede_task *task, size_t *depth_out)
{
    const struct cede__context_place at = cede__context_where(&task->coro.context);
    const bool is_plain = task->ready.coro == &task->coro && at.pc != 0 &&
                          at.sp >= (uintptr_t)task->coro.stack->low &&
                          at.sp < (uintptr_t)&task->coro;

    *depth_out = is_plain ? (uintptr_t)&task->coro - at.sp : 0;
    return at;
}

static bool shape_fits(const struct shape *shape, struct cede__context_place at, size_t depth)
{
    if (shape->n == 0 || depth == 0 || shape->depth != depth || shape->places[0] != at.pc)
        return false;
    for (size_t i = 1; i < shape->n; i++) {
        if (word_at(at.sp, shape->offsets[i]) != shape->places[i])
            return false;
    }
    return true;
}

/* The shape of a stack; NULL: it is not known. Any two may alternate, a hundred thousand times: so
 * all are looked at, not one slot that both would fall into. */
static const struct shape *shape_find(struct cede__context_place at, size_t depth)
{
    for (size_t i = 0; i < N_SHAPES; i++) {
        if (shape_fits(&shapes.known[i], at, depth))
            return &shapes.known[i];
    }
    return NULL;
}

/* Find where the words lie; a shape that lacks one is never recognised. */
static void shape_measure(struct shape *shape, uintptr_t sp, size_t depth)
{
    size_t offset = 0;

    shape->depth = depth;
    for (size_t i = 1; i < shape->n; i++) {
        while (offset + sizeof(uintptr_t) <= depth && word_at(sp, offset) != shape->places[i])
            offset += sizeof(uintptr_t);
        if (offset + sizeof(uintptr_t) > depth) {
            shape->depth = 0;
            return;
        }
        shape->offsets[i] = (uint32_t)offset;
        offset += sizeof(uintptr_t);
    }
}

/* The shape of a task's stack; NULL if it cannot be told. */
static const struct shape *shape_of(const struct cede_task *task)
{
    uintptr_t places[MAX_FRAMES];
    size_t depth;
    const struct cede__context_place at = task_where(task, &depth);
    const struct shape *known = shape_find(at, depth);

    if (known)
        return known;
    const size_t n = cede__backtrace(task->ready.coro, places, MAX_FRAMES);
    if (n == 0)
        return NULL;
    if (shown_last && shown_last->n == n &&
        memcmp(shown_last->places, places, n * sizeof places[0]) == 0)
        return shown_last;

    struct shape *shape = depth ? &shapes.known[shapes.n_made++ % N_SHAPES] : &shapes.odd;
    struct cede__text text = {shape->lines, sizeof shape->lines, 0};
    shape->n = n;
    memcpy(shape->places, places, n * sizeof places[0]);
    shape_measure(shape, at.sp, depth);
    shape->lines[0] = '\0';
    cede__backtrace_write(places, n, &text);
    shown_last = NULL; /* it may have been this slot */
    return shape;
}

static void add_lines(struct cede__text *text, const char *lines, unsigned indent)
{
    while (*lines) {
        const int length = (int)strcspn(lines, "\n");
        cede__text_add(text, "%*s", (int)indent, "");
        cede__text_add(text, "%.*s\n", length, lines);
        lines += length + (lines[length] != '\0');
    }
}

void cede__dump_stack(const struct cede_task *task, unsigned indent, struct cede__text *text)
{
    const struct shape *shape = task->ready.waiter ? shape_of(task) : NULL;

    if (!shape)
        return;
    if (shape == shown_last)
        cede__text_add(text, "%*s    the same stack as above\n", (int)indent, "");
    else
        add_lines(text, shape->lines, indent);
    shown_last = shape;
}
