/* log.c - the log of requests: lines gathered in memory, written by a thread.
 *
 *     servers -> lines[0..used) -> swapped with `writing` -> the file
 *
 * Whoever adds a line holds the lock for the time of a copy. The thread sleeps until there is a
 * line, swaps the two buffers, writes, and then pauses, so that a busy server costs it twenty calls
 * a second and not one a request; it is woken from the pause when half of the buffer is full. What
 * does not fit is counted and told later.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "http/log.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/futex.h"
#include "sys/thread.h"

enum {
    BUFFER_SIZE = 256 * 1024,
    LONGEST_WORD = 1800, /* of each part of it that a client chooses, escaped */
};
#define PAUSE CEDE_MS(50)

struct cede_http_log {
    int fd;
    bool is_stdout; /* then it is not ours to close */
    pthread_t thread;
    uint32_t posted; /* atomic futex: counts reasons to look */

    struct cede__mutex lock; /* of what follows */
    char *lines;             /* owned */
    size_t used;             /* bytes of `lines` */
    unsigned n_lost;         /* lines that did not fit */
    bool is_waiting;         /* the thread sleeps until there is a line */
    bool is_closing;
    int64_t second; /* that `date` tells, since 1970 */
    char date[32];

    char *writing;   /* owned; the thread's alone */
    bool has_failed; /* writing did, and that was said */
};

/* The thread. */

static void log_write(cede_http_log *log, size_t size, unsigned n_lost)
{
    char words[80];
    int rc = size > 0 ? cede__file_write_all(log->fd, log->writing, size) : 0;

    if (rc == 0 && n_lost > 0) {
        snprintf(words, sizeof words, "# %u lines were lost here\n", n_lost);
        rc = cede__file_write_all(log->fd, words, strlen(words));
    }
    if (rc < 0 && !log->has_failed)
        cede__report("cede: the log of requests cannot be written: %s\n", cede_strerror(rc));
    log->has_failed = rc < 0;
}

static void *log_run(void *arg)
{
    cede_http_log *log = arg;
    bool is_closing = false;

    while (!is_closing) {
        const uint32_t seen = __atomic_load_n(&log->posted, __ATOMIC_ACQUIRE);
        char *lines;
        size_t size;
        unsigned n_lost;

        cede__mutex_lock(&log->lock);
        lines = log->lines;
        size = log->used;
        n_lost = log->n_lost;
        log->lines = log->writing;
        log->writing = lines;
        log->used = 0;
        log->n_lost = 0;
        is_closing = log->is_closing;
        log->is_waiting = size == 0 && !is_closing;
        cede__mutex_unlock(&log->lock);
        if (size > 0)
            log_write(log, size, n_lost);
        if (!is_closing)
            (void)cede__futex_wait(&log->posted, seen,
                                   size > 0 ? cede__clock_monotonic() + PAUSE : CEDE_NEVER);
    }
    return NULL;
}

static void log_post(cede_http_log *log)
{
    __atomic_add_fetch(&log->posted, 1, __ATOMIC_RELEASE);
    cede__futex_wake(&log->posted, 1);
}

/* Opened and closed. */

static void log_free(cede_http_log *log)
{
    if (!log->is_stdout)
        (void)cede__file_close(log->fd); /* errors of writing were told */
    cede__free(log->lines);
    cede__free(log->writing);
    cede__free(log);
}

int cede_http_log_open(const char *path, cede_http_log **log_out)
{
    cede_http_log *log = cede__calloc(1, sizeof *log);
    int rc;

    if (!log)
        return cede_raise(-ENOMEM, "no memory for a log");
    log->is_stdout = !path;
    log->second = -1;
    log->fd = path ? cede__file_open_append(path) : 1;
    log->lines = cede__malloc(BUFFER_SIZE);
    log->writing = cede__malloc(BUFFER_SIZE);
    if (log->fd < 0)
        rc = cede_raise(log->fd, "cannot write to %s", path);
    else if (!log->lines || !log->writing)
        rc = cede_raise(-ENOMEM, "no memory for a log");
    else
        rc = cede__thread_start(&log->thread, "cede-log", log_run, log);
    if (rc < 0) {
        log_free(log);
        return rc;
    }
    *log_out = log;
    return 0;
}

