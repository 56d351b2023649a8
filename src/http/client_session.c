/* client_session.c - sessions: made, shared by their responses, and closed.
 *
 * Responses hold the session, so that they can be closed after it; once destroyed it has no curl
 * any more, and all that is asked of it is refused.
 */
/* SPDX-License-Identifier: MIT */
#include "http/client.h"

static void session_free(struct cede_http_session *session)
{
    cede__free(session->user_agent);
    cede__free(session->ca_file);
    cede__free(session);
}

void cede__http_session_unref(struct cede_http_session *session)
{
    if (--session->n_refs == 0)
        session_free(session);
}

static int session_open_here(void *arg)
{
    return cede__http_multi_open(arg);
}

static int session_close_here(void *arg)
{
    cede__http_multi_close(arg);
    return 0;
}

static int session_set(struct cede_http_session *session, const cede_http_session_options *options)
{
    session->limit = options->limit == 0  ? 100
                     : options->limit < 0 ? UINT_MAX
                                          : (unsigned)options->limit;
    session->limit_per_host = options->limit_per_host > 0 ? (unsigned)options->limit_per_host : 0;
    session->buffer_size = options->buffer_size ? options->buffer_size : (size_t)256 * 1024;
    session->insecure = options->insecure;
    session->user_agent =
        cede__strdup(options->user_agent ? options->user_agent : "cede/" CEDE__VERSION);
    session->ca_file = options->ca_file ? cede__strdup(options->ca_file) : NULL;
    return session->user_agent && (session->ca_file || !options->ca_file) ? 0 : -ENOMEM;
}

int cede_http_session_create(const cede_http_session_options *options,
                             cede_http_session **session_out)
{
    static const cede_http_session_options defaults;
    struct cede_loop *loop = cede__loop_here;
    struct cede_http_session *session;
    int rc;

    if (!loop)
        return cede_raise(-EINVAL, "a session belongs to a loop, and this thread has none");
    if (!loop->allow_io)
        return cede_raise(-ENOTSUP,
                          "no I/O on a virtual clock, unless the loop's options allow it");
    session = cede__calloc(1, sizeof *session);
    if (!session)
        return cede_raise(-ENOMEM, "no memory for a session");
    session->loop = loop;
    session->n_refs = 1;
    cede__list_init(&session->slots);
    cede__list_init(&session->queue);
    cede__list_init(&session->names);
    cede__list_init(&session->sockets);
    cede__list_init(&session->transfers);
    rc = session_set(session, options ? options : &defaults);
    if (rc == 0)
        rc = cede__http_on_loop(session_open_here, session);
    if (rc < 0) {
        cede_http_session_destroy(session);
        return cede_raise(rc, "no memory for a session");
    }
    *session_out = session;
    return 0;
}

void cede_http_session_destroy(cede_http_session *session)
{
    if (!session)
        return;
    session->is_closed = true;
    cede__http_slot_refuse_all(session);
    (void)cede__http_on_loop(session_close_here, session);
    cede__http_names_drop(session);
    cede__http_session_unref(session);
}
