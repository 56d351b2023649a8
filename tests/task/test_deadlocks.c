/* test_deadlocks.c - small programs that deadlock: each is reported within a second, with the right
 * circle, once when nothing else runs and once while another task goes on.
 *
 * A program is what its tasks do, a line each: 'a' does the first, 'b' the second. A word is a
 * letter for what is done, and to which:
 *
 *     L0 U0  acquire, release lock 0       J1  await task b       s   sleep a while
 *     R0 W0  acquire rwlock 0              H1  shield task b      f   await a promise
 *     O0     run once 0, with the rest     G12 gather b and c     e   wait for an event
 *     N0     wait on condition 0, lock 0   A12 wait for b and c   g p get, put (a full queue)
 *     T0     notify condition 0            C   group: a child     j   join a queue
 *     Y      the rest in a generator         does the rest        b   barrier
 *     D      the rest with a deadline      M0 V0   acquire, release semaphore 0 (one slot)
 *     Q0 E0  put into, get from queue 0 (one place)
 *
 * The circles that are to be found are letters of tasks; ~ before them says that it is a guess.
 */
/* SPDX-License-Identifier: MIT */
#include <time.h>

#include <cede.h>

#include "base/base.h"
#include "harness/harness_task.h"

enum { MAX_TASKS = 6, N_OF_EACH = 5 };

static struct {
    const char *const *scripts;
    int n_tasks;
    cede_future *tasks[MAX_TASKS];
    cede_lock locks[N_OF_EACH];
    cede_rwlock rwlocks[N_OF_EACH];
    cede_once onces[N_OF_EACH];
    cede_condition condition;
    cede_event event;
    cede_semaphore semaphores[N_OF_EACH];
    cede_queue *queues[N_OF_EACH];
    cede_barrier barrier;
    cede_queue *empty, *full;
    cede_future *promise;
} world;

static volatile int after;

/* Sleeps of 2 ms until the report, each perhaps longer where the machine has much to do. */
static int within_a_second = 500;

static int follow(const char *script);

/* Cancelled, a task lets go of what it holds. */
static void let_go(void)
{
    for (int i = 0; i < N_OF_EACH; i++) {
        if (cede_lock_owner(&world.locks[i]) == cede_task_current())
            CHECK_EQ(cede_lock_release(&world.locks[i]), 0);
        if (cede_rwlock_writer(&world.rwlocks[i]) == cede_task_current())
            CHECK_EQ(cede_rwlock_release(&world.rwlocks[i]), 0);
    }
}

static int follow_rest(void *arg)
{
    const int rc = follow(arg);

    after++;
    let_go();
    return rc;
}

static int follow_in_generator(cede_gen *self, void *arg)
{
    (void)self;
    return follow_rest(arg);
}

static int do_generator(const char *rest)
{
    cede_gen *gen = cede_gen_create(follow_in_generator, (void *)rest);
    void *item;
    const int rc = cede_next(gen, &item);

    cede_gen_destroy(gen);
    return rc;
}

static int do_group(const char *rest)
{
    cede_group group;

    cede_group_init(&group);
    const cede_task_options options = {.name = "child"};
    const int rc = cede_group_spawn_with(&group, &options, follow_rest, (void *)rest);
    return cede_group_join(&group, rc);
}

static int do_deadline(const char *rest)
{
    int rc = 0;

    CEDE_TIMEOUT(CEDE_MS(600), rc) {
        rc = follow(rest);
    }
    return rc;
}

static int do_several(const char *word)
{
    cede_future *futures[MAX_TASKS];
    size_t n = 0, n_done;

    for (const char *digit = word + 1; *digit > ' '; digit++)
        futures[n++] = world.tasks[*digit - '0'];
    return word[0] == 'G' ? cede_gather(futures, n, NULL) : cede_wait(futures, n, NULL, &n_done);
}

static int do_object(const char *word)
{
    const int i = word[1] > ' ' ? word[1] - '0' : 0;
    static const int item = 1;
    int got;

    switch (word[0]) {
    case 'L':
        return cede_lock_acquire(&world.locks[i]);
    case 'U':
        return cede_lock_release(&world.locks[i]);
    case 'R':
        return cede_rwlock_acquire_read(&world.rwlocks[i]);
    case 'W':
        return cede_rwlock_acquire_write(&world.rwlocks[i]);
    case 'N':
        return cede_condition_wait(&world.condition, &world.locks[i]);
    case 'T':
        return cede_condition_notify(&world.condition, 1);
    case 'g':
        return cede_queue_get(world.empty, &got);
    case 'p':
        return cede_queue_put(world.full, &item);
    case 'j':
        return cede_queue_join(world.full);
    case 'M':
        return cede_semaphore_acquire(&world.semaphores[i]);
    case 'V':
        return cede_semaphore_release(&world.semaphores[i]);
    case 'Q':
        return cede_queue_put(world.queues[i], &item);
    case 'E':
        return cede_queue_get(world.queues[i], &got);
    case 'b':
        return cede_barrier_wait(&world.barrier);
    default:
        FAIL("no such word: %s", word);
    }
}

