/* test_signal.c - signals as callbacks of a loop. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>

#include <cede/error.h>
#include <cede/loop.h>

#include "harness/harness.h"

static unsigned n_calls;

static void count(void *arg)
{
    (void)arg;
    n_calls++;
}

static void count_and_stop(void *arg)
{
    n_calls++;
    cede_loop_stop(arg);
}

static void send_usr1(void *arg)
{
    (void)arg;
    CHECK_EQ(kill(getpid(), SIGUSR1), 0);
}

static cede_loop *make_loop(cede_clock clock)
{
    cede_loop *loop = NULL;

    CHECK_EQ(cede_loop_create(&(cede_loop_options){.clock = clock}, &loop), 0);
    return loop;
}

TEST(signal, d34_wakes_a_loop_that_sleeps_and_calls_back_on_it)
{
    cede_loop *loop = make_loop(CEDE_CLOCK_REAL);

    CHECK_EQ(cede_loop_on_signal(NULL, SIGUSR1, count_and_stop, loop), 0);
    CHECK_EQ(cede_call_later(NULL, CEDE_MS(5), send_usr1, NULL, NULL), 0);
    CHECK_EQ(cede_loop_run_forever(loop), 0);
    CHECK_EQ(n_calls, 1);
    CHECK_EQ(cede_loop_close(loop), 0);
}

static void note_time_and_stop(void *arg)
{
    *(cede_time *)arg = cede_now();
    cede_loop_stop(NULL);
}

TEST(signal, is_served_before_virtual_time_moves_on)
{
    cede_loop *loop = make_loop(CEDE_CLOCK_VIRTUAL);
    cede_time served_at = -1;

    CHECK_EQ(cede_loop_on_signal(loop, SIGUSR1, note_time_and_stop, &served_at), 0);
    CHECK_EQ(cede_call_later(loop, CEDE_S(1), send_usr1, NULL, NULL), 0);
    CHECK_EQ(cede_call_later(loop, CEDE_S(5), count, NULL, NULL), 0);
    CHECK_EQ(cede_loop_run_forever(loop), 0);
    CHECK_EQ(served_at, CEDE_S(1));
    CHECK_EQ(n_calls, 0);
    CHECK_EQ(cede_loop_close(loop), 0);
}

TEST(signal, d34_that_arrived_before_the_run_is_not_lost)
{
    cede_loop *loop = make_loop(CEDE_CLOCK_VIRTUAL);

    CHECK_EQ(cede_loop_on_signal(loop, SIGUSR1, count_and_stop, loop), 0);
    send_usr1(NULL);
    send_usr1(NULL);
    CHECK_EQ(cede_loop_run_forever(loop), 0);
    CHECK_EQ(n_calls, 1); /* several together are one call */
    CHECK_EQ(cede_loop_close(loop), 0);
}

TEST(signal, may_be_caught_once_at_a_time)
{
    cede_loop *loop = make_loop(CEDE_CLOCK_REAL);

    CHECK_EQ(cede_loop_on_signal(loop, SIGUSR1, count, NULL), 0);
    CHECK_EQ(cede_loop_on_signal(loop, SIGUSR1, count, NULL), -EBUSY);
    CHECK_EQ(cede_loop_on_signal(loop, SIGUSR2, count, NULL), 0);
    cede_loop_ignore_signal(loop, SIGUSR1);
    cede_loop_ignore_signal(loop, SIGUSR1);
    CHECK_EQ(cede_loop_on_signal(loop, SIGUSR1, count, NULL), 0);
    CHECK_EQ(cede_loop_close(loop), 0);
}

TEST(signal, that_cannot_be_caught_is_refused)
{
    cede_loop *loop = make_loop(CEDE_CLOCK_REAL);

    CHECK_EQ(cede_loop_on_signal(loop, SIGKILL, count, NULL), -EINVAL);
    CHECK_EQ(cede_loop_on_signal(loop, SIGSTOP, count, NULL), -EINVAL);
    CHECK_EQ(cede_loop_on_signal(loop, 0, count, NULL), -EINVAL);
    CHECK_EQ(cede_loop_on_signal(loop, -1, count, NULL), -EINVAL);
    CHECK_EQ(cede_loop_on_signal(loop, 1000, count, NULL), -EINVAL);
    CHECK_EQ(cede_loop_close(loop), 0);
    CHECK_EQ(cede_loop_on_signal(NULL, SIGUSR1, count, NULL), -EINVAL);
}

static void own_handler(int signo)
{
    (void)signo;
}

static void (*handler_of(int signo))(int)
{
    struct sigaction action;

    CHECK_EQ(sigaction(signo, NULL, &action), 0);
    return action.sa_handler;
}

TEST(signal, d34_handlers_are_put_back_as_they_were)
{
    cede_loop *loop = make_loop(CEDE_CLOCK_REAL);
    struct sigaction action = {.sa_handler = own_handler};

    CHECK_EQ(sigaction(SIGUSR1, &action, NULL), 0);
    CHECK_EQ(cede_loop_on_signal(loop, SIGUSR1, count, NULL), 0);
    CHECK_EQ(cede_loop_on_signal(loop, SIGUSR2, count, NULL), 0);
    CHECK(handler_of(SIGUSR1) != own_handler);
    cede_loop_ignore_signal(loop, SIGUSR1);
    CHECK(handler_of(SIGUSR1) == own_handler);
    CHECK_EQ(cede_loop_close(loop), 0);
    CHECK(handler_of(SIGUSR2) == SIG_DFL);
}

static void ignore_both(void *arg)
{
    n_calls++;
    cede_loop_ignore_signal(NULL, SIGUSR1);
    cede_loop_ignore_signal(NULL, SIGUSR2);
    cede_loop_stop(arg);
}

TEST(signal, a_callback_may_stop_catching_itself_and_others)
{
    cede_loop *loop = make_loop(CEDE_CLOCK_REAL);

    CHECK_EQ(cede_loop_on_signal(loop, SIGUSR1, ignore_both, loop), 0);
    CHECK_EQ(cede_loop_on_signal(loop, SIGUSR2, ignore_both, loop), 0);
    CHECK_EQ(kill(getpid(), SIGUSR1), 0);
    CHECK_EQ(kill(getpid(), SIGUSR2), 0);
    CHECK_EQ(cede_loop_run_forever(loop), 0);
    CHECK_EQ(n_calls, 1);
    CHECK_EQ(cede_loop_close(loop), 0);
}
