/* server.h - the inside of the HTTP server. Floor 6a. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SRC_HTTP_SERVER_H
#define CEDE_SRC_HTTP_SERVER_H

#include <llhttp.h>

#include <cede/group.h>
#include <cede/http_server.h>

#include "base/base.h"
#include "base/list.h"
#include "http/tls.h"

enum {
    CEDE__HTTP_SCRATCH_SIZE = 64 * 1024, /* replies up to this size are sent as one piece */
    CEDE__HTTP_HEAD_SIZE = 1024,         /* of a reply's head, without the handler's headers */
    CEDE__HTTP_DATE_SIZE = 30,           /* "Sun, 06 Nov 1994 08:49:37 GMT" */
};

struct cede_http_server {
    cede_http_server_options options; /* every default filled in */
    cede_listener *listener;          /* owned; NULL once it stops */
    cede_future *task;                /* which accepts, and holds the group of the connections */
    cede_scope whole;                 /* around the group; its deadline is the end of the grace */
    cede_scope accepting;             /* around accepting alone */
    cede_group group;
    struct cede__list idle;        /* of struct cede__http_connection that wait; longest first */
    struct cede__timer idle_timer; /* for the first of them */
    unsigned n_connections;
    cede_future *room; /* completed when a connection ends or falls idle; NULL: nobody waits */
    bool has_begun;    /* the task runs: the scopes and the group are entered */
    bool is_stopping;
    unsigned n_cut;      /* requests cut off by the end of the grace */
    bool has_reported;   /* that descriptors run out */
    int64_t date_second; /* that `date` tells, since 1970 */
    char date[CEDE__HTTP_DATE_SIZE];
    char url[96];
    struct cede__tls_context *tls; /* owned; NULL: connections are plain */
    char *scratch; /* owned; where a small reply is put together; used without waiting */
    struct cede_http_request *spare; /* owned; linked by `next`; last in, first out */
    unsigned n_spare;
};

/* A header of a request; both terminated, in its buffer. */
struct cede__http_header {
    char *name;
    char *value;
};

/* Where the reading of a body in chunks is; zero is its beginning. */
struct cede__http_chunks {
    enum {
        CEDE__CHUNK_SIZE, /* in the digits of a size */
        CEDE__CHUNK_EXTENSION,
        CEDE__CHUNK_SIZE_LF, /* at the end of that line */
        CEDE__CHUNK_BYTES,
        CEDE__CHUNK_CR, /* behind them */
        CEDE__CHUNK_LF,
        CEDE__CHUNK_TRAILER,
        CEDE__CHUNK_TRAILER_LF,
    } state;
    unsigned n_digits; /* of the size */
    unsigned n_line;   /* bytes of the line, without CR LF */
    bool has_name;     /* of the trailer: its colon was there */
    uint64_t left;     /* of the chunk */
    uint64_t n_bytes;  /* of all chunks whose sizes were read */
    size_t n_trailers; /* bytes of them */
};

/* What it takes to receive a request and to answer it. A connection that waits has none. */
struct cede_http_request {
    /* These outlast the request: see cede__http_request_next. */
    struct cede__http_connection *connection;
    struct cede_http_request *next; /* among the spare ones */
    /* buffer[0..end) was received. The head, once complete, is buffer[0..head_size). */
    char *buffer; /* owned */
    size_t size;
    size_t end;
    struct cede__http_header *headers; /* owned; room for max_headers, and one more */
    char *extra;                       /* owned; headers of the handler, each with its CR LF */
    size_t extra_room;                 /* bytes of it */
    char *line; /* owned; the request line as it came, for the log; NULL: none */

    /* From here on, zero to begin with. */
    size_t scanned;    /* bytes looked at for line ends */
    size_t line_start; /* of the line being scanned */
    unsigned n_lines;  /* whole ones */
    size_t head_size;  /* 0: not complete */
    char *method;
    char *path;  /* decoded and normalised in place */
    char *query; /* NULL: none */
    unsigned n_headers;
    uint64_t length; /* bytes of the body by Content-Length; 0: none */
    bool is_chunked; /* the body is; it has no length; false again once it was taken */
    bool is_head;
    bool keep_alive; /* the client asks for it and nothing speaks against it */
    bool is_old;     /* HTTP/1.0 */

    /* Parsing. */
    struct cede__http_chunks chunks; /* of its body, if it is_chunked */
    llhttp_t parser;
    char *target;     /* as sent, until it is taken apart */
    bool is_complete; /* the headers have ended */

    /* The reply. */
    bool is_broken;    /* the connection failed while it was sent */
    int status;        /* what was sent; 0: nothing yet */
    size_t extra_size; /* bytes used of `extra` */
    int64_t n_sent;    /* bytes of its body */
};

