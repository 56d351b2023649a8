/* signals.c - signal handlers that only count and notify; and the fault handler with its alternate
 * stacks.
 *
 * A process has one disposition a signal, so there is one slot a signal, owned by whoever started
 * it. The handler touches only atomics and calls notify, which writes to an eventfd.
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

#include "base/base.h"
#include "sys/memory.h"
#include "sys/signals.h"

enum { N_SIGNALS = 65, FAULT_STACK_SIZE = 64 * 1024 };

static struct signal_slot {
    uint32_t busy;    /* atomic: somebody owns the slot */
    uint32_t pending; /* atomic: arrivals not taken yet */
    uint32_t arrived; /* atomic: all arrivals */
    uint32_t exit_at; /* the arrival that ends the process; 0: none */
    cede__signal_notify *notify;
    void *arg;
    struct sigaction before;
} slots[N_SIGNALS];

static void signal_arrived(int signo)
{
    struct signal_slot *slot = &slots[signo];
    const uint32_t nth = __atomic_add_fetch(&slot->arrived, 1, __ATOMIC_RELAXED);

    if (slot->exit_at != 0 && nth >= slot->exit_at)
        _exit(128 + signo);
    __atomic_add_fetch(&slot->pending, 1, __ATOMIC_RELEASE);
    slot->notify(slot->arg);
}

int cede__signal_start(int signo, cede__signal_notify *notify, void *arg, unsigned exit_at)
{
    struct sigaction action = {.sa_handler = signal_arrived, .sa_flags = SA_RESTART};
    struct signal_slot *slot;
    int rc;

    if (signo <= 0 || signo >= N_SIGNALS)
        return -EINVAL;
    slot = &slots[signo];
    if (__atomic_exchange_n(&slot->busy, 1, __ATOMIC_ACQUIRE))
        return -EBUSY;
    slot->pending = 0;
    slot->arrived = 0;
    slot->exit_at = exit_at;
    slot->notify = notify;
    slot->arg = arg;
    sigemptyset(&action.sa_mask);
    if (sigaction(signo, &action, &slot->before) != 0) {
        rc = -errno;
        __atomic_store_n(&slot->busy, 0, __ATOMIC_RELEASE);
        return rc;
    }
    return 0;
}

void cede__signal_stop(int signo)
{
    (void)sigaction(signo, &slots[signo].before, NULL); /* it was accepted once */
    __atomic_store_n(&slots[signo].busy, 0, __ATOMIC_RELEASE);
}

unsigned cede__signal_take(int signo)
{
    return __atomic_exchange_n(&slots[signo].pending, 0, __ATOMIC_ACQUIRE);
}

bool cede__signal_is_default(int signo)
{
    struct sigaction action;

    return sigaction(signo, NULL, &action) == 0 && !(action.sa_flags & SA_SIGINFO) &&
           action.sa_handler == SIG_DFL;
}

/* Faults. */

static struct cede__fault {
    pthread_mutex_t lock;    /* around the two below */
    unsigned n_users;        /* starts without their stop, of all threads */
    struct sigaction before; /* where faults go on to */
    cede__fault_hook *hook;
} fault = {.lock = PTHREAD_MUTEX_INITIALIZER};

static __thread struct fault_thread {
    unsigned n_users;
    void *stack; /* ours; NULL if the thread brought its own */
} fault_here;

/* Let the default disposition have it. */
static void fault_default(int signo, const siginfo_t *info)
{
    struct sigaction action = {.sa_handler = SIG_DFL};

    sigaction(signo, &action, NULL);
    /* Returning repeats a fault, and the core shows the real place; a signal that somebody sent
     * does not come again by itself. It is delivered on return. */
    if (info->si_code <= 0)
        raise(signo);
}

static void fault_arrived(int signo, siginfo_t *info, void *context)
{
    const bool was_sent = info->si_code <= 0;

    if (!was_sent)
        fault.hook(info->si_addr);
    if (fault.before.sa_flags & SA_SIGINFO)
        fault.before.sa_sigaction(signo, info, context);
    else if (fault.before.sa_handler == SIG_DFL)
        fault_default(signo, info);
    else if (fault.before.sa_handler != SIG_IGN)
        fault.before.sa_handler(signo);
    else if (!was_sent)
        fault_default(signo, info); /* the kernel ignores none that is a fault */
}

static int fault_add_stack(void)
{
    stack_t current;
    stack_t ours = {.ss_size = FAULT_STACK_SIZE};

    if (sigaltstack(NULL, &current) == 0 && !(current.ss_flags & SS_DISABLE))
        return 0; /* a sanitizer or the program gave it one */
    ours.ss_sp = cede__pages_map(FAULT_STACK_SIZE);
    if (!ours.ss_sp)
        return -ENOMEM;
    sigaltstack(&ours, NULL);
    fault_here.stack = ours.ss_sp;
    return 0;
}

int cede__fault_start(cede__fault_hook *hook)
{
    struct sigaction action = {.sa_sigaction = fault_arrived, .sa_flags = SA_SIGINFO | SA_ONSTACK};

    if (fault_here.n_users == 0 && fault_add_stack() < 0)
        return -ENOMEM;
    fault_here.n_users++;
    pthread_mutex_lock(&fault.lock);
    fault.hook = hook;
    if (fault.n_users++ == 0) {
        sigemptyset(&action.sa_mask);
        (void)sigaction(SIGSEGV, &action, &fault.before); /* SIGSEGV can be caught */
    }
    pthread_mutex_unlock(&fault.lock);
    return 0;
}

void cede__fault_stop(void)
{
    const stack_t none = {.ss_flags = SS_DISABLE};

    pthread_mutex_lock(&fault.lock);
    if (--fault.n_users == 0)
        (void)sigaction(SIGSEGV, &fault.before, NULL);
    pthread_mutex_unlock(&fault.lock);
    if (--fault_here.n_users == 0 && fault_here.stack) {
        sigaltstack(&none, NULL);
        cede__pages_unmap(fault_here.stack, FAULT_STACK_SIZE);
        fault_here.stack = NULL;
    }
}
