/* server_chunks.c - the body of a request in chunks: found out where it ends, and thrown away.
 *
 *     size [; extension] CR LF  bytes CR LF  ...  0 CR LF  [trailer CR LF]...  CR LF
 *
 * (RFC 9112, 7.1.) Whether another request follows, and which, depends on it, so it is read to the
 * letter, where readers are known to differ: sizes are hexadecimal digits and nothing else, lines
 * end with CR LF and hold no other control characters, trailers have the form of headers. llhttp
 * 8.1 takes any two bytes behind a chunk for its end, and two CR behind a size for CR LF. Handlers
 * do not read bodies, so it is taken before they are called, and what is wrong with it is said
 * instead of their answer.
 *
 * One state for each byte; bytes of chunks are stepped over. Called by a connection.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "http/server.h"

enum {
    LONGEST_LINE = 256, /* bytes of a size and its extension */
    MOST_DIGITS = 15,   /* of a size: it fits into 60 bits */
};

static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool is_control(char c)
{
    return ((unsigned char)c < ' ' && c != '\t') || c == 127;
}

/* A byte of a line with a size. 0, or a status. */
static int chunks_take_size(struct cede__http_chunks *chunks, char c)
{
    const int digit = hex_value(c);

    if (++chunks->n_line > LONGEST_LINE)
        return 400;
    if (chunks->n_digits > 0 && c == '\r') {
        chunks->state = CEDE__CHUNK_SIZE_LF;
    } else if (chunks->n_digits > 0 && c == ';') {
        chunks->state = CEDE__CHUNK_EXTENSION;
    } else if (digit < 0 || ++chunks->n_digits > MOST_DIGITS) {
        return 400;
    } else {
        chunks->left = chunks->left * 16 + (uint64_t)digit;
    }
    return 0;
}

static int chunks_take_extension(struct cede__http_chunks *chunks, char c)
{
    if (c == '\r')
        chunks->state = CEDE__CHUNK_SIZE_LF;
    else if (is_control(c))
        return 400;
    return ++chunks->n_line > LONGEST_LINE ? 400 : 0;
}

/* A size is complete: the bytes follow, or behind the last the trailers. */
static int chunks_end_size(struct cede__http_chunks *chunks, char c, uint64_t most)
{
    if (c != '\n')
        return 400;
    chunks->n_line = chunks->n_digits = 0;
    chunks->state = chunks->left > 0 ? CEDE__CHUNK_BYTES : CEDE__CHUNK_TRAILER;
    chunks->n_bytes += chunks->left;
    return chunks->n_bytes > most ? 413 : 0;
}

/* A byte of a trailer, "name: value"; the empty line is the end. */
static int chunks_take_trailer(struct cede__http_chunks *chunks, char c, size_t most)
{
    if (++chunks->n_trailers > most)
        return 431;
    if (c == '\r' && (chunks->n_line == 0 || chunks->has_name)) {
        chunks->state = CEDE__CHUNK_TRAILER_LF;
        return 0;
    }
    chunks->n_line++;
    if (chunks->has_name)
        return is_control(c) ? 400 : 0;
    if (c == ':' && chunks->n_line > 1)
        chunks->has_name = true;
    else if (!cede__http_is_token_char(c))
        return 400;
    return 0;
}

/* 1 behind the empty line. */
static int chunks_end_trailer(struct cede__http_chunks *chunks, char c)
{
    if (c != '\n')
        return 400;
    if (chunks->n_line == 0)
        return 1;
    chunks->n_line = 0;
    chunks->has_name = false;
    chunks->state = CEDE__CHUNK_TRAILER;
    return 0;
}

/* Step over bytes of a chunk: how many. */
static size_t chunks_skip(struct cede__http_chunks *chunks, size_t size)
{
    const size_t n = chunks->left < size ? (size_t)chunks->left : size;

    chunks->left -= n;
    if (chunks->left == 0)
        chunks->state = CEDE__CHUNK_CR;
    return n;
}

static int chunks_take_byte(struct cede__http_chunks *chunks, char c,
                            const cede_http_server_options *options)
{
    switch (chunks->state) {
    case CEDE__CHUNK_SIZE:
        return chunks_take_size(chunks, c);
    case CEDE__CHUNK_EXTENSION:
        return chunks_take_extension(chunks, c);
    case CEDE__CHUNK_SIZE_LF:
        return chunks_end_size(chunks, c, (uint64_t)options->max_body);
    case CEDE__CHUNK_CR:
        chunks->state = CEDE__CHUNK_LF;
        return c == '\r' ? 0 : 400;
    case CEDE__CHUNK_LF:
        chunks->state = CEDE__CHUNK_SIZE;
        return c == '\n' ? 0 : 400;
    case CEDE__CHUNK_TRAILER:
        return chunks_take_trailer(chunks, c, options->max_head);
    case CEDE__CHUNK_TRAILER_LF:
        return chunks_end_trailer(chunks, c);
    default:
        cede__assert(!"a state of chunks");
        return 400;
    }
}

int cede__http_chunks_take(struct cede_http_request *request, const char *bytes, size_t size,
                           size_t *taken_out)
{
    const cede_http_server_options *options = &request->connection->server->options;
    struct cede__http_chunks *chunks = &request->chunks;
    size_t at = 0;
    int rc = 0;

    while (rc == 0 && at < size) {
        if (chunks->state == CEDE__CHUNK_BYTES)
            at += chunks_skip(chunks, size - at);
        else
            rc = chunks_take_byte(chunks, bytes[at++], options);
    }
    *taken_out = at;
    return rc;
}