/* Small: a server may hold ten thousand. Its task ends where it begins to wait for the next
 * request, and another is started when that comes. */
struct cede__http_connection {
    cede_http_server *server;
    cede_stream *stream;
    struct cede__list link;            /* on server->idle while it waits */
    cede_time deadline;                /* of that */
    struct cede_http_request *request; /* owned; NULL while it waits */
    bool is_ready;                     /* the handshake, if there is one, is done */
};

/* server.c: have a connection that fell idle closed at its deadline. */
void cede__http_server_watch_idle(cede_http_server *server);

/* server_connection.c: take a stream over, which is closed on failure. */
void cede__http_connection_start(cede_http_server *server, cede_stream *stream);

/* Close a connection that waits, or whose task is not going to run. */
void cede__http_connection_close(struct cede__http_connection *connection);

/* server_request.c: the memory of a request, new or used; NULL: none left. And back. */
struct cede_http_request *cede__http_request_take(struct cede__http_connection *connection);
void cede__http_request_give(struct cede_http_request *request);
void cede__http_request_free_spare(cede_http_server *server);

/* Forget the request that was answered; what came after its first `used` bytes is the next one's.
 */
void cede__http_request_next(struct cede_http_request *request, size_t used);

/* Copy the request line, as far as it came, before it is taken apart. */
void cede__http_request_keep_line(struct cede_http_request *request);

/* The value of a header; one that is a list may come several times (RFC 9110, 5.3), index 0 being
 * the first. NULL: there are not that many. */
const char *cede__http_request_header_at(const cede_http_request *request, const char *name,
                                         unsigned index);

/* server_head.c: look at what was received since the last time. 0: it goes on; 1: the head is
 * complete; else a status that refuses it. */
int cede__http_head_scan(struct cede_http_request *request);

/* Take a complete head apart. 0, or a status that refuses it. */
int cede__http_head_parse(struct cede_http_request *request);

/* server_head.c: whether a name may hold that character. */
bool cede__http_is_token_char(char c);

/* server_chunks.c: take bytes of a body in chunks. 0: it goes on; 1: it is complete; else a status
 * that refuses it. */
int cede__http_chunks_take(struct cede_http_request *request, const char *bytes, size_t size,
                           size_t *taken_out);

/* server_path.c: take a target apart, in place. 0, or the status 400. */
int cede__http_target_split(char *target, char **path_out, char **query_out);

/* Percent-encode a path; -ENOBUFS if it does not fit. */
int cede__http_path_encode(const char *path, char *buffer, size_t size);

/* server_date.c: a time since 1970 in seconds, as headers have it; and back, negative if it is
 * none. */
void cede__http_date_format(int64_t seconds, char buffer[CEDE__HTTP_DATE_SIZE]);
int64_t cede__http_date_parse(const char *text);

/* server_status.c: what a status is called. */
const char *cede__http_status_name(int status);

/* server_reply.c: whether there may be a reply with that status. */
int cede__http_reply_check(const struct cede_http_request *request, int status);

/* Begin a reply whose body has `size` bytes: write its head but for the handler's headers and the
 * empty line; returns its length. */
size_t cede__http_reply_head(struct cede_http_request *request, int status, const char *type,
                             int64_t size, char head[CEDE__HTTP_HEAD_SIZE]);

/* Copy head, handler's headers and empty line; what a reply begins with, after
 * cede__http_reply_head has written it. Returns the end. */
char *cede__http_reply_put_head(const struct cede_http_request *request, const char *head,
                                size_t head_size, char *out);

/* Send what was put together in the scratch, up to `end`. */
int cede__http_reply_send_scratch(struct cede_http_request *request, const char *end);

/* Send a long reply from where it lies; without a body, that follows at once. */
int cede__http_reply_send_parts(struct cede_http_request *request, const char *head,
                                size_t head_size, const void *body, size_t size);

/* How sending ended: an error is the connection's, which is over. */
int cede__http_reply_sent(struct cede_http_request *request, int rc);

/* server_reply_file.c: words, then a stretch of a file; either may be empty. */
struct cede__http_piece {
    const char *words;
    size_t words_size;
    int64_t offset;
    int64_t size;
};

struct cede__http_body {
    const char *type; /* NULL: none is said */
    int fd;
    const struct cede__http_piece *pieces;
    size_t n_pieces;
};

int cede__http_reply_pieces(struct cede_http_request *request, int status,
                            const struct cede__http_body *body);

/* server_type.c: the type of a file by its name; "application/octet-stream" if it is not known. */
const char *cede__http_type_of(const char *path);

#endif