void cede_http_log_close(cede_http_log *log)
{
    if (!log)
        return;
    cede__mutex_lock(&log->lock);
    log->is_closing = true;
    cede__mutex_unlock(&log->lock);
    log_post(log);
    pthread_join(log->thread, NULL);
    log_free(log);
}

/* Lines. */

/* What a client said, between quotes: nothing in it ends the quotes or the line. */
static char *put_quoted(char *out, const char *text)
{
    static const char digits[] = "0123456789abcdef";
    const char *end = out + LONGEST_WORD;

    *out++ = '"';
    for (text = text && *text ? text : "-"; *text && out < end; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c >= ' ' && c != 127 && c != '"' && c != '\\') {
            *out++ = (char)c;
            continue;
        }
        *out++ = '\\';
        *out++ = 'x';
        *out++ = digits[c >> 4];
        *out++ = digits[c & 15];
    }
    *out++ = '"';
    return out;
}

/* The client's address without its port. */
static size_t put_client(const struct cede_http_request *request, char *out, size_t size)
{
    char address[80];
    char *end;

    if (cede_stream_peer_address(request->connection->stream, address, sizeof address) < 0)
        return (size_t)snprintf(out, size, "-");
    end = strrchr(address, ':');
    if (end)
        *end = '\0';
    return (size_t)snprintf(out, size, "%.*s", (int)strcspn(address + (address[0] == '['), "]"),
                            address + (address[0] == '['));
}

/* Under the lock. */
static const char *log_date(cede_http_log *log)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const int64_t second = cede__clock_realtime() / 1000000000;
    const time_t time = (time_t)second;
    struct tm tm;

    if (second != log->second && gmtime_r(&time, &tm)) {
        log->second = second;
        snprintf(log->date, sizeof log->date, "%02d/%.3s/%04d:%02d:%02d:%02d +0000",
                 tm.tm_mday % 100, months + (ptrdiff_t)3 * tm.tm_mon, (tm.tm_year + 1900) % 10000,
                 tm.tm_hour % 100, tm.tm_min % 100, tm.tm_sec % 100);
    }
    return log->date;
}

/* Under the lock. Whether the thread is to be woken. */
static bool log_append(cede_http_log *log, const char *client, const char *rest, size_t rest_size)
{
    const size_t before = log->used;
    int n;

    if (log->used + rest_size + 200 > BUFFER_SIZE) {
        log->n_lost++;
        return false;
    }
    n = snprintf(log->lines + log->used, 200, "%s - - [%s] ", client, log_date(log));
    log->used += (size_t)n;
    memcpy(log->lines + log->used, rest, rest_size);
    log->used += rest_size;
    if (log->is_waiting) {
        log->is_waiting = false;
        return true;
    }
    return before < BUFFER_SIZE / 2 && log->used >= BUFFER_SIZE / 2;
}

void cede__http_log_request(cede_http_log *log, const struct cede_http_request *request)
{
    const bool is_whole = request->path != NULL; /* else its headers are not to be relied upon */
    char client[80], line[3 * (LONGEST_WORD + 8) + 64];
    char *out = line;
    bool is_to_wake;

    (void)put_client(request, client, sizeof client);
    out = put_quoted(out, request->line);
    out += snprintf(out, 64, " %d %lld ", request->status, (long long)request->n_sent);
    out = put_quoted(out, is_whole ? cede_http_request_header(request, "Referer") : NULL);
    *out++ = ' ';
    out = put_quoted(out, is_whole ? cede_http_request_header(request, "User-Agent") : NULL);
    *out++ = '\n';
    cede__mutex_lock(&log->lock);
    is_to_wake = log_append(log, client, line, (size_t)(out - line));
    cede__mutex_unlock(&log->lock);
    if (is_to_wake)
        log_post(log);
}
