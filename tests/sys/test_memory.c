/* test_memory.c - guards are fatal to touch on every kernel, come in rows, and memory given back is
 * gone.
 *
 * Wraps: madvise mprotect syscall - kernels older than this one, and one whose mappings have run
 * out, are played by refusing what they would refuse.
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "harness/harness.h"
#include "sys/memory.h"

int __real_madvise(void *pages, size_t size, int advice);
int __wrap_madvise(void *pages, size_t size, int advice);
int __real_mprotect(void *pages, size_t size, int protection);
int __wrap_mprotect(void *pages, size_t size, int protection);
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

enum { GUARD_INSTALL = 102 };

static bool lacks_marks;   /* as before Linux 6.13 */
static bool lacks_vectors; /* no process_madvise for the own process */
static int mappings_left = 1 << 30;
static unsigned n_calls;

int __wrap_madvise(void *pages, size_t size, int advice)
{
    n_calls++;
    if (lacks_marks && advice == GUARD_INSTALL) {
        errno = EINVAL;
        return -1;
    }
    return __real_madvise(pages, size, advice);
}

int __wrap_mprotect(void *pages, size_t size, int protection)
{
    n_calls++;
    if (mappings_left-- <= 0) {
        errno = ENOMEM;
        return -1;
    }
    return __real_mprotect(pages, size, protection);
}

long __wrap_syscall(long number, ...)
{
    long word[5];
    va_list args;

    va_start(args, number);
    for (int i = 0; i < 5; i++)
        word[i] = va_arg(args, long);
    va_end(args);
    n_calls++;
    if (lacks_vectors && number == SYS_process_madvise) {
        errno = EBADF;
        return -1;
    }
    return __real_syscall(number, word[0], word[1], word[2], word[3], word[4]);
}

/* Whether this machine's kernel has what newer ones have; then the test is of it, else of what
 * stands in for it. */
static bool kernel_marks(void)
{
    void *page = cede__pages_map(cede__page_size());

#if defined(CEDE__ASAN)
    return false; /* it does without, for LeakSanitizer's sake */
#endif
    return __real_madvise(page, cede__page_size(), 0x7ffe) != 0 &&
           __real_madvise(page, cede__page_size(), GUARD_INSTALL) == 0;
}

/* Likewise, whether it takes advice for many ranges of the own process. */
static bool kernel_takes_vectors(void)
{
    struct iovec range = {cede__pages_map(cede__page_size()), cede__page_size()};

    return __real_syscall(SYS_process_madvise, -10000L, &range, 1L, (long)MADV_DONTNEED, 0L) ==
           (long)cede__page_size();
}

