/* dump.h - who waits for what. Floor 4. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_DUMP_H
#define CEDE_TASK_DUMP_H

#include <cede/dump.h>

#include "task/task.h"
#include "task/thread_wait.h"

/* Where a dump goes, part by part. */
struct cede__dump_sink {
    /* Take a part, whole; false: it does not fit, and the rest is only counted. */
    bool (*put)(struct cede__dump_sink *sink, const struct cede__text *part);
    struct cede__text text; /* the kind's own */
    FILE *file;             /* likewise */
    cede_time now;          /* when it began: unwinding takes time */
};

/* The circles among the loop's tasks, and then the tree of them, to the sink; of a loop in which no
 * task can go on also circles by guess. On the loop's own stack. */
void cede__dump_tasks(struct cede_loop *loop, bool is_stuck, struct cede__dump_sink *sink);

/* Report all that of a loop in which no task can go on, under a headline, as far as it fits. */
void cede__dump_report(struct cede_loop *loop, const char *headline);

/* Circles that are to be reported, put together in a look and reported after it; in a look at the
 * graph. */
struct cede__dump_sink cede__dump_begin_circles(void);
void cede__dump_add_circle(struct cede__dump_sink *sink, struct cede__party *first,
                           const char *headline);
void cede__dump_end_circles(struct cede__dump_sink *sink);

/* To the file, with a line about the loop. On the loop's own stack. */
void cede__dump_to_file(struct cede_loop *loop, FILE *file);

/* dump_threads.c: a thread that waits, with its stack. */
void cede__dump_thread(const struct cede__thread_wait *wait, struct cede__text *text);

/* dump_threads.c: what other threads do: the tasks of their loops, and the jobs of workers. */
void cede__dump_threads(FILE *file);

/* A thread of a pool, as a dump finds it; on its stack. */
struct cede__worker_entry {
    struct cede__list link;
    int thread; /* as cede__sample_thread */
};

/* Around the work of such a thread, by itself. */
void cede__dump_enter_worker(struct cede__worker_entry *entry);
void cede__dump_leave_worker(struct cede__worker_entry *entry);

/* deadlock.c: look out for circles of tasks, as long as the loop lives. */
void cede__deadlock_watch(struct cede_loop *loop);

/* deadlock.c: report a circle that this thread, which is on the list of those that wait, is in.
 * False: that could not be told just now. */
bool cede__deadlock_look(struct cede__thread_wait *wait);

/* dump_stack.c: add the stack of a parked task, shown before or not. In a look at the
 * graph, because of what it remembers. */
void cede__dump_stack(const struct cede_task *task, unsigned indent, struct cede__text *text);
void cede__dump_stack_begin(void); /* forget which one was last */

#endif
