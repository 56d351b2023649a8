/* server.h - the inside of the HTTP server. Floor 6a. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SRC_HTTP_SERVER_H
#define CEDE_SRC_HTTP_SERVER_H

#include <llhttp.h>

#include <cede/group.h>
#include <cede/http_server.h>

#include "base/base.h"
#include "base/list.h"

enum {
    CEDE__HTTP_SCRATCH_SIZE = 64 * 1024, /* replies up to this size are sent as one piece */
    CEDE__HTTP_DATE_SIZE = 30,           /* "Sun, 06 Nov 1994 08:49:37 GMT" */
};

struct cede_http_server {
    cede_http_server_options options; /* every default filled in */
    cede_listener *listener;          /* owned; NULL once it stops */
    cede_future *task;                /* which accepts, and holds the group of the connections */
    cede_scope whole;                 /* around the group; its deadline is the end of the grace */
    cede_scope accepting;             /* around accepting alone */
    cede_group group;
    struct cede__list connections; /* of struct cede__http_connection */
    unsigned n_connections;
    cede_future *room; /* completed when a connection ends; NULL: nobody waits for that */
    bool has_begun;    /* the task runs: the scopes and the group are entered */
    bool is_stopping;
    unsigned n_cut;      /* requests cut off by the end of the grace */
    bool has_reported;   /* that descriptors run out */
    int64_t date_second; /* that `date` tells, since 1970 */
    char date[CEDE__HTTP_DATE_SIZE];
    char url[96];
    char *scratch; /* owned; where a small reply is put together; used without waiting */
};

/* A header of a request; both terminated, in the connection's buffer. */
struct cede__http_header {
    char *name;
    char *value;
};

struct cede_http_request {
    struct cede__http_connection *connection;
    char *method;
    char *path;                        /* decoded and normalised in place */
    char *query;                       /* NULL: none */
    struct cede__http_header *headers; /* owned; room for max_headers */
    unsigned n_headers;
    uint64_t length; /* bytes of the body by Content-Length; 0: none */
    bool is_chunked; /* the body is; it has no length */
    bool is_head;
    bool keep_alive; /* the client asks for it and nothing speaks against it */
    bool is_old;     /* HTTP/1.0 */

    /* Parsing. */
    llhttp_t parser;
    char *target;     /* as sent, until it is taken apart */
    bool is_complete; /* the headers have ended */

    /* The reply. */
    int status;        /* what was sent; 0: nothing yet */
    bool is_broken;    /* the connection failed while it was sent */
    char *extra;       /* owned; headers of the handler, each with its CR LF */
    size_t extra_size; /* bytes of it */
};

struct cede__http_connection {
    cede_http_server *server;
    cede_stream *stream;
    struct cede__list link; /* on server->connections */
    cede_scope *idle;       /* around the wait for the next request; NULL: one is being answered */

    /* buffer[0..end) was received. The head, once complete, is buffer[0..head_size). */
    char *buffer; /* owned */
    size_t size;
    size_t end;
    size_t scanned;    /* bytes looked at for line ends */
    size_t line_start; /* of the line being scanned */
    unsigned n_lines;  /* whole ones */
    size_t head_size;  /* 0: not complete */
    struct cede_http_request request;
};

/* server_connection.c: the body of a connection's task; and for when it never starts. */
struct cede__http_connection *cede__http_connection_create(cede_http_server *server,
                                                           cede_stream *stream);
void cede__http_connection_drop(void *connection);
int cede__http_connection_run(void *connection);

/* server_head.c: look at what was received since the last time. 0: it goes on; 1: the head is
 * complete; else a status that refuses it. */
int cede__http_head_scan(struct cede__http_connection *connection);

/* Take a complete head apart. 0, or a status that refuses it. */
int cede__http_head_parse(struct cede__http_connection *connection);

/* server_path.c: take a target apart, in place. 0, or the status 400. */
int cede__http_target_split(char *target, char **path_out, char **query_out);

/* Percent-encode a path; -ENOBUFS if it does not fit. */
int cede__http_path_encode(const char *path, char *buffer, size_t size);

/* server_date.c: a time since 1970 in seconds, as headers have it; and back, negative if it is
 * none. */
void cede__http_date_format(int64_t seconds, char buffer[CEDE__HTTP_DATE_SIZE]);
int64_t cede__http_date_parse(const char *text);

/* server_reply.c: what a status is called. */
const char *cede__http_status_name(int status);

/* server_type.c: the type of a file by its name; "application/octet-stream" if it is not known. */
const char *cede__http_type_of(const char *path);

#endif
