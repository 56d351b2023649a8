/* test_inplace.c - rewriting a file in place, all of it or not at all. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cede/chdir.h>
#include <cede/inplace.h>

#include "harness/harness.h"

/* Which of the calls below is to fail, counted from 1, and how many from there on; 0: none. */
static int fails_at, n_fails = 1, n_calls;

/* Those that change what is on the disk, in order. */
static char changes[64];

static void note_change(char letter)
{
    const size_t n = strlen(changes);

    if (n + 1 < sizeof changes)
        changes[n] = letter;
}

typedef FILE stream;

static bool call_fails(void)
{
    n_calls++;
    if (fails_at == 0 || n_calls < fails_at || n_calls >= fails_at + n_fails)
        return false;
    errno = EIO;
    return true;
}

int __real_openat(int folder, const char *path, int flags, mode_t mode);
int __real_fstat(int fd, struct stat *st);
int __real_fchown(int fd, uid_t user, gid_t group);
int __real_fchmod(int fd, mode_t mode);
int __real_fsync(int fd);
int __real_linkat(int from, const char *old, int to, const char *new, int flags);
int __real_renameat(int from, const char *old, int to, const char *new);
stream *__real_fdopen(int fd, const char *mode);
int __real_fflush(FILE *file);
int __real_fclose(FILE *file);
int __wrap_openat(int folder, const char *path, int flags, mode_t mode);
int __wrap_fstat(int fd, struct stat *st);
int __wrap_fchown(int fd, uid_t user, gid_t group);
int __wrap_fchmod(int fd, mode_t mode);
int __wrap_fsync(int fd);
int __wrap_linkat(int from, const char *old, int to, const char *new, int flags);
int __wrap_renameat(int from, const char *old, int to, const char *new);
stream *__wrap_fdopen(int fd, const char *mode);
int __wrap_fflush(FILE *file);
int __wrap_fclose(FILE *file);

int __wrap_openat(int folder, const char *path, int flags, mode_t mode)
{
    return call_fails() ? -1 : __real_openat(folder, path, flags, mode);
}

int __wrap_fstat(int fd, struct stat *st)
{
    return call_fails() ? -1 : __real_fstat(fd, st);
}

int __wrap_fchown(int fd, uid_t user, gid_t group)
{
    return call_fails() ? -1 : __real_fchown(fd, user, group);
}

int __wrap_fchmod(int fd, mode_t mode)
{
    return call_fails() ? -1 : __real_fchmod(fd, mode);
}

int __wrap_fsync(int fd)
{
    note_change('s');
    return call_fails() ? -1 : __real_fsync(fd);
}

int __wrap_linkat(int from, const char *old, int to, const char *new, int flags)
{
    note_change('l');
    return call_fails() ? -1 : __real_linkat(from, old, to, new, flags);
}

int __wrap_renameat(int from, const char *old, int to, const char *new)
{
    note_change('r');
    return call_fails() ? -1 : __real_renameat(from, old, to, new);
}

stream *__wrap_fdopen(int fd, const char *mode)
{
    return call_fails() ? NULL : __real_fdopen(fd, mode);
}

int __wrap_fflush(FILE *file)
{
    return call_fails() ? EOF : __real_fflush(file);
}

int __wrap_fclose(FILE *file)
{
    const int rc = __real_fclose(file); /* closed it is in any case */

    return call_fails() ? EOF : rc;
}

/* A folder of our own, and in it */

static char root[] = "/tmp/cede-inplace-XXXXXX";

static void put(const char *name, const char *text)
{
    FILE *file = fopen(name, "we");

    CHECK(file != NULL);
    fputs(text, file);
    CHECK_EQ(fclose(file), 0);
}

