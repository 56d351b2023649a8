/* test_dump.c - a deadlock is reported: who waits for whom, and where each task stands. */
/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include <cede.h>

#include "base/base.h"
#include "harness/harness_task.h"

#define CIRCLE_LINE "each waits for the next"

static volatile int after;
static cede_future *promise;

static int wait_for_promise(void)
{
    const int rc = cede_await(promise);

    after++;
    return rc;
}

static int (*volatile call_wait)(void) = wait_for_promise;

static int waiting(void *arg)
{
    (void)arg;
    const int rc = call_wait();
    after++;
    return rc;
}

static int never_completed(void *arg)
{
    (void)arg;
    promise = cede_future_create();
    cede_future *task = cede_spawn(waiting, NULL);
    const int rc = cede_join(task);

    cede_future_unref(promise);
    return rc;
}

TEST(dump, a_deadlock_is_an_error_and_names_each_task_and_what_it_waits_for)
{
    test_capture_reports();

    CHECK_EQ(cede_run(never_completed, NULL), -EDEADLK);

    CHECK_HAS(test_reports(), "cede: deadlock: ");
    CHECK_HAS(test_reports(), "<Task pending name='never_completed' at test_dump.c:");
    CHECK_HAS(test_reports(), "waiting for task 'waiting'>, age ");
    CHECK_HAS(test_reports(), "<Task pending name='waiting' at test_dump.c:");
    CHECK_HAS(test_reports(), "waiting for a Future>, age ");
    CHECK(!strstr(test_reports(), CIRCLE_LINE));
}

#if defined(CEDE__HAVE_LIBDW)

TEST(dump, a_deadlock_shows_where_each_task_stands)
{
    test_capture_reports();

    CHECK_EQ(cede_run(never_completed, NULL), -EDEADLK);

    CHECK_HAS(test_reports(), "\n    cede_join\n"
                              "    never_completed at test_dump.c:");
    CHECK_HAS(test_reports(), "\n      cede_await\n"
                              "      wait_for_promise at test_dump.c:");
    CHECK_HAS(test_reports(), "\n      waiting at test_dump.c:");
    CHECK(!strstr(test_reports(), "task_enter"));
}

#endif

static cede_future *tasks[3];

static int awaits_next(void *arg)
{
    const int rc = cede_await(*(cede_future **)arg);

    after++;
    return rc;
}

static int circle(void *arg)
{
    static const char *const names[] = {"anna", "bert", "carl"};

    (void)arg;
    for (int i = 0; i < 3; i++) {
        tasks[i] = cede_spawn(awaits_next, &tasks[(i + 1) % 3]);
        CHECK_EQ(cede_task_set_name(tasks[i], names[i]), 0);
    }
    const int rc = cede_gather(tasks, 3, NULL);
    for (int i = 0; i < 3; i++)
        cede_future_unref(tasks[i]);
    return rc;
}

TEST(dump, tasks_that_wait_for_each_other_in_a_circle_are_shown_as_one)
{
    test_capture_reports();

    CHECK_EQ(cede_run(circle, NULL), -EDEADLK);

    /* It may begin with any of the three. */
    CHECK_HAS(test_reports(), "'anna' -> 'bert'");
    CHECK_HAS(test_reports(), "'bert' -> 'carl'");
    CHECK_HAS(test_reports(), "'carl' -> 'anna'");
    const char *line = strstr(test_reports(), CIRCLE_LINE);
    CHECK(line != NULL);
    CHECK(strstr(line + 1, CIRCLE_LINE) == NULL);
    /* Cancelled, the circle comes apart. */
    CHECK(strstr(test_reports(), "cannot be ended") == NULL);
}

enum { MANY = 1000 };

static int many_waiting(void *arg)
{
    static cede_future *waiters[MANY];

    (void)arg;
    promise = cede_future_create();
    for (int i = 0; i < MANY; i++)
        waiters[i] = cede_spawn(waiting, NULL);
    const int rc = cede_gather(waiters, MANY, NULL);
    for (int i = 0; i < MANY; i++)
        cede_future_unref(waiters[i]);
    cede_future_unref(promise);
    return rc;
}

static unsigned count(const char *text, const char *word)
{
    unsigned n = 0;

    for (; (text = strstr(text, word)); text++)
        n++;
    return n;
}

