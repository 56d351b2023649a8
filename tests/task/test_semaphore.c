/* test_semaphore.c - semaphores: slots go to who waited longest, nobody jumps the queue; row
 * d38. */
/* SPDX-License-Identifier: MIT */
#include <cede/semaphore.h>

#include "harness/harness_task.h"

static cede_semaphore slots;

static void set_slots(size_t n, bool bounded)
{
    const cede_semaphore_options options = {.sync.name = "slots", .n_slots = n, .bounded = bounded};

    CHECK_EQ(cede_semaphore_init(&slots, &options), 0);
}

static int take(void *arg)
{
    const int rc = cede_semaphore_acquire(&slots);

    test_note("%s:%s", (const char *)arg, rc < 0 ? cede_error_name(rc) : "in");
    return rc;
}

static cede_future *spawn_taker(const char *name)
{
    return test_spawn(take, (void *)name);
}

TEST_TASK(semaphore, d38_as_many_as_there_are_slots_get_in)
{
    set_slots(2, false);
    CHECK_EQ(cede_semaphore_acquire(&slots), 0);
    CHECK_EQ(cede_semaphore_n_free(&slots), 1);
    CHECK_EQ(cede_semaphore_try_acquire(&slots), 0);
    CHECK_EQ(cede_semaphore_try_acquire(&slots), -EBUSY);
    CHECK_EQ(cede_semaphore_release(&slots), 0);
    CHECK_EQ(cede_semaphore_acquire(&slots), 0);
    CHECK_EQ(cede_semaphore_n_free(&slots), 0);
}

TEST_TASK(semaphore, d38_slots_go_to_who_waited_longest)
{
    cede_future *tasks[3];

    set_slots(0, false);
    tasks[0] = spawn_taker("a");
    tasks[1] = spawn_taker("b");
    tasks[2] = spawn_taker("c");
    CHECK_EQ(cede_semaphore_n_waiting(&slots), 3);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(cede_semaphore_release(&slots), 0);
    CHECK_EQ(cede_semaphore_n_free(&slots), 0);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(cede_join(tasks[i]), 0);
    CHECK_STR(test_notes(), "a:in b:in c:in");
}

TEST_TASK(semaphore, d38_d42_a_released_slot_is_not_free_for_those_who_come_later)
{
    set_slots(0, false);
    cede_future *task = spawn_taker("a");

    CHECK_EQ(cede_semaphore_release(&slots), 0);
    CHECK_EQ(cede_semaphore_try_acquire(&slots), -EBUSY);
    cede_future *late = spawn_taker("b");
    CHECK_STR(test_notes(), "a:in");
    CHECK_EQ(cede_semaphore_release(&slots), 0);
    CHECK_EQ(cede_join(task), 0);
    CHECK_EQ(cede_join(late), 0);
}

TEST_TASK(semaphore, d38_cancelled_before_the_release_the_next_has_the_slot)
{
    set_slots(0, false);
    cede_future *first = spawn_taker("a"), *second = spawn_taker("b");

    CHECK(cede_cancel(first));
    CHECK_EQ(cede_semaphore_release(&slots), 0);
    CHECK_EQ(cede_join(second), 0);
    CHECK_EQ(cede_join(first), CEDE_EREVOKED);
    CHECK_STR(test_notes(), "a:ECANCELED b:in");
}

TEST_TASK(semaphore, d38_cancelled_after_the_release_it_has_the_slot)
{
    set_slots(0, false);
    cede_future *first = spawn_taker("a"), *second = spawn_taker("b");

    CHECK_EQ(cede_semaphore_release(&slots), 0);
    CHECK(cede_cancel(first));
    CHECK_EQ(cede_join(first), 0);
    CHECK_EQ(cede_semaphore_release(&slots), 0);
    CHECK_EQ(cede_join(second), 0);
    CHECK_STR(test_notes(), "a:in b:in");
}

/* Takes a slot, and gives it back unless cancelled in between: three times. */
static int come_and_go(void *arg)
{
    (void)arg;
    for (int i = 0; i < 3; i++) {
        CEDE_TRY(cede_semaphore_acquire(&slots));
        (void)cede_sleep(0);
        CHECK_EQ(cede_semaphore_release(&slots), 0);
    }
    test_note("done");
    return 0;
}