static const char *text_of(const char *name)
{
    static char text[256];
    FILE *file = fopen(name, "re");

    if (!file)
        return "(none)";
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static int n_files(void)
{
    DIR *folder = opendir(".");
    int n = 0;

    while (readdir(folder))
        n++;
    closedir(folder);
    return n - 2;
}

static void make_folder(void)
{
    CHECK(mkdtemp(root) != NULL);
    CHECK_EQ(chdir(root), 0);
    put("file", "one\ntwo\n");
}

static void remove_folder(void)
{
    char command[64];

    CHECK_EQ(chdir("/"), 0);
    snprintf(command, sizeof command, "rm -r %s", root);
    CHECK_EQ(system(command), 0);
}

/* Put a "> " before each line; then end with `end`. */
static int quote(const char *path, const char *backup, int end)
{
    cede_inplace inplace;
    char line[64];
    int rc = 0;

    cede_inplace_init(&inplace, path, backup);
    CEDE_WITH_AS(&inplace.context, rc, cede_inplace *, files) {
        while (fgets(line, sizeof line, files->in))
            fprintf(files->out, "> %s", line);
        rc = end;
    }
    CHECK_PTR(inplace.in, NULL);
    return rc;
}

TEST(inplace, the_new_text_takes_the_place_of_the_old)
{
    make_folder();
    CHECK_EQ(quote("file", NULL, 0), 0);
    CHECK_STR(text_of("file"), "> one\n> two\n");
    CHECK_EQ(n_files(), 1);
    remove_folder();
}

TEST(inplace, each_step_is_safe_on_the_disk_before_the_next)
{
    make_folder();
    CHECK_EQ(quote("file", NULL, 0), 0);
    CHECK_STR(changes, "srs"); /* the new text, the new name, the folder */
    memset(changes, 0, sizeof changes);
    CHECK_EQ(quote("file", "~", 0), 0);
    CHECK_STR(changes, "slrrs"); /* the backup, under a third name first */
    remove_folder();
}

TEST(inplace, meanwhile_the_old_text_is_there_for_others)
{
    cede_inplace inplace;
    int rc = 0;

    make_folder();
    cede_inplace_init(&inplace, "file", NULL);
    CEDE_WITH(&inplace.context, rc) {
        fputs("new\n", inplace.out);
        CHECK_EQ(fflush(inplace.out), 0);
        CHECK_STR(text_of("file"), "one\ntwo\n");
    }
    CHECK_EQ(rc, 0);
    CHECK_STR(text_of("file"), "new\n");
    remove_folder();
}

TEST(inplace, an_error_inside_keeps_the_old_file)
{
    make_folder();
    CHECK_EQ(quote("file", "~", cede_raise(-EDOM, "division by zero")), -EDOM);
    CHECK_STR(cede_error_message(cede_error_last()), "division by zero");
    CHECK_STR(text_of("file"), "one\ntwo\n");
    CHECK_EQ(n_files(), 1);
    remove_folder();
}

TEST(inplace, permissions_are_kept)
{
    struct stat st;

    make_folder();
    umask(077);
    CHECK_EQ(chmod("file", 0754), 0);
    CHECK_EQ(quote("file", NULL, 0), 0);
    CHECK_EQ(stat("file", &st), 0);
    CHECK_EQ(st.st_mode & 07777, 0754);
    CHECK_EQ(chmod("file", 04711), 0);
    CHECK_EQ(quote("file", NULL, 0), 0);
    CHECK_EQ(stat("file", &st), 0);
    CHECK_EQ(st.st_mode & 07777, 04711);
    remove_folder();
}

TEST(inplace, set_id_bits_are_not_given_to_another_owner_and_group)
{
    struct stat st;

    make_folder();
    CHECK_EQ(chmod("file", 06755), 0);
    n_calls = 0;
    fails_at = 5; /* after openat, fstat, fdopen, openat: fchown, for both, then the group alone */
    CHECK_EQ(quote("file", NULL, 0), 0);
    CHECK_EQ(stat("file", &st), 0);
    CHECK_EQ(st.st_mode & 07777, 06755);
    n_calls = 0;
    n_fails = 2;
    CHECK_EQ(quote("file", NULL, 0), 0);
    CHECK_EQ(stat("file", &st), 0);
    CHECK_EQ(st.st_mode & 07777, 0755);
    fails_at = 0;
    remove_folder();
}

TEST(inplace, a_backup_has_the_old_text)
{
    make_folder();
    put("file.bak", "older");
    CHECK_EQ(quote("file", ".bak", 0), 0);
    CHECK_STR(text_of("file"), "> one\n> two\n");
    CHECK_STR(text_of("file.bak"), "one\ntwo\n");
    CHECK_EQ(n_files(), 2);
    CHECK_EQ(quote("file", ".bak", 0), 0);
    CHECK_STR(text_of("file.bak"), "> one\n> two\n");
    remove_folder();
}

TEST(inplace, a_backup_that_is_the_same_file_already_is_no_harm)
{
    make_folder();
    CHECK_EQ(link("file", "file~"), 0);
    CHECK_EQ(quote("file", "~", 0), 0);
    CHECK_STR(text_of("file"), "> one\n> two\n");
    CHECK_STR(text_of("file~"), "one\ntwo\n");
    CHECK_EQ(n_files(), 2);
    remove_folder();
}

TEST(inplace, a_backup_that_cannot_be_made_keeps_the_old_file)
{
    char long_suffix[300];

    make_folder();
    CHECK_EQ(quote("file", "/x", 0), -EINVAL);
    CHECK_STR(cede_error_message(cede_error_last()), "cannot keep 'file' as 'file/x'");
    memset(long_suffix, 'x', sizeof long_suffix);
    long_suffix[sizeof long_suffix - 1] = '\0';
    CHECK_EQ(quote("file", long_suffix, 0), -ENAMETOOLONG);
    CHECK_EQ(mkdir("file.d", 0755), 0);
    CHECK_EQ(quote("file", ".d", 0), -EISDIR);
    CHECK_STR(text_of("file"), "one\ntwo\n");
    CHECK_EQ(n_files(), 2);
    remove_folder();
}

TEST(inplace, symbolic_links_are_followed)
{
    struct stat st;

    make_folder();
    CHECK_EQ(mkdir("deep", 0755), 0);
    CHECK_EQ(symlink("../file", "deep/link"), 0);
    CHECK_EQ(symlink("deep/link", "link"), 0);
    CHECK_EQ(quote("link", "~", 0), 0);
    CHECK_EQ(lstat("link", &st), 0);
    CHECK(S_ISLNK(st.st_mode));
    CHECK_STR(text_of("file"), "> one\n> two\n");
    CHECK_STR(text_of("file~"), "one\ntwo\n"); /* beside the file, not the link */
    remove_folder();
}

TEST(inplace, what_is_no_plain_file_is_refused)
{
    make_folder();
    CHECK_EQ(mkdir("folder", 0755), 0);
    CHECK_EQ(mkfifo("pipe", 0644), 0);
    CHECK_EQ(symlink("nowhere", "dangling"), 0);
    CHECK_EQ(quote("folder", NULL, 0), -EISDIR);
    CHECK_EQ(quote("/", NULL, 0), -EISDIR);
    CHECK_EQ(quote("pipe", NULL, 0), -EINVAL);
    CHECK_EQ(quote("dangling", NULL, 0), -ENOENT);
    CHECK_EQ(quote("", NULL, 0), -ENOENT);
    CHECK_EQ(quote("missing", NULL, 0), -ENOENT);
    CHECK_STR(cede_error_message(cede_error_last()), "cannot rewrite 'missing'");
    CHECK_EQ(n_files(), 4);
    remove_folder();
}

TEST(inplace, a_file_being_rewritten_by_the_same_context_is_busy)
{
    cede_inplace inplace;
    int rc = 0, inner = 0;

    make_folder();
    cede_inplace_init(&inplace, "file", NULL);
    CEDE_WITH(&inplace.context, rc) {
        CEDE_WITH(&inplace.context, inner) {
            FAIL("entered");
        }
        CHECK_EQ(inner, -EBUSY);
        fputs("new\n", inplace.out);
    }
    CHECK_EQ(rc, 0);
    CHECK_STR(text_of("file"), "new\n");
    remove_folder();
}

TEST(inplace, a_change_of_the_working_folder_does_not_matter)
{
    cede_inplace inplace;
    cede_chdir elsewhere;
    int rc = 0;

    make_folder();
    cede_inplace_init(&inplace, "file", "~");
    cede_chdir_init(&elsewhere, "/");
    CEDE_WITH(&elsewhere.context, rc) {
        CHECK_EQ(chdir(root), 0);
        CEDE_WITH(&inplace.context, rc) {
            fputs("new\n", inplace.out);
            CHECK_EQ(chdir("/"), 0);
        }
    }
    CHECK_EQ(rc, 0);
    CHECK_STR(text_of("file"), "new\n");
    CHECK_STR(text_of("file~"), "one\ntwo\n");
    remove_folder();
}

TEST(inplace, a_text_that_does_not_fit_on_the_disk_keeps_the_old_file)
{
    const struct rlimit limit = {4096, 4096};
    cede_inplace inplace;
    int rc = 0;

    make_folder();
    signal(SIGXFSZ, SIG_IGN);
    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cede_inplace_init(&inplace, "file", NULL);
    CEDE_WITH(&inplace.context, rc) {
        for (int i = 0; i < 3000; i++)
            fputs("more\n", inplace.out); /* what it returns is not looked at */
    }
    CHECK(rc == -EFBIG || rc == -EIO); /* at the end, or in the middle */
    CHECK_STR(cede_error_message(cede_error_last()), "cannot write the new 'file'");
    CHECK_STR(text_of("file"), "one\ntwo\n");
    CHECK_EQ(n_files(), 1);
    remove_folder();
}

TEST(inplace, a_write_that_failed_in_the_middle_keeps_the_old_file)
{
    const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    cede_inplace inplace;
    int rc = 0;

    make_folder();
    cede_inplace_init(&inplace, "file", NULL);
    CEDE_WITH(&inplace.context, rc) {
        const int kept = dup(fileno(inplace.out));
        CHECK(dup2(full, fileno(inplace.out)) >= 0);
        fputs("lost\n", inplace.out);
        CHECK_EQ(fflush(inplace.out), EOF); /* which is not looked at */
        CHECK(dup2(kept, fileno(inplace.out)) >= 0);
        close(kept);
        fputs("there is room again\n", inplace.out);
    }
    CHECK_EQ(rc, -EIO);
    CHECK_STR(text_of("file"), "one\ntwo\n");
    CHECK_EQ(n_files(), 1);
    close(full);
    remove_folder();
}

TEST(inplace, a_text_that_could_not_be_read_keeps_the_old_file)
{
    cede_inplace inplace;
    int rc = 0;

    make_folder();
    cede_inplace_init(&inplace, "file", NULL);
    CEDE_WITH(&inplace.context, rc) {
        CHECK_EQ(close(fileno(inplace.in)), 0); /* a disk that fails in the middle */
        CHECK_EQ(fgetc(inplace.in), EOF);
    }
    CHECK_EQ(rc, -EIO);
    CHECK_STR(text_of("file"), "one\ntwo\n");
    remove_folder();
}

TEST(inplace, every_system_call_may_fail)
{
    int n_failed = 0;

    make_folder();
    for (int i = 1;; i++) {
        put("file", "one\ntwo\n");
        cede_error_clear();
        n_calls = 0;
        fails_at = i;
        const int rc = quote("file", "~", 0);
        const bool has_failed = n_calls >= fails_at;
        fails_at = 0;
        const bool is_replaced = strcmp(text_of("file"), "> one\n> two\n") == 0;
        if (!is_replaced)
            CHECK_STR(text_of("file"), "one\ntwo\n");
        if (!is_replaced)
            CHECK_EQ(rc, -EIO);
        if (is_replaced && rc != 0)
            CHECK_STR(cede_error_message(cede_error_last()),
                      "'file' is replaced, but its folder could not be synchronised");
        CHECK_EQ(n_files(), access("file~", F_OK) == 0 ? 2 : 1);
        n_failed += rc != 0;
        if (!has_failed)
            break;
    }
    CHECK(n_failed >= 10);
    remove_folder();
}

static int quote_twice(void)
{
    int rc;

    put("file", "one\n");
    rc = quote("file", "~", 0);
    if (rc == 0)
        rc = quote("file", NULL, 0);
    if (rc == 0)
        CHECK_STR(text_of("file"), "> > one\n");
    return rc;
}

TEST(inplace, every_allocation_may_fail)
{
    make_folder();
    test_sweep_allocations(quote_twice);
    remove_folder();
}