TEST(dump, of_a_thousand_tasks_those_that_fit_are_shown_and_the_others_counted)
{
    unsigned n_left_out = 0;

    test_capture_reports();

    CHECK_EQ(cede_run(many_waiting, NULL), -EDEADLK);

    const char *report = test_reports();
    const char *last = strstr(report, "\n  and ");
    CHECK(last != NULL);
    CHECK_EQ(sscanf(last, "\n  and %u more\n", &n_left_out), 1);
    CHECK_EQ(count(report, "<Task pending name='waiting'") + n_left_out, MANY);
    CHECK(n_left_out < MANY - 300);
}

static int self_cancelled(void *arg)
{
    (void)arg;
    (void)cede_sleep(CEDE_NEVER);
    return 7;
}

TEST(dump, one_who_sleeps_for_ever_is_cancelled_and_may_still_end_well)
{
    test_capture_reports();

    CHECK_EQ(cede_run(self_cancelled, NULL), -EDEADLK);
    CHECK_HAS(test_reports(), "waiting for sleep for ever>");
}

/* cede_dump. */

/* What cede_dump writes. */
static const char *dumped(size_t *n_out)
{
    static char *text;
    size_t size;

    free(text);
    FILE *file = open_memstream(&text, &size);
    *n_out = cede_dump(file);
    fclose(file);
    return text;
}

static int sleeps_an_hour(void *arg)
{
    (void)arg;
    const int rc = cede_sleep(CEDE_S(3600));

    after++;
    return rc;
}

static int never_begins(void *arg)
{
    (void)arg;
    return 0;
}

static int has_a_child(void *arg)
{
    cede_group group;

    (void)arg;
    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn(&group, sleeps_an_hour, NULL), 0);
    const int rc = cede_group_join(&group, 0);

    after++;
    return rc;
}

static int dumps(void)
{
    cede_future *parent = cede_spawn(has_a_child, NULL);
    size_t n;

    CHECK_EQ(cede_sleep(CEDE_S(2)), 0);
    cede_future *late = cede_spawn(never_begins, NULL);
    const char *text = dumped(&n);

    CHECK_EQ(n, 4);
    CHECK_HAS(text, "cede: 4 tasks\n");
    CHECK_HAS(text, "waiting for this dump>, age 2s, waits 0s\n");
    CHECK_HAS(text, "\n  <Task pending name='has_a_child' at test_dump.c:");
    CHECK_HAS(text, " waiting for a group of 1 tasks>, age 2s, waits 2s\n");
    CHECK_HAS(text, "\n    <Task pending name='sleeps_an_hour' at test_dump.c:");
    CHECK_HAS(text, " waiting for sleep 3600s>, age 2s, waits 2s\n");
    CHECK_HAS(text, "\n  <Task pending name='never_begins' at test_dump.c:");
    CHECK_HAS(text, ">, age 0s, is ready\n");
    CHECK(!strstr(text, CIRCLE_LINE));

    CHECK_EQ(cede_join(late), 0);
    cede_cancel(parent);
    CHECK_EQ(cede_join(parent), CEDE_EREVOKED);
    return 0;
}

TEST_TASK(dump, d33_shows_a_tree_of_tasks_with_their_states_and_ages)
{
    CHECK_EQ(dumps(), 0);
}

static int yields(cede_gen *self, void *arg)
{
    (void)arg;
    CHECK_EQ(dumps(), 0);
    CEDE_TRY(cede_yield(self, (void *)&promise, NULL));
    return 0;
}

TEST_TASK(dump, may_be_asked_for_inside_a_generator)
{
    cede_gen *gen = cede_gen_create(yields, NULL);
    void *item;

    CHECK_EQ(cede_next(gen, &item), 1);
    CHECK_EQ(cede_next(gen, &item), 0);
    cede_gen_destroy(gen);
}

TEST(dump, outside_of_loops_and_between_runs_is_empty)
{
    cede_loop *loop;
    size_t n;

    CHECK_STR(dumped(&n), "");
    CHECK_EQ(n, 0);
    CHECK_EQ(cede_loop_create(NULL, &loop), 0);
    CHECK_STR(dumped(&n), "cede: 0 tasks\n");
    CHECK_EQ(cede_loop_close(loop), 0);
}

static int note_turn(void *arg)
{
    test_note("%s", (const char *)arg);
    return 0;
}

