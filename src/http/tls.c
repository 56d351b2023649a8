/* tls.c - TLS between a stream and its socket, by OpenSSL.
 *
 *     stream -> layer: SSL_read, SSL_write -> BIO of ours -> cede__socket_receive, _send
 *
 * The BIO is ours so that sockets are read and written as everywhere else: without signals, errors
 * as values. OpenSSL never waits: what it would have to wait for is -EAGAIN, and the stream does
 * the rest. Renegotiation is off, so that reading wants to read and writing to write; an end
 * without a farewell is an end, since lengths tell whether a message is whole.
 *
 * The queue of errors of OpenSSL is the thread's, and tasks share a thread: it is emptied before
 * each call.
 */
/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/base.h"
#include "http/tls.h"
#include "io/stream.h"

struct cede__tls_context {
    SSL_CTX *ssl;        /* owned */
    BIO_METHOD *sockets; /* owned; of the BIOs of all connections */
    unsigned n_users;    /* connections, and the owner */
};

struct tls {
    struct cede__stream_layer layer;
    struct cede__tls_context *context; /* one of its users */
    SSL *ssl;                          /* owned */
    int fd;                            /* of the stream; valid during a call */
    int error;                         /* of the socket, if it has failed */
    bool more;                         /* what is sent is not the last piece */
    bool is_over;                      /* farewell was said, or it failed: nothing is to be sent */
};

/* The socket. */

static int socket_read(BIO *bio, char *data, int size)
{
    struct tls *tls = BIO_get_data(bio);
    const ssize_t n = cede__socket_receive(tls->fd, data, (size_t)size);

    BIO_clear_retry_flags(bio);
    if (n >= 0) {
        if (n == 0)
            BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
        return (int)n;
    }
    if (n == -EAGAIN)
        BIO_set_retry_read(bio);
    else
        tls->error = (int)n;
    return -1;
}

static int socket_write(BIO *bio, const char *data, int size)
{
    struct tls *tls = BIO_get_data(bio);
    const struct iovec part = {(void *)data, (size_t)size};
    const ssize_t n = cede__socket_send(tls->fd, &part, 1, tls->more);

    BIO_clear_retry_flags(bio);
    if (n >= 0)
        return (int)n;
    if (n == -EAGAIN)
        BIO_set_retry_write(bio);
    else
        tls->error = (int)n;
    return -1;
}

static long socket_control(BIO *bio, int command, long number, void *pointer)
{
    (void)number;
    (void)pointer;
    if (command == BIO_CTRL_EOF)
        return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    return command == BIO_CTRL_FLUSH; /* nothing is held back */
}

/* The context. */

static void context_unuse(struct cede__tls_context *context)
{
    if (--context->n_users > 0)
        return;
    SSL_CTX_free(context->ssl);
    BIO_meth_free(context->sockets);
    cede__free(context);
}

void cede__tls_context_destroy(struct cede__tls_context *context)
{
    if (context)
        context_unuse(context);
}

/* Why OpenSSL failed, in its own words. */
static void reason_of(char text[128])
{
    const unsigned long error = ERR_get_error();
    const char *reason = ERR_reason_error_string(error);

    if (reason)
        (void)cede__text_add(&(struct cede__text){text, 128, 0}, "%s", reason);
    else
        ERR_error_string_n(error, text, 128);
}

static int context_fill(struct cede__tls_context *context, const char *certificate, const char *key)
{
    char reason[128] = "";

    context->sockets = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "cede stream");
    context->ssl = SSL_CTX_new(TLS_server_method());
    if (!context->sockets || !context->ssl)
        return cede_raise(-ENOMEM, "no memory for TLS");
    BIO_meth_set_read(context->sockets, socket_read);
    BIO_meth_set_write(context->sockets, socket_write);
    BIO_meth_set_ctrl(context->sockets, socket_control);
    SSL_CTX_set_min_proto_version(context->ssl, TLS1_2_VERSION);
    SSL_CTX_set_options(context->ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF |
                                          SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context->ssl, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                       SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                       SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context->ssl, SSL_SESS_CACHE_OFF); /* there are tickets */
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(context->ssl, certificate) != 1) {
        reason_of(reason);
        return cede_raise(-EINVAL, "no certificate can be read from %s: %s", certificate, reason);
    }
    if (SSL_CTX_use_PrivateKey_file(context->ssl, key, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context->ssl) != 1) {
        reason_of(reason);
        return cede_raise(-EINVAL, "%s has no key of that certificate: %s", key, reason);
    }
    return 0;
}

int cede__tls_context_create(const char *certificate, const char *key,
                             struct cede__tls_context **context_out)
{
    struct cede__tls_context *context = cede__calloc(1, sizeof *context);
    int rc;