static int do_word(const char *word, const char *rest)
{
    const int i = word[1] > ' ' ? word[1] - '0' : 0;

    switch (word[0]) {
    case 's':
        return cede_sleep(CEDE_MS(5));
    case 'J':
        return cede_await(world.tasks[i]);
    case 'H':
        return cede_shield(world.tasks[i]);
    case 'f':
        return cede_await(world.promise);
    case 'e':
        return cede_event_wait(&world.event);
    case 'O':
        return cede_once_run(&world.onces[i], follow_rest, (void *)rest);
    case 'C':
        return do_group(rest);
    case 'D':
        return do_deadline(rest);
    case 'Y':
        return do_generator(rest);
    case 'G':
    case 'A':
        return do_several(word);
    default:
        return do_object(word);
    }
}

/* O, C, D and Y do the rest, and so are the last. */
static int follow(const char *script)
{
    while (script && *script) {
        const char *space = strchr(script, ' ');
        const char *rest = space ? space + 1 : "";
        const int rc = do_word(script, rest);
        if (rc < 0)
            return rc;
        script = strchr("OCDY", script[0]) ? "" : rest;
    }
    return 0;
}

static void world_make(void)
{
    const cede_queue_options options = {.item_size = sizeof(int), .max_size = 1};
    const cede_semaphore_options one_slot = {.n_slots = 1};
    static const int item = 1;

    for (int i = 0; i < N_OF_EACH; i++) {
        cede_lock_init(&world.locks[i], NULL);
        cede_rwlock_init(&world.rwlocks[i], NULL);
        cede_once_init(&world.onces[i], NULL);
        CHECK_EQ(cede_semaphore_init(&world.semaphores[i], &one_slot), 0);
        CHECK_EQ(cede_queue_create(&options, &world.queues[i]), 0);
    }
    cede_condition_init(&world.condition, NULL);
    cede_event_init(&world.event, NULL);
    CHECK_EQ(cede_barrier_init(&world.barrier, NULL, 3), 0);
    CHECK_EQ(cede_queue_create(&options, &world.empty), 0);
    CHECK_EQ(cede_queue_create(&options, &world.full), 0);
    CHECK_EQ(cede_queue_put(world.full, &item), 0);
    world.promise = cede_future_create();
}

static int run_world(void *arg)
{
    const bool others_go_on = *(const bool *)arg;
    int n_sleeps = 0;

    world_make();
    for (int i = 0; i < world.n_tasks; i++) {
        const char name[] = {(char)('a' + i), '\0'};
        world.tasks[i] = cede_spawn_with(&(cede_task_options){.name = name}, follow_rest,
                                         (void *)world.scripts[i]);
    }
    for (; others_go_on && !*test_reports(); n_sleeps++)
        CEDE_TRY(cede_sleep(CEDE_MS(2)));
    if (others_go_on) {
        CHECK(n_sleeps <= within_a_second);
        CHECK_HAS(test_reports(), "tasks wait for each other, while others of the loop go on\n");
        /* It comes once. */
        CEDE_TRY(cede_sleep(CEDE_MS(400)));
        return 0;
    }
    return cede_gather(world.tasks, (size_t)world.n_tasks, NULL);
}

/* Whether the report has a line of that circle, from whichever of its tasks it begins. */
static bool has_circle(const char *const *names, int n, bool is_guess)
{
    for (int from = 0; from < n; from++) {
        char line[256] = "    ";
        for (int i = 0; i <= n; i++) {
            const size_t at = strlen(line);
            snprintf(line + at, sizeof line - at, "'%s'%s", names[(from + i) % n],
                     i < n      ? " -> "
                     : is_guess ? ": each waits for the next, as far as is known\n"
                                : ": each waits for the next\n");
        }
        if (strstr(test_reports(), line))
            return true;
    }
    return false;
}

static int count(const char *word)
{
    int n = 0;

    for (const char *at = test_reports(); (at = strstr(at, word)); at++)
        n++;
    return n;
}

