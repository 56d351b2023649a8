/* test_overflow.c - a task that runs over its stack ends the process, and is named first. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cede.h>

#include "base/base.h"
#include "harness/harness.h"

static char said[4096]; /* what the child wrote to standard error */
static int status;      /* how it ended */

/* Run `fn` in a child. */
static void run_child(void (*fn)(void))
{
    const struct rlimit no_core = {0, 0};
    size_t n = 0;
    int ends[2];

    CHECK_EQ(pipe(ends), 0);
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        CHECK_EQ(setrlimit(RLIMIT_CORE, &no_core), 0);
        CHECK_EQ(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        signal(SIGSEGV, SIG_DFL); /* not a sanitizer's */
        fn();
        _exit(7);
    }
    close(ends[1]);
    for (ssize_t got;
         n + 1 < sizeof said && (got = read(ends[0], said + n, sizeof said - 1 - n)) > 0;)
        n += (size_t)got;
    said[n] = '\0';
    close(ends[0]);
    CHECK_EQ(waitpid(child, &status, 0), child);
}

static int (*volatile call_descend)(int depth);

static int descend(int depth)
{
    volatile char room[512];

    room[0] = (char)depth;
    return call_descend(depth + 1) + room[0];
}

static int runs_over(void *arg)
{
    (void)arg;
    call_descend = descend;
    return descend(0);
}

static int main_task(void *arg)
{
    (void)arg;
    return cede_join(cede_spawn(runs_over, NULL));
}

static void run_over(void)
{
    (void)cede_run(main_task, NULL);
}

TEST(overflow, a_task_that_runs_over_its_stack_is_named_before_the_process_dies_of_it)
{
    run_child(run_over);

    CHECK_HAS(said, "cede: stack overflow in 'runs_over', whose stack has ");
    CHECK_HAS(said, " KiB; give it more: .stack_size in the options it is made with\n");
    CHECK(WIFSIGNALED(status));
    CHECK_EQ(WTERMSIG(status), SIGSEGV);
}

static int large_main_task(void *arg)
{
    (void)arg;
    return cede_join(cede_spawn_with(
        (&(cede_task_options){.name = "large one", .stack_size = 1 << 20}), runs_over, NULL));
}

static void run_over_large(void)
{
    (void)cede_run(large_main_task, NULL);
}

TEST(overflow, the_report_says_the_name_it_was_given_and_its_own_size)
{
    unsigned kilobytes = 0;

    run_child(run_over_large);

    const char *report = strstr(said, "'large one', whose stack has ");
    CHECK(report != NULL);
    CHECK_EQ(sscanf(report, "'large one', whose stack has %u KiB", &kilobytes), 1);
    CHECK(kilobytes >= 1024 - 8 && kilobytes < 1024);
}

static int runs_over_in_gen(cede_gen *self, void *arg)
{
    CEDE_TRY(cede_yield(self, NULL, NULL));
    return runs_over(arg);
}

static int gen_main_task(void *arg)
{
    const cede_gen_options options = {.name = "deep lines"};
    cede_gen *gen = cede_gen_create_with(&options, runs_over_in_gen, arg);

    CHECK_EQ(cede_next(gen, NULL), 1);
    return cede_next(gen, NULL);
}

static void run_over_in_gen(void)
{
    (void)cede_run(gen_main_task, NULL);
}

TEST(overflow, a17_a_generator_that_runs_over_its_stack_is_named)
{
    run_child(run_over_in_gen);

    CHECK_HAS(said, "cede: stack overflow in 'deep lines', whose stack has ");
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

static void *thread_body(void *arg)
{
    (void)arg;
    run_over();
    return NULL;
}

static void run_over_in_thread(void)
{
    pthread_t thread;

    CHECK_EQ(pthread_create(&thread, NULL, thread_body, NULL), 0);
    CHECK_EQ(pthread_join(thread, NULL), 0);
}

TEST(overflow, so_it_is_in_another_threads_loop)
{
    run_child(run_over_in_thread);

    CHECK_HAS(said, "cede: stack overflow in 'runs_over'");
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

static void handle_before(int signo, siginfo_t *info, void *context)
{
    static const char text[] = "the program's own handler\n";

    (void)context;
    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    _exit(signo == SIGSEGV && info->si_addr != NULL ? 42 : 1);
}

static void install_handler(void)
{
    const struct sigaction action = {.sa_sigaction = handle_before,
                                     .sa_flags = SA_SIGINFO | SA_ONSTACK};

    CHECK_EQ(sigaction(SIGSEGV, &action, NULL), 0);
}

static void run_over_with_handler(void)
{
    install_handler();
    run_over();
}

TEST(overflow, a_handler_that_was_there_before_is_called_after_the_report)
{
    run_child(run_over_with_handler);

    const char *report = strstr(said, "stack overflow");
    CHECK(report != NULL);
    CHECK_HAS(report, "the program's own handler\n");
    CHECK(WIFEXITED(status));
    CHECK_EQ(WEXITSTATUS(status), 42);
}

static volatile int *volatile nowhere = (volatile int *)8;

static int touches_nothing(void *arg)
{
    (void)arg;
    *nowhere = 1;
    return 0;
}

static void fault_otherwise(void)
{
    (void)cede_run(touches_nothing, NULL);
}

TEST(overflow, another_fault_is_not_called_an_overflow)
{
    run_child(fault_otherwise);

    CHECK(!strstr(said, "overflow"));
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

static int sends_itself(void *arg)
{
    (void)arg;
    CHECK_EQ(raise(SIGSEGV), 0);
    return 0;
}

static void send_fault(void)
{
    (void)cede_run(sends_itself, NULL);
}

TEST(overflow, a_sigsegv_that_was_sent_kills_as_if_we_were_not_there)
{
    run_child(send_fault);

    CHECK(!strstr(said, "overflow"));
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

static void send_ignored_fault(void)
{
    signal(SIGSEGV, SIG_IGN);
    CHECK_EQ(cede_run(sends_itself, NULL), 0);
    _exit(3);
}

TEST(overflow, a_sigsegv_that_was_sent_and_was_ignored_stays_ignored)
{
    run_child(send_ignored_fault);

    CHECK(WIFEXITED(status));
    CHECK_EQ(WEXITSTATUS(status), 3);
}

static int returns_zero(void *arg)
{
    (void)arg;
    return 0;
}

TEST(overflow, the_handler_goes_with_the_last_run)
{
    struct sigaction before, after;

    CHECK_EQ(sigaction(SIGSEGV, NULL, &before), 0);
    CHECK_EQ(cede_run(returns_zero, NULL), 0);
    CHECK_EQ(sigaction(SIGSEGV, NULL, &after), 0);
    CHECK(before.sa_handler == after.sa_handler);
}

static void run_over_unreported(void)
{
    (void)cede_run_with((&(cede_run_options){.no_fault_report = true}), main_task, NULL);
}

TEST(overflow, without_the_report_it_dies_silently)
{
    run_child(run_over_unreported);

    CHECK(!strstr(said, "cede")); /* an emulator may say something of its own */
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}
