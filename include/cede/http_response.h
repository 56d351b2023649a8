/* cede/http_response.h - the answers of cede/http.h: status, headers, bodies
 *
 *     while ((n = cede_http_response_read(response, buffer, sizeof buffer)) > 0)
 *         ...
 *     cede_http_response_close(response);
 *
 * A response is there when its headers are; its body comes while it is taken: read in pieces or at
 * once, saved to a file, or skipped.
 * Source: src/http/client_response.c   Tests: tests/http/test_client.c   Guide: docs/http-client.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_HTTP_RESPONSE_H
#define CEDE_HTTP_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cede/def.h>

CEDE_BEGIN_DECLS

typedef struct cede_http_response cede_http_response;

/**
 * The status.
 *
 * @param response  borrowed
 * @return 200 to 999
 * Suspends: never.  Cancellation point: no.  Call from: the response's loop.
 */
CEDE_API int cede_http_response_status(const cede_http_response *response);

/**
 * The words behind the status ("Not Found").
 *
 * @param response  borrowed
 * @return as the server wrote them, "" if it wrote none; valid until the response is closed
 * Suspends: never.  Cancellation point: no.  Call from: the response's loop.
 */
CEDE_API const char *cede_http_response_reason(const cede_http_response *response);

/**
 * The value of a header.
 *
 * @param response  borrowed
 * @param name      in any case
 * @param index     0 for the first of that name, 1 for the second, ...
 * @return without the space around it; valid until the response is closed; NULL if there is none
 * Suspends: never.  Cancellation point: no.  Call from: the response's loop.
 */
CEDE_API const char *cede_http_response_header(const cede_http_response *response, const char *name,
                                               size_t index);

/**
 * Walk over all headers, in the order received.
 *
 * @param response   borrowed
 * @param index      0 for the first
 * @param name_out   receives the name as the server wrote it, valid until the response is closed
 * @param value_out  receives the value, likewise
 * @return whether there is such a header; if not, nothing is written
 * Suspends: never.  Cancellation point: no.  Call from: the response's loop.
 */
CEDE_API bool cede_http_response_header_at(const cede_http_response *response, size_t index,
                                           const char **name_out, const char **value_out);

/**
 * The URL that answered, after redirects, without name, password and fragment.
 *
 * @param response  borrowed
 * @return valid until the response is closed
 * Suspends: never.  Cancellation point: no.  Call from: the response's loop.
 */
CEDE_API const char *cede_http_response_url(const cede_http_response *response);

/**
 * The URLs that answered with a redirect, the first being the one asked for.
 *
 * @param response  borrowed
 * @param index     0 for the first
 * @return valid until the response is closed; NULL if there were not that many
 * Suspends: never.  Cancellation point: no.  Call from: the response's loop.
 */
CEDE_API const char *cede_http_response_redirect(const cede_http_response *response, size_t index);

/**
 * Whether the status is an error (aiohttp: raise_for_status).
 *
 * @param response  borrowed
 * @return 0; CEDE_ESTATUS: it is 400 or above; the message gives it
 * Suspends: never.  Cancellation point: no.  Call from: the response's loop.
 */
CEDE_API CEDE_CHECK int cede_http_response_check(const cede_http_response *response);

/**
 * Take the next bytes of the body. One task at a time.
 *
 * @param response  borrowed
 * @param buffer    receives at most `size` bytes
 * @param size      at least 1
 * @return how many, as soon as there are some; 0: the body is complete and was taken; or
 *   -ECANCELED        the scope is cancelled; nothing was taken, the body may be read on
 *   CEDE_EINCOMPLETE  the connection, or the coding, ended before the body did
 *   CEDE_EHTTP        the body breaks the rules of HTTP
 *   CEDE_ELIMIT       it is longer than max_body_size, or max_coding_ratio times what came
 *   CEDE_ECODING      its coding is broken, or something follows its end
 *   CEDE_ESHUTDOWN    the session was destroyed; CEDE_ENOTASK: called outside of tasks
 *   -EBUSY            another task reads it; -EINVAL: no room for a byte; -ENOMEM
 * Suspends: if there are none yet.  Cancellation point: always.  Call from: a task of its loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_http_response_read(cede_http_response *response,
                                                              void *buffer, size_t size);

/**
 * Take all of the body that is left into memory.
 *
 * @param response  borrowed
 * @param limit     bytes; more of them is CEDE_ELIMIT
 * @param text_out  receives the bytes, a zero behind them; the response's, until it is closed
 * @param size_out  receives how many, without the zero; may be NULL
 * @return 0, or as cede_http_response_read
 * Suspends: if it is not all there.  Cancellation point: always.  Call from: a task of its loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_http_response_read_all(cede_http_response *response,
                                                                  size_t limit,
                                                                  const char **text_out,
                                                                  size_t *size_out);

/**
 * Write all of the body that is left to a file. The first 256 KiB are written at once, more of it
 * in a thread, so that a slow disk holds up nobody else.
 *
 * @param response    borrowed
 * @param descriptor  borrowed, open for writing: a plain file
 * @param size_out    receives the count of bytes written, also on failure; may be NULL
 * @return 0, or as cede_http_response_read; and
 *   -ENOSPC, -EIO, ...  what writing failed with
 * Suspends: if it is not all there.  Cancellation point: always.  Call from: a task of its loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_http_response_save(cede_http_response *response,
                                                              int descriptor, int64_t *size_out);

/**
 * Let all of the body that is left come, and throw it away: the fastest way to see that it does.
 *
 * @param response  borrowed
 * @return 0, or as cede_http_response_read
 * Suspends: if it is not all there.  Cancellation point: always.  Call from: a task of its loop.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_http_response_skip(cede_http_response *response);

/**
 * Bytes of the body that have come so far, decoded if it is so asked for, taken or not.
 *
 * @param response  borrowed
 * @return at least 0
 * Suspends: never.  Cancellation point: no.  Call from: the response's loop.
 */
CEDE_API int64_t cede_http_response_received(const cede_http_response *response);

/**
 * Close a response. If its body was not received to the end, the connection is closed.
 *
 * @param response  taken; NULL is nothing; nobody reads it
 * Suspends: for a moment, in a task.  Cancellation point: no.  Call from: the response's loop.
 */
CEDE_API CEDE_SUSPENDS void cede_http_response_close(cede_http_response *response);

CEDE_END_DECLS

#endif
