/* get_part.c - a file while it comes: without a name, or under one that no URL can give, in the
 * same folder.
 *
 *     (nameless)             given its name when it is complete; if the run is killed, it is gone
 *     .cede-3.part           that of worker 3; if the run is killed, the next one sweeps it away
 *     .cede-4711-3.part      the same where another run works in the folder
 *     .NAME.part             with --continue; it stays when it does not become complete
 *     .NAME.part.from        beside it: which bytes those are: the sum of the URL, and a validator
 *
 * The part is emptied before the other is written, and the other is written before the first byte
 * comes: so whenever a run is killed, what stands in .from is true of the bytes that are there.
 * Only a strong validator is kept (RFC 9110, 8.8): an entity tag, or a date that is older than the
 * answer. Runs that share a folder see each other by a lock on it.
 *
 * Without a name is the rule, where the system can do that: it makes a file and names it faster
 * than it makes one with a name and changes that. But a link replaces nothing: where there is a
 * file of that name already, the new one gets the other name first.
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "get.h"

enum { SUM_TEXT = 2 * GET_SUM_SIZE };

/* URLs may hold passwords: what is kept of one is its sum. False: no memory. */
static bool url_sum(const char *url, char *text)
{
    char sum[GET_SUM_SIZE];
    void *digest = get_sum_begin(NULL);

    if (!digest)
        return false;
    get_sum_add(digest, url, strlen(url));
    get_sum_end(digest, sum);
    get_sum_free(digest);
    get_sum_text(sum, text);
    return true;
}

