/* test_process_pool.c - jobs in processes of their own: results, sizes, errors, cancel, options. */
/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <dlfcn.h>
#include <sys/mman.h>

#include <cede/map.h>

#include "task/processes.h"

/* Results. */

TEST(process_pool, c9_a_job_runs_in_another_process)
{
    cede_executor *pool = make_processes(1);
    pid_t pid = 0;

    CHECK_EQ(cede_join(submit_bytes(
                 pool, (cede_job){.fn = tell_pid, .out = &pid, .out_size = sizeof pid})),
             0);
    CHECK(pid > 0);
    CHECK(pid != getpid());
    cede_executor_destroy(pool);
}

TEST_TASK(process_pool, a_task_awaits_a_job_and_virtual_time_stands_still)
{
    cede_executor *pool = make_processes(1);

    check_works(pool);
    CHECK_EQ(cede_now(), 0);
    cede_executor_destroy(pool);
}

/* Each byte of the result is that of the input, and one more. */
static int add_one_to_each(const void *in, void *out)
{
    const size_t size = *(const size_t *)in;

    for (size_t i = sizeof size; i < size; i++) {
        if (((char *)out)[i] != 0)
            return cede_raise(-EBADMSG, "the room for the result is not zero");
        ((char *)out)[i] = (char)(((const char *)in)[i] + 1);
    }
    return 0;
}

static void check_size(cede_executor *pool, size_t size)
{
    char *in = malloc(size), *out = malloc(size);

    CHECK(in && out);
    for (size_t i = 0; i < size; i++)
        in[i] = (char)(i * 7 + i / 256);
    memcpy(in, &size, sizeof size);
    CHECK_EQ(
        cede_join(submit_bytes(
            pool,
            (cede_job){
                .fn = add_one_to_each, .in = in, .in_size = size, .out = out, .out_size = size})),
        0);
    for (size_t i = sizeof size; i < size; i++)
        CHECK_EQ(out[i], (char)(in[i] + 1));
    free(in);
    free(out);
}

TEST(process_pool, inputs_and_results_of_every_size_arrive)
{
    const size_t sizes[] = {8,       9,        64,     447,     448,    449,     512,
                            895,     896,      897,    1 << 12, 100001, 1 << 20, (1 << 20) + 1,
                            9 << 20, 40 << 20, 100000, 3 << 20};
    cede_executor *pool = make_processes(1);

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        check_size(pool, sizes[i]);
    cede_executor_destroy(pool);
}

static int sum_bytes(const void *in, void *out)
{
    const unsigned char *bytes = in;
    const size_t size = *(const size_t *)in;

    for (size_t i = 0; i < size; i += 61)
        *(long *)out += bytes[i];
    return 0;
}

TEST(process_pool, many_large_inputs_of_many_sizes_share_the_memory)
{
    enum { N = 150, LARGEST = 3 << 20 };
    cede_executor *pool = make_processes(2);
    cede_future *jobs[N];
    long sums[N] = {0};
    unsigned char *in = malloc(LARGEST + N * sizeof(size_t));
    size_t sizes[N], seed = 1;

    CHECK(in != NULL);
    memset(in, 1, LARGEST + N * sizeof(size_t));
    for (size_t i = 0; i < N; i++) { /* each job begins at its own length */
        sizes[i] = sizeof seed + (seed = seed * 7919 % LARGEST);
        memcpy(in + i * sizeof seed, &sizes[i], sizeof seed);
    }
    for (size_t i = 0; i < N; i++)
        jobs[i] = submit_bytes(pool, (cede_job){.fn = sum_bytes,
                                                .in = in + i * sizeof seed,
                                                .in_size = sizes[i],
                                                .out = &sums[i],
                                                .out_size = sizeof sums[i]});
    for (size_t i = 0; i < N; i++) {
        long sum = 0;
        CHECK_EQ(cede_join(jobs[i]), 0);
        (void)sum_bytes(in + i * sizeof seed, &sum);
        CHECK_EQ(sums[i], sum);
    }
    free(in);
    cede_executor_destroy(pool);
}

