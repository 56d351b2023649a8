/* harness.c - registers, forks, times out and counts tests. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cede/allocator.h>
#include <cede/report.h>

#include "harness/harness.h"

static struct test *tests;
static struct test **tests_end = &tests;
/* Only against what hangs: a loaded machine, or one ten times slower, fails no test by it. */
static const unsigned time_limit = 300;

void test_register(struct test *test)
{
    *tests_end = test;
    tests_end = &test->next;
}

void test_fail(const char *file, int line, const char *format, ...)
{
    va_list args;

    fflush(stdout);
    fprintf(stderr, "    %s:%d: ", file, line);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    _exit(1);
}

void test_time_limit(unsigned seconds)
{
    alarm(seconds * (getenv("CEDE_TEST_SLOW_MACHINE") ? 5 : 1));
}

/* Reports. */

/* Reports may come from any thread. */
static pthread_mutex_t report_lock = PTHREAD_MUTEX_INITIALIZER;
static char reports[256 * 1024];
static size_t n_reports;

static void keep_report(const char *text, void *arg)
{
    const size_t length = strlen(text);

    (void)arg;
    pthread_mutex_lock(&report_lock);
    if (n_reports + length < sizeof reports) {
        memcpy(reports + n_reports, text, length + 1);
        n_reports += length;
    }
    pthread_mutex_unlock(&report_lock);
}

void test_capture_reports(void)
{
    n_reports = 0;
    reports[0] = '\0';
    cede_set_report_hook(keep_report, NULL);
}

const char *test_reports(void)
{
    static char until_now[sizeof reports];

    pthread_mutex_lock(&report_lock);
    memcpy(until_now, reports, n_reports + 1);
    pthread_mutex_unlock(&report_lock);
    return until_now;
}

/* Allocations. Counted with atomics, because jobs allocate on their own threads. */

static long live;         /* allocated and not released */
static long n_until_fail; /* allocations that succeed before one fails; negative: none fails */
static bool failed;       /* one did, in this run */

static bool may_allocate(void)
{
    if (__atomic_load_n(&n_until_fail, __ATOMIC_RELAXED) < 0)
        return true;
    if (__atomic_fetch_sub(&n_until_fail, 1, __ATOMIC_RELAXED) != 0)
        return true;
    __atomic_store_n(&failed, true, __ATOMIC_RELAXED);
    return false;
}

static void *counted_allocate(size_t size, void *arg)
{
    void *memory = may_allocate() ? malloc(size) : NULL;

    (void)arg;
    if (memory)
        __atomic_fetch_add(&live, 1, __ATOMIC_RELAXED);
    return memory;
}

static void *counted_reallocate(void *memory, size_t size, void *arg)
{
    (void)arg;
    return may_allocate() ? realloc(memory, size) : NULL;
}

static void counted_release(void *memory, void *arg)
{
    (void)arg;
    __atomic_fetch_sub(&live, 1, __ATOMIC_RELAXED);
    free(memory);
}

void test_count_allocations(void)
{
    static const cede_allocator counted = {counted_allocate, counted_reallocate, counted_release,
                                           NULL};
    static bool is_counting; /* then other threads may be about */

    __atomic_store_n(&live, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&n_until_fail, -1, __ATOMIC_RELAXED);
    if (!is_counting)
        cede_set_allocator(&counted);
    is_counting = true;
}

long test_live_allocations(void)
{
    return __atomic_load_n(&live, __ATOMIC_RELAXED);
}

void test_sweep_allocations(int (*scenario)(void))
{
    test_count_allocations();
    for (long nth = 0;; nth++) {
        __atomic_store_n(&failed, false, __ATOMIC_RELAXED);
        __atomic_store_n(&n_until_fail, nth, __ATOMIC_RELAXED);
        const int rc = scenario();
        __atomic_store_n(&n_until_fail, -1, __ATOMIC_RELAXED);
        if (test_live_allocations() != 0)
            FAIL("%ld allocations lost after allocation %ld failed", test_live_allocations(), nth);
        if (!__atomic_load_n(&failed, __ATOMIC_RELAXED)) {
            CHECK_EQ(rc, 0);
            CHECK(nth > 0); /* a scenario that allocates nothing sweeps nothing */
            return;
        }
        if (rc != 0 && rc != -ENOMEM)
            FAIL("returned %d, not -ENOMEM, after allocation %ld failed", rc, nth);
    }
}

/* Descriptors. */

static bool is_of_a_report(int folder, const char *name)
{
    char program[4096] = "", target[4096] = "";

    (void)!readlink("/proc/self/exe", program, sizeof program - 1);
    (void)!readlinkat(folder, name, target, sizeof target - 1);
    return strcmp(target, program) == 0 || strstr(target, ".so") ||
           strncmp(target, "/proc/", 6) == 0;
}

int test_open_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    const struct dirent *entry;
    int n = 0;

    CHECK(folder != NULL);
    while ((entry = readdir(folder)))
        n += entry->d_name[0] != '.' && !is_of_a_report(dirfd(folder), entry->d_name);
    closedir(folder);
    return n;
}

/* Running. */

static bool selected(const struct test *test, char **words)
{
    char name[256];

    if (!*words)
        return true;
    snprintf(name, sizeof name, "%s.%s", test->noun, test->name);
    for (; *words; words++) {
        if (strstr(name, *words))
            return true;
    }
    return false;
}

static double now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* What is run in the background by a shell, or by a program that handles signals its own way,
 * begins with signals ignored or blocked. A test begins with none. */
static void reset_signals(void)
{
    sigset_t none;

    for (int signo = 1; signo < SIGRTMIN; signo++) {
        struct sigaction action;
        if (sigaction(signo, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
            (void)signal(signo, SIG_DFL); /* what can be ignored can be set */
    }
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL); /* fails for bad arguments only */
}

/* Runs one test in a child of its own; whether it passed. */
static bool run_forked(const struct test *test)
{
    const double start = now();
    int status = 0;
    pid_t child;

    fflush(NULL);
    child = fork();
    if (child == 0) {
        setpgid(0, 0); /* what it leaves running can be ended with it */
        reset_signals();
        test_time_limit(time_limit);
        test->run();
        fflush(NULL);
        exit(0); /* so that a leak checker speaks */
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    kill(-child, SIGKILL);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        if (getenv("CEDE_TEST_VERBOSE"))
            printf("ok   %s.%s (%.0f ms)\n", test->noun, test->name, (now() - start) * 1e3);
        return true;
    }
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        printf("FAIL %s.%s: still running after %.0f s\n", test->noun, test->name, now() - start);
    else if (WIFSIGNALED(status))
        printf("FAIL %s.%s: %s\n", test->noun, test->name, strsignal(WTERMSIG(status)));
    else
        printf("FAIL %s.%s\n", test->noun, test->name);
    return false;
}

int main(int argc, char **argv)
{
    if (test_begin)
        test_begin(argc, argv);

    const bool list = argc > 1 && strcmp(argv[1], "--list") == 0;
    const bool here = argc > 1 && strcmp(argv[1], "--here") == 0;
    char **words = argv + 1 + (list || here);
    unsigned n_passed = 0, n_failed = 0;

    for (const struct test *test = tests; test; test = test->next) {
        if (!selected(test, words))
            continue;
        if (list) {
            printf("%s.%s\n", test->noun, test->name);
        } else if (here) {
            test->run();
        } else if (run_forked(test)) {
            n_passed++;
        } else {
            n_failed++;
        }
    }
    if (!list && !here)
        printf("%u passed, %u failed\n", n_passed, n_failed);
    return n_failed == 0 && (list || here || n_passed > 0) ? 0 : 1;
}
