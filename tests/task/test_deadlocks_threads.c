/* test_deadlocks_threads.c - small programs of tasks, threads and jobs that wait for each other:
 * each is reported within a second, with the right circle, and ends when its tasks are cancelled.
 *
 * A program is what its actors do, a line each, and their order is their number. A line begins with
 * what its actor is:
 *
 *     a b c   a task of the first loop, by that name     t     a plain thread
 *     u v     a task of the second, in another thread    i j   a job of a pool, by that name
 *
 * What they do to objects that all share is a word each:
 *
 *     L0      acquire lock 0             A2   await what actor 2 is; H2: shield it
 *     R0 W0   acquire rwlock 0           G12  gather 1 and 2
 *     O0      run once 0, with the rest  s    wait until all who have this word have come to it
 *     M0      acquire semaphore 0        D    the rest with a deadline
 *     C       the rest in the first task of a loop of its own
 *
 * The circle that is to be found are letters of actors; r is a task of such a loop.
 */
/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <cede.h>

#include "base/base.h"
#include "harness/harness_task.h"

enum { MAX_ACTORS = 5, N_OF_EACH = 3, N_LOOPS = 2 };

struct actor {
    char kind;
    char name[2];
    const char *script;
    cede_future *future; /* of a task or a job; a reference */
    pthread_t thread;    /* of 't' */
};

static struct {
    struct actor actors[MAX_ACTORS];
    int n_actors;
    int n_to_meet;
    int n_met; /* atomic */
    bool others_go_on;
    bool is_over; /* atomic */
    cede_lock locks[N_OF_EACH];
    cede_rwlock rwlocks[N_OF_EACH];
    cede_once onces[N_OF_EACH];
    cede_semaphore semaphores[N_OF_EACH];
    cede_executor *pool;
    pthread_barrier_t made, begun; /* all futures are known; all may begin */
    pthread_t loops[N_LOOPS];
} world;

static int follow(const char *script);

static int follow_rest(void *arg)
{
    return follow(arg);
}

static int give_way(void)
{
    if (cede_task_current())
        return cede_sleep(CEDE_MS(1));
    sched_yield();
    return 0;
}

static int meet(void)
{
    __atomic_add_fetch(&world.n_met, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&world.n_met, __ATOMIC_SEQ_CST) < world.n_to_meet)
        CEDE_TRY(give_way());
    return 0;
}

static int gather(const char *digits)
{
    cede_future *futures[MAX_ACTORS];
    size_t n = 0;

    for (; *digits > ' '; digits++)
        futures[n++] = world.actors[*digits - '0'].future;
    return cede_gather(futures, n, NULL);
}

static int follow_with_deadline(const char *rest)
{
    int rc = 0;

    CEDE_TIMEOUT(CEDE_MS(500), rc) {
        rc = follow(rest);
    }
    return rc;
}

static int acquire(char what, int i)
{
    switch (what) {
    case 'L':
        return cede_lock_acquire(&world.locks[i]);
    case 'R':
        return cede_rwlock_acquire_read(&world.rwlocks[i]);
    case 'W':
        return cede_rwlock_acquire_write(&world.rwlocks[i]);
    case 'M':
        return cede_semaphore_acquire(&world.semaphores[i]);
    default:
        FAIL("no such word: %c", what);
    }
}

static int release(char what, int i)
{
    return what == 'L'   ? cede_lock_release(&world.locks[i])
           : what == 'M' ? cede_semaphore_release(&world.semaphores[i])
                         : cede_rwlock_release(&world.rwlocks[i]);
}

