/* test_sample.c - where another thread stands, found from outside while it runs. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include "harness/harness.h"
#include "sys/debug_info.h"
#include "sys/sample.h"

static struct worker {
    int thread;         /* atomic; 0: has not begun */
    bool may_end;       /* atomic */
    bool blocks_signal; /* set before it starts */
    uintptr_t top;      /* of what its stack holds */
} worker;

static __attribute__((noinline)) void spin_for_the_sample(volatile unsigned *sum)
{
    __atomic_store_n(&worker.thread, cede__sample_thread(), __ATOMIC_RELEASE);
    while (!__atomic_load_n(&worker.may_end, __ATOMIC_ACQUIRE))
        *sum += 1;
}

static void *worker_main(void *arg)
{
    volatile unsigned sum = 0;
    sigset_t urgent;

    (void)arg;
    worker.top = (uintptr_t)__builtin_frame_address(0);
    sigemptyset(&urgent);
    sigaddset(&urgent, SIGURG);
    if (worker.blocks_signal)
        CHECK_EQ(pthread_sigmask(SIG_BLOCK, &urgent, NULL), 0);
    spin_for_the_sample(&sum);
    return NULL;
}

static void start_worker(pthread_t *thread)
{
    CHECK_EQ(pthread_create(thread, NULL, worker_main, NULL), 0);
    while (__atomic_load_n(&worker.thread, __ATOMIC_ACQUIRE) == 0)
        sched_yield();
}

static void end_worker(pthread_t thread)
{
    __atomic_store_n(&worker.may_end, true, __ATOMIC_RELEASE);
    CHECK_EQ(pthread_join(thread, NULL), 0);
}

static void count_look(void *arg)
{
    ++*(int *)arg;
}

TEST(sample, a_thread_that_runs_is_found_where_it_runs)
{
    static struct cede__sample sample;
    pthread_t thread;
    int n_looks = 0;

    start_worker(&thread);
    CHECK(cede__sample_take(worker.thread, &sample, count_look, &n_looks));
    CHECK_EQ(n_looks, 1);
    CHECK(sample.at.sp <= worker.top);
    CHECK(sample.at.sp + sample.n_bytes > sample.at.sp);
    CHECK(sample.at.pc != 0);
    end_worker(thread);
}

TEST(sample, its_stack_unwinds_when_the_thread_is_gone)
{
    static struct cede__sample sample;
    uintptr_t places[16];
    struct cede__place_name name;
    pthread_t thread;
    bool found = false;
    size_t n;

    start_worker(&thread);
    CHECK(cede__sample_take(worker.thread, &sample, NULL, NULL));
    end_worker(thread);
    n = cede__debug_info_walk_sample(&sample, places, 16);
#if defined(CEDE__HAVE_LIBDW)
    CHECK(n >= 2);
#endif
    for (size_t i = 0; i < n; i++) {
        cede__debug_info_name(places[i], &name);
        found = found || strcmp(name.function, "worker_main") == 0;
    }
#if !defined(__SANITIZE_THREAD__) /* which calls the handler where and when it likes */
    CHECK(n == 0 || found);
#endif
}

TEST(sample, a_thread_can_be_sampled_by_itself)
{
    static struct cede__sample sample;
    int n_looks = 0;

    CHECK(cede__sample_take(cede__sample_thread(), &sample, count_look, &n_looks));
    CHECK_EQ(n_looks, 1);
}

TEST(sample, a_thread_that_blocks_the_signal_is_given_up)
{
    static struct cede__sample sample;
    pthread_t thread;
    int n_looks = 0;

    worker.blocks_signal = true;
    start_worker(&thread);
    CHECK(!cede__sample_take(worker.thread, &sample, count_look, &n_looks));
    end_worker(thread);
    CHECK_EQ(n_looks, 0);
}

static volatile sig_atomic_t n_urgent;

static void count_urgent(int signo)
{
    (void)signo;
    n_urgent++;
}

TEST(sample, the_programs_own_use_of_the_signal_is_left_alone)
{
    static struct cede__sample sample;
    struct sigaction own = {.sa_handler = count_urgent};

    CHECK_EQ(sigaction(SIGURG, &own, NULL), 0);
    CHECK(!cede__sample_take(cede__sample_thread(), &sample, NULL, NULL));
    CHECK_EQ(raise(SIGURG), 0);
    CHECK_EQ(n_urgent, 1);
}

TEST(sample, a_thread_that_has_ended_is_none)
{
    static struct cede__sample sample;
    pthread_t thread;

    start_worker(&thread);
    end_worker(thread);
    CHECK(!cede__sample_take(worker.thread, &sample, NULL, NULL));
}
