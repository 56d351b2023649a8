/* thread.c - starts threads; signals are left to the threads the program made itself. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/thread.h"

int cede__thread_start(pthread_t *thread, const char *name, void *(*fn)(void *), void *arg)
{
    char short_name[16];
    sigset_t all, before;
    int rc;

    /* A worker must not be interrupted by the program's signals: the main thread's loop handles
     * them. */
    sigfillset(&all);
    sigdelset(&all, SIGSEGV);
    sigdelset(&all, SIGBUS);
    sigdelset(&all, SIGFPE);
    sigdelset(&all, SIGILL);
    sigdelset(&all, SIGPROF);
    sigdelset(&all, SIGURG); /* see sample.h */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    rc = pthread_create(thread, NULL, fn, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (rc != 0)
        return -rc;
    snprintf(short_name, sizeof short_name, "%s", name);
    pthread_setname_np(*thread, short_name);
    return 0;
}

void cede__thread_yield(void)
{
    (void)sched_yield();
}

int cede__cpu_count(void)
{
    cpu_set_t set;

    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

int cede__process_number(void)
{
    return getpid();
}

bool cede__thread_is_main(void)
{
    return syscall(SYS_gettid) == getpid();
}

static pthread_once_t end_once = PTHREAD_ONCE_INIT;
static pthread_key_t end_key;
static bool has_end_key;

static void end_call(void *run)
{
    ((void (*)(void))run)();
}

static void end_make_key(void)
{
    has_end_key = pthread_key_create(&end_key, end_call) == 0;
}

bool cede__thread_at_end(void (*run)(void))
{
    (void)pthread_once(&end_once, end_make_key);
    return has_end_key && pthread_setspecific(end_key, (void *)run) == 0;
}
