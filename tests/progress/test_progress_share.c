/* test_progress_share.c - bars of child processes: workers of a pool, and children begun by
 * hand. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cede/progress_share.h>
#include <cede/task.h>

#include "base/base.h"
#include "progress/fake_screen.h"
#include "sys/channel.h"
#include "sys/clock.h"
#include "sys/terminal.h"
#include "task/processes.h"

/* Precedes what is printed above the bars: a text, or the final state of one. */
#define ERASE_DOWN "\0337\x1b[K\x1b[B\x1b[J\0338"

static struct cede__progress_system screen_system;

/* A screen that keeps every byte, on the real clock, which the children have too. */
static void screen_start(void)
{
    fake_start();
    screen_system = *cede__progress_system;
    screen_system.now = cede__clock_monotonic;
    cede__progress_system = &screen_system;
}

static int count_of(const char *text, const char *part)
{
    int n = 0;

    for (const char *c = text; (c = strstr(c, part)); c++)
        n++;
    return n;
}

static cede_progress *make_bar(const char *description, int64_t total)
{
    cede_progress *bar =
        cede_progress_create(&(cede_progress_options){.total = total, .description = description});

    CHECK(bar != NULL);
    return bar;
}

static int submit_and_join(cede_executor *pool, cede_job_fn *fn, int value)
{
    return cede_join(
        cede_submit(pool, &(cede_job){.fn = fn, .in = &value, .in_size = sizeof value}));
}

/* Workers. */

static int count_to(const void *in, void *out)
{
    const int n = *(const int *)in;
    cede_progress *bar = make_bar("work", n);

    (void)out;
    for (int i = 0; i < n; i++)
        cede_progress_add(bar, 1);
    cede_progress_printf(bar, "printed %d", n);
    cede_progress_destroy(bar);
    return 0;
}

TEST(progress_share, h3_a_workers_bar_and_words_appear_on_the_parents_screen)
{
    cede_executor *pool = make_processes(1);
    const char *screen;

    screen_start();
    CHECK_EQ(submit_and_join(pool, count_to, 12345), 0);
    cede_executor_destroy(pool);
    screen = shown();
    CHECK_HAS(screen, "printed 12345\n");
    CHECK_HAS(screen, "work: 100%|");
    CHECK_EQ(count_of(screen, ERASE_DOWN "work: 100%|"), 1);
    CHECK_STR(screen + strlen(screen) - 1, "\n");
}

static int die_at(const void *in, void *out)
{
    cede_progress *bar = make_bar("doomed", 10);

    (void)out;
    cede_progress_add(bar, *(const int *)in);
    return raise(SIGKILL);
}

TEST(progress_share, h2_bars_of_a_worker_that_dies_show_what_they_came_to)
{
    cede_executor *pool = make_processes(1);
    const char *screen;

    screen_start();
    CHECK_EQ(submit_and_join(pool, die_at, 7), CEDE_EWORKER);
    CHECK_EQ(submit_and_join(pool, count_to, 3), 0);
    cede_executor_destroy(pool);
    screen = shown();
    CHECK_HAS(screen, ERASE_DOWN "doomed:  70%|");
    CHECK_HAS(screen, " 7/10 [");
    CHECK_HAS(screen, " 3/3 [");
    CHECK_STR(screen + strlen(screen) - 1, "\n");
}

static int leave_open(const void *in, void *out)
{
    static cede_progress *bars[4]; /* so that no leak is seen */
    const int i = *(const int *)in;

    (void)out;
    bars[i] = make_bar("left", 10);
    cede_progress_add(bars[i], i);
    return 0;
}

TEST(progress_share, h2_a_pool_ends_though_bars_are_left_open)
{
    cede_executor *pool = make_processes(2);

    screen_start();
    for (int i = 0; i < 4; i++)
        CHECK_EQ(submit_and_join(pool, leave_open, i), 0);
    cede_executor_destroy(pool);
    for (int i = 0; i < 4; i++) {
        char part[16];
        snprintf(part, sizeof part, " %d/10 [", i);
        CHECK_HAS(fake_bytes, part);
    }
}

static int make_many(const void *in, void *out)
{
    (void)out;
    for (int i = 0; i < *(const int *)in; i++) {
        char name[16];
        snprintf(name, sizeof name, "<%d>", i);
        cede_progress *bar = make_bar(name, 1);
        cede_progress_add(bar, 1);
        cede_progress_destroy(bar);
    }
    return 0;
}