/* What stands beside the part: the sum of the URL, a line; the validator, a line. */
static bool part_read_from(const struct get *get, struct get_part *part, const char *url)
{
    char text[SUM_TEXT + sizeof part->validator + 2], sum[SUM_TEXT + 1];
    const int fd = openat(get->folder_fd, part->from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    ssize_t n;
    size_t length;

    if (fd < 0)
        return false;
    n = read(fd, text, sizeof text - 1);
    (void)close(fd); /* it was only read */
    if (n <= SUM_TEXT + 2 || !url_sum(url, sum) || memcmp(text, sum, SUM_TEXT) != 0 ||
        text[SUM_TEXT] != '\n' || text[n - 1] != '\n')
        return false;
    text[n - 1] = '\0';
    length = strlen(text + SUM_TEXT + 1);
    if (length == 0 || length >= sizeof part->validator || strchr(text + SUM_TEXT + 1, '\n'))
        return false;
    memcpy(part->validator, text + SUM_TEXT + 1, length + 1);
    return true;
}

static int part_write_from(const struct get *get, const struct get_part *part, const char *url)
{
    char text[SUM_TEXT + sizeof part->validator + 3];
    const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
    int fd, length;
    bool ok;

    if (!url_sum(url, text))
        return -ENOMEM;
    length =
        SUM_TEXT + snprintf(text + SUM_TEXT, sizeof text - SUM_TEXT, "\n%s\n", part->validator);
    fd = openat(get->folder_fd, part->from, flags, 0666);
    if (fd < 0)
        return -errno;
    ok = write(fd, text, (size_t)length) == length;
    return close(fd) == 0 && ok ? 0 : -EIO;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT"; 0: it is no such date. */
static time_t date_parse(const char *text)
{
    struct tm tm = {0};
    const char *end = text ? strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &tm) : NULL;

    return end && *end == '\0' ? timegm(&tm) : 0;
}

/* When the version of an answer was made, if no other can have been made in that second; else 0. */
static time_t modified_of(const cede_http_response *response)
{
    const time_t then = date_parse(cede_http_response_header(response, "Last-Modified", 0));
    const time_t now = date_parse(cede_http_response_header(response, "Date", 0));

    return now - then < 1 ? 0 : then;
}

/* The strong validator of an answer; "" if it has none. */
static void validator_of(const cede_http_response *response, char *validator, size_t size)
{
    const char *tag = cede_http_response_header(response, "ETag", 0);

    validator[0] = '\0';
    if (!tag && modified_of(response) == 0)
        return;
    tag = tag ? tag : cede_http_response_header(response, "Last-Modified", 0);
    if (strncmp(tag, "W/", 2) != 0 && strlen(tag) < size)
        snprintf(validator, size, "%s", tag);
}

/* A file of that name is whole: ours are, and get the time of the server's version, to the second.
 * So its time is what tells that version from others. */
static void part_find_whole(const struct get *get, struct get_part *part,
                            const struct get_item *item)
{
    struct stat st;
    struct tm tm;

    if (fstatat(get->folder_fd, item->name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(st.st_mode) || st.st_size == 0)
        return;
    if (st.st_mtim.tv_nsec == 0 && gmtime_r(&st.st_mtim.tv_sec, &tm))
        (void)strftime(part->validator, sizeof part->validator, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    if (part->validator[0] || item->sum)
        part->whole = st.st_size;
}

void get_part_find(const struct get_worker *worker, const struct get_item *item,
                   struct get_part *part)
{
    const struct get *get = worker->get;
    struct stat st;

    part->fd = -1;
    part->size = 0;
    part->from[0] = part->validator[0] = '\0';
    if (!get->continues) {
        if (get->has_folder)
            snprintf(part->name, sizeof part->name, ".cede-%u.part", worker->number);
        else
            snprintf(part->name, sizeof part->name, ".cede-%ld-%u.part", (long)getpid(),
                     worker->number);
        return;
    }
    snprintf(part->name, sizeof part->name, ".%.*s.part", GET_NAME_SIZE, item->name);
    snprintf(part->from, sizeof part->from, ".%.*s.part.from", GET_NAME_SIZE, item->name);
    if (part_read_from(get, part, item->url) &&
        fstatat(get->folder_fd, part->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
        part->size = st.st_size;
    if (part->size == 0) {
        part->validator[0] = '\0';
        part_find_whole(get, part, item);
    }
}

/* Open what is there already, behind its last byte. */
static int part_reopen(const struct get *get, struct get_part *part)
{
    part->fd = openat(get->folder_fd, part->name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (part->fd < 0 || lseek(part->fd, 0, SEEK_END) != part->size)
        return cede_raise(-EIO, "cannot go on with %s", part->name);
    return 0;
}

/* Give a nameless file a name. 0, or -errno. */
static int nameless_link(const struct get *get, int fd, const char *name)
{
    return linkat(fd, "", get->folder_fd, name, AT_EMPTY_PATH) == 0 ? 0 : -errno;
}

static int nameless_open(const struct get *get)
{
    return openat(get->folder_fd, ".", O_RDWR | O_TMPFILE | O_CLOEXEC, 0666);
}

bool get_part_may_be_nameless(const struct get *get)
{
    const int fd = nameless_open(get);
    char name[NAME_MAX];
    int rc;

    if (fd < 0)
        return false;
    snprintf(name, sizeof name, ".cede-%ld-0.part", (long)getpid());
    rc = nameless_link(get, fd, name);
    if (rc == 0)
        (void)unlinkat(get->folder_fd, name, 0);
    (void)close(fd); /* nothing was written */
    return rc == 0;
}

int get_part_open(const struct get *get, struct get_part *part, const struct get_item *item,
                  const cede_http_response *response)
{
    const int flags = O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;

    part->modified = part->from[0] ? modified_of(response) : 0;
    if (part->size > 0)
        return part_reopen(get, part);
    if (part->from[0])
        (void)unlinkat(get->folder_fd, part->from, 0);
    part->fd =
        get->has_nameless ? nameless_open(get) : openat(get->folder_fd, part->name, flags, 0666);
    part->is_nameless = part->fd >= 0 && get->has_nameless;
    if (part->fd < 0)
        return cede_raise(-errno, "cannot create %s: %s", item->name, strerror(errno));
    if (!part->from[0])
        return 0;
    validator_of(response, part->validator, sizeof part->validator);
    if (part->validator[0] && part_write_from(get, part, item->url) < 0)
        part->validator[0] = '\0'; /* then it cannot be continued, but it can come */
    return 0;
}

static int part_close(struct get_part *part)
{
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = part->modified}};
    int rc;

    if (part->fd >= 0 && part->modified > 0)
        (void)futimens(part->fd, times); /* else it is only fetched anew one day */
    rc = part->fd < 0 || close(part->fd) == 0 ? 0 : -errno;
    part->fd = -1;
    return rc;
}

static int part_rename(const struct get *get, const struct get_part *part, const char *name)
{
    return renameat(get->folder_fd, part->name, get->folder_fd, name) == 0 ? 0 : -errno;
}

/* Name what has none: as long as it is open. */
static int part_name(const struct get *get, struct get_part *part, const char *name)
{
    int rc = nameless_link(get, part->fd, name);

    if (rc != -EEXIST)
        return rc;
    (void)unlinkat(get->folder_fd, part->name, 0); /* if a run of old has left it */
    rc = nameless_link(get, part->fd, part->name);
    part->is_nameless = rc < 0;
    return rc < 0 ? rc : part_rename(get, part, name);
}

int get_part_finish(const struct get *get, struct get_part *part, const struct get_item *item)
{
    int rc = part->is_nameless ? part_name(get, part, item->name) : 0;
    const int closed = part_close(part);

    if (closed < 0)
        return cede_raise(closed, "cannot write: %s", cede_strerror(closed));
    if (rc == 0 && !get->has_nameless)
        rc = part_rename(get, part, item->name);
    if (rc < 0)
        return cede_raise(rc, "cannot rename to %s: %s", item->name, cede_strerror(rc));
    if (part->from[0])
        (void)unlinkat(get->folder_fd, part->from, 0);
    return 0;
}

void get_part_remove(const struct get *get, struct get_part *part)
{
    if (part->from[0])
        (void)unlinkat(get->folder_fd, part->from, 0);
    if (!part->is_nameless)
        (void)unlinkat(get->folder_fd, part->name, 0);
    part->size = 0;
    part->validator[0] = '\0';
}

void get_part_leave(const struct get *get, struct get_part *part)
{
    (void)part_close(part); /* the failure is known, and told */
    if (!part->validator[0])
        get_part_remove(get, part);
}

/* ".cede-3.part", or ".cede-4711-3.part" of a process that is no more. */
static bool is_litter(const char *name)
{
    char *end;
    long first;

    if (strncmp(name, ".cede-", 6) != 0 || name[6] < '0' || name[6] > '9')
        return false;
    first = strtol(name + 6, &end, 10);
    if (*end == '-' && end[1] >= '0' && end[1] <= '9') {
        if (kill((pid_t)first, 0) == 0 || errno != ESRCH)
            return false;
        (void)strtol(end + 1, &end, 10);
    }
    return strcmp(end, ".part") == 0;
}

void get_part_sweep(const struct get *get)
{
    const int fd = openat(get->folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;

    if (!folder) { /* then what is there stays */
        if (fd >= 0)
            (void)close(fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (is_litter(entry->d_name))
            (void)unlinkat(get->folder_fd, entry->d_name, 0);
    }
    (void)closedir(folder);
}
