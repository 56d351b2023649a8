/* executor.h - the inside of executors: what a kind of them provides. Floor 4. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_EXECUTOR_H
#define CEDE_TASK_EXECUTOR_H

#include <cede/executor.h>

#include "task/future.h"

/* What kinds of executor differ in. Each function does what the public one of its name says. */
struct cede__executor_kind {
    const char *noun; /* "thread pool" */
    /* A future, or NULL with a record; then drop is still to be called. */
    cede_future *(*submit)(struct cede_executor *executor, const cede_job *job);
    int (*shutdown)(struct cede_executor *executor, const cede_shutdown_options *options);
    void (*destroy)(struct cede_executor *executor);
    unsigned (*width)(const struct cede_executor *executor); /* jobs that may run at once */
    bool is_remote; /* jobs run in another address space: they get copies of bytes, no pointers */
};

struct cede_executor {
    const struct cede__executor_kind *kind;
};

#endif