TEST_TASK(semaphore, d38_gh_90155_cancelling_waiters_does_not_stop_the_others_for_ever)
{
    cede_future *tasks[6];

    set_slots(1, true);
    for (int i = 0; i < 6; i++)
        tasks[i] = cede_spawn(come_and_go, NULL);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(tasks[1]));
    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(tasks[2]));
    CHECK(cede_cancel(tasks[3]));
    for (int i = 0; i < 6; i++) {
        const bool was_cancelled = i >= 1 && i <= 3;
        CHECK_EQ(cede_join(tasks[i]), was_cancelled ? CEDE_EREVOKED : 0);
    }
    CHECK_EQ(cede_semaphore_n_free(&slots), 1);
    CHECK_STR(test_notes(), "done done done");
}

TEST_TASK(semaphore, d38_a_bounded_one_refuses_what_was_not_taken)
{
    set_slots(1, true);
    CHECK_EQ(cede_semaphore_release(&slots), -EOVERFLOW);
    CHECK_EQ(cede_semaphore_acquire(&slots), 0);
    CHECK_EQ(cede_semaphore_release(&slots), 0);
    CHECK_EQ(cede_semaphore_n_free(&slots), 1);
    set_slots(1, false);
    CHECK_EQ(cede_semaphore_release(&slots), 0);
    CHECK_EQ(cede_semaphore_n_free(&slots), 2);
    slots.n_free = SIZE_MAX;
    CHECK_EQ(cede_semaphore_release(&slots), -EOVERFLOW);
    CHECK_EQ(cede_semaphore_init(&slots, &(cede_semaphore_options){.bounded = true}), -EINVAL);
}

TEST_TASK(semaphore, taking_stops_at_its_deadline_and_is_a_cancellation_point)
{
    cede_scope scope;
    int rc = 0;

    set_slots(0, false);
    CEDE_TIMEOUT(CEDE_MS(7), rc) {
        rc = cede_semaphore_acquire(&slots);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_MS(7));
    CHECK_EQ(cede_semaphore_release(&slots), 0);
    cede_scope_enter(&scope, CEDE_NEVER);
    cede_scope_cancel(&scope);
    CHECK_EQ(cede_semaphore_acquire(&slots), -ECANCELED);
    CHECK_EQ(cede_scope_exit(&scope, 0), 0);
    CHECK_EQ(cede_semaphore_n_free(&slots), 1);
}

TEST_TASK(semaphore, ending_it_wakes_those_who_wait)
{
    set_slots(0, false);
    cede_future *task = spawn_taker("a");

    CHECK_HAS(test_format(task), "waiting for semaphore 'slots'");
    cede_semaphore_fini(&slots);
    CHECK_EQ(cede_join(task), CEDE_ESHUTDOWN);
    cede_semaphore_fini(NULL);
}

TEST_TASK(semaphore, a_waiter_says_who_took_last_and_did_not_give_back)
{
    set_slots(3, false);
    CHECK_EQ(cede_task_set_name(NULL, "me"), 0);
    cede_future *task = spawn_taker("a");
    CHECK_EQ(cede_join(task), 0);
    for (int i = 0; i < 2; i++)
        CHECK_EQ(cede_semaphore_acquire(&slots), 0);
    task = spawn_taker("b");
    CHECK_HAS(test_format(task),
              "waiting for semaphore 'slots' last taken by task 'me', task 'me', "
              "a task that has ended>");
    CHECK_EQ(cede_semaphore_release(&slots), 0);
    CHECK_EQ(cede_join(task), 0);
    task = spawn_taker("c");
    CHECK_HAS(test_format(task), "last taken by a task that has ended, task 'me', a task that ");
    CHECK_EQ(cede_semaphore_release(&slots), 0);
    CHECK_EQ(cede_join(task), 0);
}

TEST_TASK(semaphore, a_static_one_needs_no_init)
{
    static cede_semaphore two = CEDE_SEMAPHORE_INIT("two", 2);

    CHECK_EQ(cede_semaphore_acquire(&two), 0);
    CHECK_EQ(cede_semaphore_acquire(&two), 0);
    CHECK_EQ(cede_semaphore_try_acquire(&two), -EBUSY);
}
