/* test_local.c - values that belong to a task and go on to the tasks it spawns. */
/* SPDX-License-Identifier: MIT */
#include <cede/local.h>

#include "harness/harness_task.h"

static cede_local color = {"white"}, size;

static const char *color_here(void)
{
    return cede_local_get(&color);
}

static void set_color(const char *name)
{
    CHECK_EQ(cede_local_set(&color, (void *)name), 0);
}

static int note_color(void *arg)
{
    (void)arg;
    test_note("%s", color_here());
    return 0;
}

static int sleep_and_note(void *arg)
{
    CEDE_TRY(cede_sleep(CEDE_S(1)));
    return note_color(arg);
}

static int change_color(void *arg)
{
    note_color(NULL);
    set_color(arg);
    CHECK_EQ(cede_sleep(0), 0);
    return note_color(NULL);
}

/* Leave idle tasks behind, so that those spawned next would be started the short way. */
static void warm_up(void)
{
    cede_future *tasks[4];

    for (int i = 0; i < 4; i++)
        tasks[i] = cede_spawn(note_color, NULL);
    for (int i = 0; i < 4; i++)
        CHECK_EQ(cede_join(tasks[i]), 0);
    test_note("|");
}

TEST_TASK(local, is_what_was_set_or_its_initial_value)
{
    int ten = 10;

    CHECK_STR(color_here(), "white");
    CHECK(!cede_local_get(&size));
    CHECK_EQ(cede_local_set(&size, &ten), 0);
    set_color("red");
    CHECK_STR(color_here(), "red");
    set_color("blue");
    CHECK_STR(color_here(), "blue");
    CHECK(cede_local_get(&size) == &ten);
}

TEST_TASK(local, a_task_begins_with_what_its_spawner_had_then)
{
    cede_future *before, *after;

    warm_up();
    before = cede_spawn(note_color, NULL);
    set_color("red");
    after = cede_spawn(note_color, NULL);
    set_color("blue");
    CHECK_EQ(cede_join(before), 0);
    CHECK_EQ(cede_join(after), 0);
    CHECK_STR(test_notes(), "white white white white | white red");
}

TEST_TASK(local, what_a_task_sets_stays_with_it)
{
    cede_future *a, *b;

    set_color("red");
    a = cede_spawn(change_color, "green");
    b = cede_spawn(change_color, "yellow");
    CHECK_EQ(cede_join(a), 0);
    CHECK_EQ(cede_join(b), 0);
    CHECK_STR(test_notes(), "red red green yellow");
    CHECK_STR(color_here(), "red");
}

static int spawn_one_more(void *arg)
{
    int *generations = arg;

    if (--*generations == 0)
        return note_color(NULL);
    return cede_join(cede_spawn(spawn_one_more, generations));
}

TEST_TASK(local, goes_down_the_generations_and_outlives_who_set_it)
{
    int generations = 5;

    set_color("red");
    CHECK_EQ(cede_join(cede_spawn(spawn_one_more, &generations)), 0);
    CHECK_STR(test_notes(), "red");
}

static int start_and_end(void *arg)
{
    set_color(arg);
    return cede_start(sleep_and_note, NULL);
}

TEST_TASK(local, outlives_the_task_that_set_it_as_long_as_others_have_it)
{
    CHECK_EQ(cede_join(cede_spawn(start_and_end, "red")), 0);
    CHECK_STR(color_here(), "white");
    CHECK_EQ(cede_sleep(CEDE_S(2)), 0);
    CHECK_STR(test_notes(), "red");
}

TEST_TASK(local, tasks_that_end_while_others_have_values_hand_none_on)
{
    /* spawned before: ends in between */
    cede_future *has, *plain = cede_spawn(sleep_and_note, NULL);

    warm_up();
    has = cede_spawn(start_and_end, "red");
    CHECK_EQ(cede_join(has), 0);
    warm_up(); /* from a task without any, while another has some */
    CHECK_EQ(cede_join(plain), 0);
    CHECK_EQ(cede_sleep(CEDE_S(2)), 0);
    warm_up();
    CHECK_STR(test_notes(), "white white white white | white white white white | white red "
                            "white white white white |");
}

TEST_TASK(local, goes_on_to_children_of_a_group_and_to_eager_tasks)
{
    const cede_task_options eager = {.eager = true};
    cede_group group;

    set_color("red");
    cede_group_init(&group);
    CHECK_EQ(cede_group_spawn(&group, note_color, NULL), 0);
    CHECK_EQ(cede_group_spawn_with(&group, &eager, note_color, NULL), 0);
    set_color("blue");
    CHECK_EQ(cede_group_spawn_with(&group, &eager, change_color, "green"), 0);
    CHECK_STR(color_here(), "blue");
    CHECK_EQ(cede_group_join(&group, 0), 0);
    CHECK_STR(test_notes(), "red blue red green");
}

static void note_in_callback(void *arg)
{
    note_color(arg);
    CHECK_EQ(cede_local_set(&color, arg), CEDE_ENOTASK);
    CHECK_EQ(cede_start(note_color, NULL), 0); /* has nobody to inherit from */
}

TEST_TASK(local, a_callback_has_none)
{
    set_color("red");
    CHECK_EQ(cede_call_soon(NULL, note_in_callback, "blue"), 0);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_STR(test_notes(), "white white");
}

TEST(local, outside_of_loops_there_is_the_initial_value_only)
{
    CHECK_STR(color_here(), "white");
    CHECK_EQ(cede_local_set(&color, "red"), CEDE_ENOTASK);
}

/* As many keys as a program may have, in tasks of three generations. */
static int count_up(void *arg)
{
    static cede_local keys[40];
    static char values[40];
    size_t *n = arg;

    for (size_t i = 0; i < 40; i++)
        CHECK(cede_local_get(&keys[i]) == (i < *n ? &values[i] : NULL));
    if (*n == 40)
        return 0;
    for (size_t i = 0; i < 10; i++, ++*n)
        CEDE_TRY(cede_local_set(&keys[*n], &values[*n]));
    return cede_join(cede_spawn(count_up, n));
}

static int run_count_up(void)
{
    const cede_run_options options = {.loop.clock = CEDE_CLOCK_VIRTUAL};
    size_t n = 0;

    return cede_run_with(&options, count_up, &n);
}

TEST(local, many_of_them_survive_every_failing_allocation)
{
    CHECK_EQ(run_count_up(), 0); /* stacks come from slabs that are kept */
    test_capture_reports();
    test_sweep_allocations(run_count_up);
}