/* `circle` are the tasks in order, "ab,c" being two circles; 'C' is the child of a group. */
static int check_circles(const char *circles)
{
    int n_circles = 0;

    while (*circles) {
        static const char letters[] = "a\0b\0c\0d\0e\0f";
        const char *names[MAX_TASKS];
        const bool is_guess = *circles == '~';
        circles += is_guess;
        const int n = (int)strcspn(circles, ",");
        for (int i = 0; i < n; i++)
            names[i] = circles[i] == 'C' ? "child" : &letters[2 * (circles[i] - 'a')];
        CHECK(has_circle(names, n, is_guess));
        n_circles++;
        circles += n + (circles[n] == ',');
    }
    return n_circles;
}

static void run_program(const char *circles, const char *const *scripts, bool others_go_on)
{
    const clock_t start = clock();

    test_capture_reports();
    world.scripts = scripts;
    for (world.n_tasks = 0; scripts[world.n_tasks]; world.n_tasks++)
        ;
    const int rc = cede_run(run_world, &others_go_on);

    CHECK_EQ(rc, others_go_on ? 0 : -EDEADLK);
    CHECK_EQ(check_circles(circles), count("each waits for the next"));
    for (int i = 0; i < world.n_tasks && !others_go_on; i++) {
        char name[] = "<Task pending name='?'";
        name[sizeof name - 3] = (char)('a' + i);
        CHECK(count(name) <= 1); /* told once, and then all end */
    }
#if !defined(CEDE__ASAN) && !defined(CEDE__TSAN)
    /* Of the processor's time: the machine may have others to serve. */
    CHECK(clock() - start < CLOCKS_PER_SEC);
#else
    (void)start;
#endif
}

#define STUCK(name_, circles_, ...)                                                                \
    TEST(deadlocks, name_)                                                                         \
    {                                                                                              \
        static const char *const scripts[] = {__VA_ARGS__, NULL};                                  \
        run_program(circles_, scripts, false);                                                     \
    }

