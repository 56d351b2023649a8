/* test_process_deaths.c - workers die at every place where they can (c9): exactly the job that they
 * ran fails, and the pool goes on. */
/* SPDX-License-Identifier: MIT */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cede/gather.h>

#include "task/processes.h"

enum { LARGE = 4 << 20 };

static const char *message(void)
{
    return cede_error_message(cede_error_last());
}

/* The job dies, saying so, and neither those before nor those after. */
static void check_death(cede_job job, const char *words)
{
    cede_executor *pool = make_processes(1);
    const int n = 1;
    int before = 0, after = 0;
    cede_future *first = submit_add(pool, &n, &before), *dying, *last;

    job.name = "dying";
    dying = submit_bytes(pool, job);
    last = submit_add(pool, &n, &after);
    CHECK_EQ(cede_join(first), 1);
    CHECK_EQ(before, 2);
    CHECK_EQ(cede_join(dying), CEDE_EWORKER);
    CHECK_HAS(message(), words);
    CHECK_HAS(message(), "while it ran a job 'dying'");
    CHECK_EQ(cede_join(last), 1);
    CHECK_EQ(after, 2);
    cede_executor_destroy(pool);
}

/* In the function. */

static int kill_itself(const void *in, void *out)
{
    (void)out;
    return in ? raise(*(const int *)in) : raise(SIGKILL);
}