/* Do one thing, then the rest, and undo it: who is cancelled lets go. */
static int follow(const char *script)
{
    const char *space = strchr(script, ' ');
    const char *rest = space ? space + 1 : "";
    const int i = script[0] && script[1] > ' ' ? script[1] - '0' : 0;
    int rc;

    switch (script[0]) {
    case '\0':
        return 0;
    case 's':
        CEDE_TRY(meet());
        return follow(rest);
    case 'A':
        CEDE_TRY(cede_await(world.actors[i].future));
        return follow(rest);
    case 'H':
        CEDE_TRY(cede_shield(world.actors[i].future));
        return follow(rest);
    case 'G':
        return gather(script + 1);
    case 'O':
        return cede_once_run(&world.onces[i], follow_rest, (void *)rest);
    case 'D':
        return follow_with_deadline(rest);
    case 'C':
        return cede_run(follow_rest, (void *)rest);
    default:
        CEDE_TRY(acquire(script[0], i));
        rc = follow(rest);
        CHECK_EQ(release(script[0], i), 0);
        return rc;
    }
}

/* Actors. */

static int be_task(void *arg)
{
    (void)follow(((const struct actor *)arg)->script);
    return 0;
}

static int be_job(const void *in, void *out)
{
    (void)out;
    (void)pthread_barrier_wait(&world.begun);
    return be_task((void *)in);
}

static void *be_thread(void *arg)
{
    (void)pthread_barrier_wait(&world.begun);
    be_task(arg);
    return NULL;
}

static int run_tasks(void *arg)
{
    const char *kinds = arg;
    cede_future *tasks[MAX_ACTORS];
    size_t n = 0;

    for (int i = 0; i < world.n_actors; i++) {
        struct actor *actor = &world.actors[i];
        if (!strchr(kinds, actor->kind))
            continue;
        tasks[n] = test_spawn_named(actor->name, be_task, actor);
        actor->future = cede_future_ref(cede_future_share(tasks[n++]));
    }
    (void)pthread_barrier_wait(&world.made);
    (void)pthread_barrier_wait(&world.begun);
    while (world.others_go_on && !__atomic_load_n(&world.is_over, __ATOMIC_ACQUIRE))
        CEDE_TRY(cede_sleep(CEDE_MS(3)));
    const int rc = cede_gather(tasks, n, NULL);
    for (size_t i = 0; i < n; i++)
        cede_future_unref(tasks[i]);
    return rc;
}

static void *run_loop(void *arg)
{
    const int rc = cede_run(run_tasks, arg);

    CHECK(rc == 0 || rc == CEDE_EREVOKED); /* all were cancelled */
    return NULL;
}

/* Programs. */

static void begin_actor(struct actor *actor)
{
    const cede_job job = {.fn = be_job, .in = actor, .name = actor->name};

    if (actor->kind == 't')
        CHECK_EQ(pthread_create(&actor->thread, NULL, be_thread, actor), 0);
    if (!strchr("ij", actor->kind))
        return;
    actor->future = cede_submit(world.pool, &job);
    CHECK(actor->future);
}

static void begin_program(const char *const *scripts)
{
    static const cede_sync_options shared = {.shared = true};
    const cede_semaphore_options one_slot = {.n_slots = 1, .sync = shared};
    static char kinds[N_LOOPS][4] = {"abc", "uv"};
    unsigned n_threads = 1 + N_LOOPS;

    for (int i = 0; i < N_OF_EACH; i++) {
        cede_lock_init(&world.locks[i], &shared);
        cede_rwlock_init(&world.rwlocks[i], &shared);
        cede_once_init(&world.onces[i], &shared);
        CHECK_EQ(cede_semaphore_init(&world.semaphores[i], &one_slot), 0);
    }
    for (; scripts[world.n_actors]; world.n_actors++) {
        const char *script = scripts[world.n_actors];
        world.actors[world.n_actors] =
            (struct actor){.kind = script[0], .name = {script[0], '\0'}, .script = script + 2};
        world.n_to_meet += strstr(script, " s") != NULL;
        n_threads += strchr("tij", script[0]) != NULL;
    }
    world.pool = cede_thread_pool(&(cede_pool_options){.n_threads = MAX_ACTORS});
    CHECK(world.pool);
    CHECK_EQ(pthread_barrier_init(&world.made, NULL, 1 + N_LOOPS), 0);
    CHECK_EQ(pthread_barrier_init(&world.begun, NULL, n_threads), 0);
    for (int i = 0; i < N_LOOPS; i++)
        CHECK_EQ(pthread_create(&world.loops[i], NULL, run_loop, kinds[i]), 0);
    (void)pthread_barrier_wait(&world.made);
    for (int i = 0; i < world.n_actors; i++)
        begin_actor(&world.actors[i]);
    (void)pthread_barrier_wait(&world.begun);
}

