/* get_file.c - one download: a request, again if that may help, and a file that appears whole or
 * not at all.
 *
 *     find the part --> ask, for the rest if there is a part --> open --> take the body --> rename
 *          ^                          |
 *          +--- once more, from the beginning, if the rest is not to be had
 *
 * With --continue a file that is there is kept if its sum says so, or the server: it is asked for
 * what follows the last byte, if the version is that of the file's time, and must say that nothing
 * does (416).
 *
 * A try that failed is repeated if the failure may pass: no connection, one that broke off, a
 * server that is busy (408, 425, 429, 500, 502, 503, 504). Pauses double, with chance in them, and
 * are at least what the server asks for.
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cede/retry.h>
#include <cede/scope.h>

#include "get.h"

/* Longer than that nobody waits for a server that is busy. */
#define LONGEST_WAIT CEDE_S(3600)

struct attempt {
    struct get_worker *worker;
    struct get_item *item;
    struct get_result *result;
    cede_time retry_after; /* as the server asks for; 0: it does not */
};

/* "120", or a date. */
static cede_time retry_after(const cede_http_response *response)
{
    const char *text = cede_http_response_header(response, "Retry-After", 0);
    struct tm tm = {0};
    char *end;
    long seconds;

    if (!text)
        return 0;
    seconds = strtol(text, &end, 10);
    if (end == text) {
        const char *stop = strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &tm);
        seconds = stop && *stop == '\0' ? (long)difftime(timegm(&tm), time(NULL)) : 0;
    }
    return seconds < 0 ? 0 : seconds > 1000000 ? CEDE_S(1000000) : seconds * CEDE_S(1);
}

/* Whether the answer is the file, or the rest of it; else raises. */
static int answer_check(struct attempt *attempt, const cede_http_response *response, bool is_rest)
{
    const int status = cede_http_response_status(response);

    attempt->retry_after = status >= 400 ? retry_after(response) : 0;
    CEDE_TRY(cede_http_response_check(response));
    if (status < 300 && (status != 206 || is_rest))
        return 0;
    return cede_raise(CEDE_ESTATUS, "%d %s", status, cede_http_response_reason(response));
}

/* Whether a 206 brings what follows the bytes that are there, of the same version. */
static bool answer_is_rest(const cede_http_response *response, const struct get_part *part)
{
    const char *range = cede_http_response_header(response, "Content-Range", 0);
    const char *tag = cede_http_response_header(response, "ETag", 0);
    char *end;

    if (cede_http_response_status(response) != 206 || !range || strncmp(range, "bytes ", 6) != 0)
        return false;
    if (strtoll(range + 6, &end, 10) != part->size || *end != '-')
        return false;
    return !tag || part->validator[0] != '"' || strcmp(tag, part->validator) == 0;
}

/* Ask for the file, or for the rest of what is there. */
static int file_ask(const struct attempt *attempt, const struct get_part *part,
                    cede_http_response **response_out)
{
    const struct get *get = attempt->worker->get;
    const int64_t from = part->size > 0 ? part->size : part->whole;
    cede_http_options options = get->request;
    char range[64], condition[sizeof part->validator + 16];
    const char **headers;
    int rc;

    if (from == 0)
        return cede_http_get(attempt->worker->session, attempt->item->url, &options, response_out);
    headers = calloc(options.n_headers + 2, sizeof(char *));
    if (!headers)
        return cede_raise(-ENOMEM, "no memory for headers");
    for (size_t i = 0; i < options.n_headers; i++)
        headers[i] = options.headers[i];
    snprintf(range, sizeof range, "Range: bytes=%lld-", (long long)from);
    snprintf(condition, sizeof condition, "If-Range: %s", part->validator);
    headers[options.n_headers++] = range;
    headers[options.n_headers++] = condition;
    options.headers = headers;
    rc = cede_http_get(attempt->worker->session, attempt->item->url, &options, response_out);
    free(headers);
    return rc;
}

/* Whether the bytes that the worker has summed are the item's; `sum` receives theirs. */
static bool sum_is_right(const struct attempt *attempt, char *sum)
{
    get_sum_end(attempt->worker->digest, sum);
    return memcmp(sum, attempt->item->sum, GET_SUM_SIZE) == 0;
}

