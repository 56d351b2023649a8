/* dump.h - who waits for what. Floor 4. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_DUMP_H
#define CEDE_TASK_DUMP_H

#include "task/task.h"

/* Every unfinished task of the loop with what it waits for and its stack; only reads. */
void cede__dump_tasks(const struct cede_loop *loop, struct cede__text *text);

#endif