TEST(process_deaths, c9_by_a_signal)
{
    static const struct {
        int signo;
        const char *words;
    } cases[] = {
        {SIGKILL, "was killed by signal 9 (SIGKILL)"},
        {SIGTERM, "was killed by signal 15 (SIGTERM)"},
        {SIGSEGV, "was killed by signal 11 (SIGSEGV)"},
        {SIGABRT, "was killed by signal 6 (SIGABRT)"},
        {SIGALRM, "was killed by signal 14 (SIGALRM)"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_death((cede_job){.fn = kill_itself, .in = &cases[i].signo, .in_size = sizeof(int)},
                    cases[i].words);
}

static int leave(const void *in, void *out)
{
    (void)out;
    exit(*(const int *)in);
}

TEST(process_deaths, c9_by_its_own_exit)
{
    const int status[] = {0, 3};

    check_death((cede_job){.fn = leave, .in = &status[0], .in_size = sizeof(int)},
                "exited with status 0");
    check_death((cede_job){.fn = leave, .in = &status[1], .in_size = sizeof(int)},
                "exited with status 3");
}

/* As programs do that do not look at what malloc gives; a sanitizer ends them by itself. */
static int run_out_of_memory(const void *in, void *out)
{
    const struct rlimit nothing = {.rlim_cur = 0, .rlim_max = RLIM_INFINITY};

    (void)in;
    (void)out;
    CHECK_EQ(setrlimit(RLIMIT_AS, &nothing), 0);
    for (;;) {
        char *volatile block = malloc(64 << 20);
        *(volatile char *)block = 1;
    }
    return 0;
}

TEST(process_deaths, c9_by_running_out_of_memory)
{
    check_death((cede_job){.fn = run_out_of_memory}, "worker ");
}

TEST(process_deaths, c9_by_kill_from_outside_with_its_number_in_the_error)
{
    cede_executor *pool = make_processes(1);
    const struct note note = make_note(0);
    cede_future *job = submit_note(pool, get_stuck, &note);
    const pid_t pid = note_pid(&note);
    char words[64];

    CHECK_EQ(kill(pid, SIGKILL), 0);
    CHECK_EQ(cede_join(job), CEDE_EWORKER);
    snprintf(words, sizeof words, "worker %d was killed by signal 9 (SIGKILL)", (int)pid);
    CHECK_HAS(message(), words);
    check_works(pool);
    drop_note(&note);
    cede_executor_destroy(pool);
}

TEST(process_deaths, c9_while_it_sleeps_which_no_job_notices)
{
    cede_executor *pool = make_processes(1);
    pid_t pid = 0;

    CHECK_EQ(cede_join(submit_bytes(
                 pool, (cede_job){.fn = tell_pid, .out = &pid, .out_size = sizeof pid})),
             0);
    CHECK_EQ(kill(pid, SIGKILL), 0);
    for (int i = 0; i < 20; i++)
        check_works(pool);
    cede_executor_destroy(pool);
}

TEST(process_deaths, c9_where_the_program_ignores_the_ends_of_children)
{
    cede_executor *pool = make_processes(1);

    CHECK(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
    CHECK_EQ(cede_join(submit_bytes(pool, (cede_job){.fn = kill_itself})), CEDE_EWORKER);
    CHECK_HAS(message(), "nobody knows how");
    check_works(pool);
    cede_executor_destroy(pool);
}

TEST(process_deaths, c9_what_waited_behind_it_does_not_wait_for_another_long_one)
{
    cede_executor *pool = make_processes(2);
    const struct note one = make_note(0), two = make_note(0);
    cede_future *stuck[] = {submit_note(pool, get_stuck, &one), submit_note(pool, get_stuck, &two)};
    enum { N = 4 };
    cede_future *jobs[N];
    const int n = 1;
    int outs[N];

    for (int i = 0; i < N; i++) /* behind one of the two */
        jobs[i] = submit_add(pool, &n, &outs[i]);
    CHECK_EQ(kill(note_pid(&one), SIGKILL), 0);
    for (int i = 0; i < N; i++)
        CHECK_EQ(cede_join(jobs[i]), 1);
    CHECK_EQ(cede_join(stuck[0]), CEDE_EWORKER);
    (void)note_pid(&two); /* it has begun */
    CHECK_EQ(cede_process_pool_kill(pool), 0);
    CHECK_EQ(cede_join(stuck[1]), CEDE_EWORKER);
    drop_note(&one);
    drop_note(&two);
    cede_executor_destroy(pool);
}

/* Where it crashed. */

__attribute__((noinline, no_sanitize("undefined", "address"))) static int
touch(const volatile int *place)
{
    return *place;
}

static int crash_deeply(const void *in, void *out)
{
    (void)out;
    return touch(in) + 1;
}

TEST(process_deaths, c12_a_crash_tells_its_lines)
{
    cede_executor *pool = make_processes(1);

    CHECK_EQ(cede_join(submit_bytes(pool, (cede_job){.fn = crash_deeply})), CEDE_EWORKER);
    CHECK_HAS(message(), "SIGSEGV");
#if defined(CEDE__HAVE_LIBDW)
    CHECK_HAS(test_traceback(), "in crash_deeply");
    CHECK(!strstr(test_traceback(), "slot_run")); /* what is ours is not shown */
#else
    CHECK_HAS(test_traceback(), "in test_task_process_deaths+0x");
#endif
    cede_executor_destroy(pool);
}

static int overflow(const void *in, void *out)
{
    static cede_job_fn *volatile itself = overflow;
    volatile char large[4096];

    large[0] = in ? 1 : 2;
    return itself((const void *)large, out) + large[0];
}

TEST(process_deaths, c9_by_its_stack)
{
    check_death((cede_job){.fn = overflow}, "SIGSEGV");
}

/* Reading the input, writing the result. */

static int die_reading(const void *in, void *out)
{
    const char *bytes = in;
    int sum = 0;

    (void)out;
    for (int i = 0; i < LARGE; i++) {
        sum += bytes[i];
        if (i == LARGE / 2)
            (void)raise(SIGKILL);
    }
    return sum;
}

static int die_writing(const void *in, void *out)
{
    (void)in;
    memset(out, 1, LARGE / 2);
    return raise(SIGKILL);
}

TEST(process_deaths, c9_while_it_reads_its_input)
{
    char *in = calloc(1, LARGE);

    check_death((cede_job){.fn = die_reading, .in = in, .in_size = LARGE}, "SIGKILL");
    free(in);
}

TEST(process_deaths, c9_while_it_writes_its_result_which_stays_as_it_was)
{
    char *out = calloc(1, LARGE);

    check_death((cede_job){.fn = die_writing, .out = out, .out_size = LARGE}, "SIGKILL");
    for (int i = 0; i < LARGE; i++)
        CHECK_EQ(out[i], 0);
    free(out);
}

static int fill_large(const void *in, void *out)
{
    (void)in;
    memset(out, 7, LARGE);
    return 0;
}

TEST(process_deaths, c9_between_its_result_and_our_reading_of_it)
{
    enum { N = 20 };
    cede_executor *pool = make_processes(1);
    char *outs = calloc(N, LARGE);

    CHECK(outs != NULL);
    for (int i = 0; i < N; i++) {
        cede_future *good = submit_bytes(
            pool, (cede_job){.fn = fill_large, .out = outs + i * LARGE, .out_size = LARGE});
        cede_future *bad = submit_bytes(pool, (cede_job){.fn = kill_itself});
        CHECK_EQ(cede_join(good), 0);
        CHECK_EQ(cede_join(bad), CEDE_EWORKER);
    }
    for (int i = 0; i < N * LARGE; i += 4095)
        CHECK_EQ(outs[i], 7);
    free(outs);
    cede_executor_destroy(pool);
}

/* Many. */

static int die_at_times(const void *in, void *out)
{
    const int n = *(const int *)in;

    if (n % 100 == 50)
        (void)raise(SIGKILL);
    *(int *)out = n + 1;
    return 0;
}

static void check_many(unsigned n_workers)
{
    enum { N = 2000 };
    cede_executor *pool = make_processes(n_workers);
    static cede_future *jobs[N];
    static int ins[N], outs[N];

    for (int i = 0; i < N; i++) {
        ins[i] = i;
        jobs[i] = submit_bytes(pool, (cede_job){.fn = die_at_times,
                                                .in = &ins[i],
                                                .in_size = sizeof ins[i],
                                                .out = &outs[i],
                                                .out_size = sizeof outs[i]});
    }
    for (int i = 0; i < N; i++) {
        CHECK_EQ(cede_join(jobs[i]), i % 100 == 50 ? CEDE_EWORKER : 0);
        CHECK_EQ(outs[i], i % 100 == 50 ? 0 : i + 1);
        outs[i] = 0;
    }
    cede_executor_destroy(pool);
}

TEST(process_deaths, c9_of_twenty_among_two_thousand_jobs_exactly_those_fail)
{
    check_many(1);
    check_many(3);
}

static int sum_large(const void *in, void *out)
{
    const char *bytes = in;

    if (bytes[0] == 1)
        (void)raise(SIGKILL);
    memcpy(out, in, LARGE);
    return 0;
}

TEST(process_deaths, gh_94777_with_large_data_under_way)
{
    enum { N = 30 };
    cede_executor *pool = make_processes(2);
    char *data = malloc(2 * LARGE), *outs = malloc((size_t)N * LARGE);
    cede_future *jobs[N];

    CHECK(data && outs);
    memset(data, 1, LARGE);
    memset(data + LARGE, 2, LARGE);
    for (int i = 0; i < N; i++)
        jobs[i] = submit_bytes(pool, (cede_job){.fn = sum_large,
                                                .in = data + (i % 3 == 1 ? 0 : LARGE),
                                                .in_size = LARGE,
                                                .out = outs + i * LARGE,
                                                .out_size = LARGE});
    for (int i = 0; i < N; i++) {
        CHECK_EQ(cede_join(jobs[i]), i % 3 == 1 ? CEDE_EWORKER : 0);
        CHECK(i % 3 == 1 || memcmp(outs + i * LARGE, data + LARGE, LARGE) == 0);
    }
    free(data);
    free(outs);
    cede_executor_destroy(pool);
}

TEST(process_deaths, gh_105829_with_every_slot_full)
{
    enum { N = 3000 };
    cede_executor *pool = make_processes(1);
    static cede_future *jobs[N];
    static int ins[N], outs[N];
    cede_future *job;
    pid_t pid;
    int n_failed = 0;

    for (int i = 0; i < N; i++) /* they prove short: it is given as many as it has slots for */
        jobs[i] = submit_add(pool, &ins[i], &outs[i]);
    for (int i = 0; i < N; i++)
        CHECK_EQ(cede_join(jobs[i]), 0);
    job = submit_bytes(pool, (cede_job){.fn = tell_pid, .out = &pid, .out_size = sizeof pid});
    CHECK_EQ(cede_join(job), 0);
    CHECK_EQ(kill(pid, SIGSTOP), 0);
    for (int i = 0; i < N; i++)
        jobs[i] = submit_add(pool, &ins[i], &outs[i]);
    CHECK_EQ(cede_sleep(CEDE_MS(20)), 0); /* for the slots to be filled; not that it matters */
    CHECK_EQ(kill(pid, SIGKILL), 0);
    for (int i = 0; i < N; i++)
        n_failed += cede_join(jobs[i]) < 0;
    CHECK(n_failed <= 1); /* the one that it may have begun before it stopped */
    cede_executor_destroy(pool);
}

/* Retries. */

/* Dies until the note is long enough. */
static int die_twice(const void *in, void *out)
{
    const struct note *note = in;

    (void)out;
    note_add(note, "x", 1);
    if (note_size(note) <= 2)
        (void)raise(SIGKILL);
    return note->value;
}

static void check_retries(unsigned n_retries, int rc, long n_begun)
{
    cede_executor *pool = make_processes(2);
    const struct note note = make_note(5);

    CHECK_EQ(cede_join(submit_bytes(pool, (cede_job){.fn = die_twice,
                                                     .in = &note,
                                                     .in_size = sizeof note,
                                                     .n_retries = n_retries})),
             rc);
    CHECK_EQ(note_size(&note), n_begun);
    drop_note(&note);
    cede_executor_destroy(pool);
}

TEST(process_deaths, c9_a_retryable_job_is_begun_again_as_often_as_it_says)
{
    check_retries(0, CEDE_EWORKER, 1);
    check_retries(1, CEDE_EWORKER, 2);
    check_retries(2, 5, 3);
    check_retries(9, 5, 3);
}

TEST(process_deaths, c13_killing_the_pool_does_not_retry)
{
    cede_executor *pool = make_processes(2);
    const struct note note = make_note(0);
    cede_future *job = submit_bytes(
        pool, (cede_job){.fn = get_stuck, .in = &note, .in_size = sizeof note, .n_retries = 5});

    (void)note_pid(&note);
    CHECK_EQ(cede_process_pool_kill(pool), 0);
    CHECK_EQ(cede_join(job), CEDE_EWORKER);
    CHECK_EQ(cede_process_pool_kill(NULL), -EINVAL);
    drop_note(&note);
    cede_executor_destroy(pool);
}

static int fail_in_words(const void *in, void *out)
{
    (void)in;
    (void)out;
    return cede_raise(-EBADMSG, "in words");
}

static int tell_nothing(const void *in, void *out)
{
    (void)in;
    (void)out;
    return 0;
}

/* The outcome, or -ENOMEM for a job that could not be submitted. */
static int outcome(cede_executor *pool, cede_job job)
{
    cede_future *future = cede_submit(pool, &job);

    return future ? cede_join(future) : -ENOMEM;
}

static int scenario(void)
{
    static char data[LARGE], result[LARGE];
    cede_executor *pool = cede_process_pool(&(cede_process_pool_options){
        .n_workers = 1, .init = tell_nothing, .init_in = data, .init_in_size = 100});
    const cede_job jobs[] = {{.fn = sum_large,
                              .in = data,
                              .in_size = LARGE,
                              .out = result,
                              .out_size = LARGE,
                              .name = "large"},
                             {.fn = fail_in_words, .name = "fails"},
                             {.fn = kill_itself, .name = "dies", .n_retries = 1}};
    const int expected[] = {0, -EBADMSG, CEDE_EWORKER};
    int rc = pool ? 0 : -ENOMEM;

    for (int i = 0; i < 3 && rc == 0; i++) {
        const int status = outcome(pool, jobs[i]);
        CHECK(status == expected[i] || status == -ENOMEM);
        rc = status == -ENOMEM ? status : 0;
    }
    cede_executor_destroy(pool);
    return rc;
}

TEST(process_deaths, a_failed_allocation_is_an_error_and_loses_nothing)
{
    test_sweep_allocations(scenario);
}

/* Gone mad. */

static int overwrite_everything(const void *in, void *out)
{
    const uintptr_t page = 4096;
    char *window = (char *)((uintptr_t)in / page * page) - page; /* the first slot is beside it */

    (void)out;
    memset(window + 64, 0x5a, 64 * page);
    return 0;
}

TEST(process_deaths, c9_a_worker_that_overwrites_what_it_shares_is_killed)
{
    cede_executor *pool = make_processes(1);
    const int n = 1;

    CHECK_EQ(cede_join(submit_bytes(
                 pool, (cede_job){.fn = overwrite_everything, .in = &n, .in_size = sizeof n})),
             CEDE_EWORKER);
    check_works(pool);
    cede_executor_destroy(pool);
}

/* Before it is ready. */

TEST(process_deaths, workers_that_die_at_their_start_fail_what_waits_and_the_pool_stays_usable)
{
    cede_executor *pool;

    setenv("TEST_DIE_AT_START", "1", 1);
    pool = make_processes(2);
    CHECK_EQ(cede_join(submit_bytes(pool, (cede_job){.fn = kill_itself})), CEDE_EWORKER);
    CHECK_HAS(message(), "exited with status 7 before it was ready");
    unsetenv("TEST_DIE_AT_START");
    check_works(pool);
    cede_executor_destroy(pool);
}

/* The parent's death. */

static int refuse_to_follow(const void *in, void *out)
{
    const pid_t pid = getpid();

    (void)out;
    (void)prctl(PR_SET_PDEATHSIG, 0);
    note_add(in, &pid, sizeof pid);
    return 0;
}

/* A process that makes a pool, runs the job, and is killed; its worker's end. */
static int orphan_status(cede_job_fn *fn)
{
    const struct note note = make_note(0);
    pid_t parent, worker;
    int status = 0;

    CHECK_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0); /* orphans become ours */
    parent = fork();
    if (parent == 0) {
        cede_executor *pool = make_processes(1);
        (void)cede_await(submit_note(pool, fn, &note));
        for (;;)
            pause();
    }
    worker = note_pid(&note);
    CHECK_EQ(kill(parent, SIGKILL), 0);
    CHECK_EQ(waitpid(parent, NULL, 0), parent);
    CHECK_EQ(waitpid(worker, &status, 0), worker);
    drop_note(&note);
    return status;
}

TEST(process_deaths, an_orphan_is_killed_with_its_parent)
{
    const int status = orphan_status(get_stuck);

    CHECK(WIFSIGNALED(status));
    CHECK_EQ(WTERMSIG(status), SIGKILL);
}

TEST(process_deaths, an_idle_orphan_notices_the_end_of_its_socket)
{
    const int status = orphan_status(refuse_to_follow);

    CHECK(WIFEXITED(status));
    CHECK_EQ(WEXITSTATUS(status), 1);
}