/* Cancel the tasks: then all can go on. Where there is none, nobody ever can. */
static void end_program(void)
{
    int n_tasks = 0;

    __atomic_store_n(&world.is_over, true, __ATOMIC_RELEASE);
    for (int i = 0; i < world.n_actors; i++) {
        if (!strchr("abcuv", world.actors[i].kind))
            continue;
        (void)cede_cancel(world.actors[i].future);
        n_tasks++;
    }
    for (int i = 0; i < N_LOOPS; i++)
        CHECK_EQ(pthread_join(world.loops[i], NULL), 0);
    if (n_tasks == 0)
        _exit(0);
    for (int i = 0; i < world.n_actors; i++) {
        if (world.actors[i].kind == 't')
            CHECK_EQ(pthread_join(world.actors[i].thread, NULL), 0);
        cede_future_unref(world.actors[i].future);
    }
    cede_executor_destroy(world.pool);
}

/* What is said of the actor in a circle; a thread's number is not known. */
static size_t match_actor(const char *text, char letter)
{
    char name[20];
    int n = 0;

    if (letter == 't') {
        (void)sscanf(text, "thread %*u%n", &n);
        return (size_t)n;
    }
    if (letter == 'r')
        snprintf(name, sizeof name, "'follow_rest'");
    else
        snprintf(name, sizeof name, strchr("ij", letter) ? "job '%c'" : "'%c'", letter);
    return strncmp(text, name, strlen(name)) == 0 ? strlen(name) : 0;
}

/* Whether the text is that circle, from the actor with the number `from` on. */
static bool match_circle(const char *text, const char *letters, size_t from)
{
    const size_t n_letters = strlen(letters);

    for (size_t i = 0; i <= n_letters; i++) {
        const size_t n = match_actor(text, letters[(from + i) % n_letters]);
        const char *then = i < n_letters ? " -> " : ": each waits for the next\n";
        if (n == 0 || strncmp(text + n, then, strlen(then)) != 0)
            return false;
        text += n + strlen(then);
    }
    return true;
}

static bool has_circle(const char *reports, const char *letters)
{
    for (const char *line = reports; (line = strstr(line, "\n    ")); line++) {
        for (size_t from = 0; from < strlen(letters); from++) {
            if (match_circle(line + 5, letters, from))
                return true;
        }
    }
    return false;
}

static void wait_ms(int n)
{
    (void)poll(NULL, 0, n);
}

static void run_program(const char *circle, const char *const *scripts, bool others_go_on)
{
    enum { WITHIN_A_SECOND = 500 }; /* sleeps of 2 ms, perhaps longer on a busy machine */
    int n_sleeps = 0;

    test_capture_reports();
    world.others_go_on = others_go_on;
    begin_program(scripts);
    for (; !*test_reports() && n_sleeps <= WITHIN_A_SECOND; n_sleeps++)
        wait_ms(2);
    CHECK_HAS(test_reports(), "cede: deadlock: tasks and threads wait for each other\n");
    CHECK(has_circle(test_reports(), circle));
    end_program();
}

#define STUCK(name_, circle_, ...)                                                                 \
    TEST(deadlocks_threads, name_)                                                                 \
    {                                                                                              \
        static const char *const scripts[] = {__VA_ARGS__, NULL};                                  \
        run_program(circle_, scripts, false);                                                      \
    }