static bool dies_of_touching(volatile char *byte)
{
    int status;
    const pid_t child = fork();

    if (child == 0) {
        signal(SIGSEGV, SIG_DFL); /* a sanitizer would turn it into an exit */
        *byte = 1;
        _exit(0);
    }
    CHECK_EQ(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
}

enum { N = 100, PAGES_APART = 4 };

/* Guard the first page of each four; the row. */
static char *make_row(size_t *n_guarded_out)
{
    const size_t page = cede__page_size();
    char *row = cede__pages_map(N * PAGES_APART * page);

    CHECK(row != NULL);
    n_calls = 0;
    *n_guarded_out = cede__pages_guard(row, page, PAGES_APART * page, N);
    return row;
}

static void check_row(char *row)
{
    const size_t stride = PAGES_APART * cede__page_size();

    for (size_t i = 0; i < N; i += 33) {
        CHECK(dies_of_touching(row + i * stride));
        CHECK(dies_of_touching(row + i * stride + cede__page_size() - 1));
        CHECK(!dies_of_touching(row + i * stride + cede__page_size()));
        CHECK(!dies_of_touching(row + (i + 1) * stride - 1));
    }
}

static size_t count_mappings(void)
{
    FILE *file = fopen("/proc/self/maps", "r");
    size_t n = 0;

    CHECK(file != NULL);
    for (int c; (c = fgetc(file)) != EOF;)
        n += c == '\n';
    fclose(file);
    return n;
}

TEST(memory, a_row_of_guards_is_fatal_to_touch_and_costs_few_calls)
{
    const size_t before = count_mappings();
    const bool marks = kernel_marks();
    size_t n_guarded;
    char *row = make_row(&n_guarded);

    CHECK_EQ(n_guarded, N);
    check_row(row);
    if (marks) /* the sanitizers' own mappings come and go */
        CHECK(count_mappings() < before + N / 2);
    if (marks && kernel_takes_vectors())
        CHECK(n_calls <= 6);
}

TEST(memory, without_vectors_guards_are_installed_one_by_one)
{
    size_t n_guarded;

    lacks_vectors = true;
    char *row = make_row(&n_guarded);

    CHECK_EQ(n_guarded, N);
    CHECK(n_calls >= N);
    check_row(row);
}

TEST(memory, without_marks_guards_are_protected_pages)
{
    const size_t before = count_mappings();
    size_t n_guarded;

    lacks_marks = true;
    char *row = make_row(&n_guarded);

    CHECK_EQ(n_guarded, N);
    CHECK(count_mappings() >= before + N);
    check_row(row);
}

TEST(memory, when_mappings_run_out_it_says_how_many_guards_there_are)
{
    const size_t stride = PAGES_APART * cede__page_size();
    size_t n_guarded;

    lacks_marks = true;
    mappings_left = 40;
    char *row = make_row(&n_guarded);

    CHECK_EQ(n_guarded, 40);
    CHECK(dies_of_touching(row + 39 * stride));
    CHECK(!dies_of_touching(row + 40 * stride));
    CHECK_EQ(cede__pages_guard(row + 40 * stride, cede__page_size(), stride, 1), 0);
}

TEST(memory, without_marks_guards_leave_mappings_for_others)
{
    enum { MANY = 40000 };
    const size_t page = cede__page_size();
    char *pages = cede__pages_map(MANY * 2 * page);

    lacks_marks = true;
    const size_t n_guarded = cede__pages_guard(pages, page, 2 * page, MANY);

    CHECK(n_guarded > 0);
    CHECK(count_mappings() < 60000);
    CHECK(dies_of_touching(pages));
    CHECK(!dies_of_touching(pages + n_guarded * 2 * page));
    CHECK(cede__pages_map(page) != NULL);
}

TEST(memory, guarding_twice_is_harmless)
{
    size_t n_guarded;
    char *row = make_row(&n_guarded);

    CHECK_EQ(cede__pages_guard(row, cede__page_size(), PAGES_APART * cede__page_size(), N), N);
    check_row(row);
}

static void check_release(void)
{
    const size_t page = cede__page_size();
    size_t n_guarded;
    char *row = make_row(&n_guarded);
    void *ranges[N];
    unsigned char resident = 1;

    for (size_t i = 0; i < N; i++) {
        ranges[i] = row + i * PAGES_APART * page + page;
        memset(ranges[i], 7, (PAGES_APART - 1) * page);
    }
    CHECK_EQ(mincore(ranges[N - 1], page, &resident), 0);
    CHECK_EQ(resident & 1, 1);

    cede__pages_release_many(ranges, (PAGES_APART - 1) * page, N);

    for (size_t i = 0; i < N; i++) {
        CHECK_EQ(mincore(ranges[i], page, &resident), 0);
        CHECK_EQ(resident & 1, 0);
    }
    CHECK_EQ(*(char *)ranges[50], 0);
    check_row(row);
}

TEST(memory, what_is_given_back_is_gone_and_guards_stay)
{
    check_release();
}

TEST(memory, so_it_is_without_vectors)
{
    lacks_vectors = true;
    check_release();
}

TEST(memory, and_without_marks)
{
    lacks_marks = true;
    check_release();
}
