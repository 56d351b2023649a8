/* split_log.c - the first line of each minute of a log, looked for by 24 processes, each of which
 * appends what it finds to one file, under a lock.
 *
 *     split_log LOG NEW
 *
 * The log is in order of time, and each line begins with it: "2018-05-01 19:32:07 ...".
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cede.h>

enum { WORKERS = 24, MINUTES = 1229 }; /* from 19:32 to 16:00 on the next day */

struct minute {
    char text[17]; /* "2018-05-01 19:32" */
};

/* [init] */
struct paths {
    char log[256], out[256];
};

static const char *log_text; /* of this worker: the log, mapped */
static size_t log_size;
static int out_fd;

/* Called once in each worker, before its jobs. */
static int open_files(const void *in, void *out)
{
    const struct paths *paths = in;
    const int fd = open(paths->log, O_RDONLY | O_CLOEXEC);
    struct stat facts;

    (void)out;
    out_fd = open(paths->out, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &facts) < 0 || out_fd < 0)
        return cede_raise(-errno, "%s or %s cannot be opened", paths->log, paths->out);
    log_size = (size_t)facts.st_size;
    log_text = mmap(NULL, log_size, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    return log_text == MAP_FAILED ? cede_raise(-errno, "%s cannot be mapped", paths->log) : 0;
}
/* [/init] */

static size_t next_line(size_t at)
{
    const char *end = memchr(log_text + at, '\n', log_size - at);

    return end ? (size_t)(end + 1 - log_text) : log_size;
}

/* Where the lines begin that do not come before `minute`: half of what is left, and half again. */
static size_t find_minute(const char *minute)
{
    size_t low = 0, high = log_size;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const size_t line = middle == 0 ? 0 : next_line(middle - 1);
        if (line < high && strncmp(log_text + line, minute, strlen(minute)) < 0)
            low = next_line(line);
        else
            high = middle;
    }
    return low;
}

/* [split] */
/* How many lines there are of a minute; the first goes to the file. */
static int split(const void *in, void *out)
{
    const char *minute = ((const struct minute *)in)->text;
    const size_t first = find_minute(minute);
    long n_lines = 0;
    ssize_t n;

    for (size_t at = first; at < log_size && !strncmp(log_text + at, minute, strlen(minute));
         at = next_line(at))
        n_lines++;
    *(long *)out = n_lines;
    if (n_lines == 0)
        return 0;
    if (flock(out_fd, LOCK_EX) < 0) /* gone with the process, should it die here */
        return cede_raise(-errno, "the file cannot be locked");
    n = write(out_fd, log_text + first, next_line(first) - first);
    (void)flock(out_fd, LOCK_UN); /* it was locked */
    return n < 0 ? cede_raise(-errno, "the line of %s cannot be written", minute) : 0;
}
/* [/split] */

static int split_all(cede_executor *pool)
{
    struct minute minutes[MINUTES];
    const cede_map_options options = {.fn = split,
                                      .items = minutes,
                                      .n_items = MINUTES,
                                      .item_size = sizeof minutes[0],
                                      .out_size = sizeof(long)};
    struct tm start = {.tm_year = 118, .tm_mon = 4, .tm_mday = 1, .tm_hour = 19, .tm_min = 31};
    time_t now = timegm(&start);
    long n_lines = 0, n_found = 0;
    cede_map *map;
    void *result;
    int rc;

    for (int i = 0; i < MINUTES; i++) {
        struct tm time;
        now += 60;
        strftime(minutes[i].text, sizeof minutes[i].text, "%Y-%m-%d %H:%M", gmtime_r(&now, &time));
    }
    CEDE_TRY(cede_map_create(pool, &options, &map));
    while ((rc = cede_map_next(map, &result)) > 0) {
        n_lines += *(long *)result;
        n_found += *(long *)result > 0;
    }
    cede_map_destroy(map);
    if (rc == 0)
        printf("%ld lines in %ld minutes\n", n_lines, n_found);
    return rc;
}

int main(int argc, char **argv)
{
    cede_process_init(argc, argv);
    struct paths paths = {.log = ""};

    if (argc != 3) {
        fprintf(stderr, "usage: %s LOG NEW\n", argv[0]);
        return 2;
    }
    snprintf(paths.log, sizeof paths.log, "%s", argv[1]);
    snprintf(paths.out, sizeof paths.out, "%s", argv[2]);
    const int fd = open(paths.out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        fprintf(stderr, "%s: %m\n", paths.out);
        return 1;
    }
    close(fd);

    cede_executor *pool = cede_process_pool(&(cede_process_pool_options){
        .n_workers = WORKERS, .init = open_files, .init_in = &paths, .init_in_size = sizeof paths});
    const int rc = pool ? split_all(pool) : cede_error_code(cede_error_last());
    if (rc < 0)
        cede_error_print(cede_error_last(), stderr);
    cede_executor_destroy(pool);
    return rc == 0 ? 0 : 1;
}
