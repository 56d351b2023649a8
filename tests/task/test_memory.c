/* test_memory.c - tasks when memory runs out: every allocation fails in turn, and every mapping of
 * stacks. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "harness/harness_task.h"

static const cede_run_options virtual = {.loop = {.clock = CEDE_CLOCK_VIRTUAL}};

static int nap(void *arg)
{
    (void)arg;
    return cede_sleep(CEDE_S(1));
}

/* Runs `fn` with every allocation failing in turn. Stacks come from slabs that are kept: they are
 * made before. */
static cede_fn *scenario;

static int run_scenario(void)
{
    return cede_run_with(&virtual, scenario, NULL);
}

static void sweep(cede_fn *fn)
{
    scenario = fn;
    CHECK_EQ(run_scenario(), 0);
    test_capture_reports();
    test_sweep_allocations(run_scenario);
}

/* Spawn three that nap; 0, or -ENOMEM with none left. */
static int spawn_three(cede_future **tasks)
{
    for (int i = 0; i < 3; i++) {
        tasks[i] = cede_spawn(nap, NULL);
        if (!tasks[i]) {
            const int rc = cede_error_code(cede_error_last());
            while (i-- > 0)
                cede_future_unref(tasks[i]);
            return rc;
        }
    }
    return 0;
}

static int use(int (*fn)(cede_future **tasks))
{
    cede_future *tasks[3];
    int rc = spawn_three(tasks);

    if (rc < 0)
        return rc;
    rc = fn(tasks);
    for (int i = 0; i < 3; i++)
        cede_future_unref(tasks[i]);
    return rc;
}

static int use_gather(cede_future **tasks)
{
    return cede_gather(tasks, 3, NULL);
}

static int gather_tasks(void *arg)
{
    (void)arg;
    return use(use_gather);
}

TEST(memory, gather_survives_every_failing_allocation)
{
    sweep(gather_tasks);
}

static int use_wait(cede_future **tasks)
{
    const cede_wait_options options = {CEDE_FIRST_ERROR, CEDE_S(5)};

    return cede_wait(tasks, 3, &options, NULL);
}

static int wait_for_tasks(void *arg)
{
    (void)arg;
    return use(use_wait);
}

TEST(memory, wait_survives_every_failing_allocation)
{
    sweep(wait_for_tasks);
}

static int use_completion(cede_future **tasks)
{
    cede_completion *completion = NULL;
    cede_future *future;
    int rc = cede_as_completed(tasks, 3, CEDE_S(5), &completion);

    while (rc >= 0 && (rc = cede_completion_next(completion, &future)) > 0)
        ;
    cede_completion_destroy(completion);
    return rc;
}

static int complete_tasks(void *arg)
{
    (void)arg;
    return use(use_completion);
}

TEST(memory, as_completed_survives_every_failing_allocation)
{
    sweep(complete_tasks);
}

static void ignore(cede_future *future, void *arg)
{
    (void)future;
    (void)arg;
}

static int use_callbacks(cede_future **tasks)
{
    cede_future *promise = cede_future_create();
    int rc;

    if (!promise)
        return cede_error_code(cede_error_last());
    rc = cede_future_on_done(tasks[0], ignore, NULL);
    if (rc == 0)
        rc = cede_future_on_done(promise, ignore, NULL);
    if (rc == 0)
        rc = cede_future_on_done(promise, ignore, promise);
    (void)cede_future_remove_on_done(promise, ignore, promise);
    CHECK_EQ(cede_future_set(promise, NULL), 0);
    cede_future_unref(promise);
    return rc < 0 ? rc : cede_gather(tasks, 3, NULL);
}

static int add_callbacks(void *arg)
{
    (void)arg;
    return use(use_callbacks);
}

TEST(memory, promises_and_callbacks_survive_every_failing_allocation)
{
    sweep(add_callbacks);
}

