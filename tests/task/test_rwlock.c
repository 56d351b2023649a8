/* test_rwlock.c - reader-writer locks: who is in beside whom, and in what order. */
/* SPDX-License-Identifier: MIT */
#include <cede/rwlock.h>

#include "harness/harness_task.h"

static cede_rwlock table;

/* "r1": a reader, "w1": a writer; is in for a second. */
static int visit(void *arg)
{
    const char *name = arg;
    const bool writes = name[0] == 'w';
    const int rc = writes ? cede_rwlock_acquire_write(&table) : cede_rwlock_acquire_read(&table);

    if (rc < 0) {
        test_note("%s:%s", name, cede_error_name(rc));
        return rc;
    }
    test_note("%s:in", name);
    CHECK(writes ? cede_rwlock_n_readers(&table) == 0 : cede_rwlock_writer(&table) == NULL);
    (void)cede_sleep(CEDE_S(1));
    test_note("%s:out", name);
    return cede_rwlock_release(&table);
}

static cede_future *spawn_visitor(const char *name)
{
    return test_spawn(visit, (void *)name);
}

TEST_TASK(rwlock, readers_are_in_together_and_writers_alone)
{
    cede_future *tasks[] = {spawn_visitor("r1"), spawn_visitor("r2"), spawn_visitor("w1"),
                            spawn_visitor("w2")};

    CHECK_EQ(cede_rwlock_n_readers(&table), 2);
    CHECK_EQ(cede_rwlock_n_waiting(&table), 2);
    for (int i = 0; i < 4; i++)
        CHECK_EQ(cede_join(tasks[i]), 0);
    CHECK_STR(test_notes(), "r1:in r2:in r1:out r2:out w1:in w1:out w2:in w2:out");
    CHECK_EQ(cede_now(), CEDE_S(3));
}

TEST_TASK(rwlock, readers_that_come_after_a_waiting_writer_wait_behind_it)
{
    cede_future *tasks[] = {spawn_visitor("r1"), spawn_visitor("w1"), spawn_visitor("r2"),
                            spawn_visitor("r3"), spawn_visitor("w2")};

    CHECK_EQ(cede_rwlock_try_acquire_read(&table), -EBUSY);
    for (int i = 0; i < 5; i++)
        CHECK_EQ(cede_join(tasks[i]), 0);
    CHECK_STR(test_notes(), "r1:in r1:out w1:in w1:out r2:in r3:in r2:out r3:out w2:in w2:out");
}

TEST_TASK(rwlock, a_waiting_writer_that_is_cancelled_lets_the_readers_behind_it_in)
{
    cede_future *r1 = spawn_visitor("r1"), *w1 = spawn_visitor("w1"), *r2 = spawn_visitor("r2");

    CHECK(cede_cancel(w1));
    CHECK_EQ(cede_rwlock_n_readers(&table), 2);
    CHECK_EQ(cede_join(w1), CEDE_EREVOKED);
    CHECK_EQ(cede_join(r1), 0);
    CHECK_EQ(cede_join(r2), 0);
    CHECK_EQ(cede_now(), CEDE_S(1));
}

TEST_TASK(rwlock, cancelled_after_it_was_let_in_it_is_in)
{
    CHECK_EQ(cede_rwlock_acquire_write(&table), 0);
    cede_future *w1 = spawn_visitor("w1"), *r1 = spawn_visitor("r1");

    CHECK_EQ(cede_rwlock_release(&table), 0);
    CHECK_PTR(cede_rwlock_writer(&table), w1);
    CHECK(cede_cancel(w1));
    CHECK_EQ(cede_join(w1), 0);
    CHECK_EQ(cede_join(r1), 0);
    CHECK_STR(test_notes(), "w1:in w1:out r1:in r1:out");
}

