/* sample.c - where a thread stands just now: its registers and a copy of its stack.
 *
 *     the one who asks                        the thread that is asked
 *     WANTED, SIGURG --------------------->   WANTED -> TAKEN: copies, in its signal handler
 *     sleeps until DONE                 <--   DONE
 *     it blocks the signal: WANTED -> IDLE    finds IDLE: nothing
 *
 * WANTED says of which thread, so that none answers for another. On a busy machine a thread may not
 * come to its turn for long: whether it blocks the signal is looked up before it is given up.
 *
 * Nothing but the copy happens in the handler: unwinding allocates and takes locks, which the
 * thread may hold where it was interrupted. The one who asks unwinds the copy, later. The handler
 * stands only while somebody asks, and only where the signal was at its default, which ignores it:
 * one that comes late does nothing.
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#include <cede/time.h>

#include "sys/clock.h"
#include "sys/futex.h"
#include "sys/sample.h"

enum { IDLE, TAKEN, DONE, WANTED, N_STATES, PAGE = 4096 };

#define LOOK_UP CEDE_MS(100) /* whether the thread blocks the signal, each time after so long */
#define LIMIT   CEDE_S(2)

static struct request {
    struct cede__mutex lock; /* around everything, of those who ask */
    uint32_t state;          /* atomic */
    struct cede__sample *sample;
    cede__sample_look *look;
    void *arg;
} request;

int cede__sample_thread(void)
{
    return (int)syscall(SYS_gettid);
}

/* From sp on as far as memory goes. The kernel copies, which stops where nothing is mapped; where
 * it may not, the rest of the page is there in any case. */
static __attribute__((no_sanitize("address", "thread"))) void
copy_stack(struct cede__sample *sample)
{
    const uintptr_t sp = sample->at.sp;
    struct iovec from[CEDE__SAMPLE_STACK / PAGE], to = {sample->stack, sizeof sample->stack};
    size_t n = 0;
    uintptr_t at = sp;
    ssize_t copied;

    while (n < sizeof from / sizeof from[0]) {
        const size_t size = PAGE - at % PAGE;
        from[n++] = (struct iovec){(void *)at, size};
        at += size;
    }
    copied = process_vm_readv(getpid(), &to, 1, from, n, 0);
    if (copied > 0) {
        sample->n_bytes = (size_t)copied;
        return;
    }
    sample->n_bytes = from[0].iov_len;
    for (size_t i = 0; i < from[0].iov_len; i++)
        sample->stack[i] = ((const volatile unsigned char *)sp)[i];
}

static struct cede__context_place interrupted_at(const ucontext_t *context)
{
#if defined(__x86_64__)
    const greg_t *registers = context->uc_mcontext.gregs;

    return (struct cede__context_place){.sp = (uintptr_t)registers[REG_RSP],
                                        .fp = (uintptr_t)registers[REG_RBP],
                                        .pc = (uintptr_t)registers[REG_RIP]};
#elif defined(__aarch64__)
    return (struct cede__context_place){.sp = context->uc_mcontext.sp,
                                        .fp = context->uc_mcontext.regs[29],
                                        .pc = context->uc_mcontext.pc};
#else
    (void)context;
    return (struct cede__context_place){.pc = 0};
#endif
}

/* The state in which that thread is wanted. */
static uint32_t state_wanted(int thread)
{
    return (uint32_t)thread * N_STATES + WANTED;
}

static bool state_change(uint32_t from, uint32_t to)
{
    return __atomic_compare_exchange_n(&request.state, &from, to, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_RELAXED);
}

static void sample_arrived(int signo, siginfo_t *info, void *context)
{
    const int before = errno;

    (void)signo;
    (void)info;
    if (!state_change(state_wanted(cede__sample_thread()), TAKEN))
        return;
    request.sample->at = interrupted_at(context);
    request.sample->n_bytes = 0;
    if (request.sample->at.sp)
        copy_stack(request.sample);
    if (request.look)
        request.look(request.arg);
    __atomic_store_n(&request.state, DONE, __ATOMIC_RELEASE);
    cede__futex_wake(&request.state, 1);
    errno = before;
}

/* Whether the thread blocks the signal, or has ended, as far as the system tells. */
static bool thread_is_deaf(int thread)
{
    char path[64], text[4096];
    const char *mask = NULL;
    ssize_t n = 0;

    snprintf(path, sizeof path, "/proc/self/task/%d/status", thread);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        n = read(fd, text, sizeof text - 1);
        (void)close(fd);
    }
    text[n > 0 ? n : 0] = '\0';
    mask = strstr(text, "SigBlk:");
    return !mask || ((strtoull(mask + strlen("SigBlk:"), NULL, 16) >> (SIGURG - 1)) & 1) != 0;
}

/* Wait until it is DONE, or take the wish back. */
static bool request_wait(int thread, cede_time limit)
{
    const cede_time start = cede__clock_monotonic();
    cede_time look_up = start + LOOK_UP;
    uint32_t state;

    while ((state = __atomic_load_n(&request.state, __ATOMIC_ACQUIRE)) != DONE) {
        const cede_time now = cede__clock_monotonic();
        if (now >= look_up) {
            look_up = now + LOOK_UP;
            if ((now - start >= limit || thread_is_deaf(thread)) &&
                state_change(state_wanted(thread), IDLE))
                return false;
        }
        (void)cede__futex_wait(&request.state, state, now + CEDE_MS(10));
    }
    __atomic_store_n(&request.state, IDLE, __ATOMIC_RELAXED);
    return true;
}

bool cede__sample_take(int thread, struct cede__sample *sample, cede__sample_look *look, void *arg)
{
    struct sigaction action = {.sa_sigaction = sample_arrived, .sa_flags = SA_SIGINFO | SA_RESTART};
    struct sigaction before;
    bool taken = false;

    sigfillset(&action.sa_mask);
    cede__mutex_lock(&request.lock);
    if (sigaction(SIGURG, NULL, &before) == 0 && !(before.sa_flags & SA_SIGINFO) &&
        before.sa_handler == SIG_DFL && sigaction(SIGURG, &action, NULL) == 0) {
        request.sample = sample;
        request.look = look;
        request.arg = arg;
        __atomic_store_n(&request.state, state_wanted(thread), __ATOMIC_RELEASE);
        if (syscall(SYS_tgkill, getpid(), thread, SIGURG) == 0)
            taken = request_wait(thread, sample->patience > 0 ? sample->patience : LIMIT);
        else
            __atomic_store_n(&request.state, IDLE, __ATOMIC_RELAXED);
        (void)sigaction(SIGURG, &before, NULL);
    }
    cede__mutex_unlock(&request.lock);
    return taken;
}
