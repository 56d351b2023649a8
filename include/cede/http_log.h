/* cede/http_log.h - a line for each request that a server answered
 *
 *     127.0.0.1 - - [22/Nov/2026:21:54:03 +0000] "GET /a HTTP/1.1" 200 5 "-" "curl/7.88.1"
 *
 * That is the combined format of other servers, in UTC. Lines are written by a thread of the log's
 * own, within a twentieth of a second, so that a slow disk or pipe holds up no request; where it is
 * too slow for long, lines are lost, and a line says how many.
 * Source: src/http/log.c   Tests: tests/http/test_log.c   Guide: docs/http-server.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_HTTP_LOG_H
#define CEDE_HTTP_LOG_H

#include <cede/def.h>
#include <cede/error.h>

CEDE_BEGIN_DECLS

/* For the option `log` of servers, several if you like, on loops of several threads. */
typedef struct cede_http_log cede_http_log;

/**
 * Open a log and start its thread.
 *
 * @param path     a file to append to, made if it is not there; borrowed during the call; NULL:
 *                 standard output
 * @param log_out  receives it, owned by the caller: cede_http_log_close
 * @return 0, or -EACCES, -ENOENT, -EISDIR, ...: the file cannot be opened; -EAGAIN: no thread;
 *         -EMFILE, -ENFILE, -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API CEDE_CHECK int cede_http_log_open(const char *path, cede_http_log **log_out);

/**
 * Write what is left and close it. Blocks for as long as that takes.
 *
 * @param log  owned, used by no server any more; NULL is nothing
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API void cede_http_log_close(cede_http_log *log);

CEDE_END_DECLS

#endif
