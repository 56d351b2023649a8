/* signal.c - a loop's signals: the handler counts and wakes, the loop calls. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "base/base.h"
#include "loop/ready.h"
#include "sys/signals.h"

struct loop_signal {
    struct cede__list link; /* on loop->signals */
    int signo;
    bool counts; /* among what may wake a task; the library's own handler of Ctrl-C does not */
    cede_call_fn *fn;
    void *arg;
};

/* In the signal handler. The loop outlives its signals: they are stopped before it goes. */
static void loop_signal_notify(void *arg)
{
    struct cede_loop *loop = arg;

    __atomic_store_n(&loop->signals_arrived, 1, __ATOMIC_RELEASE);
    loop->engine->wake(loop->poll);
}

int cede__loop_catch_signal(struct cede_loop *loop, int signo, cede_call_fn *fn, void *arg,
                            unsigned exit_at)
{
    struct loop_signal *signal = cede__calloc(1, sizeof *signal);
    int rc;

    if (!signal)
        return cede_raise(-ENOMEM, "no memory for a signal handler");
    signal->signo = signo;
    signal->counts = exit_at == 0;
    signal->fn = fn;
    signal->arg = arg;
    rc = cede__signal_start(signo, loop_signal_notify, loop, exit_at);
    if (rc < 0) {
        cede__free(signal);
        return cede_raise(rc,
                          rc == -EBUSY ? "signal %d is caught by a loop already"
                                       : "signal %d cannot be caught",
                          signo);
    }
    cede__list_append(&loop->signals, &signal->link);
    loop->n_wakers += signal->counts;
    return 0;
}

/* Whether the loop is the calling thread's: 0; raised. */
static int signal_check_here(const struct cede_loop *loop)
{
    if (!loop)
        return cede_raise(-EINVAL, "this thread has no loop");
    if (loop == cede__loop_here)
        return 0;
    return cede__loop_tell_foreign(
        cede_raise(CEDE_EFOREIGN, "signals of a loop are chosen by another thread than its own"));
}

int cede_loop_on_signal(cede_loop *loop, int signo, cede_call_fn *fn, void *arg)
{
    struct cede_loop *it = loop ? loop : cede__loop_here;

    CEDE_TRY(signal_check_here(it));
    CEDE_TRY(cede__loop_catch_signal(it, signo, fn, arg, 0));
    return 0;
}

static void loop_signal_free(struct cede_loop *loop, struct loop_signal *signal)
{
    cede__signal_stop(signal->signo);
    loop->n_wakers -= signal->counts;
    cede__list_remove(&signal->link);
    cede__free(signal);
}

void cede_loop_ignore_signal(cede_loop *loop, int signo)
{
    struct cede_loop *it = loop ? loop : cede__loop_here;

    if (!it || signal_check_here(it) < 0)
        return;
    for (struct cede__list *link = it->signals.next; link != &it->signals; link = link->next) {
        struct loop_signal *signal = cede__container_of(link, struct loop_signal, link);
        if (signal->signo == signo) {
            loop_signal_free(it, signal);
            return;
        }
    }
}

void cede__loop_dispatch_signals(struct cede_loop *loop)
{
    int arrived[64];
    size_t n = 0;

    /* First collect, then call: a callback may start and stop signals. */
    __atomic_store_n(&loop->signals_arrived, 0, __ATOMIC_RELEASE);
    for (struct cede__list *link = loop->signals.next; link != &loop->signals; link = link->next) {
        const struct loop_signal *signal = cede__container_of(link, struct loop_signal, link);
        if (n < cede__countof(arrived) && cede__signal_take(signal->signo) > 0)
            arrived[n++] = signal->signo;
    }
    for (size_t i = 0; i < n; i++) {
        for (struct cede__list *link = loop->signals.next; link != &loop->signals;
             link = link->next) {
            const struct loop_signal *signal = cede__container_of(link, struct loop_signal, link);
            if (signal->signo == arrived[i]) {
                signal->fn(signal->arg);
                break;
            }
        }
    }
}

void cede__loop_drop_signals(struct cede_loop *loop)
{
    while (!cede__list_is_empty(&loop->signals))
        loop_signal_free(loop, cede__container_of(loop->signals.next, struct loop_signal, link));
}
