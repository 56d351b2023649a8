/* test_file.c - opening beneath a folder: by the kernel, and step by step where it cannot; reading,
 * writing. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/harness.h"
#include "sys/file.h"

enum { OPENAT2 = 437 };

static char root[] = "/tmp/cede-file-XXXXXX";

static void put(const char *name, const char *text)
{
    const int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

    CHECK(fd >= 0);
    CHECK_EQ(cede__file_write_all(fd, text, strlen(text)), 0);
    CHECK_EQ(cede__file_close(fd), 0);
}

/* A folder `in` to be kept in, and something outside of it. The working directory becomes
 * theirs. */
static int make_folder(void)
{
    CHECK(mkdtemp(root) != NULL);
    CHECK_EQ(chdir(root), 0);
    CHECK_EQ(mkdir("in", 0755), 0);
    CHECK_EQ(mkdir("in/sub", 0755), 0);
    put("outside", "outside");
    put("in/file", "file");
    put("in/sub/deep", "deep");
    put("in/..name", "name");
    CHECK_EQ(symlink("../outside", "in/out"), 0);
    CHECK_EQ(symlink("..", "in/up"), 0);
    CHECK_EQ(symlink("/etc", "in/etc"), 0);
    CHECK_EQ(symlink("file", "in/link"), 0);
    CHECK_EQ(mkfifo("in/pipe", 0644), 0);
    const int folder = cede__file_open_folder("in");
    CHECK(folder >= 0);
    return folder;
}

static void remove_folder(int folder)
{
    char command[64];

    CHECK_EQ(cede__file_close(folder), 0);
    CHECK_EQ(chdir("/"), 0);
    snprintf(command, sizeof command, "rm -r %s", root);
    CHECK_EQ(system(command), 0);
}

/* The file's first bytes are this text; NULL: it cannot be opened. */
static void check_opens(int folder, const char *path, const char *text)
{
    const int fd = cede__file_open_beneath(folder, path);
    char buffer[32] = {0};

    if (!text) {
        if (fd >= 0)
            FAIL("%s was opened", path);
        return;
    }
    if (fd < 0)
        FAIL("%s: %s", path, strerror(-fd));
    CHECK(cede__file_read_at(fd, buffer, sizeof buffer - 1, 0) >= 0);
    CHECK_STR(buffer, text);
    CHECK_EQ(cede__file_close(fd), 0);
}

static void check_stays_in(int folder)
{
    static char long_name[300];

    memset(long_name, 'n', sizeof long_name - 1);
    check_opens(folder, "file", "file");
    check_opens(folder, "sub/deep", "deep");
    check_opens(folder, "sub//deep", "deep");
    check_opens(folder, "./sub/./deep", "deep");
    check_opens(folder, "..name", "name");
    check_opens(folder, "../outside", NULL);
    check_opens(folder, "sub/../../outside", NULL);
    check_opens(folder, "..", NULL);
    check_opens(folder, "/etc/passwd", NULL);
    check_opens(folder, "out", NULL);
    check_opens(folder, "up/outside", NULL);
    check_opens(folder, "etc/passwd", NULL);
    check_opens(folder, "missing", NULL);
    check_opens(folder, "file/below", NULL);
    check_opens(folder, "", NULL);
    CHECK_EQ(cede__file_open_beneath(folder, long_name), -ENAMETOOLONG);
    CHECK_EQ(cede__file_open_beneath(folder, "../outside"), -EXDEV);
}

TEST(file, no_path_leads_out_of_the_folder)
{
    const int folder = make_folder();

    check_stays_in(folder);
    remove_folder(folder);
}

/* From here on the kernel says that it has no such call, as before 5.6. */
static void forbid_openat2(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OPENAT2, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {sizeof code / sizeof code[0], code};

    CHECK_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    CHECK_EQ(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

TEST(file, an_older_kernel_is_kept_in_by_following_no_link)
{
    const int folder = make_folder();

    /* An emulator may be such a kernel. */
    if (syscall(OPENAT2, -1, NULL, NULL, 0) >= 0 || errno != ENOSYS) {
        check_opens(folder, "link", "file");
        forbid_openat2();
    }
    check_stays_in(folder);
    check_opens(folder, "link", NULL);
    remove_folder(folder);
}

TEST(file, a_pipe_is_opened_without_waiting_and_known_as_none_to_send)
{
    const int folder = make_folder();
    const int fd = cede__file_open_beneath(folder, "pipe");
    struct cede__file_facts facts;

    CHECK(fd >= 0);
    CHECK_EQ(cede__file_facts(fd, &facts), 0);
    CHECK(!facts.is_plain && !facts.is_folder);
    CHECK_EQ(cede__file_close(fd), 0);
    CHECK_EQ(cede__file_close(-1), 0);
    remove_folder(folder);
}

TEST(file, facts_tell_sizes_and_kinds)
{
    const int folder = make_folder();
    const int fd = cede__file_open_beneath(folder, "file");
    struct cede__file_facts facts;
    char byte;

    CHECK_EQ(cede__file_facts(fd, &facts), 0);
    CHECK(facts.is_plain && !facts.is_folder);
    CHECK_EQ(facts.size, 4);
    CHECK(facts.modified > 0);
    CHECK_EQ(cede__file_read_at(fd, &byte, 1, 4), 0);
    CHECK_EQ(cede__file_write_all(fd, "x", 1), -EBADF);
    CHECK_EQ(cede__file_close(fd), 0);
    CHECK_EQ(cede__file_facts(fd, &facts), -EBADF);
    CHECK_EQ(cede__file_facts(folder, &facts), 0);
    CHECK(facts.is_folder);
    CHECK_EQ(cede__file_open_folder("in/file"), -ENOTDIR);
    remove_folder(folder);
}

struct names {
    char text[512]; /* each with "/" before folders and "=" before files */
    int n_left;     /* before the end */
};

static int note_name(const char *name, const struct cede__file_facts *facts, void *arg)
{
    struct names *names = arg;
    const size_t length = strlen(names->text);

    snprintf(names->text + length, sizeof names->text - length, " %s%s",
             facts->is_folder  ? "/"
             : facts->is_plain ? "="
                               : "",
             name);
    return --names->n_left == 0 ? 7 : 0;
}

TEST(file, names_in_a_folder_come_with_their_kinds)
{
    const int folder = make_folder();
    const int file = cede__file_open_beneath(folder, "file");
    struct names names = {.n_left = 100};
    struct names one = {.n_left = 1};

    CHECK_EQ(cede__file_each_name(folder, note_name, &names), 0);
    CHECK_HAS(names.text, " =file");
    CHECK_HAS(names.text, " pipe");
    CHECK(!strstr(names.text, " /."));
    CHECK_EQ(cede__file_each_name(folder, note_name, &one), 7);
    CHECK_EQ(strcspn(one.text + 1, " "), strlen(one.text + 1));
    CHECK_EQ(cede__file_each_name(file, note_name, &names), -ENOTDIR);
    CHECK_EQ(cede__file_close(file), 0);
    remove_folder(folder);
}
