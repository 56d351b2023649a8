/* ps.c - `cede ps` and `cede tree`: the tasks of a running process, from outside.
 *
 * It is not stopped and nothing is written to it, so one that is wedged is shown as it stands.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "remote.h"
#include "sys/clock.h"
#include "tool.h"

static const char help[] =
    "usage: cede ps PID        a line for each unfinished task of the process\n"
    "       cede tree PID      the same as a tree, with stacks\n\n"
    "A task stands under the one whose group it is in, or which waits for it. The process must "
    "use\n"
    "the same version of cede, and be yours; it is only read, and goes on meanwhile.\n";

static const char *state_of(const struct remote_task *task)
{
    return task->is_running ? "running" : task->task.ready.waiter ? "waiting" : "ready";
}

static void print_span(const char *word, cede_time span)
{
    char buffer[32];
    struct cede__text text = {buffer, sizeof buffer, 0};

    cede__text_add_span(&text, span < 0 ? 0 : span);
    printf(", %s %s", word, buffer);
}

static void print_task(const struct remote_loop *loop, const struct remote_task *task, int indent)
{
    const cede_time now = loop->loop.is_virtual ? loop->loop.now : cede__clock_monotonic();

    printf("%*s'%s' at %s:%d %s", indent, "", task->name, task->file, task->line, state_of(task));
    if (task->what[0])
        printf(" for %s", task->what);
    if (task->task.coro.is_listed)
        print_span("age", now - task->task.listed_at);
    if (task->task.ready.waiter && !task->is_running)
        print_span("waits", now - task->waiter.since);
    printf("\n");
}

/* The tree. */

static int compare_addresses(const void *a, const void *b)
{
    const struct remote_task *const *one = a, *const *two = b;

    return ((*one)->address > (*two)->address) - ((*one)->address < (*two)->address);
}

struct index {
    struct remote_task **sorted;
    size_t n;
};

static struct remote_task *find_task(const struct index *index, uintptr_t address)
{
    const struct remote_task key = {.address = address}, *const key_at = &key;
    struct remote_task **found =
        bsearch(&key_at, index->sorted, index->n, sizeof(void *), compare_addresses);

    return found ? *found : NULL;
}

/* Whether `task` lies above `under` already: then it is not to hang there. */
static bool is_above(const struct remote_task *task, const struct remote_task *under)
{
    for (; under; under = under->parent) {
        if (under == task)
            return true;
    }
    return false;
}

static void set_parents(const struct remote *remote, struct remote_loop *loop,
                        const struct index *index)
{
    for (size_t i = 0; i < loop->n; i++) {
        struct remote_task *task = &loop->tasks[i];
        struct cede_group group;
        if (task->task.group &&
            remote_read(remote->pid, (uintptr_t)task->task.group, &group, sizeof group)) {
            struct remote_task *owner = find_task(index, (uintptr_t)group.scope.task);
            if (owner && !is_above(task, owner))
                task->parent = owner;
        }
    }
    for (size_t i = 0; i < loop->n; i++) {
        struct remote_task *task = &loop->tasks[i];
        struct remote_task *awaited = find_task(index, task->awaited);
        if (awaited && !awaited->parent && !is_above(awaited, task))
            awaited->parent = task;
    }
}

/* Children of one in the order of their addresses in memory would be nobody's order: by place. */
static int compare_parents(const void *a, const void *b)
{
    const struct remote_task *one = *(struct remote_task *const *)a;
    const struct remote_task *two = *(struct remote_task *const *)b;

    if (one->parent != two->parent)
        return one->parent > two->parent ? 1 : -1;
    return (one > two) - (one < two);
}

static void print_under(const struct remote_loop *loop, const struct index *by_parent,
                        struct remote_task *parent, int depth)
{
    size_t low = 0, high = by_parent->n;

    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (by_parent->sorted[middle]->parent < parent)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < by_parent->n && by_parent->sorted[low]->parent == parent; low++) {
        const int indent = 2 + 2 * (depth < 20 ? depth : 20);
        print_task(loop, by_parent->sorted[low], indent);
        remote_stack_print(by_parent->sorted[low], indent + 2);
        print_under(loop, by_parent, by_parent->sorted[low], depth + 1);
    }
}

static bool print_tree(const struct remote *remote, struct remote_loop *loop)
{
    struct index index = {malloc((loop->n + 1) * sizeof(void *)), loop->n};

    if (!index.sorted)
        return false;
    for (size_t i = 0; i < loop->n; i++)
        index.sorted[i] = &loop->tasks[i];
    qsort(index.sorted, index.n, sizeof(void *), compare_addresses);
    set_parents(remote, loop, &index);
    qsort(index.sorted, index.n, sizeof(void *), compare_parents);
    print_under(loop, &index, NULL, 0);
    free(index.sorted);
    return true;
}

static int show(int argc, char **argv, bool as_tree)
{
    static struct remote remote;
    bool is_whole = true;
    long pid;

    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        fputs(help, stdout);
        return TOOL_OK;
    }
    if (argc != 2)
        return tool_usage(argv[0], "takes the number of a process");
    if (!tool_number(argv[0], argv[1], 1, 1L << 30, &pid))
        return TOOL_USAGE;
    if (!remote_open(&remote, (pid_t)pid))
        return TOOL_FAILURE;
    if (as_tree && !remote_stack_open((pid_t)pid))
        fprintf(stderr, "cede: no stacks: libdw cannot read the modules of process %ld\n", pid);
    for (size_t i = 0; i < remote.n_loops; i++) {
        struct remote_loop *loop = &remote.loops[i];
        printf("loop %zu on the %s clock: %zu tasks\n", i,
               loop->loop.is_virtual ? "virtual" : "real", loop->n);
        for (size_t k = 0; k < loop->n && !as_tree; k++)
            print_task(loop, &loop->tasks[k], 2);
        if (as_tree)
            is_whole = print_tree(&remote, loop) && is_whole;
    }
    if (as_tree)
        remote_stack_close();
    remote_close(&remote);
    return is_whole ? TOOL_OK : TOOL_FAILURE;
}

int ps_main(int argc, char **argv)
{
    return show(argc, argv, false);
}

int tree_main(int argc, char **argv)
{
    return show(argc, argv, true);
}