#define CIRCLE(name_, circles_, ...)                                                               \
    STUCK(name_, circles_, __VA_ARGS__)                                                            \
    TEST(deadlocks, name_##_while_others_go_on)                                                    \
    {                                                                                              \
        static const char *const scripts[] = {__VA_ARGS__, NULL};                                  \
        run_program(circles_, scripts, true);                                                      \
    }

CIRCLE(two_locks_in_opposite_order, "ab", "L0 s L1", "L1 s L0")
CIRCLE(three_locks_in_a_ring, "abc", "L0 s L1", "L1 s L2", "L2 s L0")
CIRCLE(five_philosophers, "abcde", "L0 s L1", "L1 s L2", "L2 s L3", "L3 s L4", "L4 s L0")
CIRCLE(two_that_await_each_other, "ab", "s J1", "J0")
CIRCLE(four_that_await_the_next, "abcd", "s J1", "s J2", "s J3", "s J0")
CIRCLE(a_lock_held_while_its_waiter_is_awaited, "ab", "L0 s J1", "L0")
CIRCLE(a_lock_held_while_its_waiter_is_gathered, "ac", "L0 s G12", "s", "L0")
CIRCLE(a_lock_held_while_its_waiter_is_waited_for, "ac", "L0 s A12", "s", "L0")
CIRCLE(a_lock_held_while_its_waiter_is_shielded, "ab", "L0 s H1", "L0")
CIRCLE(a_child_wants_a_lock_of_the_one_who_joins_its_group, "aC", "L0 C L0")
CIRCLE(a_child_awaits_who_joins_its_group, "aC", "C J0")
CIRCLE(a_once_that_needs_itself_by_another_task, "ab", "O0 J1", "O0 s")
CIRCLE(two_onces_that_need_each_other, "ab", "O0 s O1 s", "O1 s O0 s")
CIRCLE(a_generator_holds_a_lock_and_wants_another, "ab", "L0 Y s L1", "L1 s L0")
CIRCLE(generators_both, "ab", "Y L0 s L1", "Y L1 s L0")
CIRCLE(a_lock_and_a_rwlock, "ab", "L0 s W0", "W0 s L0")
CIRCLE(a_writer_awaits_a_reader, "ab", "W0 s J1", "R0")
CIRCLE(who_was_notified_wants_its_lock_back, "ab", "L0 N0", "s L0 T0 J0")
CIRCLE(two_circles_at_once, "ab,cd", "L0 s L1", "L1 s L0", "L2 s J3", "L2")
CIRCLE(one_with_others_that_wait_for_it, "ab", "L0 s L1", "L1 s L0", "s J0", "s L1")
CIRCLE(one_behind_others_in_the_queue_for_a_lock, "ac", "L0 s s L1", "s L0", "L1 s s L0")

CIRCLE(a_reader_that_wants_to_write, "a", "R0 W0")
CIRCLE(a_reader_that_reads_again_behind_a_writer, "ab", "R0 s s R0", "s W0")
CIRCLE(readers_that_want_to_write_what_the_other_reads, "ab", "R0 s W1", "R1 s W0")
CIRCLE(a_reader_awaits_a_writer, "ab", "R0 s J1", "s W0")
CIRCLE(a_reader_wants_a_lock_of_a_writer, "bd", "R0 s", "R0 s s L0", "R0 s", "L0 s W0")
CIRCLE(a_reader_behind_a_writer_that_waits_for_a_reader, "acb", "R0 s s J2", "s W0", "s s R0")

STUCK(a_semaphore_that_is_never_released, "~a", "M0 M0")
STUCK(two_semaphores_in_opposite_order, "~ab", "M0 s M1", "M1 s M0")
STUCK(a_semaphore_and_a_lock, "~ab", "M0 s L0", "L0 s M0")
STUCK(a_semaphore_held_while_its_waiter_is_awaited, "~ab", "M0 s J1", "M0")
STUCK(a_semaphore_handed_on_to_one_that_wants_a_lock, "~bc", "M0 s V0", "M0 s L0", "L0 s s s M0")
STUCK(two_that_want_each_others_items, "~ab", "Q0 s E1 E1", "Q1 s E0 E0")
STUCK(two_that_want_room_for_each_other, "~ab", "s E1 Q0 Q0 Q0", "Q1 E0 Q1 Q1")
STUCK(a_consumer_that_wants_a_lock_of_the_producer, "~ab", "L0 Q0 Q0 Q0", "s E0 L0")
STUCK(a_producer_that_awaits_its_consumer, "~ab", "Q0 s J1", "E0 E0")

STUCK(a_promise_that_nobody_keeps, "", "f")
STUCK(an_event_that_nobody_sets, "", "e", "s e")
STUCK(a_condition_that_nobody_notifies, "", "L0 N0", "s L0 N0")
STUCK(an_empty_queue, "", "g", "g")
STUCK(a_full_queue, "", "p")
STUCK(a_queue_whose_items_are_never_done, "", "j")
STUCK(two_that_want_the_first_items_of_each_other, "", "g p", "p g")
STUCK(a_barrier_where_one_is_missing, "", "b", "b")
STUCK(who_waits_for_one_that_waits_for_nobody, "", "L0 s f", "L0", "J1")

TEST(deadlocks, on_the_virtual_clock_others_may_go_on_for_hours_and_it_is_reported_all_the_same)
{
    static const char *const scripts[] = {"L0 s L1", "s J0", "L1 s L0", NULL};
    const cede_run_options options = {.loop = {.clock = CEDE_CLOCK_VIRTUAL}};
    bool others_go_on = true;

    within_a_second = 1000000; /* it may be hours */

    test_capture_reports();
    world.scripts = scripts;
    world.n_tasks = 3;
    CHECK_EQ(cede_run_with(&options, run_world, &others_go_on), 0);
    CHECK_EQ(check_circles("ac"), count("each waits for the next"));
}

/* None of these is a deadlock, however often one looks. */

static int free_for_all(void *arg)
{
    (void)arg;
    world_make();
    for (int i = 0; i < 3; i++)
        world.tasks[i] = cede_spawn(follow_rest, (void *)world.scripts[i]);
    for (int i = 0; i < 3; i++)
        (void)cede_join(world.tasks[i]);
    return 0;
}

TEST(deadlocks, a_circle_that_a_deadline_will_undo_is_none)
{
    static const char *const scripts[] = {"D J1", "J0", "s", NULL};

    test_capture_reports();
    world.scripts = scripts;
    CHECK_EQ(cede_run(free_for_all, NULL), 0);
    CHECK_STR(test_reports(), "");
}

TEST(deadlocks, a_guess_is_none_while_others_go_on_who_may_prove_it_wrong)
{
    static const char *const scripts[] = {
        "M0 s L0", "L0 s M0",
        "s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s V0", NULL};

    test_capture_reports();
    world.scripts = scripts;
    CHECK_EQ(cede_run(free_for_all, NULL), 0);
    CHECK_STR(test_reports(), "");
}

TEST(deadlocks, those_who_wait_in_turn_for_a_lock_are_none)
{
    static const char *const scripts[] = {
        "L0 s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s U0",
        "L0 s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s s U0",
        "J1 L0 U0", NULL};

    test_capture_reports();
    world.scripts = scripts;
    CHECK_EQ(cede_run(free_for_all, NULL), 0);
    CHECK_STR(test_reports(), "");
}
