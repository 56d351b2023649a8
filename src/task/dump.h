/* dump.h - who waits for what. Floor 4. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_DUMP_H
#define CEDE_TASK_DUMP_H

#include "task/task.h"

/* Every unfinished task of the loop with what it waits for and its stack; only reads. Tasks that do
 * not fit into the text are counted in its last line. */
void cede__dump_tasks(struct cede_loop *loop, struct cede__text *text);

/* Report that, under a headline. */
void cede__dump_report(struct cede_loop *loop, const char *headline);

#endif
