/* client_socket.c - curl's sockets among the descriptors that the loop watches.
 *
 *     wanted <--> idle --> closed
 *
 * curl wants a socket watched for each transfer anew, and no more when that is done. Telling the
 * system each time would cost two calls a request: an idle socket stays watched, and only if
 * something happens on it (the server closes it, as a rule) the watch ends. That takes being told
 * when the socket is closed, as curl does once a connection has brought something, and not before:
 * one that is given up while it connects is closed without a word.
 *
 * The sockets of a session are in an array by their descriptor.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "http/client.h"
#include "sys/poll.h"
#include "sys/socket.h"

struct cede__http_socket {
    struct cede__watch watch;
    struct cede_http_session *session;
    unsigned wanted;  /* what curl waits for, CEDE__POLL_*; 0: idle */
    unsigned watched; /* what the loop does; 0: nothing */
};

static struct cede__http_socket *socket_find(const struct cede_http_session *session, int fd)
{
    return fd >= 0 && fd < session->n_sockets ? session->sockets[fd] : NULL;
}

static void socket_unwatch(struct cede__http_socket *socket)
{
    if (socket->watched)
        cede__watch_stop(socket->session->loop, &socket->watch);
    socket->watched = 0;
}

static void socket_forget(struct cede__http_socket *socket)
{
    socket_unwatch(socket);
    socket->session->sockets[socket->watch.fd] = NULL;
    cede__free(socket);
}

static void socket_ready(struct cede__watch *watch, unsigned mask)
{
    struct cede__http_socket *socket = cede__container_of(watch, struct cede__http_socket, watch);
    struct cede_http_session *session = socket->session;
    const int bits = (mask & CEDE__POLL_READ ? CURL_CSELECT_IN : 0) |
                     (mask & CEDE__POLL_WRITE ? CURL_CSELECT_OUT : 0);
    int n_running;

    if (!socket->wanted) {
        socket_unwatch(socket);
        return;
    }
    (void)curl_multi_socket_action(session->multi, watch->fd, bits, &n_running);
    cede__http_multi_reap(session);
}

static bool sockets_reach(struct cede_http_session *session, int fd)
{
    int n = session->n_sockets ? session->n_sockets : 64;
    struct cede__http_socket **longer;

    if (fd < session->n_sockets)
        return true;
    while (n <= fd)
        n *= 2;
    longer = cede__realloc(session->sockets, (size_t)n * sizeof(void *));
    if (!longer)
        return false;
    memset(longer + session->n_sockets, 0, (size_t)(n - session->n_sockets) * sizeof(void *));
    session->sockets = longer;
    session->n_sockets = n;
    return true;
}

static struct cede__http_socket *socket_add(struct cede_http_session *session, int fd)
{
    struct cede__http_socket *socket = socket_find(session, fd);

    if (socket || !sockets_reach(session, fd))
        return socket;
    socket = cede__calloc(1, sizeof *socket);
    if (!socket)
        return NULL;
    socket->session = session;
    socket->watch.fd = fd;
    socket->watch.ready = socket_ready;
    session->sockets[fd] = socket;
    return socket;
}

/* Have the loop watch for what is wanted. */
static int socket_watch(struct cede__http_socket *socket)
{
    struct cede_loop *loop = socket->session->loop;
    int rc = 0;

    if (!socket->watched)
        rc = cede__watch_start(loop, &socket->watch, socket->wanted);
    else if (socket->watched != socket->wanted)
        rc = cede__watch_change(loop, &socket->watch, socket->wanted);
    if (rc == 0)
        socket->watched = socket->wanted;
    return rc;
}

int cede__http_socket_want(CURL *easy, curl_socket_t fd, int what, void *arg, void *data)
{
    struct cede_http_session *session = arg;
    struct cede__http_socket *socket = socket_find(session, fd);
    struct cede__http_transfer *transfer = NULL;
    int rc;

    (void)data;
    (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
    if (what == CURL_POLL_REMOVE) {
        if (socket && transfer && transfer->header_size > 0)
            socket->wanted = 0;
        else if (socket)
            socket_forget(socket);
        return 0;
    }
    socket = socket_add(session, fd);
    if (socket)
        socket->wanted = (what & CURL_POLL_IN ? CEDE__POLL_READ : 0) |
                         (what & CURL_POLL_OUT ? CEDE__POLL_WRITE : 0);
    rc = socket ? socket_watch(socket) : -ENOMEM;
    if (rc < 0 && transfer)
        cede__http_transfer_doom(transfer, rc);
    return 0;
}

static int socket_closed(void *arg, curl_socket_t fd)
{
    struct cede_http_session *session = arg;
    struct cede__http_socket *socket = socket_find(session, fd);

    session->n_closed++;
    if (socket)
        socket_forget(socket);
    cede__socket_close(fd);
    return 0;
}

bool cede__http_socket_set(CURL *easy, struct cede_http_session *session)
{
    return curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, socket_closed) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, session) == CURLE_OK;
}

void cede__http_socket_forget_all(struct cede_http_session *session)
{
    for (int fd = 0; fd < session->n_sockets; fd++) {
        if (session->sockets[fd])
            socket_forget(session->sockets[fd]);
    }
    cede__free(session->sockets);
    session->sockets = NULL;
    session->n_sockets = 0;
}
