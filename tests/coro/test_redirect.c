/* test_redirect.c - standard output and standard error, sent elsewhere for a while. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cede/redirect.h>

#include "harness/harness.h"

/* What stands in a file from its beginning on; valid until the next call. */
static const char *text_of(int fd)
{
    static char text[512];
    const ssize_t n = pread(fd, text, sizeof text - 1, 0);

    CHECK(n >= 0);
    text[n] = '\0';
    return text;
}

/* A file without a name. */
static int make_file(void)
{
    char path[] = "/tmp/cede-redirect-XXXXXX";
    const int fd = mkostemp(path, O_CLOEXEC);

    CHECK(fd >= 0);
    CHECK_EQ(unlink(path), 0);
    return fd;
}

/* Print on `at` by the variable. */
static void say(int at, const char *words)
{
    fputs(words, at == STDOUT_FILENO ? stdout : stderr);
}

static const int both[] = {STDOUT_FILENO, STDERR_FILENO};

TEST(redirect, no_redirect_in_init)
{
    FILE *old = stdout;
    cede_redirect redirect;

    cede_redirect_init(&redirect, STDOUT_FILENO, stderr);
    CHECK_PTR(stdout, old);
}

TEST(redirect, redirect_to_string_io)
{
    for (int i = 0; i < 2; i++) {
        FILE *old = both[i] == STDOUT_FILENO ? stdout : stderr;
        char *text = NULL;
        size_t size = 0;
        FILE *memory = open_memstream(&text, &size);
        cede_redirect redirect;
        int rc = 0;

        cede_redirect_init(&redirect, both[i], memory);
        CEDE_WITH(&redirect.context, rc) {
            say(both[i], "prints directly");
        }
        CHECK_EQ(rc, 0);
        CHECK_PTR(both[i] == STDOUT_FILENO ? stdout : stderr, old);
        CHECK_EQ(fclose(memory), 0);
        CHECK_STR(text, "prints directly");
        free(text);
    }
}

TEST(redirect, enter_result_is_target)
{
    FILE *target = tmpfile();
    cede_redirect redirect;
    int rc = 0;

    cede_redirect_init(&redirect, STDOUT_FILENO, target);
    CEDE_WITH_AS(&redirect.context, rc, FILE *, value) {
        CHECK_PTR(value, target);
        CHECK_PTR(value, stdout);
    }
    CHECK_EQ(rc, 0);
    fclose(target);
}

TEST(redirect, cm_is_reusable_and_reentrant)
{
    for (int i = 0; i < 2; i++) {
        const int file = make_file();
        cede_redirect redirect;
        int rc = 0;

        cede_redirect_init_fd(&redirect, both[i], file);
        CEDE_WITH(&redirect.context, rc) {
            say(both[i], "Hello");
        }
        CEDE_WITH(&redirect.context, rc) {
            say(both[i], " ");
            CEDE_WITH(&redirect.context, rc) {
                say(both[i], "World");
            }
            say(both[i], "!\n");
        }
        CHECK_EQ(rc, 0);
        CHECK_STR(text_of(file), "Hello World!\n");
        close(file);
    }
}

TEST(redirect, what_writes_to_the_descriptor_follows_a_file)
{
    const int file = make_file();
    cede_redirect redirect;
    int rc = 0;

    cede_redirect_init_fd(&redirect, STDOUT_FILENO, file);
    CEDE_WITH(&redirect.context, rc) {
        puts("us");
        fflush(stdout);
        CHECK_EQ(system("echo child"), 0);
        CHECK_EQ(write(STDOUT_FILENO, "raw\n", 4), 4);
    }
    CHECK_EQ(rc, 0);
    CHECK_STR(text_of(file), "us\nchild\nraw\n");
    CHECK_EQ(fcntl(file, F_GETFD), FD_CLOEXEC); /* ours is as it was */
}

TEST(redirect, what_was_printed_before_and_after_stays_outside)
{
    const int outer = make_file(), inner = make_file();
    cede_redirect redirect_outer, redirect_inner;
    int rc = 0;

    cede_redirect_init_fd(&redirect_outer, STDOUT_FILENO, outer);
    cede_redirect_init_fd(&redirect_inner, STDOUT_FILENO, inner);
    CEDE_WITH(&redirect_outer.context, rc) {
        FILE *kept = stdout;
        fputs("before ", stdout);
        CEDE_WITH(&redirect_inner.context, rc) {
            fputs("inside ", stdout);
            fputs("kept ", kept); /* has a descriptor of its own */
        }
        fputs("after", stdout);
    }
    CHECK_EQ(rc, 0);
    CHECK_STR(text_of(outer), "before kept after");
    CHECK_STR(text_of(inner), "inside ");
}

TEST(redirect, who_kept_the_variable_prints_to_the_target_too)
{
    const int file = make_file();
    FILE *kept = stdout;
    cede_redirect redirect;
    int rc = 0;

    cede_redirect_init_fd(&redirect, STDOUT_FILENO, file);
    CEDE_WITH(&redirect.context, rc) {
        fputs("kept", kept);
    }
    CHECK_EQ(rc, 0);
    CHECK_STR(text_of(file), "kept");
}