TEST_TASK(dump, lets_no_other_task_run_meanwhile)
{
    cede_future *other = cede_spawn(note_turn, "other");
    size_t n;

    (void)dumped(&n);
    CHECK_EQ(n, 2);
    CHECK_STR(test_notes(), "");
    CHECK_EQ(cede_join(other), 0);
    CHECK_STR(test_notes(), "other");
}

TEST_TASK(dump, of_a_thousand_tasks_all_are_shown)
{
    static cede_future *waiters[MANY];
    size_t n;

    promise = cede_future_create();
    for (int i = 0; i < MANY; i++)
        waiters[i] = cede_spawn(waiting, NULL);
    CHECK_EQ(cede_sleep(1), 0);
    const char *text = dumped(&n);

    CHECK_EQ(n, MANY + 1);
    CHECK_EQ(count(text, "<Task pending name='waiting'"), MANY);
    CHECK_EQ(count(text, "waiting for a Future>, age 1ns, waits 1ns\n"), MANY);
#if defined(CEDE__HAVE_LIBDW)
    CHECK_EQ(count(text, "\n    wait_for_promise at test_dump.c:"), 1);
    CHECK_EQ(count(text, "\n    the same stack as above\n"), MANY - 1);
#endif
    CHECK_EQ(cede_future_set(promise, NULL), 0);
    for (int i = 0; i < MANY; i++)
        CHECK_EQ(cede_join(waiters[i]), 0);
    cede_future_unref(promise);
}

#if defined(CEDE__HAVE_LIBDW)

static int wait_deeper(int depth);
static int (*volatile call_deeper)(int) = wait_deeper;

static int wait_deeper(int depth)
{
    const int rc = depth > 0 ? call_deeper(depth - 1) : cede_await(promise);

    after++;
    return rc;
}

static int waits_deep(void *arg)
{
    const int rc = call_deeper(*(int *)arg);

    after++;
    return rc;
}

TEST_TASK(dump, tells_stacks_of_different_depth_apart)
{
    static int depths[] = {1, 2, 1, 1, 3, 2};
    cede_future *waiters[6];
    size_t n;

    promise = cede_future_create();
    for (int i = 0; i < 6; i++)
        waiters[i] = cede_spawn(waits_deep, &depths[i]);
    CHECK_EQ(cede_sleep(1), 0);
    const char *text = dumped(&n);

    CHECK_EQ(count(text, "\n    waits_deep at test_dump.c:"), 5);
    CHECK_EQ(count(text, "\n    wait_deeper at test_dump.c:"), 2 + 3 + 2 + 4 + 3);
    CHECK_EQ(count(text, "\n    the same stack as above\n"), 1);
    CHECK_EQ(cede_future_set(promise, NULL), 0);
    for (int i = 0; i < 6; i++)
        CHECK_EQ(cede_join(waiters[i]), 0);
    cede_future_unref(promise);
}

#endif

/* Other threads. */

static cede_event has_begun = CEDE_EVENT_INIT_SHARED("begun");
static cede_event is_over = CEDE_EVENT_INIT_SHARED("over");
static volatile int is_busy;

static int wait_elsewhere(void *arg)
{
    (void)arg;
    CHECK_EQ(cede_event_set(&has_begun), 0);
    return cede_event_wait(&is_over);
}

static int be_busy_elsewhere(void *arg)
{
    (void)arg;
    CHECK_EQ(cede_event_set(&has_begun), 0);
    while (__atomic_load_n(&is_busy, __ATOMIC_ACQUIRE))
        ;
    return 0;
}

static void *run_elsewhere(void *body)
{
    CHECK_EQ(cede_run(*(cede_fn **)body, NULL), 0);
    return NULL;
}

static int wait_in_job(const void *in, void *out)
{
    (void)in;
    (void)out;
    CHECK_EQ(cede_event_set(&has_begun), 0);
    const int rc = cede_event_wait(&is_over);
    after++;
    return rc;
}

static int dump_beside(void *arg)
{
    const char *const *expected = arg;
    size_t n;

    CHECK_EQ(cede_event_wait(&has_begun), 0);
    const char *text = dumped(&n);
    CHECK_EQ(n, 1);
    for (int i = 0; expected[i]; i++)
        CHECK_HAS(text, expected[i]);
    __atomic_store_n(&is_busy, 0, __ATOMIC_RELEASE);
    return cede_event_set(&is_over);
}

