/* group_test.h - children of groups that note how they end. */
/* SPDX-License-Identifier: MIT */
#ifndef GROUP_TEST_H
#define GROUP_TEST_H

#include "harness/harness_task.h"

/* A child: sleeps, then ends as told; notes its name and how the sleep ended. */
struct child {
    const char *name;
    cede_time nap;
    int rc;
};

static inline int fail_with(int code)
{
    return cede_raise(code, "a child failed");
}

static inline int run_child(void *arg)
{
    const struct child *child = arg;
    const int rc = cede_sleep(child->nap);

    test_note("%s:%s", child->name, rc < 0 ? cede_error_name(rc) : "end");
    if (rc < 0)
        return rc;
    return child->rc < 0 ? fail_with(child->rc) : child->rc;
}

static inline void note_dropped(void *arg)
{
    test_note("dropped:%s", (const char *)arg);
}

#if defined(TEST_EAGER)
/* All of it once more with children that begin at once: see tests/CMakeLists.txt. */
static const cede_task_options begin_at_once = {.eager = true};
#undef cede_group_spawn
#define cede_group_spawn(group, fn, ...)                                                           \
    cede_group_spawn_with((group), &begin_at_once, fn, __VA_ARGS__)
#endif

static const cede_task_options with_drop = {.drop = note_dropped};

static inline int never(void *arg)
{
    FAIL("the body of %s ran", (const char *)arg);
}

#endif