static int write_slowly_once(int fd, const char *bytes, size_t size)
{
    if (n_fake_writes == 0)
        (void)poll(NULL, 0, 500);
    return fake_write(fd, bytes, size);
}

/* Nor are any lost when the screen takes long, or the parent does not come to its turn. */
TEST(progress_share, h6_of_many_short_bars_each_prints_its_final_state_once)
{
    cede_executor *pool = make_processes(1);
    const char *screen;

    screen_start();
    screen_system.write = write_slowly_once;
    CHECK_EQ(submit_and_join(pool, make_many, 300), 0);
    cede_executor_destroy(pool);
    screen = shown();
    for (int i = 0; i < 300; i++) {
        char name[64];
        snprintf(name, sizeof name, ERASE_DOWN "<%d>: 100%%|", i);
        CHECK_EQ(count_of(screen, name), 1);
    }
}

static int make_too_many(const void *in, void *out)
{
    enum { N = 100 };
    cede_progress *bars[N];

    (void)in, (void)out;
    for (int i = 0; i < N; i++) {
        bars[i] = make_bar("one of many", 10);
        cede_progress_add(bars[i], 1);
        CHECK_EQ(cede_progress_count(bars[i]), 1);
    }
    for (int i = 0; i < N; i++)
        cede_progress_destroy(bars[i]);
    return 0;
}

TEST(progress_share, more_bars_than_there_is_room_for_only_count)
{
    cede_executor *pool = make_processes(1);

    screen_start();
    CHECK_EQ(submit_and_join(pool, make_too_many, 0), 0);
    cede_executor_destroy(pool);
    CHECK_EQ(count_of(fake_bytes, ERASE_DOWN "one of many:"), 64);
}

static int report_something(const void *in, void *out)
{
    cede_progress *bar = make_bar("reporting", 10);

    (void)in, (void)out;
    cede__report("the worker reports");
    cede_progress_destroy(bar);
    return 0;
}

TEST(progress_share, h3_what_the_library_reports_in_a_worker_appears_above_the_bars)
{
    cede_executor *pool = make_processes(1);

    screen_start();
    CHECK_EQ(submit_and_join(pool, report_something, 0), 0);
    cede_executor_destroy(pool);
    CHECK_HAS(fake_bytes, "the worker reports\n");
}

static int attach_in_a_worker(const void *in, void *out)
{
    (void)in, (void)out;
    return cede_progress_attach(3);
}

TEST(progress_share, a_worker_is_attached_already)
{
    cede_executor *pool = make_processes(1);

    CHECK_EQ(submit_and_join(pool, attach_in_a_worker, 0), -EBUSY);
    cede_executor_destroy(pool);
}

/* Children begun by hand. */

/* Runs in a child what `body` does with its end, and exits. */
static pid_t start_child(void (*body)(void), int fd)
{
    const pid_t pid = fork();

    CHECK(pid >= 0);
    if (pid > 0)
        return pid;
    CHECK_EQ(cede_progress_attach(fd), 0);
    body();
    _exit(0);
}

static void check_exit(pid_t pid)
{
    int status;

    CHECK_EQ(waitpid(pid, &status, 0), pid);
    CHECK_EQ(status, 0);
}

static void nap(void)
{
    (void)poll(NULL, 0, 1);
}

/* Look until that is on the screen. */
static void look_for(const char *part)
{
    for (int i = 0; !strstr(fake_bytes, part); i++) {
        if (i == 200000)
            FAIL("\"%s\" does not appear in \"%s\"", part, fake_bytes);
        cede_progress_refresh(NULL);
        nap();
    }
}

static void follow_me(void)
{
    cede_progress *bar = cede_progress_create(&(cede_progress_options){
        .description = "child", .total = 4, .initial = 1, .colour = "red", .min_interval = -1});

    cede_progress_set(bar, 3);
    cede_progress_write(bar, "ready");
    cede_progress_set_total(bar, 6);
    cede_progress_set_description(bar, "kid");
    cede_progress_set_postfix(bar, "x=1");
    cede_progress_set_colour(bar, "green");
    cede_progress_write(NULL, "changed");
    cede_progress_unpause(bar);
    cede_progress_hide(bar);
    cede_progress_show(bar);
    cede_progress_add(bar, -2);
    cede_progress_refresh(bar);
    cede_progress_reset(bar, 9);
    cede_progress_add(bar, 4);
    CHECK_EQ(cede_progress_count(bar), 4);
    cede_progress_close(bar);
    cede_progress_add(bar, 4);
    CHECK_EQ(cede_progress_count(bar), 8);
    cede_progress_destroy(bar);
}

