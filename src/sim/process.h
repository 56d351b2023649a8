/* process.h - what a simulation knows of a process. Floor 6. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SIM_SIM_PROCESS_H
#define CEDE_SIM_SIM_PROCESS_H

#include "sim/sim.h"

/* It lies in the task, task->process, and is its argument. */
struct cede__process {
    struct cede_sim *sim;
    struct cede_task *task;
    cede_fn *fn;
    void *arg;
    void (*drop)(void *arg);   /* may be NULL */
    uint64_t number;           /* counted from 1, in the order of their making */
    int priority;              /* of its holds */
    int status;                /* that it ended with: see process_happens */
    struct cede__timer start;  /* armed: it starts later */
    struct cede__ready end;    /* see process_failed, process_happens */
    struct cede__list pending; /* interrupts that are still to be told */
    const char *waited; /* traced: what it waited for last, or why it will go on; NULL: nothing */
    struct cede__interrupt *told; /* the last one that was told; owned; NULL: none */
};

_Static_assert(sizeof(struct cede__process) <= sizeof(((struct cede_task *)0)->process),
               "there is room for it in a task");

/* process.c: the process of a task; NULL if it is a mere task, or NULL. */
struct cede__process *cede__process_of(const struct cede_task *task);

/* interrupt.c: a process ends. */
void cede__process_forget_interrupts(struct cede__process *process);

/* interrupt.c: cede_sim_interrupt with a copy of the cause, which is the process's until it is told
 * of the next one. It has not ended, and may be the one that runs: it is told where it waits
 * next. */
int cede__sim_interrupt_copy(struct cede__process *process, const void *cause, size_t size);

#endif