static int say_whether_null(const void *in, void *out)
{
    return !in && !out;
}

TEST(process_pool, a_job_without_input_and_result_has_its_status)
{
    cede_executor *pool = make_processes(1);

    CHECK_EQ(cede_join(submit_bytes(pool, (cede_job){.fn = say_whether_null})), 1);
    cede_executor_destroy(pool);
}

TEST(process_pool, ten_thousand_small_jobs_give_each_its_own_result)
{
    enum { N = 10000 };
    cede_executor *pool = make_processes(2);
    static cede_future *jobs[N];
    static int ins[N], outs[N];

    for (int i = 0; i < N; i++) {
        ins[i] = i;
        jobs[i] = submit_add(pool, &ins[i], &outs[i]);
    }
    for (int i = 0; i < N; i++) {
        CHECK_EQ(cede_join(jobs[i]), i);
        CHECK_EQ(outs[i], i + 1);
    }
    cede_executor_destroy(pool);
}

/* Errors. */

static int open_it(void)
{
    (void)cede_raise(-ENOENT, "there is no %s", "configuration");
    return cede_raise_from(-EIO, "it cannot be read");
}

static int fail_deeply(const void *in, void *out)
{
    (void)in;
    (void)out;
    CEDE_TRY(open_it());
    return 0;
}

TEST(process_pool, c12_the_error_arrives_with_its_words_causes_and_lines)
{
    cede_executor *pool = make_processes(1);
    char here[2048];

    CHECK_EQ(fail_deeply(NULL, NULL), -EIO);
    snprintf(here, sizeof here, "%s", test_traceback());
    cede_error_clear();
    CHECK_EQ(cede_join(submit_bytes(pool, (cede_job){.fn = fail_deeply})), -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "it cannot be read");
    CHECK_STR(test_traceback(), here); /* to the line, as if it had failed here */
    CHECK_HAS(here, "test_process_pool.c");
    cede_executor_destroy(pool);
}

static int fail_after_writing(const void *in, void *out)
{
    (void)in;
    *(int *)out = 5;
    return -EBADMSG;
}

TEST(process_pool, a_job_that_fails_leaves_the_result_as_it_was)
{
    cede_executor *pool = make_processes(1);
    int out = 7;

    CHECK_EQ(cede_join(submit_bytes(
                 pool, (cede_job){.fn = fail_after_writing, .out = &out, .out_size = sizeof out})),
             -EBADMSG);
    CHECK_EQ(out, 7);
    cede_executor_destroy(pool);
}

static void check_refused(cede_executor *pool, cede_job job, int code, const char *words)
{
    CHECK_PTR(cede_submit(pool, &job), NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), code);
    CHECK_HAS(cede_error_message(cede_error_last()), words);
}

TEST(process_pool, pointers_without_sizes_are_refused)
{
    cede_executor *pool = make_processes(1);
    int n = 0;

    check_refused(pool, (cede_job){.fn = add_one, .in = &n}, -EINVAL, "how many");
    check_refused(pool, (cede_job){.fn = add_one, .out = &n}, -EINVAL, "how many");
    check_refused(pool, (cede_job){.fn = add_one, .in_size = 4}, -EINVAL, "how many");
    check_works(pool);
    cede_executor_destroy(pool);
}

TEST(process_pool, a_function_made_at_run_time_is_refused)
{
    cede_executor *pool = make_processes(1);
    void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cede_job_fn *fn;

    CHECK(page != MAP_FAILED);
    memcpy(&fn, &page, sizeof fn);
    check_refused(pool, (cede_job){.fn = fn}, -EINVAL, "lies in no file");
    cede_executor_destroy(pool);
}

TEST(process_pool, a_function_of_a_library_that_the_worker_lacks_is_an_error_of_the_job)
{
    cede_executor *pool = make_processes(1);
    void *library = dlopen("libresolv.so.2", RTLD_NOW);
    void *symbol = library ? dlsym(library, "ns_samedomain") : NULL;
    cede_job_fn *fn;

    CHECK(symbol != NULL);
    memcpy(&fn, &symbol, sizeof fn);
    CHECK_EQ(cede_join(submit_bytes(pool, (cede_job){.fn = fn})), -ENOEXEC);
    CHECK_HAS(cede_error_message(cede_error_last()), "not loaded");
    check_works(pool);
    cede_executor_destroy(pool);
}