TEST(redirect, streams_in_memory_and_descriptors_nest)
{
    const int file = make_file();
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    cede_redirect to_memory, to_file;
    int rc = 0;

    cede_redirect_init(&to_memory, STDERR_FILENO, memory);
    cede_redirect_init_fd(&to_file, STDERR_FILENO, file);
    CEDE_WITH(&to_memory.context, rc) {
        fputs("1", stderr);
        CEDE_WITH(&to_file.context, rc) {
            fputs("2", stderr);
            CEDE_WITH(&to_memory.context, rc) {
                fputs("3", stderr);
            }
            fputs("4", stderr);
        }
        fputs("5", stderr);
    }
    CHECK_EQ(rc, 0);
    fclose(memory);
    CHECK_STR(text, "135");
    CHECK_STR(text_of(file), "24");
    free(text);
}

TEST(redirect, an_error_inside_restores_and_goes_on)
{
    FILE *old = stdout;
    const int file = make_file();
    cede_redirect redirect;
    int rc = 0;

    cede_redirect_init_fd(&redirect, STDOUT_FILENO, file);
    CEDE_WITH(&redirect.context, rc) {
        puts("so far");
        rc = cede_raise(-EDOM, "division by zero");
    }
    CHECK_EQ(rc, -EDOM);
    CHECK_PTR(stdout, old);
    CHECK_STR(text_of(file), "so far\n");
}

TEST(redirect, what_cannot_be_written_is_an_error_and_restores)
{
    const int outer = make_file(), full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    cede_redirect redirect_outer, redirect_full;
    char text[1024];
    int rc = 0;

    CHECK(full >= 0);
    cede_redirect_init_fd(&redirect_outer, STDOUT_FILENO, outer);
    cede_redirect_init_fd(&redirect_full, STDOUT_FILENO, full);
    CEDE_WITH(&redirect_outer.context, rc) {
        CEDE_WITH(&redirect_full.context, rc) {
            puts("lost");
            rc = cede_raise(-EDOM, "division by zero");
        }
        CHECK_EQ(rc, -ENOSPC);
        cede_error_format(cede_error_last(), text, sizeof text);
        CHECK_HAS(text, "EDOM: division by zero\n\nThis was the direct cause");
        CEDE_WITH(&redirect_full.context, rc) {
            rc = 0;
            puts("lost");
            fflush(stdout); /* whose error nobody looks at */
        }
        CHECK_EQ(rc, -EIO);
        rc = 0;
        puts("kept");
    }
    CHECK_EQ(rc, 0);
    CHECK_STR(text_of(outer), "kept\n");
}

TEST(redirect, a_stream_that_was_closed_is_closed_again)
{
    const int file = make_file();
    cede_redirect redirect;
    int rc = 0;

    close(STDOUT_FILENO);
    cede_redirect_init_fd(&redirect, STDOUT_FILENO, file);
    CEDE_WITH(&redirect.context, rc) {
        puts("open");
    }
    CHECK_EQ(rc, 0);
    CHECK_STR(text_of(file), "open\n");
    CHECK_EQ(fcntl(STDOUT_FILENO, F_GETFD), -1);
}

TEST(redirect, what_is_remembered_does_not_look_like_a_standard_stream)
{
    const int file = make_file();
    cede_redirect redirect;
    int rc = 0;

    close(STDIN_FILENO);
    cede_redirect_init_fd(&redirect, STDOUT_FILENO, file);
    CEDE_WITH(&redirect.context, rc) {
        CHECK_EQ(fcntl(STDIN_FILENO, F_GETFD), -1);
    }
    CHECK_EQ(rc, 0);
}

static int enter_and_exit(cede_redirect *redirect)
{
    int rc = 0;

    CEDE_WITH(&redirect->context, rc) {
        FAIL("entered");
    }
    return rc;
}

TEST(redirect, bad_arguments_are_refused_and_change_nothing)
{
    FILE *old = stdout;
    cede_redirect redirect;

    cede_redirect_init(&redirect, STDIN_FILENO, stderr);
    CHECK_EQ(enter_and_exit(&redirect), -EINVAL);
    CHECK_HAS(cede_error_message(cede_error_last()), "0 is neither standard output nor");
    cede_redirect_init_fd(&redirect, STDOUT_FILENO, 999);
    CHECK_EQ(enter_and_exit(&redirect), -EBADF);
    cede_redirect_init_fd(&redirect, STDOUT_FILENO, -1);
    CHECK_EQ(enter_and_exit(&redirect), -EBADF);
    CHECK_PTR(stdout, old);
}

static int n_descriptors(void)
{
    int n = 0;

    for (int fd = 0; fd < 256; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

static int redirect_thrice(void)
{
    const int file = make_file();
    const int n = n_descriptors();
    cede_redirect redirect;
    int rc = 0;

    cede_redirect_init_fd(&redirect, STDOUT_FILENO, file);
    CEDE_WITH(&redirect.context, rc) {
        CEDE_WITH(&redirect.context, rc) {
            puts("twice");
        }
        puts("once");
    }
    CHECK_EQ(n_descriptors(), n);
    close(file);
    return rc;
}

TEST(redirect, every_allocation_may_fail)
{
    test_sweep_allocations(redirect_thrice);
}

TEST(redirect, without_descriptors_it_is_not_entered)
{
    const int file = make_file();
    cede_redirect redirect;
    int last = file;

    for (int fd; (fd = dup(file)) >= 0;)
        last = fd;
    cede_redirect_init_fd(&redirect, STDOUT_FILENO, file);
    CHECK_EQ(enter_and_exit(&redirect), -EMFILE);
    cede_redirect_init(&redirect, STDOUT_FILENO, stderr);
    CHECK_EQ(enter_and_exit(&redirect), -EMFILE);
    CHECK_EQ(close_range((unsigned)file, (unsigned)last, 0), 0);
}