#define CIRCLE(name_, circle_, ...)                                                                \
    STUCK(name_, circle_, __VA_ARGS__)                                                             \
    TEST(deadlocks_threads, name_##_while_others_go_on)                                            \
    {                                                                                              \
        static const char *const scripts[] = {__VA_ARGS__, NULL};                                  \
        run_program(circle_, scripts, true);                                                       \
    }

CIRCLE(a_task_and_a_thread_want_each_others_locks, "at", "a L0 s L1", "t L1 s L0")
CIRCLE(tasks_of_two_loops_want_each_others_locks, "au", "a L0 s L1", "u L1 s L0")
CIRCLE(a_task_awaits_a_job_that_wants_its_lock, "aj", "a L0 s A1", "j s L0")
CIRCLE(a_job_awaits_the_task_that_awaits_it, "aj", "a s A1", "j s A0")
CIRCLE(a_thread_awaits_the_task_that_wants_its_lock, "at", "a s L0", "t L0 s A0")
CIRCLE(a_task_a_job_and_a_thread, "ajt", "a L0 s A1", "j s L1", "t L1 s L0")

STUCK(tasks_of_two_loops_await_each_other, "au", "a s H1", "u s H0")
STUCK(a_task_that_awaits_another_that_awaits_a_job, "abj", "a L0 s A1", "b s A2", "j s L0")
STUCK(a_task_that_gathers_jobs, "aj", "a L0 s G12", "i s", "j s L0")
STUCK(a_thread_that_gathers_tasks, "bt", "a s", "b s L0", "t L0 s G01")
STUCK(two_threads_and_two_loops, "atuv", "a L0 s L1", "t L1 s L2", "u L2 s A3", "v s L0")
STUCK(a_thread_wants_to_write_what_a_task_reads, "at", "a R0 s L0", "t L0 s W0")
STUCK(a_task_wants_to_write_what_a_thread_reads, "at", "a L0 s W0", "t R0 s L0")
STUCK(a_reader_of_another_loop, "au", "a L0 s W0", "u R0 s L0")
STUCK(a_once_that_awaits_a_job_that_needs_it, "aj", "a O0 s A1", "j s O0")
STUCK(a_once_in_a_thread_that_awaits_a_task_that_needs_it, "at", "a s O0", "t O0 s A0")
STUCK(threads_without_a_task, "tt", "t L0 s L1", "t L1 s L0")
STUCK(jobs_without_a_task, "ij", "i L0 s L1", "j L1 s L0")
STUCK(a_job_whose_loop_awaits_the_job_that_awaits_it, "irj", "i s C A1", "j s A0")
STUCK(a_job_whose_loop_wants_the_lock_of_who_awaits_it, "air", "a L0 s A1", "i s C L0")
STUCK(a_job_that_awaits_another_that_wants_a_lock, "aij", "a L0 s A1", "i s A2", "j s L0")

/* None of these is a deadlock, however often one looks. */

static void run_freely(const char *const *scripts, bool others_go_on)
{
    test_capture_reports();
    world.others_go_on = others_go_on;
    begin_program(scripts);
    wait_ms(700);
    CHECK_STR(test_reports(), "");
    end_program();
    CHECK_STR(test_reports(), "");
}

TEST(deadlocks_threads, a_circle_that_a_threads_deadline_will_undo_is_none)
{
    static const char *const scripts[] = {"a L0 s L1", "t D L1 s L0", NULL};

    run_freely(scripts, true);
}

TEST(deadlocks_threads, a_circle_that_a_tasks_deadline_will_undo_is_none)
{
    static const char *const scripts[] = {"a D L0 s L1", "t L1 s L0", NULL};

    run_freely(scripts, false);
}

TEST(deadlocks_threads, a_circle_through_a_semaphore_is_none_as_anybody_may_release_it)
{
    static const char *const scripts[] = {"a M0 s D M1", "t M1 s D M0", NULL};

    run_freely(scripts, true);
}