TEST(process_pool, more_than_a_worker_can_map_is_an_error_of_the_job)
{
    cede_executor *pool = make_processes(1);
    int n = 0;

    CHECK_EQ(cede_join(submit_bytes(
                 pool, (cede_job){.fn = add_one, .out = &n, .out_size = (size_t)1 << 50})),
             -E2BIG);
    CHECK_EQ(
        cede_join(submit_bytes(pool, (cede_job){.fn = add_one, .out = &n, .out_size = SIZE_MAX})),
        -E2BIG);
    check_works(pool);
    cede_executor_destroy(pool);
}

/* Cancel. */

static int n_dropped;

static void count_drop(void *in)
{
    (void)in;
    n_dropped++;
}

TEST(process_pool, c1_what_waits_is_withdrawn_and_what_runs_is_not)
{
    enum { N = 20 };
    cede_executor *pool = make_processes(1);
    const struct note note = make_note(0);
    cede_future *stuck = submit_note(pool, get_stuck, &note), *jobs[N];
    const int n = 1;

    for (int i = 0; i < N; i++)
        jobs[i] = submit_bytes(
            pool,
            (cede_job){
                .fn = add_one, .in = &n, .in_size = sizeof n, .drop = count_drop, .name = "waits"});
    (void)note_pid(&note);
    CHECK_STR(test_format(stuck), "<Job running>");
    CHECK_STR(test_format(jobs[0]), "<Job pending name='waits'>");
    CHECK(!cede_cancel(stuck));
    for (int i = 0; i < N; i++) { /* some wait in the worker's memory, others in the queue */
        CHECK(cede_cancel(jobs[i]));
        CHECK_EQ(n_dropped, i + 1);
        CHECK_STR(test_format(jobs[i]), "<Job cancelled name='waits'>");
        CHECK_EQ(cede_join(jobs[i]), CEDE_EREVOKED);
    }
    CHECK_EQ(cede_process_pool_kill(pool), 0);
    CHECK_EQ(cede_join(stuck), CEDE_EWORKER);
    check_works(pool);
    CHECK_EQ(n_dropped, N);
    drop_note(&note);
    cede_executor_destroy(pool);
}

TEST(process_pool, c13_cancel_kills_the_worker_of_a_killable_job)
{
    cede_executor *pool = make_processes(2);
    const struct note note = make_note(0);
    cede_future *stuck = submit_bytes(
        pool, (cede_job){.fn = get_stuck, .in = &note, .in_size = sizeof note, .killable = true});
    const pid_t pid = note_pid(&note);
    const int n = 1;
    int result = 0;
    cede_future *behind = submit_add(pool, &n, &result);

    CHECK(cede_cancel(stuck));
    CHECK_EQ(cede_join(stuck), CEDE_EREVOKED);
    CHECK_EQ(kill(pid, 0), -1);
    CHECK_EQ(cede_join(behind), 1);
    drop_note(&note);
    cede_executor_destroy(pool);
}

TEST_TASK_REAL(process_pool, c13_a_time_out_kills_the_worker_of_a_killable_job)
{
    cede_executor *pool = make_processes(1);
    const struct note note = make_note(0);
    cede_future *stuck = submit_bytes(
        pool, (cede_job){.fn = get_stuck, .in = &note, .in_size = sizeof note, .killable = true});

    CHECK_EQ(cede_wait_for(stuck, CEDE_MS(20)), -ETIMEDOUT);
    CHECK_STR(test_format(stuck), "<Job cancelled>");
    cede_future_unref(stuck);
    drop_note(&note);
    check_works(pool);
    cede_executor_destroy(pool);
}

/* Fairness. */

