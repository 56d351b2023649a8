/* test_chdir.c - another working folder for a while. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cede/chdir.h>

#include "harness/harness.h"

static char root[] = "/tmp/cede-chdir-XXXXXX";

static const char *here(void)
{
    static char path[256];

    CHECK(getcwd(path, sizeof path) != NULL);
    return path;
}

static void make_folders(void)
{
    CHECK(mkdtemp(root) != NULL);
    CHECK_EQ(chdir(root), 0);
    CHECK_EQ(mkdir("one", 0755), 0);
    CHECK_EQ(mkdir("two", 0755), 0);
}

static void remove_folders(void)
{
    char command[64];

    CHECK_EQ(chdir("/"), 0);
    snprintf(command, sizeof command, "rm -r %s", root);
    CHECK_EQ(system(command), 0);
}

static char *below(const char *name)
{
    static char path[64];

    snprintf(path, sizeof path, "%s/%s", root, name);
    return path;
}

TEST(chdir, simple_goes_there_and_back)
{
    cede_chdir there;
    int rc = 0;

    make_folders();
    cede_chdir_init(&there, "one");
    CHECK_STR(here(), root);
    CEDE_WITH(&there.context, rc) {
        CHECK_STR(here(), below("one"));
    }
    CHECK_EQ(rc, 0);
    CHECK_STR(here(), root);
    remove_folders();
}

TEST(chdir, reentrant_goes_back_step_by_step)
{
    cede_chdir one, two;
    int rc = 0;

    make_folders();
    cede_chdir_init(&one, below("one"));
    CEDE_WITH(&one.context, rc) {
        cede_chdir_init(&two, "../two");
        CEDE_WITH(&two.context, rc) {
            one.path = "../one";
            CEDE_WITH(&one.context, rc) {
                CHECK_STR(here(), below("one"));
            }
            CHECK_STR(here(), below("two"));
        }
        CHECK_STR(here(), below("one"));
    }
    CHECK_EQ(rc, 0);
    CHECK_STR(here(), root);
    remove_folders();
}

TEST(chdir, exception_inside_goes_back_and_on)
{
    cede_chdir there;
    int rc = 0;

    make_folders();
    cede_chdir_init(&there, "one");
    CEDE_WITH(&there.context, rc) {
        rc = cede_raise(-EDOM, "division by zero");
    }
    CHECK_EQ(rc, -EDOM);
    CHECK_STR(here(), root);
    remove_folders();
}

TEST(chdir, a_folder_that_is_not_there_is_not_entered)
{
    cede_chdir there;
    int rc = 0;

    make_folders();
    cede_chdir_init(&there, "three");
    CEDE_WITH(&there.context, rc) {
        FAIL("entered");
    }
    CHECK_EQ(rc, -ENOENT);
    CHECK_STR(cede_error_message(cede_error_last()), "cannot go to the folder 'three'");
    CHECK_STR(here(), root);
    remove_folders();
}

TEST(chdir, it_goes_back_to_a_folder_that_was_renamed)
{
    cede_chdir one, two;
    int rc = 0;

    make_folders();
    cede_chdir_init(&one, "one");
    cede_chdir_init(&two, "../two");
    CEDE_WITH(&one.context, rc) {
        CEDE_WITH(&two.context, rc) {
            CHECK_EQ(rename("../one", "../three"), 0);
        }
        CHECK_STR(here(), below("three"));
    }
    CHECK_EQ(rc, 0);
    remove_folders();
}

static int there_and_back(void)
{
    cede_chdir one;
    int rc = 0;

    cede_chdir_init(&one, "one");
    CEDE_WITH(&one.context, rc) {
        one.path = ".";
        CEDE_WITH(&one.context, rc) {
            CHECK_STR(here(), below("one"));
        }
    }
    CHECK_STR(here(), root);
    return rc;
}

TEST(chdir, every_allocation_may_fail)
{
    make_folders();
    test_sweep_allocations(there_and_back);
    remove_folders();
}
