/* remote.c - another process's tasks, read from outside.
 *
 * The struct cede__inspect is looked for in the writable data of the program and its libraries;
 * from there the loops are known, and from those the tasks. The structs are those of this very
 * version.
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "remote.h"
#include "task/owner.h"

enum {
    MAX_TASKS = 1 << 24,
    N_TRIES = 20, /* of a list that changes while it is read */
};

bool remote_read(pid_t pid, uintptr_t address, void *out, size_t size)
{
    const struct iovec to = {out, size}, from = {(void *)address, size};

    return process_vm_readv(pid, &to, 1, &from, 1, 0) == (ssize_t)size;
}

/* A text, cut to fit; "" if it cannot be read. */
static void read_text(pid_t pid, const char *address, char *out, size_t size)
{
    size_t n = 0;

    /* Not all at once: what follows may be no memory. */
    while (n + 1 < size && remote_read(pid, (uintptr_t)address + n, out + n, 1) && out[n])
        n++;
    out[n] = '\0';
}

/* Finding it. */

static bool find_in(struct remote *remote, uintptr_t low, uintptr_t high)
{
    static const char magic[16] = CEDE__INSPECT_MAGIC;
    const size_t size = high - low;
    char *copy = malloc(size);
    bool found = false;

    if (copy && remote_read(remote->pid, low, copy, size)) {
        for (size_t at = 0; at + sizeof remote->inspect <= size && !found; at += 16) {
            found = memcmp(copy + at, magic, sizeof magic) == 0;
            if (found)
                memcpy(&remote->inspect, copy + at, sizeof remote->inspect);
        }
    }
    free(copy);
    return found;
}

static bool find_inspect(struct remote *remote)
{
    enum { LARGEST = 64 << 20 };
    char path[64], line[4352], mode[8];
    unsigned long low, high;
    bool found = false;
    FILE *maps;

    snprintf(path, sizeof path, "/proc/%d/maps", (int)remote->pid);
    maps = fopen(path, "r");
    if (!maps)
        return false;
    while (!found && fgets(line, sizeof line, maps)) {
        if (sscanf(line, "%lx-%lx %7s", &low, &high, mode) == 3 && strcmp(mode, "rw-p") == 0 &&
            strchr(line, '/') && high - low <= LARGEST)
            found = find_in(remote, low, high);
    }
    fclose(maps);
    return found;
}

static bool find_checked(struct remote *remote)
{
    const int pid = (int)remote->pid;
    char path[64], byte;

    snprintf(path, sizeof path, "/proc/%d/maps", pid);
    errno = 0;
    if (!find_inspect(remote)) {
        FILE *maps = fopen(path, "r");
        const bool is_open = maps && fread(&byte, 1, 1, maps) == 1;
        if (maps)
            fclose(maps);
        fprintf(stderr,
                is_open
                    ? "cede: process %d does not use cede, or may not be looked into (same user, "
                      "kernel.yama.ptrace_scope 0, or root)\n"
                    : "cede: there is no process %d that may be looked into\n",
                pid);
        return false;
    }
    if (strcmp(remote->inspect.version, CEDE__VERSION) != 0 ||
        remote->inspect.loop_size != sizeof(struct cede_loop) ||
        (remote->inspect.task_size && remote->inspect.task_size != sizeof(struct cede_task))) {
        fprintf(stderr, "cede: process %d uses cede %.15s, built otherwise than this tool of %s\n",
                pid, remote->inspect.version, CEDE__VERSION);
        return false;
    }
    return true;
}

/* Tasks. */

/* After a blank, unless it is a comma. */
static void add_what(struct remote_task *task, const char *word, const char *name)
{
    const size_t at = strlen(task->what);
    const char *blank = at > 0 && *word != ',' ? " " : "";

    if (name)
        snprintf(task->what + at, sizeof task->what - at, "%s%s'%s'", blank, word, name);
    else
        snprintf(task->what + at, sizeof task->what - at, "%s%s", blank, word);
}

/* The name of a task there. */
static void task_name(pid_t pid, uintptr_t address, char *name, size_t size)
{
    struct cede__spawn_site site;
    const struct cede__spawn_site *at;

    name[0] = '\0';
    if (remote_read(pid, address + offsetof(struct cede_task, coro.site), &at, sizeof(void *)) &&
        remote_read(pid, (uintptr_t)at, &site, sizeof site))
        read_text(pid, site.name, name, size);
}

