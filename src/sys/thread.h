/* thread.h - threads. Floor 1. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_THREAD_H
#define CEDE_SYS_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* Start fn(arg) on a new thread whose name (cut to 15 bytes) debuggers show. 0, or -EAGAIN,
 * -ENOMEM. */
int cede__thread_start(pthread_t *thread, const char *name, void *(*fn)(void *), void *arg);

/* Let others use this processor. */
void cede__thread_yield(void);

/* Processors this process may use; at least 1. */
int cede__cpu_count(void);

/* The number of this process; another one in a child of fork. */
int cede__process_number(void);

/* Whether the caller is the thread that runs main. */
bool cede__thread_is_main(void);

/* Have `run`, the same for every caller, called when the calling thread ends. Whether it will
 * be. */
bool cede__thread_at_end(void (*run)(void));

#endif
