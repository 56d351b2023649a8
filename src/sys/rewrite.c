/* rewrite.c - one file that takes the place of another at once. See rewrite.h. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/rewrite.h"

enum { NAME_TRIES = 100 };

/* A name that nobody has, of something like that kind: the caller makes it with O_EXCL or so. */
static void name_make(char name[NAME_MAX + 1])
{
    uint64_t noise = 0;

    /* Never fails for so few bytes; if it did, the name being taken would be found out. */
    if (getrandom(&noise, sizeof noise, 0) < 0)
        noise = (uint64_t)getpid();
    snprintf(name, NAME_MAX + 1, ".cede-%016llx", (unsigned long long)noise);
}

/* The folder of the file, and its name there. */
static int open_folder(struct cede__rewrite *self, const char *path)
{
    char resolved[PATH_MAX];
    char *slash;

    if (!realpath(path, resolved))
        return -errno;
    slash = strrchr(resolved, '/');
    if (slash[1] == '\0')
        return -EISDIR; /* the root */
    if (snprintf(self->name, sizeof self->name, "%s", slash + 1) > NAME_MAX)
        return -ENAMETOOLONG;
    slash[slash == resolved] = '\0';
    self->folder = open(resolved, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return self->folder >= 0 ? 0 : -errno;
}

static int open_stream(int fd, const char *mode, FILE **stream_out)
{
    *stream_out = fdopen(fd, mode);
    if (*stream_out)
        return 0;
    const int rc = -errno;
    close(fd);
    return rc;
}

static int open_old(struct cede__rewrite *self, struct stat *st)
{
    /* O_NONBLOCK: a pipe is refused below, not waited for. */
    const int fd = openat(self->folder, self->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    int rc = 0;

    if (fd < 0)
        return -errno;
    if (fstat(fd, st) < 0)
        rc = -errno;
    else if (!S_ISREG(st->st_mode))
        rc = S_ISDIR(st->st_mode) ? -EISDIR : -EINVAL;
    if (rc < 0) {
        close(fd);
        return rc;
    }
    return open_stream(fd, "r", &self->in);
}

/* Owner first: changing it takes the set-id bits away. */
static int give_permissions(int fd, const struct stat *st)
{
    mode_t mode = st->st_mode & 07777;

    if (fchown(fd, st->st_uid, st->st_gid) < 0 && fchown(fd, (uid_t)-1, st->st_gid) < 0)
        mode &= (mode_t) ~(S_ISUID | S_ISGID); /* they were meant for another owner or group */
    return fchmod(fd, mode) == 0 ? 0 : -errno;
}

static int open_new(struct cede__rewrite *self, const struct stat *st)
{
    int fd = -1;
    int rc;

    for (int i = 0; i < NAME_TRIES; i++) {
        name_make(self->new_name);
        fd = openat(self->folder, self->new_name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd >= 0 || errno != EEXIST)
            break;
    }
    if (fd < 0) {
        self->new_name[0] = '\0';
        return -errno;
    }
    rc = give_permissions(fd, st);
    if (rc < 0) {
        close(fd);
        return rc;
    }
    return open_stream(fd, "w", &self->out);
}

int cede__rewrite_open(struct cede__rewrite *self, const char *path)
{
    struct stat st = {0};
    int rc;

    *self = (struct cede__rewrite){.folder = -1};
    rc = open_folder(self, path);
    if (rc == 0)
        rc = open_old(self, &st);
    if (rc == 0)
        rc = open_new(self, &st);
    if (rc < 0)
        cede__rewrite_drop(self);
    return rc;
}

int cede__rewrite_sync(struct cede__rewrite *self)
{
    if (fflush(self->out) != 0)
        return -errno;
    if (ferror(self->out) || ferror(self->in))
        return -EIO;
    return fsync(fileno(self->out)) == 0 ? 0 : -errno;
}

int cede__rewrite_backup(const struct cede__rewrite *self, const char *suffix)
{
    char name[NAME_MAX + 1];
    char link_name[NAME_MAX + 1];
    int rc = -EEXIST;

    if (strchr(suffix, '/'))
        return -EINVAL;
    if (snprintf(name, sizeof name, "%s%s", self->name, suffix) > NAME_MAX)
        return -ENAMETOOLONG;

    /* By way of a third name, so that an older backup is there until the new one is. */
    for (int i = 0; i < NAME_TRIES && rc == -EEXIST; i++) {
        name_make(link_name);
        rc = linkat(self->folder, self->name, self->folder, link_name, 0) == 0 ? 0 : -errno;
    }
    if (rc < 0)
        return rc;
    rc = renameat(self->folder, link_name, self->folder, name) == 0 ? 0 : -errno;
    /* It is there still if it failed, or if both were the same file before. */
    unlinkat(self->folder, link_name, 0);
    return rc;
}

static int close_streams(struct cede__rewrite *self)
{
    int rc = 0;

    if (self->in)
        fclose(self->in); /* it was only read */
    if (self->out && fclose(self->out) != 0)
        rc = -errno;
    self->in = self->out = NULL;
    return rc;
}

int cede__rewrite_commit(struct cede__rewrite *self)
{
    const int rc = close_streams(self);

    if (rc < 0)
        return rc;
    if (renameat(self->folder, self->new_name, self->folder, self->name) < 0)
        return -errno;
    self->new_name[0] = '\0';
    return 0;
}

int cede__rewrite_end(struct cede__rewrite *self)
{
    const int fd = openat(self->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = 0;

    /* A folder that may not be read cannot be asked for; a file system may not know how to. */
    if (fd >= 0 && fsync(fd) < 0 && errno != EINVAL && errno != ENOTSUP)
        rc = -errno;
    if (fd >= 0)
        close(fd);
    close(self->folder);
    self->folder = -1;
    return rc;
}

void cede__rewrite_drop(struct cede__rewrite *self)
{
    (void)close_streams(self); /* nobody will miss what could not be written */
    if (self->new_name[0])
        unlinkat(self->folder, self->new_name, 0);
    if (self->folder >= 0)
        close(self->folder);
    self->folder = -1;
}
