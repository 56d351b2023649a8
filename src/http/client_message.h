/* client_message.h - what questions and answers are made of: URLs, bytes, headers, codings. Floor
 * 6.
 *
 * None of them knows of a session, or of curl's handles.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_HTTP_CLIENT_MESSAGE_H
#define CEDE_HTTP_CLIENT_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"

/* A URL taken apart. Memory of our own. */
struct cede__http_url {
    char *text;       /* in full, without user, password and fragment */
    char *origin;     /* "http://host:port", the port always there */
    char *host;       /* without brackets, lower case */
    char *port;       /* digits */
    char *user;       /* decoded; NULL: none */
    char *password;   /* decoded; NULL: none */
    const char *path; /* in text, to its end: plain, and no query; NULL: it is not */
};

/* client_url.c. Take a URL apart, relative to another if `base` is not NULL. Raises CEDE_EURL,
 * -ENOMEM. */
int cede__http_url_parse(const char *text, const struct cede__http_url *base,
                         struct cede__http_url *url_out);
void cede__http_url_fini(struct cede__http_url *url);
bool cede__http_host_is_address(const char *host); /* in full, without brackets */

/* Bytes that came and were not taken: those from start to end. */
struct cede__http_buffer {
    char *bytes;
    size_t capacity;
    size_t start, end;
};

/* client_buffer.c */
int cede__http_buffer_add(struct cede__http_buffer *buffer, const void *bytes, size_t size);
/* Room for `size` bytes, at least 1, at the end, to be written at once; NULL: no memory. */
char *cede__http_buffer_extend(struct cede__http_buffer *buffer, size_t size);
size_t cede__http_buffer_take(struct cede__http_buffer *buffer, void *bytes, size_t size);
static inline size_t cede__http_buffer_n(const struct cede__http_buffer *buffer)
{
    return buffer->end - buffer->start;
}
static inline void cede__http_buffer_fini(struct cede__http_buffer *buffer)
{
    cede__free(buffer->bytes);
    *buffer = (struct cede__http_buffer){0};
}

/* Headers: "name\0value\0name\0value\0...", and the status line before them. */
struct cede__http_headers {
    struct cede__http_buffer text;
    size_t n;
    int status;      /* 0: no status line yet */
    char reason[64]; /* cut to fit */
};

/* client_head.c. Take a line of the head, "\r\n" included. 1: it was the last, 0, or CEDE_EHTTP,
 * -ENOMEM. */
int cede__http_headers_take(struct cede__http_headers *headers, const char *line, size_t length);
const char *cede__http_headers_find(const struct cede__http_headers *headers, const char *name,
                                    size_t index);

/* Bytes that somebody else has. */
struct cede__http_span {
    const char *bytes;
    size_t size;
};

/* What undoes the coding of a body; client_coding.c. */
struct cede__http_coding;

/* What Accept-Encoding asks for. */
#define CEDE__HTTP_CODINGS "gzip, deflate, br, zstd"

/* client_coding.c. What undoes the coding of a body of which these are the headers: 0,
 * CEDE_ECODING, -ENOMEM. Nothing is written if there is none to undo, or no memory. */
int cede__http_coding_create(const struct cede__http_headers *headers, int ratio,
                             struct cede__http_coding **coding_out);
void cede__http_coding_destroy(struct cede__http_coding *coding);
/* Undo a piece: how many bytes were put into `out`, 0: all of `in` was taken and nothing came, or
 * CEDE_ECODING, CEDE_ELIMIT, -ENOMEM. */
int cede__http_coding_run(struct cede__http_coding *coding, struct cede__http_span *in, char *out,
                          size_t size);
/* No more will come: 0, or CEDE_EINCOMPLETE. */
int cede__http_coding_end(struct cede__http_coding *coding);
/* Of what went wrong; as long as it lives. NULL: it was not to be had. */
const char *cede__http_coding_why(const struct cede__http_coding *coding);

#endif