TEST_TASK(rwlock, what_is_not_held_is_not_released_and_a_writer_cannot_enter_twice)
{
    CHECK_EQ(cede_rwlock_release(&table), -EPERM);
    CHECK_EQ(cede_rwlock_acquire_write(&table), 0);
    CHECK_EQ(cede_rwlock_acquire_write(&table), -EDEADLK);
    CHECK_EQ(cede_rwlock_acquire_read(&table), -EDEADLK);
    CHECK_EQ(cede_rwlock_try_acquire_write(&table), -EBUSY);
    CHECK_EQ(cede_rwlock_release(&table), 0);
    CHECK_EQ(cede_rwlock_try_acquire_read(&table), 0);
    CHECK_EQ(cede_rwlock_try_acquire_read(&table), 0);
    CHECK_EQ(cede_rwlock_try_acquire_write(&table), -EBUSY);
    CHECK_EQ(cede_rwlock_release(&table), 0);
    CHECK_EQ(cede_rwlock_release(&table), 0);
    CHECK_EQ(cede_rwlock_try_acquire_write(&table), 0);
    CHECK_EQ(cede_rwlock_release(&table), 0);
}

TEST_TASK(rwlock, entering_stops_at_its_deadline)
{
    cede_future *r1 = spawn_visitor("r1");
    int rc = 0;

    CEDE_TIMEOUT(CEDE_MS(10), rc) {
        rc = cede_rwlock_acquire_write(&table);
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_EQ(cede_rwlock_try_acquire_read(&table), 0);
    CHECK_EQ(cede_rwlock_release(&table), 0);
    CHECK_EQ(cede_join(r1), 0);
}

TEST_TASK(rwlock, a_waiter_says_who_is_in)
{
    cede_rwlock_init(&table, &(cede_sync_options){.name = "table"});
    CHECK_EQ(cede_task_set_name(NULL, "me"), 0);
    CHECK_EQ(cede_rwlock_acquire_write(&table), 0);
    cede_future *r1 = spawn_visitor("r1");
    CHECK_HAS(test_format(r1), "waiting for rwlock 'table' held by task 'me'");
    CHECK_EQ(cede_rwlock_release(&table), 0);
    cede_future *w1 = spawn_visitor("w1");
    CHECK_HAS(test_format(w1), "waiting for rwlock 'table' held by 1 reader: task 'visit'");
    CHECK_EQ(cede_join(r1), 0);
    CHECK_EQ(cede_join(w1), 0);
    CHECK_EQ(cede_rwlock_acquire_write(&table), 0);
    w1 = spawn_visitor("w2");
    test_capture_reports();
    cede_rwlock_fini(&table);
    CHECK_HAS(test_reports(), "cede: rwlock 'table' held by task 'me' is ended while it is held\n");
    CHECK_EQ(cede_join(w1), CEDE_ESHUTDOWN);
    cede_rwlock_fini(NULL);
}

static int write_both(void *arg)
{
    cede_rwlock *const *locks = arg;

    CHECK_EQ(cede_rwlock_acquire_write(locks[0]), 0);
    CHECK_EQ(cede_sleep(1), 0);
    const int rc = cede_rwlock_acquire_read(locks[1]);
    if (rc == 0)
        CHECK_EQ(cede_rwlock_release(locks[1]), 0);
    CHECK_EQ(cede_rwlock_release(locks[0]), 0);
    return rc;
}

static int embrace(void *arg)
{
    static cede_rwlock second = CEDE_RWLOCK_INIT("second");
    cede_rwlock *const one_way[] = {&table, &second}, *const other_way[] = {&second, &table};
    cede_future *tasks[2];

    (void)arg;
    tasks[0] = cede_spawn_with(&(cede_task_options){.name = "a"}, write_both, (void *)one_way);
    tasks[1] = cede_spawn_with(&(cede_task_options){.name = "b"}, write_both, (void *)other_way);
    return cede_gather(tasks, 2, NULL);
}

TEST(rwlock, writers_that_wait_for_each_other_are_reported_with_the_circle)
{
    const cede_run_options options = {.loop = {.clock = CEDE_CLOCK_VIRTUAL}};

    test_capture_reports();
    CHECK_EQ(cede_run_with(&options, embrace, NULL), -EDEADLK);
    CHECK_HAS(test_reports(), "each waits for the next");
    CHECK_HAS(test_reports(), "waiting for rwlock 'second' held by task 'b'");
}