static int sum_check(const struct attempt *attempt)
{
    char sum[GET_SUM_SIZE], is[2 * GET_SUM_SIZE + 1];

    if (!attempt->item->sum || sum_is_right(attempt, sum))
        return 0;
    get_sum_text(sum, is);
    return cede_raise(-EBADMSG, "wrong contents: its sum is sha256:%s", is);
}

static int file_take(const struct attempt *attempt, struct get_body *body, struct get_part *part)
{
    CEDE_TRY(get_part_open(attempt->worker->get, part, attempt->item, body->response));
    body->fd = part->fd;
    body->resumed = part->size;
    if (part->size > 0)
        CEDE_TRY(get_body_add_old(body, part->fd));
    return get_body_take(body);
}

/* The body to its file, or to nowhere. */
static int file_save(const struct attempt *attempt, cede_http_response *response,
                     struct get_part *part)
{
    const struct get *get = attempt->worker->get;
    struct get_body body = {
        .worker = attempt->worker, .response = response, .item = attempt->item, .fd = -1};
    int rc = get->discards ? get_body_take(&body) : file_take(attempt, &body, part);

    attempt->result->size = body.size;
    if (rc == 0) {
        rc = sum_check(attempt);
        if (rc < 0)
            part->validator[0] = '\0'; /* it is of no use */
    }
    if (rc == 0 && !get->discards)
        rc = get_part_finish(get, part, attempt->item);
    if (rc < 0 && !get->discards)
        get_part_leave(get, part);
    return rc;
}

/* An answer to the question for the rest that is not the rest: what is there is of no use. */
static bool file_begin_anew(const struct attempt *attempt, const cede_http_response *response,
                            struct get_part *part)
{
    const int status = cede_http_response_status(response);

    if (part->whole > 0) {
        part->whole = 0;
        return status == 206 || status == 416;
    }
    if (part->size == 0 || answer_is_rest(response, part))
        return false;
    if (status == 206 || status == 416) {
        get_part_remove(attempt->worker->get, part);
        return true;
    }
    if (status < 300)
        part->size = 0; /* this is all of it, another version perhaps */
    return false;
}

/* The file that is there is whole, and what was asked for. A run that was killed when it had just
 * become so may have left something beside it. */
static int file_keep(const struct attempt *attempt, struct get_part *part)
{
    attempt->result->size = part->whole;
    attempt->result->is_kept = true;
    get_part_remove(attempt->worker->get, part);
    return 0;
}

/* Whether the file that is there has the sum that it must have. 1, 0, or raises. */
static int file_has_sum(const struct attempt *attempt)
{
    struct get_body body = {.worker = attempt->worker, .item = attempt->item};
    const int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC;
    const int fd = openat(attempt->worker->get->folder_fd, attempt->item->name, flags);
    char sum[GET_SUM_SIZE];
    int rc;

    if (fd < 0)
        return 0;
    rc = get_body_add_old(&body, fd);
    (void)close(fd); /* it was only read */
    return rc < 0 ? rc : sum_is_right(attempt, sum);
}

/* Whether the answer says that the file that is there is the version it has, to the last byte. */
static bool answer_is_nothing_more(const cede_http_response *response, const struct get_part *part)
{
    const char *range = cede_http_response_header(response, "Content-Range", 0);
    char expected[40];

    snprintf(expected, sizeof expected, "bytes */%lld", (long long)part->whole);
    return part->whole > 0 && cede_http_response_status(response) == 416 && range &&
           strcmp(range, expected) == 0;
}

