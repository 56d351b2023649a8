/* client_multi.c - curl's multi handle inside the loop.
 *
 *        loop's own stack:  a socket is ready -----+
 *                           curl's timer is due ---+--> curl_multi_socket_action --> reap --> wake
 *     a task --(ready node)-- start, resume, end --+          |
 *                                                             v calls back: watch this socket,
 *                                                               call me at that time, here are
 *                                                               bytes
 *
 * curl says which sockets it wants watched and when it wants to be called; we call it when that
 * happens. A callback that runs out of memory cannot tell curl so without losing the whole handle:
 * it marks the transfer as doomed, and reap ends it once curl has returned.
 */
/* SPDX-License-Identifier: MIT */
#include "http/client.h"
#include "sys/futex.h"

/* Onto the loop's own stack. */

struct loop_call {
    struct cede__waiter waiter;
    struct cede__ready ready;
    int (*fn)(void *arg);
    void *arg;
};

static void loop_call_run(struct cede__ready *ready)
{
    struct loop_call *call = cede__container_of(ready, struct loop_call, ready);

    cede__waiter_wake(&call->waiter, call->fn(call->arg));
}

static void loop_call_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    (void)waiter;
    cede__text_add(text, "libcurl");
}

static const struct cede__wait_kind calling = {.describe = loop_call_describe, .noun = "its loop"};

int cede__http_on_loop(int (*fn)(void *arg), void *arg)
{
    struct cede_task *task = cede__task_here();
    struct loop_call call = {.waiter.kind = &calling, .fn = fn, .arg = arg};

    if (!task)
        return fn(arg);
    call.ready.run = loop_call_run;
    cede__loop_add_ready(task->loop, &call.ready);
    return cede__task_park(task, &call.waiter);
}

/* A transfer that cannot go on: told while curl runs, ended when it has returned. */
void cede__http_transfer_doom(struct cede__http_transfer *transfer, int code)
{
    transfer->is_doomed = true;
    transfer->refusal = code;
    transfer->session->has_doomed = true;
}

/* Time. */

static void multi_fire(struct cede__timer *timer)
{
    cede__http_multi_kick(cede__container_of(timer, struct cede_http_session, timer));
}

static int multi_timer(CURLM *multi, long milliseconds, void *arg)
{
    struct cede_http_session *session = arg;
    int rc;

    (void)multi;
    cede__loop_remove_timer(session->loop, &session->timer);
    if (milliseconds < 0)
        return 0;
    rc = cede__loop_add_timer(
        session->loop, &session->timer,
        cede_time_add(cede__loop_now(session->loop), milliseconds * CEDE_MS(1)));
    for (struct cede__list *link = session->transfers.next; rc < 0 && link != &session->transfers;
         link = link->next)
        cede__http_transfer_doom(cede__container_of(link, struct cede__http_transfer, link), rc);
    return 0;
}

void cede__http_multi_kick(struct cede_http_session *session)
{
    int n_running;

    (void)curl_multi_socket_action(session->multi, CURL_SOCKET_TIMEOUT, 0, &n_running);
    cede__http_multi_reap(session);
}

/* Results. */

static void multi_end_doomed(struct cede_http_session *session)
{
    struct cede__list *next;

    session->has_doomed = false;
    for (struct cede__list *link = session->transfers.next; link != &session->transfers;
         link = next) {
        struct cede__http_transfer *transfer =
            cede__container_of(link, struct cede__http_transfer, link);
        next = link->next;
        if (transfer->is_doomed)
            cede__http_transfer_end(transfer, transfer->refusal, "its socket cannot be watched");
    }
}

void cede__http_multi_reap(struct cede_http_session *session)
{
    CURLMsg *message;
    int n_left;

    while ((message = curl_multi_info_read(session->multi, &n_left))) {
        struct cede__http_transfer *transfer = NULL;
        const CURLcode result = message->data.result;

        if (message->msg == CURLMSG_DONE &&
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer) == CURLE_OK)
            cede__http_transfer_finished(transfer, result);
    }
    /* Ending one may make curl ask for a timer, and that may doom others. */
    while (session->has_doomed)
        multi_end_doomed(session);
}

/* The handle. */

static int global_open(void)
{
    static struct cede__mutex lock;
    static bool is_open;
    bool ok;

    cede__mutex_lock(&lock);
    if (!is_open)
        is_open = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    ok = is_open;
    cede__mutex_unlock(&lock);
    return ok ? 0 : -ENOMEM;
}

int cede__http_multi_open(struct cede_http_session *session)
{
    CURLM *multi = global_open() == 0 ? curl_multi_init() : NULL;

    if (!multi)
        return -ENOMEM;
    session->multi = multi;
    session->timer.fire = multi_fire;
    session->timer.slot = CEDE__TIMER_IDLE;
    if (curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, cede__http_socket_want) != CURLM_OK ||
        curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, session) != CURLM_OK ||
        curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, multi_timer) != CURLM_OK ||
        curl_multi_setopt(multi, CURLMOPT_TIMERDATA, session) != CURLM_OK ||
        curl_multi_setopt(multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING) != CURLM_OK)
        return -ENOMEM;
    /* Connections kept while idle; curl's own measure would forget those of a burst. */
    if (session->limit != UINT_MAX)
        (void)curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)session->limit);
    return 0;
}

void cede__http_multi_close(struct cede_http_session *session)
{
    while (!cede__list_is_empty(&session->transfers))
        cede__http_transfer_end(
            cede__container_of(session->transfers.next, struct cede__http_transfer, link),
            CEDE_ESHUTDOWN, "the session was destroyed");
    while (session->n_idle > 0)
        cede__http_easy_destroy(session->idle[--session->n_idle]);
    if (!session->multi)
        return;
    (void)curl_multi_cleanup(session->multi);
    session->multi = NULL;
    cede__loop_remove_timer(session->loop, &session->timer);
    cede__http_socket_forget_all(session);
}