TEST(progress_share, h6_the_mirror_follows_words_totals_resets_and_the_end)
{
    int fd;

    screen_start();
    CHECK_EQ(cede_progress_share(&fd), 0);
    const pid_t pid = start_child(follow_me, fd);
    close(fd);
    look_for("ready\n");
    look_for("changed\n");
    look_for(ERASE_DOWN "kid:  44%|\x1b[32m");
    CHECK_HAS(fake_bytes, " 4/9 [");
    CHECK_HAS(fake_bytes, ", x=1]");
    CHECK(!strstr(fake_bytes, " 8/9 ["));
    check_exit(pid);
}

static void wait_to_be_killed(void)
{
    cede_progress_add(make_bar("stays", 10), 5);
    for (;;)
        pause();
}

/* On a loop: it alone looks. */
static int share_with_two(void *arg)
{
    pid_t *pids = arg;
    int fd;

    CEDE_TRY(cede_progress_share(&fd));
    for (int i = 0; i < 2; i++)
        pids[i] = start_child(wait_to_be_killed, fd);
    close(fd);
    while (count_of(fake_bytes, "stays:  50%|") < 2)
        CEDE_TRY(cede_sleep(CEDE_MS(1)));
    for (int i = 0; i < 2; i++)
        kill(pids[i], SIGKILL);
    while (count_of(fake_bytes, ERASE_DOWN "stays:  50%|") < 2)
        CEDE_TRY(cede_sleep(CEDE_MS(1)));
    return 0;
}

TEST(progress_share, h2_a_loop_shows_bars_of_children_and_closes_those_of_the_dead)
{
    pid_t pids[2];
    int status;

    screen_start();
    CHECK_EQ(cede_run(share_with_two, pids), 0);
    for (int i = 0; i < 2; i++)
        CHECK_EQ(waitpid(pids[i], &status, 0), pids[i]);
    CHECK_STR(fake_bytes + n_fake_bytes - 1, "\n");
}

static int share_and_end(void *arg)
{
    (void)arg;
    return cede_progress_share(&(int){0});
}

TEST(progress_share, h2_a_loop_may_end_before_its_children)
{
    int fd;

    screen_start();
    CHECK_EQ(cede_run(share_and_end, NULL), 0);
    CHECK_EQ(cede_progress_share(&fd), 0);
    const pid_t pid = start_child(follow_me, fd);
    look_for(" 4/9 [");
    check_exit(pid);
    close(fd);
}

static int stdin_of_orphan;

/* Goes on after its parent has ended, and says so. */
static void outlive_the_parent(void)
{
    cede_progress *bar = make_bar("orphan", 10);
    char byte;

    cede_progress_write(bar, "child is there");
    while (read(stdin_of_orphan, &byte, 1) != 0)
        ;
    for (int i = 0; i < 100; i++) {
        cede_progress_add(bar, 1);
        cede_progress_destroy(make_bar("another", 1));
    }
    cede_progress_destroy(bar);
    cede_progress_write(NULL, "an orphan prints by itself");
}

