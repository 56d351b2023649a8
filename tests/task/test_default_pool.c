/* test_default_pool.c - the pool that every process has, and how it ends with the process (rows c6,
 * c7). */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <dirent.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jobs.h"

/* Threads of the default pool, by their names; a sanitizer may have one of its own. */
static int n_threads(void)
{
    DIR *tasks = opendir("/proc/self/task");
    int n = 0;

    for (const struct dirent *entry; tasks && (entry = readdir(tasks));) {
        char path[300], name[16] = "";
        snprintf(path, sizeof path, "/proc/self/task/%s/comm", entry->d_name);
        FILE *file = fopen(path, "r");
        if (!file)
            continue; /* . and .., and what ends just now */
        n += fgets(name, sizeof name, file) && strncmp(name, "cede-", 5) == 0;
        fclose(file);
    }
    closedir(tasks);
    return n;
}

/* Exit handlers, called after the library's own, for they were added before. */

static void expect_no_threads(void)
{
    /* One that was joined may be seen for a moment more; one that had no turn for long is not
     * joined, and leaves as soon as it has. */
    for (int i = 0; i < 60000 && n_threads() > 0; i++)
        (void)poll(NULL, 0, 1);
    if (n_threads() != 0)
        _exit(3);
}

static void expect_refusal(void)
{
    if (cede_default_pool() || cede_error_code(cede_error_last()) != CEDE_ESHUTDOWN)
        _exit(4);
}

static int add_one(void *arg)
{
    return ++*(int *)arg;
}

static void use_it(void)
{
    int n = 41;

    if (cede_run_in_thread(add_one, &n) != 42 || n_threads() == 0)
        _exit(5);
}

/* How a child process ends that does `body`, with `handler` called at its end. */
static int status_of_child(void (*handler)(void), void (*body)(void))
{
    const pid_t child = fork();
    int status;

    CHECK(child >= 0);
    if (child == 0) {
        (void)atexit(handler);
        body();
        exit(0);
    }
    CHECK_EQ(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

TEST(default_pool, c7_no_thread_is_left_when_the_process_has_ended_it)
{
    CHECK_EQ(status_of_child(expect_no_threads, use_it), 0);
}

TEST(default_pool, c6_there_is_none_while_the_process_ends)
{
    CHECK_EQ(status_of_child(expect_refusal, use_it), 0);
}

static int never_return(const void *in, void *out)
{
    __atomic_store_n((int *)out, 1, __ATOMIC_RELEASE);
    while (in == NULL)
        pause();
    return 0;
}

static void begin_what_never_ends(void)
{
    static int has_begun;

    if (!cede_submit(cede_default_pool(), &(cede_job){.fn = never_return, .out = &has_begun}))
        _exit(6);
    while (!__atomic_load_n(&has_begun, __ATOMIC_ACQUIRE))
        sched_yield();
}

static void expect_nothing(void)
{
}

TEST(default_pool, c7_a_job_that_never_ends_does_not_keep_the_process_from_ending)
{
    CHECK_EQ(status_of_child(expect_nothing, begin_what_never_ends), 0);
}

static int wait_for_a_callback(const void *in, void *out)
{
    (void)out;
    while (!__atomic_load_n((const int *)in, __ATOMIC_ACQUIRE))
        sched_yield();
    return 0;
}

static void take_long(cede_future *future, void *arg)
{
    (void)future, (void)arg;
    (void)poll(NULL, 0, 200);
}

static void end_before_a_thread_has_left(void)
{
    static int is_added;
    cede_future *job =
        cede_submit(cede_default_pool(), &(cede_job){.fn = wait_for_a_callback, .in = &is_added});

    if (!job || cede_future_on_done(job, take_long, NULL) < 0)
        _exit(10);
    __atomic_store_n(&is_added, 1, __ATOMIC_RELEASE);
    if (cede_join(job) != 0)
        _exit(11);
}

/* ThreadSanitizer reports those that end without being joined or detached. */
TEST(default_pool, c7_a_thread_that_is_held_up_is_let_go)
{
    CHECK_EQ(status_of_child(expect_no_threads, end_before_a_thread_has_left), 0);
}

static int end_the_process(const void *in, void *out)
{
    (void)in;
    (void)out;
    exit(7);
}

static void end_in_a_job(void)
{
    if (cede_submit(cede_default_pool(), &(cede_job){.fn = end_the_process}))
        pause();
}

TEST(default_pool, c7_a_job_may_end_the_process)
{
    CHECK_EQ(status_of_child(expect_nothing, end_in_a_job), 7);
}

static void fork_and_end(void)
{
    pid_t grandchild;
    int status;

    use_it();
    grandchild = fork();
    if (grandchild == 0)
        exit(8);
    if (waitpid(grandchild, &status, 0) != grandchild || WEXITSTATUS(status) != 8)
        _exit(9);
}

TEST(default_pool, c7_a_child_of_fork_ends_without_it)
{
    CHECK_EQ(status_of_child(expect_nothing, fork_and_end), 0);
}