static int use_deadlines(cede_future **tasks)
{
    int rc = 0;

    CEDE_TIMEOUT(CEDE_S(9), rc) {
        cede_scope scope;

        cede_scope_enter(&scope, CEDE_NEVER);
        rc = cede_scope_reschedule(&scope, cede_after(CEDE_S(5)));
        if (rc == 0)
            rc = cede_wait_for(tasks[0], CEDE_S(3));
        rc = cede_scope_exit(&scope, rc);
    }
    return rc;
}

static int limit_tasks(void *arg)
{
    (void)arg;
    return use(use_deadlines);
}

TEST(memory, deadlines_survive_every_failing_allocation)
{
    sweep(limit_tasks);
}

static int run_group(void *arg)
{
    cede_group group;
    int rc = 0;

    (void)arg;
    cede_group_init(&group);
    for (int i = 0; rc == 0 && i < 5; i++)
        rc = cede_group_spawn(&group, nap, NULL);
    return cede_group_join(&group, rc);
}

TEST(memory, groups_survive_every_failing_allocation)
{
    sweep(run_group);
}

static int sleep_many(void *arg)
{
    cede_group group;
    int rc = 0;

    (void)arg;
    cede_group_init(&group);
    for (int i = 0; rc == 0 && i < 300; i++) /* more timers than there is room for at first */
        rc = cede_group_spawn(&group, nap, NULL);
    return cede_group_join(&group, rc);
}

TEST(memory, hundreds_of_timers_survive_every_failing_allocation)
{
    sweep(sleep_many);
}

/* Stacks. */

static int mappings_left = -1; /* before they fail; negative: none fails */

void *__real_mmap(void *address, size_t size, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap(void *address, size_t size, int prot, int flags, int fd, off_t offset);

void *__wrap_mmap(void *address, size_t size, int prot, int flags, int fd, off_t offset)
{
    if (mappings_left == 0) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    if (mappings_left > 0)
        mappings_left--;
    return __real_mmap(address, size, prot, flags, fd, offset);
}

TEST(memory, a_run_without_room_for_a_stack_fails_and_may_be_tried_again)
{
    int n_failures = 0;

    for (int left = 0;; left++) {
        mappings_left = left;
        const int rc = cede_run(gather_tasks, NULL);
        const bool used_up = mappings_left == 0;

        mappings_left = -1;
        if (rc == 0)
            break;
        CHECK_EQ(rc, -ENOMEM);
        CHECK(used_up);
        n_failures++;
    }
    CHECK(n_failures > 0);
}

static int n_dropped;

static void count_drop(void *arg)
{
    (void)arg;
    n_dropped++;
}

static int spawn_until_it_fails(void *arg)
{
    enum { N = 5000 };
    static cede_future *tasks[N];
    const cede_task_options options = {.drop = count_drop};
    int n = 0;

    (void)arg;
    mappings_left = 0;
    while (n < N && (tasks[n] = cede_spawn_with(&options, nap, NULL)))
        n++;
    mappings_left = -1;
    CHECK(n < N);
    CHECK_EQ(cede_error_code(cede_error_last()), -ENOMEM);
    CHECK_EQ(n_dropped, 1); /* of the one that failed */
    tasks[n] = cede_spawn(nap, NULL);
    CHECK(tasks[n]);
    for (int i = 0; i <= n; i++)
        CHECK_EQ(cede_join(tasks[i]), 0);
    CHECK_EQ(n_dropped, 1);
    CHECK_EQ(cede_now(), CEDE_S(1));
    return 0;
}

TEST(memory, a_spawn_without_room_for_a_stack_fails_alone)
{
    CHECK_EQ(cede_run_with(&virtual, spawn_until_it_fails, NULL), 0);
}

TEST(memory, a_group_without_room_for_a_stack_ends_in_order)
{
    int rc;

    CHECK_EQ(cede_run(gather_tasks, NULL), 0); /* the first slab */
    mappings_left = 0;
    rc = cede_run_with(&virtual, sleep_many, NULL);
    mappings_left = -1;
    CHECK(rc == -ENOMEM);
    CHECK_EQ(cede_run_with(&virtual, sleep_many, NULL), 0);
}