static int file_fetch(struct attempt *attempt)
{
    struct get_part part = {.fd = -1};
    cede_http_response *response;
    int rc;

    if (!attempt->worker->get->discards)
        get_part_find(attempt->worker, attempt->item, &part);
    if (part.whole > 0 && attempt->item->sum) {
        rc = file_has_sum(attempt);
        if (rc != 0)
            return rc < 0 ? rc : file_keep(attempt, &part);
        part.whole = 0;
    }
    CEDE_TRY(file_ask(attempt, &part, &response));
    if (answer_is_nothing_more(response, &part)) {
        attempt->result->status = cede_http_response_status(response);
        cede_http_response_close(response);
        return file_keep(attempt, &part);
    }
    if (file_begin_anew(attempt, response, &part)) {
        cede_http_response_close(response);
        CEDE_TRY(file_ask(attempt, &part, &response));
    }
    attempt->result->status = cede_http_response_status(response);
    rc = answer_check(attempt, response, part.size > 0);
    if (rc == 0)
        rc = file_save(attempt, response, &part);
    cede_http_response_close(response);
    return rc;
}

/* One try, within its time. */
static int attempt_run(void *arg)
{
    struct attempt *attempt = arg;
    const cede_time timeout = attempt->worker->get->timeout;
    cede_scope scope;
    int rc, ended;

    attempt->result->attempts++;
    attempt->result->status = 0;
    attempt->retry_after = 0;
    if (timeout == CEDE_NEVER)
        return file_fetch(attempt);
    cede_scope_enter(&scope, cede_after(timeout));
    rc = file_fetch(attempt);
    ended = cede_scope_exit(&scope, rc);
    if (rc == -ECANCELED && ended == -ETIMEDOUT)
        return cede_raise(ended, "did not come within %g s", cede_time_seconds(timeout));
    return ended;
}

static bool may_pass(int code, int status)
{
    switch (code) {
    case CEDE_ESTATUS:
        return status == 408 || status == 425 || status == 429 || status == 500 ||
               (status >= 502 && status <= 504);
    case CEDE_EINCOMPLETE:
    case CEDE_ERESOLVE:
    case -ECONNREFUSED:
    case -ECONNRESET:
    case -ECONNABORTED:
    case -EPIPE:
    case -ETIMEDOUT:
    case -EHOSTUNREACH:
    case -ENETUNREACH:
    case -ENETDOWN:
        return true;
    default:
        return false;
    }
}

/* Asked by cede_retry. From half of the pause to one and a half. */
static bool attempt_again(int code, unsigned n_failed, cede_time *pause, void *arg)
{
    const struct attempt *attempt = arg;

    (void)n_failed;
    if (!may_pass(code, attempt->result->status) || attempt->retry_after > LONGEST_WAIT)
        return false;
    *pause = *pause / 2 + (cede_time)((double)*pause * ((double)random() / RAND_MAX));
    if (*pause < attempt->retry_after)
        *pause = attempt->retry_after;
    return true;
}

/* The reason of the error that is here, without the URL in front of it, which the line has
 * anyway. */
static void result_fail(struct get_result *result, int code)
{
    const char *words = cede_error_message(cede_error_last());
    const size_t length = strlen(result->item->url);

    if (strncmp(words, result->item->url, length) == 0 && strncmp(words + length, ": ", 2) == 0)
        words += length + 2;
    snprintf(result->why, sizeof result->why, "%s", words[0] ? words : cede_strerror(code));
    result->outcome = result->status == 404 || result->status == 410 ? GET_NOT_FOUND : GET_FAILED;
    cede_error_clear();
}

int get_file_run(struct get_worker *worker, struct get_item *item, struct get_result *result)
{
    const cede_retry_options options = {
        .n_tries = worker->get->n_retries + 1, .delay = CEDE_MS(500), .again = attempt_again};
    struct attempt attempt = {.worker = worker, .item = item, .result = result};
    const cede_time begun = cede_now();
    int rc;

    result->item = item;
    result->outcome = GET_SAVED;
    result->status = 0;
    result->attempts = 0;
    result->size = 0;
    result->is_kept = false;
    result->why[0] = '\0';
    rc = item->fault ? cede_raise(-EINVAL, "%s", item->fault)
                     : cede_retry(&options, attempt_run, &attempt);
    result->elapsed = cede_now() - begun;
    if (rc == -ECANCELED)
        return rc;
    if (rc < 0)
        result_fail(result, rc);
    return 0;
}

void get_file_fini(struct get_worker *worker)
{
    free(worker->buffer);
    get_sum_free(worker->digest);
}
