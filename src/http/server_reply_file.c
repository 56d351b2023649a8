/* server_reply_file.c - replies whose body lies in a file: all of it, or stretches with words
 * between them.
 *
 * What fits the scratch, head included, is read into it and sent by one call. Else the head goes
 * out, then each piece by the kernel, a megabyte at a time, so that a peer which takes something
 * now and then is not given up. See server_reply.c.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "http/server.h"
#include "io/stream.h"
#include "sys/file.h"

enum { PIECE_SIZE = 1024 * 1024 }; /* of a file; each has the time of options.send_timeout */

/* Read all pieces to `out`; returns the end, or NULL with an error record. */
static char *pieces_read(const struct cede__http_body *body, char *out)
{
    for (size_t i = 0; i < body->n_pieces; i++) {
        const struct cede__http_piece *piece = &body->pieces[i];
        ssize_t n = 0;

        if (piece->words_size > 0)
            memcpy(out, piece->words, piece->words_size);
        out += piece->words_size;
        if (piece->size > 0)
            n = cede__file_read_at(body->fd, out, (size_t)piece->size, piece->offset);
        if (n < piece->size) {
            (void)(n < 0 ? cede_raise((int)n, "a file cannot be read")
                         : cede_raise(CEDE_EINCOMPLETE, "a file ended too early"));
            return NULL;
        }
        out += piece->size;
    }
    return out;
}

static int piece_send(struct cede_http_request *request, int fd,
                      const struct cede__http_piece *piece)
{
    struct cede__http_connection *c = request->connection;
    struct iovec words = {(void *)piece->words, piece->words_size};
    int rc = 0;

    if (piece->words_size > 0) {
        CEDE_TIMEOUT(c->server->options.send_timeout, rc) {
            rc = cede__stream_write_parts(c->stream, &words, 1, piece->size > 0);
        }
    }
    for (int64_t sent = 0; rc == 0 && sent < piece->size; sent += PIECE_SIZE) {
        const int64_t rest = piece->size - sent;
        CEDE_TIMEOUT(c->server->options.send_timeout, rc) {
            rc = cede_stream_send_file(c->stream, fd, piece->offset + sent,
                                       rest < PIECE_SIZE ? rest : PIECE_SIZE);
        }
    }
    return rc;
}

static int pieces_send(struct cede_http_request *request, const struct cede__http_body *body)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < body->n_pieces; i++)
        rc = piece_send(request, body->fd, &body->pieces[i]);
    return rc;
}

int cede__http_reply_pieces(struct cede_http_request *request, int status,
                            const struct cede__http_body *body)
{
    char head[CEDE__HTTP_HEAD_SIZE];
    char *scratch = request->connection->server->scratch;
    int64_t size = 0;
    size_t head_size;
    int rc;

    CEDE_TRY(cede__http_reply_check(request, status));
    for (size_t i = 0; i < body->n_pieces; i++)
        size += (int64_t)body->pieces[i].words_size + body->pieces[i].size;
    head_size = cede__http_reply_head(request, status, body->type, size, head);
    request->n_sent = request->is_head ? 0 : size;
    if ((int64_t)(head_size + request->extra_size + 2) + request->n_sent <=
        CEDE__HTTP_SCRATCH_SIZE) {
        char *out = cede__http_reply_put_head(request, head, head_size, scratch);
        out = request->is_head ? out : pieces_read(body, out);
        rc = out ? cede__http_reply_send_scratch(request, out) : cede_error_code(cede_error_last());
    } else {
        rc = cede__http_reply_send_parts(request, head, head_size, "", 0);
        if (rc == 0)
            rc = pieces_send(request, body);
    }
    return cede__http_reply_sent(request, rc);
}

int cede_http_reply_file(cede_http_request *request, const char *type, int fd, int64_t size)
{
    const struct cede__http_piece whole = {.size = size};
    const struct cede__http_body body = {.type = type, .fd = fd, .pieces = &whole, .n_pieces = 1};

    if (size < 0)
        return cede_raise(-EINVAL, "a file has no negative size");
    return cede__http_reply_pieces(request, 200, &body);
}