static void look_at_future(const struct remote *remote, struct remote_task *task)
{
    const uintptr_t at =
        (uintptr_t)task->task.ready.waiter + (uintptr_t)(intptr_t)task->kind.future_at;
    struct cede_future *address, future;
    char name[64];

    task->what[0] = '\0';
    if (!remote_read(remote->pid, at, &address, sizeof(void *)) ||
        !remote_read(remote->pid, (uintptr_t)address, &future, sizeof future))
        return;
    if (future.kind != remote->inspect.task_kind) {
        add_what(task, "a future", NULL);
        return;
    }
    task->awaited = (uintptr_t)address - offsetof(struct cede_task, future);
    task_name(remote->pid, task->awaited, name, sizeof name);
    add_what(task, "task ", name);
}

static void add_thread(struct remote_task *task, const char *word, uint64_t number)
{
    char text[64];

    snprintf(text, sizeof text, "%sthread %llu", word, (unsigned long long)number);
    add_what(task, text, NULL);
}

static void look_at_sync(const struct remote *remote, struct remote_task *task)
{
    struct cede__spot spot;
    struct cede__owned owned = {.owner = NULL};
    char name[64];

    if (!remote_read(remote->pid, (uintptr_t)task->task.ready.waiter, &spot, sizeof spot) ||
        !remote_read(remote->pid, (uintptr_t)spot.sync, &owned.sync, sizeof owned.sync))
        return;
    if (owned.sync.name) {
        read_text(remote->pid, owned.sync.name, name, sizeof name);
        add_what(task, "", name);
    }
    task->sync = (uintptr_t)spot.sync;
    if (task->kind.look != CEDE__LOOK_OWNED ||
        !remote_read(remote->pid, (uintptr_t)spot.sync, &owned, sizeof owned) || !owned.owner)
        return;
    if (cede__owner_thread_number(owned.owner)) {
        add_thread(task, "held by ", cede__owner_thread_number(owned.owner));
    } else if (owned.owner_loop) {
        task->awaited = (uintptr_t)owned.owner;
        task_name(remote->pid, task->awaited, name, sizeof name);
        add_what(task, "held by task ", name);
    } else {
        add_what(task, "held by a task that has ended", NULL);
    }
}

/* The task of any loop with that number; NULL: it has ended. */
static const struct remote_task *task_numbered(const struct remote *remote, uint64_t number)
{
    for (size_t i = 0; i < remote->n_loops; i++) {
        const struct remote_loop *loop = &remote->loops[i];
        size_t low = 0, high = loop->n_listed;
        while (low < high) {
            const size_t middle = (low + high) / 2;
            if (loop->tasks[middle].task.number < number)
                low = middle + 1;
            else
                high = middle;
        }
        if (low < loop->n_listed && loop->tasks[low].task.number == number)
            return &loop->tasks[low];
    }
    return NULL;
}

/* When all tasks are known: who took last of what it waits for. */
static void look_at_takers(const struct remote *remote, struct remote_task *task)
{
    const struct cede__taker_kind *kind = &task->kind.takers;
    uint64_t numbers[8];
    char word[64];

    if (!task->sync || !kind->word || kind->n > (int)cede__countof(numbers) ||
        !remote_read(remote->pid, task->sync + (uintptr_t)kind->at, numbers,
                     (size_t)kind->n * sizeof *numbers))
        return;
    if (numbers[0]) {
        read_text(remote->pid, kind->word, word, sizeof word);
        add_what(task, word, NULL);
    }
    for (int i = 0; i < kind->n && numbers[i]; i++) {
        const struct remote_task *taker = task_numbered(remote, numbers[i]);
        if (i > 0)
            add_what(task, ",", NULL);
        if (cede__number_is_thread(numbers[i]))
            add_thread(task, "", numbers[i]);
        else
            add_what(task, taker ? "task " : "a task that has ended", taker ? taker->name : NULL);
        if (taker && kind->are_holders && task->awaited == 0)
            task->awaited = taker->address;
    }
}

static void look_at_wait(const struct remote *remote, struct remote_task *task)
{
    char noun[64];

    if (!remote_read(remote->pid, (uintptr_t)task->task.ready.waiter, &task->waiter,
                     sizeof task->waiter) ||
        !remote_read(remote->pid, (uintptr_t)task->waiter.kind, &task->kind, sizeof task->kind))
        return;
    read_text(remote->pid, task->kind.noun, noun, sizeof noun);
    add_what(task, noun, NULL);
    if (task->kind.look == CEDE__LOOK_FUTURE)
        look_at_future(remote, task);
    else if (task->kind.look != CEDE__LOOK_NOTHING)
        look_at_sync(remote, task);
}