TEST(process_pool, a_long_job_does_not_hold_up_those_given_to_its_worker)
{
    enum { N = 500 };
    cede_executor *pool = make_processes(2);
    const struct note note = make_note(0);
    cede_future *jobs[N], *stuck;
    static int ins[N], outs[N];

    for (int i = 0; i < N; i++) /* they prove short: workers are given many at once */
        jobs[i] = submit_add(pool, &ins[i], &outs[i]);
    for (int i = 0; i < N; i++)
        CHECK_EQ(cede_join(jobs[i]), 0);
    stuck = submit_note(pool, get_stuck, &note);
    for (int i = 0; i < N; i++)
        jobs[i] = submit_add(pool, &ins[i], &outs[i]);
    for (int i = 0; i < N; i++)
        CHECK_EQ(cede_join(jobs[i]), 0);
    CHECK_EQ(cede_process_pool_kill(pool), 0);
    CHECK_EQ(cede_join(stuck), CEDE_EWORKER);
    drop_note(&note);
    cede_executor_destroy(pool);
}

/* Workers. */

static int list_descriptors(const void *in, void *out)
{
    DIR *folder = opendir("/proc/self/fd");
    const struct dirent *entry;
    char *text = out;

    (void)in;
    while (folder && (entry = readdir(folder))) {
        const int fd = (int)strtol(entry->d_name, NULL, 10);
        if (entry->d_name[0] != '.' && fd != dirfd(folder))
            text[fd] = 1;
    }
    closedir(folder);
    return 0;
}

TEST(process_pool, c11_a_worker_inherits_no_descriptors_but_its_own)
{
    cede_executor *pool;
    char open_ones[1024] = {0};

    CHECK(dup2(1, 3) == 3 && dup2(1, 4) == 4 && dup2(1, 5) == 5); /* not closed on exec */
    CHECK(dup2(1, 77) == 77);
    pool = make_processes(1);
    CHECK_EQ(cede_join(submit_bytes(pool, (cede_job){.fn = list_descriptors,
                                                     .out = open_ones,
                                                     .out_size = sizeof open_ones})),
             0);
    for (int fd = 0; fd < 1024; fd++)
        CHECK_EQ(open_ones[fd], fd <= 3);
    cede_executor_destroy(pool);
}

static int variable = 1;

static int read_variable(const void *in, void *out)
{
    (void)in;
    (void)out;
    return variable;
}

TEST(process_pool, c11_a_worker_begins_anew_and_knows_nothing_of_the_parents_variables)
{
    cede_executor *pool;

    variable = 2;
    pool = make_processes(1);
    CHECK_EQ(cede_join(submit_bytes(pool, (cede_job){.fn = read_variable})), 1);
    cede_executor_destroy(pool);
}

static int interrupt_itself(const void *in, void *out)
{
    (void)in;
    (void)out;
    return raise(SIGINT);
}

TEST(process_pool, ctrl_c_is_left_to_the_parent)
{
    cede_executor *pool = make_processes(1);

    CHECK_EQ(cede_join(submit_bytes(pool, (cede_job){.fn = interrupt_itself})), 0);
    cede_executor_destroy(pool);
}

TEST(process_pool, c10_a_worker_is_replaced_after_its_number_of_jobs)
{
    enum { N = 12, EACH = 3 };
    cede_executor *pool =
        cede_process_pool(&(cede_process_pool_options){.n_workers = 1, .n_jobs_per_worker = EACH});
    pid_t pids[N];
    cede_future *jobs[N];

    for (int i = 0; i < N; i++)
        jobs[i] = submit_bytes(
            pool, (cede_job){.fn = tell_pid, .out = &pids[i], .out_size = sizeof pids[i]});
    for (int i = 0; i < N; i++)
        CHECK_EQ(cede_join(jobs[i]), 0);
    for (int i = 0; i < N; i++)
        CHECK((pids[i] == pids[0]) == (i < EACH));
    for (int i = EACH; i < N; i++)
        CHECK((pids[i] == pids[i - 1]) == (i % EACH != 0));
    cede_executor_destroy(pool);
}

/* Init. */

