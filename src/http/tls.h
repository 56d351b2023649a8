/* tls.h - TLS between a stream and its socket. Floor 6a. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SRC_HTTP_TLS_H
#define CEDE_SRC_HTTP_TLS_H

#include <cede/stream.h>

/* A certificate with its key, and what else connections have in common. */
struct cede__tls_context;

/* From files in PEM; `key` may be NULL: it is beside the certificate. 0; -EINVAL, with the reason
 * in the record; -ENOMEM. */
int cede__tls_context_create(const char *certificate, const char *key,
                             struct cede__tls_context **context_out);

/* Connections may outlast it. NULL is nothing. */
void cede__tls_context_destroy(struct cede__tls_context *context);

/* Shake hands with a client. From here on the stream speaks TLS, on failure too, which is the end
 * of it: -EPROTO, -ENOMEM, or as cede_stream_read. Suspends. Call from: a task. */
int cede__tls_accept(cede_stream *stream, struct cede__tls_context *context);

#endif