static void dump_beside_a_thread(cede_fn *body, const char **expected)
{
    pthread_t thread;

    is_busy = 1;
    CHECK_EQ(pthread_create(&thread, NULL, run_elsewhere, &body), 0);
    CHECK_EQ(cede_run(dump_beside, expected), 0);
    CHECK_EQ(pthread_join(thread, NULL), 0);
}

TEST(dump, shows_the_tasks_of_other_threads_loops)
{
    const char *expected[] = {"'dump_beside'", "cede: a loop of another thread\ncede: 1 tasks\n",
                              "waiting for event 'over'>, age ", NULL};

    dump_beside_a_thread(wait_elsewhere, expected);
}

/* What the other thread frees late counts as well. */
static int dump_to_nowhere(void)
{
    FILE *file = fopen("/dev/null", "w");

    CHECK(file != NULL);
    CHECK_EQ(cede_dump(file), 0);
    fclose(file);
    for (int i = 0; i < 10000 && test_live_allocations() > 0; i++)
        CHECK_EQ(cede_sleep(CEDE_MS(1)), 0);
    return 0;
}

TEST(dump, of_other_loops_loses_nothing_where_memory_runs_out)
{
    cede_fn *body = wait_elsewhere;
    pthread_t thread;

    test_count_allocations();
    CHECK_EQ(pthread_create(&thread, NULL, run_elsewhere, &body), 0);
    CHECK_EQ(cede_event_wait(&has_begun), 0);
    CHECK_EQ(cede_dump(NULL), 0); /* what is known of places once stays */
    test_sweep_allocations(dump_to_nowhere);
    CHECK_EQ(cede_event_set(&is_over), 0);
    CHECK_EQ(pthread_join(thread, NULL), 0);
}

TEST(dump, shows_where_a_loop_is_that_does_not_answer)
{
    const char *expected[] = {
        "cede: a loop of another thread does not answer\n",
#if defined(CEDE__HAVE_LIBDW) && !defined(CEDE__TSAN)
        "    be_busy_elsewhere at test_dump.c:",
#endif
        NULL
    };

    dump_beside_a_thread(be_busy_elsewhere, expected);
}

TEST(dump, shows_the_jobs_that_threads_of_pools_run)
{
    const char *expected[] = {
        "'dump_beside'",
#if !defined(CEDE__TSAN)
        "cede: a thread of a pool runs job 'waiter'\n",
#if defined(CEDE__HAVE_LIBDW)
        "    wait_in_job at test_dump.c:",
#endif
#endif
        NULL
    };
    cede_executor *pool = cede_thread_pool(&(cede_pool_options){.n_threads = 1});
    cede_future *job = cede_submit(pool, &(cede_job){.fn = wait_in_job, .name = "waiter"});

    CHECK_EQ(cede_run(dump_beside, expected), 0);
    CHECK_EQ(cede_join(job), 0);
    cede_executor_destroy(pool);
}

/* Standard error, caught in a file. */
static FILE *caught;

static int quits(void *arg)
{
    const int other = *(int *)arg;

    for (int i = 0; i < 3; i++) {
        CHECK_EQ(raise(SIGQUIT), 0);
        CEDE_TRY(cede_sleep(CEDE_MS(1)));
    }
    return other;
}

TEST(dump, on_SIGQUIT_is_written_to_standard_error_as_often_as_wanted)
{
    char text[8192];
    int result = 7;

    caught = tmpfile();
    CHECK(caught && freopen("/dev/null", "w", stderr));
    stderr = caught;
    CHECK_EQ(cede_run_with(&(cede_run_options){.dump_on_quit = true}, quits, &result), 7);
    rewind(caught);
    text[fread(text, 1, sizeof text - 1, caught)] = '\0';
    CHECK_EQ(count(text, "cede: 1 tasks\n"), 3);
    CHECK_EQ(count(text, "<Task pending name='quits'"), 3);
}

TEST(dump, a_run_that_only_dumps_on_SIGQUIT_is_stuck_all_the_same)
{
    test_capture_reports();

    CHECK_EQ(cede_run_with(&(cede_run_options){.dump_on_quit = true}, self_cancelled, NULL),
             -EDEADLK);
}