    if (!context)
        return cede_raise(-ENOMEM, "no memory for TLS");
    context->n_users = 1;
    rc = context_fill(context, certificate, key ? key : certificate);
    if (rc < 0) {
        context_unuse(context);
        return rc;
    }
    *context_out = context;
    return 0;
}

/* The layer. */

static struct tls *tls_of(struct cede__stream_layer *layer, int fd)
{
    struct tls *tls = cede__container_of(layer, struct tls, layer);

    tls->fd = fd;
    ERR_clear_error();
    return tls;
}

/* What a call of OpenSSL that returned `n` came to: 0 at the end, -EAGAIN, or an error. */
static int tls_result(struct tls *tls, int n)
{
    switch (SSL_get_error(tls->ssl, n)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        return -EAGAIN;
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    default:
        tls->is_over = true;
        return tls->error < 0 ? tls->error : -EPROTO;
    }
}

static ssize_t tls_receive(struct cede__stream_layer *layer, int fd, void *buffer, size_t size)
{
    struct tls *tls = tls_of(layer, fd);
    const int n = SSL_read(tls->ssl, buffer, size < INT_MAX ? (int)size : INT_MAX);

    return n > 0 ? n : tls_result(tls, n);
}

static ssize_t tls_send(struct cede__stream_layer *layer, int fd, const struct iovec *parts,
                        size_t n_parts, bool more)
{
    struct tls *tls = tls_of(layer, fd);
    ssize_t sent = 0;

    for (size_t i = 0; i < n_parts; i++) {
        const char *data = parts[i].iov_base;
        size_t rest = parts[i].iov_len;
        tls->more = more || i + 1 < n_parts;
        while (rest > 0) {
            const int n = SSL_write(tls->ssl, data, rest < INT_MAX ? (int)rest : INT_MAX);
            if (n <= 0) {
                const int rc = tls_result(tls, n);
                return rc == -EAGAIN && sent > 0 ? sent : rc == 0 ? -EPIPE : rc;
            }
            data += n;
            rest -= (size_t)n;
            sent += n;
        }
    }
    return sent;
}

static void tls_end(struct cede__stream_layer *layer, int fd)
{
    struct tls *tls = tls_of(layer, fd);

    tls->more = false;
    if (!tls->is_over && SSL_is_init_finished(tls->ssl))
        (void)SSL_shutdown(tls->ssl); /* said, or not to be said: it is over */
    tls->is_over = true;
}

static void tls_destroy(struct cede__stream_layer *layer, int fd)
{
    struct tls *tls = tls_of(layer, fd);

    if (fd >= 0)
        tls_end(layer, fd);
    SSL_free(tls->ssl);
    context_unuse(tls->context);
    ERR_clear_error();
    cede__free(tls);
}

static const struct cede__stream_layer_kind tls_kind = {
    .receive = tls_receive, .send = tls_send, .end = tls_end, .destroy = tls_destroy};

/* The handshake. */

static struct tls *tls_create(struct cede__tls_context *context)
{
    struct tls *tls = cede__calloc(1, sizeof *tls);
    SSL *ssl = SSL_new(context->ssl);
    BIO *bio = BIO_new(context->sockets);

    if (!tls || !ssl || !bio) {
        cede__free(tls);
        SSL_free(ssl);
        BIO_free(bio);
        return NULL;
    }
    BIO_set_data(bio, tls);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio); /* takes it */
    tls->layer.kind = &tls_kind;
    tls->ssl = ssl;
    tls->context = context;
    context->n_users++;
    return tls;
}

/* One step. 1: done; 0: it goes on when it is possible in `direction`; or an error. */
static int handshake_step(cede_stream *stream, enum cede__direction *direction)
{
    struct tls *tls = tls_of(stream->layer, stream->descriptor.watch.fd);
    const int n = SSL_accept(tls->ssl);
    char reason[128] = "";
    int rc;

    if (n == 1)
        return 1;
    *direction = SSL_get_error(tls->ssl, n) == SSL_ERROR_WANT_WRITE ? CEDE__WRITING : CEDE__READING;
    rc = tls_result(tls, n);
    if (rc == -EAGAIN)
        return 0;
    reason_of(reason);
    return cede_raise(rc < 0 ? rc : -EPROTO, "the handshake failed: %s", reason);
}

int cede__tls_accept(cede_stream *stream, struct cede__tls_context *context)
{
    struct cede__descriptor *descriptor = &stream->descriptor;
    struct tls *tls;
    int rc;

    CEDE_TRY(cede__descriptor_begin(descriptor, CEDE__READING));
    tls = tls_create(context);
    if (!tls)
        return cede_raise(-ENOMEM, "no memory for TLS");
    stream->layer = &tls->layer;
    for (;;) {
        enum cede__direction direction;
        rc = handshake_step(stream, &direction);
        if (rc != 0)
            return rc < 0 ? rc : 0;
        descriptor->may_try[direction] = false;
        CEDE_TRY(cede__descriptor_wait(descriptor, direction));
    }
}
