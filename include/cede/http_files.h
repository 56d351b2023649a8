/* cede/http_files.h - a folder served over HTTP
 *
 *     cede_http_files *files;
 *     CEDE_TRY(cede_http_files_open("www", NULL, &files));
 *     cede_http_server_options options = {.handler = cede_http_files_handler, .arg = files};
 *
 * GET and HEAD. A folder is its index.html; types go by suffix. ETag and Last-Modified are told,
 * and conditions on them obeyed (304, 412); so are ranges, one or several (206, 416), and If-Range.
 * The kernel keeps every path inside the folder: no dots and no link lead out.
 * Source: src/http/server_files.c   Tests: tests/http/test_server_files.c
 * Guide: docs/http-server.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_HTTP_FILES_H
#define CEDE_HTTP_FILES_H

#include <stdbool.h>

#include <cede/http_server.h>

CEDE_BEGIN_DECLS

/* A folder whose files are served. */
typedef struct cede_http_files cede_http_files;

/* How they are to be served; zero is the default everywhere. */
typedef struct cede_http_files_options {
    bool index; /* for a folder without index.html, a page of the names in it; else 404 */
    /* Beside FILE look for FILE.br and FILE.gz, and send that to who accepts it; it must not be
     * older than FILE. */
    bool encoded;
} cede_http_files_options;

/**
 * Open a folder for cede_http_files_handler.
 *
 * @param path       borrowed during the call
 * @param options    borrowed during the call; NULL for the defaults
 * @param files_out  receives it, owned by the caller: cede_http_files_close
 * @return 0, or -ENOENT, -ENOTDIR, -EACCES, ...; -EMFILE, -ENFILE, -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API CEDE_CHECK int cede_http_files_open(const char *path,
                                             const cede_http_files_options *options,
                                             cede_http_files **files_out);

/**
 * Close it.
 *
 * @param files  owned, used by no server any more; NULL is nothing
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API void cede_http_files_close(cede_http_files *files);

/**
 * The handler. Several servers, on loops of several threads, may share a folder.
 *
 * @param request  borrowed
 * @param files    a cede_http_files
 * @return as a handler
 * Suspends: if the peer is slow.  Cancellation point: always.  Call from: a server.
 */
CEDE_API CEDE_SUSPENDS int cede_http_files_handler(cede_http_request *request, void *files);

CEDE_END_DECLS

#endif