static bool add_task(const struct remote *remote, struct remote_loop *loop, uintptr_t address)
{
    struct cede__spawn_site site;
    struct remote_task *task;

    if ((loop->n & (loop->n + 1)) == 0) { /* 2^k - 1 of them fill the room */
        struct remote_task *tasks = realloc(loop->tasks, 2 * (loop->n + 1) * sizeof *tasks);
        if (!tasks)
            return false;
        loop->tasks = tasks;
    }
    task = &loop->tasks[loop->n];
    *task = (struct remote_task){.address = address};
    if (!remote_read(remote->pid, address, &task->task, sizeof task->task))
        return false;
    if (remote_read(remote->pid, (uintptr_t)task->task.coro.site, &site, sizeof site)) {
        const char *slash;
        char file[256];
        read_text(remote->pid, site.name, task->name, sizeof task->name);
        read_text(remote->pid, site.file, file, sizeof file);
        slash = strrchr(file, '/');
        snprintf(task->file, sizeof task->file, "%.60s", slash ? slash + 1 : file);
        task->line = site.line;
    }
    task->is_running = (uintptr_t)loop->loop.current == address + offsetof(struct cede_task, ready);
    if (task->task.ready.waiter && !task->is_running)
        look_at_wait(remote, task);
    loop->n++;
    return true;
}

/* Those in their first turn, or before it, are on no list yet. */
static bool read_ready(const struct remote *remote, struct remote_loop *loop)
{
    uintptr_t at = (uintptr_t)loop->loop.current;
    bool is_current = at != 0;
    struct cede__ready ready;

    for (at = is_current ? at : (uintptr_t)loop->loop.ready_first; at && loop->n < MAX_TASKS;) {
        const uintptr_t address = at - offsetof(struct cede_task, ready);
        bool is_listed;
        if (!remote_read(remote->pid, at, &ready, sizeof ready))
            return false;
        if (ready.coro || is_current) {
            if (!remote_read(remote->pid, address + offsetof(struct cede_task, coro.is_listed),
                             &is_listed, 1) ||
                (!is_listed && !add_task(remote, loop, address)))
                return false;
        }
        if (is_current)
            at = (uintptr_t)loop->loop.ready_first;
        else
            at = (uintptr_t)loop->loop.ready_end == at ? 0 : (uintptr_t)ready.next;
        is_current = false;
    }
    return true;
}

static bool read_loop(const struct remote *remote, struct remote_loop *loop)
{
    const uintptr_t head = loop->address + offsetof(struct cede_loop, tasks);

    loop->n = 0;
    if (!remote_read(remote->pid, loop->address, &loop->loop, sizeof loop->loop))
        return false;
    for (uintptr_t at = (uintptr_t)loop->loop.tasks.next, last = head; at != head;) {
        if (loop->n >= MAX_TASKS || !add_task(remote, loop, at - offsetof(struct cede_task, link)))
            return false;
        const struct cede__list *link = &loop->tasks[loop->n - 1].task.link;
        if ((uintptr_t)link->prev != last)
            return false; /* it has changed meanwhile */
        last = at;
        at = (uintptr_t)link->next;
    }
    loop->n_listed = loop->n;
    return read_ready(remote, loop);
}

bool remote_open(struct remote *remote, pid_t pid)
{
    struct cede__list link;
    uintptr_t at, head;

    *remote = (struct remote){.pid = pid};
    if (!find_checked(remote))
        return false;
    head = (uintptr_t)remote->inspect.live_loops;
    for (at = head; remote_read(pid, at, &link, sizeof link) && (uintptr_t)link.next != head;) {
        bool is_read = false;
        if (remote->n_loops == sizeof remote->loops / sizeof remote->loops[0])
            break;
        at = (uintptr_t)link.next;
        struct remote_loop *loop = &remote->loops[remote->n_loops++];
        loop->address = at - offsetof(struct cede_loop, live);
        for (int i = 0; i < N_TRIES && !is_read; i++)
            is_read = read_loop(remote, loop);
        if (!is_read)
            fprintf(stderr, "cede: the tasks of a loop change too fast: what follows is not all\n");
    }
    for (size_t i = 0; i < remote->n_loops; i++) {
        for (size_t k = 0; k < remote->loops[i].n; k++)
            look_at_takers(remote, &remote->loops[i].tasks[k]);
    }
    return true;
}

void remote_close(struct remote *remote)
{
    for (size_t i = 0; i < remote->n_loops; i++)
        free(remote->loops[i].tasks);
}