static int set_variable(const void *in, void *out)
{
    (void)out;
    variable = *(const int *)in;
    return 0;
}

TEST(process_pool, c8_init_runs_in_each_worker_before_its_jobs)
{
    int value = 23;
    cede_executor *pool = cede_process_pool(&(cede_process_pool_options){
        .n_workers = 2, .init = set_variable, .init_in = &value, .init_in_size = sizeof value});

    value = 0; /* it was copied */
    for (int i = 0; i < 5; i++)
        CHECK_EQ(cede_join(submit_bytes(pool, (cede_job){.fn = read_variable})), 23);
    CHECK_EQ(cede_process_pool_kill(pool), 0);
    CHECK_EQ(cede_join(submit_bytes(pool, (cede_job){.fn = read_variable})), 23);
    cede_executor_destroy(pool);
}

static int fail_to_init(const void *in, void *out)
{
    (void)in;
    (void)out;
    return cede_raise(-EACCES, "no licence");
}

TEST(process_pool, c8_an_init_that_fails_fails_the_jobs_that_wait)
{
    cede_executor *pool =
        cede_process_pool(&(cede_process_pool_options){.n_workers = 1, .init = fail_to_init});

    for (int i = 0; i < 2; i++) {
        CHECK_EQ(cede_join(submit_bytes(pool, (cede_job){.fn = read_variable, .drop = count_drop})),
                 -EACCES);
        CHECK_STR(cede_error_message(cede_error_last()), "no licence");
    }
    CHECK_EQ(n_dropped, 2);
    cede_executor_destroy(pool);
}

/* One map for all. */

static int square(const void *in, void *out)
{
    *(long *)out = *(const long *)in * *(const long *)in;
    return 0;
}

static long sum_of_squares(cede_executor *executor)
{
    long items[100], sum = 0;
    cede_map *map;
    void *out;

    for (int i = 0; i < 100; i++)
        items[i] = i;
    CHECK_EQ(cede_map_create(executor,
                             &(cede_map_options){.fn = square,
                                                 .items = items,
                                                 .n_items = 100,
                                                 .item_size = sizeof items[0],
                                                 .out_size = sizeof(long)},
                             &map),
             0);
    while (cede_map_next(map, &out) > 0)
        sum = sum * 3 % 1000003 + *(long *)out; /* depends on the order */
    cede_map_destroy(map);
    cede_executor_destroy(executor);
    return sum;
}

TEST(process_pool, c5_one_map_runs_in_line_on_threads_and_on_processes)
{
    const long sum = sum_of_squares(cede_sequential_executor());

    CHECK_EQ(sum_of_squares(cede_thread_pool(NULL)), sum);
    CHECK_EQ(sum_of_squares(make_processes(2)), sum);
}

TEST_TASK_REAL(process_pool, jobs_of_threads_and_processes_are_gathered_together)
{
    cede_executor *processes = make_processes(1), *threads = cede_thread_pool(NULL);
    const int n = 5;
    int a = 0, b = 0;
    cede_future *jobs[] = {submit_add(processes, &n, &a), submit_add(threads, &n, &b)};

    CHECK_EQ(cede_gather(jobs, 2, NULL), 0);
    CHECK_EQ(a + b, 12);
    cede_future_unref(jobs[0]);
    cede_future_unref(jobs[1]);
    cede_executor_destroy(processes);
    cede_executor_destroy(threads);
}

static int scenario(void)
{
    cede_executor *pool = cede_process_pool(&(cede_process_pool_options){.n_workers = 1});
    const int n = 3;
    int result = 0;
    cede_future *job = !pool ? NULL
                             : cede_submit(pool, &(cede_job){.fn = add_one,
                                                             .in = &n,
                                                             .in_size = sizeof n,
                                                             .out = &result,
                                                             .out_size = sizeof result});
    const int rc = job ? cede_join(job) : -ENOMEM;

    cede_executor_destroy(pool);
    return rc == 3 ? 0 : rc;
}

TEST(process_pool, a_failed_allocation_is_an_error_and_loses_nothing)
{
    test_sweep_allocations(scenario);
}
