/* test_remote_error.c - error records that come from another process, sound and damaged. */
/* SPDX-License-Identifier: MIT */
#include "harness/harness_task.h"
#include "task/process_share.h"

static struct cede__modules modules;

static int fail_below(void)
{
    (void)cede_raise(-ENOENT, "no such thing");
    return cede_raise_from(-EIO, "it failed");
}

static int fail(void)
{
    CEDE_TRY(fail_below());
    return 0;
}

/* As a worker writes it. */
static struct cede__remote_error written(void)
{
    struct cede__remote_error remote;

    memset(&remote, 0xee, sizeof remote);
    cede__modules_read(&modules);
    CHECK_EQ(fail(), -EIO);
    CHECK(cede__remote_error_write(&modules, -EIO, &remote));
    return remote;
}

/* As the parent reads it. */
static const char *read_back(const struct cede__remote_error *remote, int code)
{
    static char text[2048];
    struct cede_error record;

    cede__remote_error_read(&modules, remote, code, &record);
    CHECK_EQ(cede_error_code(&record), code);
    cede_error_format(&record, text, sizeof text);
    return text;
}

TEST(remote_error, a_record_arrives_whole)
{
    const struct cede__remote_error remote = written();

    CHECK_STR(read_back(&remote, -EIO), test_traceback());
    CHECK_HAS(test_traceback(), "in fail_below");
    CHECK_HAS(test_traceback(), "no such thing");
}

TEST(remote_error, a_record_of_another_code_is_not_sent)
{
    struct cede__remote_error remote;

    CHECK_EQ(fail(), -EIO);
    CHECK(!cede__remote_error_write(&modules, -EPERM, &remote));
    cede_error_clear();
    CHECK(!cede__remote_error_write(&modules, -EIO, &remote));
}

TEST(remote_error, a_line_that_cannot_be_one_is_unknown)
{
    struct cede__remote_error remote = written();

    for (int i = 0; i < remote.n_frames; i++)
        remote.frames[i].offset += 1; /* not aligned */
    CHECK_HAS(read_back(&remote, -EIO), "?:0 in ?");
    remote = written();
    remote.frames[0].offset = 64; /* within the file, but no description of a line */
    CHECK_HAS(read_back(&remote, -EIO), "it failed");
    memset(remote.frames, 0xff, sizeof remote.frames);
    CHECK_HAS(read_back(&remote, -EIO), "?:0 in ?");
}

TEST(remote_error, numbers_that_do_not_hang_together_leave_the_code)
{
    struct cede__remote_error remote = written();

    remote.n_links = 200;
    CHECK_HAS(read_back(&remote, -EIO), "EIO: ");
    remote = written();
    remote.links[1].first_frame = 250;
    CHECK_HAS(read_back(&remote, -EIO), "EIO: ");
    remote = written();
    remote.links[1].text = 60000;
    CHECK_HAS(read_back(&remote, -EIO), "EIO: ");
    remote = written();
    CHECK_HAS(read_back(&remote, -EPERM), "EPERM: "); /* of another code than was returned */
}

/* A worker may write anything: whatever arrives is read without harm. */
TEST(remote_error, random_damage_does_no_harm)
{
    uint64_t seed = 88172645463325252u;

    for (int round = 0; round < 20000; round++) {
        struct cede__remote_error remote = written();
        unsigned char *bytes = (unsigned char *)&remote;
        for (int i = 0; i < 4; i++) {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            bytes[seed % sizeof remote] = (unsigned char)(seed >> 32);
        }
#if defined(CEDE__ASAN)
        /* An offset that leads elsewhere into our data is harmless, but not between its
         * redzones. */
        memcpy(remote.frames, written().frames, sizeof remote.frames);
#endif
        CHECK(strlen(read_back(&remote, -EIO)) > 0);
    }
}

static void crash_here(void)
{
}

TEST(remote_error, places_of_a_crash_become_lines)
{
    struct cede__place places[2];
    struct cede_error record;
    char text[1024];

    cede__modules_read(&modules);
    CHECK(cede__place_of(&modules, (uintptr_t)crash_here + 1, &places[0]));
    memset(&places[1], 0x77, sizeof places[1]); /* of no module: left out */
    (void)cede_raise(CEDE_EWORKER, "it crashed");
    record = *cede__error_slot();
    cede__remote_error_add_places(&modules, places, 2, &record);
    cede_error_format(&record, text, sizeof text);
#if defined(CEDE__HAVE_LIBDW)
    CHECK_HAS(text, "in crash_here\n");
#else
    CHECK_HAS(text, "in test_task_remote_error+0x");
#endif
}
