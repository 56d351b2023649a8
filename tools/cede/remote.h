/* remote.h - another process's tasks, read from outside
 *
 * Nothing is written there and nobody is stopped: what is read may change meanwhile. A list that
 * does not hold together is read again.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TOOL_REMOTE_H
#define CEDE_TOOL_REMOTE_H

#include <sys/types.h>

#include "loop/inspect.h"
#include "task/wait_queue.h"

struct remote_task {
    uintptr_t address; /* there */
    struct cede_task task;
    struct cede__waiter waiter;  /* if it is parked */
    struct cede__wait_kind kind; /* likewise */
    char name[64], file[64];     /* of its site */
    int line;
    uintptr_t awaited;          /* the task that it waits for; 0: none known */
    char what[192];             /* what it waits for; "" if it does not */
    uintptr_t sync;             /* the object that it waits at; 0: none */
    bool is_running;            /* on its loop's thread */
    struct remote_task *parent; /* in the tree */
};

struct remote_loop {
    uintptr_t address;
    struct cede_loop loop;
    struct remote_task *tasks; /* in the order of their first turns */
    size_t n;
    size_t n_listed; /* of these, in the order of their numbers */
};

struct remote {
    pid_t pid;
    struct cede__inspect inspect;
    struct remote_loop loops[64];
    size_t n_loops;
};

/* Copy memory of the process. */
bool remote_read(pid_t pid, uintptr_t address, void *out, size_t size);

/* Read all tasks of all loops; false, with a line on standard error, if that cannot be done. */
bool remote_open(struct remote *remote, pid_t pid);
void remote_close(struct remote *remote);

/* remote_stack.c: print the stack of a parked task, `indent` columns in. */
bool remote_stack_open(pid_t pid);
void remote_stack_print(const struct remote_task *task, int indent);
void remote_stack_close(void);

#endif