TEST(progress_share, h2_a_child_goes_on_when_its_parent_has_ended)
{
    int to_orphan[2], from_orphan[2], fd;
    char text[64] = "";

    CHECK_EQ(pipe(to_orphan), 0);
    CHECK_EQ(pipe(from_orphan), 0);
    stdin_of_orphan = to_orphan[0];
    const pid_t parent = fork();
    if (parent == 0) {
        screen_start();
        CHECK_EQ(cede_progress_share(&fd), 0);
        if (fork() == 0) {
            struct cede__progress_system system = *cede__progress_system;
            system.write = cede__terminal_write;
            cede__progress_system = &system;
            dup2(from_orphan[1], 2);
            close(from_orphan[1]);
            close(to_orphan[1]);
            CHECK_EQ(cede_progress_attach(fd), 0);
            outlive_the_parent();
            _exit(0);
        }
        look_for("child is there\n");
        _exit(0);
    }
    close(from_orphan[1]);
    check_exit(parent);
    close(to_orphan[1]); /* now it goes on */
    for (size_t n = 0; n + 1 < sizeof text;) {
        const ssize_t got = read(from_orphan[0], text + n, sizeof text - 1 - n);
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    CHECK_STR(text, "an orphan prints by itself\n");
}

static void print_long(void)
{
    enum { SIZE = 100000 };
    char *text = malloc(SIZE + 1);

    for (int i = 0; i < SIZE; i++)
        text[i] = i % 50 == 49 ? '\n' : (char)('a' + i / 50 % 26);
    text[SIZE] = '\0';
    cede_progress_write(NULL, text);
    free(text);
}

TEST(progress_share, long_texts_of_a_child_arrive_whole)
{
    int fd;

    screen_start();
    CHECK_EQ(cede_progress_share(&fd), 0);
    const pid_t pid = start_child(print_long, fd);
    while (n_fake_bytes < 100000) {
        cede_progress_refresh(NULL);
        nap();
    }
    check_exit(pid);
    CHECK_EQ(n_fake_bytes, 100000);
    for (int i = 0; i < 100000; i++)
        CHECK_EQ(fake_bytes[i], i % 50 == 49 ? '\n' : 'a' + i / 50 % 26);
}

TEST(progress_share, the_child_of_a_child_is_shown_too)
{
    int fd, own;

    screen_start();
    CHECK_EQ(cede_progress_share(&fd), 0);
    const pid_t pid = fork();
    if (pid == 0) {
        CHECK_EQ(cede_progress_attach(fd), 0);
        CHECK_EQ(cede_progress_share(&own), 0);
        const pid_t grandchild = start_child(follow_me, own);
        int status;
        close(own);
        while (waitpid(grandchild, &status, WNOHANG) == 0) {
            cede_progress_refresh(NULL);
            nap();
        }
        cede_progress_refresh(NULL);
        _exit(0);
    }
    close(fd);
    look_for("changed\n");
    look_for(ERASE_DOWN "kid:  44%|\x1b[32m");
    check_exit(pid);
}

/* What children may send that makes no sense. */

/* A connection and "memory", which are closed here. */
static void pass_nonsense(int fd, int connection, int memory)
{
    struct cede__passed passed = {{connection, memory}};

    CHECK_EQ(cede__channel_send(fd, "", 1, &passed, 0), 0);
    cede__passed_close(&passed);
}

TEST(progress_share, h7_nonsense_over_the_channel_is_not_shown_and_not_kept)
{
    const int memory = memfd_create("other", 0);
    int fd, ends[2];

    screen_start();
    CHECK_EQ(cede_progress_share(&fd), 0);
    const int first = dup(fd);
    close(first);
    CHECK_EQ(cede__channel_send(fd, "nonsense", 8, NULL, 0), 0);
    pass_nonsense(fd, dup(2), open("/dev/null", O_RDWR));
    CHECK_EQ(cede__channel_open(ends), 0);
    pass_nonsense(fd, dup(ends[1]), dup(memory)); /* empty */
    CHECK_EQ(ftruncate(memory, 1 << 20), 0);
    pass_nonsense(fd, ends[1], dup(memory)); /* of another version */
    close(ends[0]);
    cede_progress_refresh(NULL);
    CHECK_EQ(n_fake_bytes, 0);
    CHECK_EQ(dup(fd), first);
    close(first);
    close(fd);
    close(memory);
    cede_progress_refresh(NULL);
}

TEST(progress_share, only_a_shared_descriptor_is_attached_to_and_only_once)
{
    int fd;

    CHECK_EQ(cede_progress_attach(-1), -EINVAL);
    CHECK_EQ(cede_progress_attach(0), -EINVAL);
    CHECK_EQ(cede_progress_share(&fd), 0);
    CHECK_EQ(cede_progress_attach(fd), 0);
    CHECK_EQ(cede_progress_attach(dup(fd)), -EBUSY);
}

static void one_bar(void)
{
    cede_progress *bar = cede_progress_create(NULL); /* NULL where there was no memory */

    cede_progress_add(bar, 1);
    cede_progress_destroy(bar);
}

static int scenario(void)
{
    int fd, status;
    const int rc = cede_progress_share(&fd);

    if (rc < 0)
        return rc;
    const pid_t pid = start_child(one_bar, fd);
    close(fd);
    while (waitpid(pid, &status, WNOHANG) == 0) {
        cede_progress_refresh(NULL);
        nap();
    }
    cede_progress_refresh(NULL);
    return 0;
}

TEST(progress_share, every_allocation_may_fail)
{
    screen_start();
    test_sweep_allocations(scenario);
}
