/* client_coding.c - the coding of a body undone as it comes: gzip, deflate, br, zstd (RFC 9110,
 * 8.4).
 *
 *     bytes that came --> decoder of zlib, brotli or zstd --> 16 KiB at a time --> the reader
 *
 * libcurl could do it, but takes a body that stops in the middle of its coding for a whole one,
 * does not know gzip of several members, and while its reader waits holds everything that a piece
 * decodes to. Here the decoder waits with the reader, so that memory is bounded by its window: 32
 * KiB of gzip, 16 MiB of br, 8 MiB of zstd (RFC 9659).
 *
 * A stream is begun by its first byte and ends where its coding says so; what may follow is another
 * gzip member (RFC 1952, 2.2) or zstd frame (RFC 8878, 3), nothing else. Called by a transfer, on
 * the loop's stack.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <strings.h>

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "http/client_message.h"

/* A way of decoding. `step` takes from `in`, and gives how many bytes it put into `out`, at least
 * one if it could; or CEDE_ECODING, having said why; -ENOMEM. */
struct coding_kind {
    const char *name, *other_name; /* as Content-Encoding has them; the other may be NULL */
    int (*open)(struct cede__http_coding *coding, unsigned char first);
    int (*step)(struct cede__http_coding *coding, struct cede__http_span *in, char *out,
                size_t size);
    int (*again)(struct cede__http_coding *coding); /* another stream follows; NULL: none may */
    void (*close)(struct cede__http_coding *coding);
    int magic; /* what the other stream must begin with; -1: anything */
};

struct cede__http_coding {
    const struct coding_kind *kind;
    bool is_open, is_ended; /* the decoder is there; its stream has ended */
    bool has_more;          /* it filled `out`, and may give more without taking any */
    union {
        z_stream z;
        BrotliDecoderState *br;
        ZSTD_DStream *zstd;
    } decoder;
    uint64_t n_in, n_out; /* bytes so far */
    int ratio;            /* n_out is at most so many times n_in; 0: no limit */
    char words[120];      /* what is wrong */
};

/* Below that no ratio is looked at: a page of blanks is no bomb. */
enum { RATIO_FROM = 1 << 20 };

static int coding_fail(struct cede__http_coding *coding, int code, const char *what,
                       const char *detail)
{
    struct cede__text text = {coding->words, sizeof coding->words, 0};

    cede__text_add(&text, "%s%s%s", what, detail ? ": " : "", detail ? detail : "");
    return code;
}

static int coding_broken(struct cede__http_coding *coding, const char *why)
{
    struct cede__text text = {coding->words, sizeof coding->words, 0};

    cede__text_add(&text, "the body is no proper %s: %s", coding->kind->name, why);
    return CEDE_ECODING;
}

/* gzip and deflate, by zlib. */

static void *coding_alloc(void *opaque, unsigned n, unsigned size)
{
    (void)opaque;
    return cede__calloc(n, size);
}

static void coding_free(void *opaque, void *memory)
{
    (void)opaque;
    cede__free(memory);
}

static int zlib_open(struct cede__http_coding *coding, int window)
{
    z_stream *z = &coding->decoder.z;

    *z = (z_stream){.zalloc = coding_alloc, .zfree = coding_free};
    return inflateInit2(z, window) == Z_OK ? 0 : -ENOMEM;
}

static int gzip_open(struct cede__http_coding *coding, unsigned char first)
{
    (void)first;
    return zlib_open(coding, MAX_WBITS + 16);
}

/* It should be zlib's format (RFC 9110, 8.4.1.2), whose first byte says deflate and a window of at
 * most 32 KiB; where servers send none, it begins with a block, in which no such byte comes
 * first. */
static int deflate_open(struct cede__http_coding *coding, unsigned char first)
{
    const bool is_zlib = (first & 15) == 8 && first >> 4 <= 7;

    return zlib_open(coding, is_zlib ? MAX_WBITS : -MAX_WBITS);
}

static int zlib_step(struct cede__http_coding *coding, struct cede__http_span *in, char *out,
                     size_t size)
{
    z_stream *z = &coding->decoder.z;
    int status;

    z->next_in = (unsigned char *)in->bytes;
    z->avail_in = (unsigned)in->size;
    z->next_out = (unsigned char *)out;
    z->avail_out = (unsigned)size;
    status = inflate(z, Z_NO_FLUSH);
    in->bytes += in->size - z->avail_in;
    in->size = z->avail_in;
    coding->is_ended = status == Z_STREAM_END;
    if (status == Z_OK || status == Z_BUF_ERROR || status == Z_STREAM_END)
        return (int)(size - z->avail_out);
    if (status == Z_MEM_ERROR)
        return -ENOMEM;
    return coding_broken(coding, z->msg ? z->msg : "it wants a dictionary");
}

static int gzip_again(struct cede__http_coding *coding)
{
    return inflateReset(&coding->decoder.z) == Z_OK ? 0 : -ENOMEM;
}

static void zlib_close(struct cede__http_coding *coding)
{
    (void)inflateEnd(&coding->decoder.z); /* it says that bytes were left, which we know */
}

/* br */

static void *br_alloc(void *opaque, size_t size)
{
    (void)opaque;
    return cede__malloc(size);
}

static int br_open(struct cede__http_coding *coding, unsigned char first)
{
    (void)first;
    coding->decoder.br = BrotliDecoderCreateInstance(br_alloc, coding_free, NULL);
    return coding->decoder.br ? 0 : -ENOMEM;
}

static int br_step(struct cede__http_coding *coding, struct cede__http_span *in, char *out,
                   size_t size)
{
    BrotliDecoderState *br = coding->decoder.br;
    const uint8_t *next_in = (const uint8_t *)in->bytes;
    uint8_t *next_out = (uint8_t *)out;
    size_t left = size;
    const BrotliDecoderResult result =
        BrotliDecoderDecompressStream(br, &in->size, &next_in, &left, &next_out, NULL);
    BrotliDecoderErrorCode error;

    in->bytes = (const char *)next_in;
    coding->is_ended = result == BROTLI_DECODER_RESULT_SUCCESS;
    if (result != BROTLI_DECODER_RESULT_ERROR)
        return (int)(size - left);
    error = BrotliDecoderGetErrorCode(br);
    if (error <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
        error >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES)
        return -ENOMEM;
    return coding_broken(coding, BrotliDecoderErrorString(error));
}

static void br_close(struct cede__http_coding *coding)
{
    BrotliDecoderDestroyInstance(coding->decoder.br);
}

/* zstd */

static int zstd_open(struct cede__http_coding *coding, unsigned char first)
{
    enum { WINDOW_LOG = 23 };

    (void)first;
    coding->decoder.zstd = ZSTD_createDStream();
    if (!coding->decoder.zstd)
        return -ENOMEM;
    (void)ZSTD_DCtx_setParameter(coding->decoder.zstd, ZSTD_d_windowLogMax, WINDOW_LOG);
    return 0;
}

static int zstd_step(struct cede__http_coding *coding, struct cede__http_span *in, char *out,
                     size_t size)
{
    ZSTD_inBuffer from = {in->bytes, in->size, 0};
    ZSTD_outBuffer to = {out, size, 0};
    const size_t result = ZSTD_decompressStream(coding->decoder.zstd, &to, &from);

    in->bytes += from.pos;
    in->size -= from.pos;
    coding->is_ended = result == 0;
    if (!ZSTD_isError(result))
        return (int)to.pos;
    return ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation
               ? -ENOMEM
               : coding_broken(coding, ZSTD_getErrorName(result));
}

static int zstd_again(struct cede__http_coding *coding)
{
    (void)coding; /* it goes on by itself */
    return 0;
}

static void zstd_close(struct cede__http_coding *coding)
{
    (void)ZSTD_freeDStream(coding->decoder.zstd);
}

/* All of them: what CEDE__HTTP_CODINGS asks for. */
static const struct coding_kind kinds[] = {
    {"gzip", "x-gzip", gzip_open, zlib_step, gzip_again, zlib_close, 0x1f},
    {"deflate", NULL, deflate_open, zlib_step, NULL, zlib_close, -1},
    {"br", NULL, br_open, br_step, NULL, br_close, -1},
    {"zstd", NULL, zstd_open, zstd_step, zstd_again, zstd_close, -1},
};

static bool is_name(const char *name, const char *word, size_t length)
{
    return name && strlen(name) == length && strncasecmp(name, word, length) == 0;
}

/* A word of Content-Encoding. */
static int coding_add(struct cede__http_coding *coding, const char *word, size_t length)
{
    const struct coding_kind *kind = NULL;

    if (length == 0 || is_name("identity", word, length))
        return 0;
    for (size_t i = 0; i < cede__countof(kinds); i++) {
        if (is_name(kinds[i].name, word, length) || is_name(kinds[i].other_name, word, length))
            kind = &kinds[i];
    }
    if (!kind) {
        struct cede__text text = {coding->words, sizeof coding->words, 0};
        cede__text_add(&text, "nobody asked for its coding, '%.*s'", length < 40 ? (int)length : 40,
                       word);
        return CEDE_ECODING;
    }
    if (coding->kind)
        return coding_fail(coding, CEDE_ECODING, "it is coded more than once", NULL);
    coding->kind = kind;
    return 0;
}

/* 0 with nothing if there is nothing to undo; else what cede__http_coding_why explains. */
int cede__http_coding_create(const struct cede__http_headers *headers, int ratio,
                             struct cede__http_coding **coding_out)
{
    struct cede__http_coding *coding;
    const char *at;
    int rc = 0;

    if (!cede__http_headers_find(headers, "Content-Encoding", 0))
        return 0;
    coding = cede__calloc(1, sizeof *coding);
    if (!coding)
        return -ENOMEM;
    coding->ratio = ratio == 0 ? 200 : ratio < 0 ? 0 : ratio;
    for (size_t i = 0; rc == 0 && (at = cede__http_headers_find(headers, "Content-Encoding", i));
         i++) {
        while (rc == 0 && *(at += strspn(at, ", \t"))) {
            const size_t length = strcspn(at, ", \t");
            rc = coding_add(coding, at, length);
            at += length;
        }
    }
    if (rc == 0 && !coding->kind)
        cede__free(coding);
    else
        *coding_out = coding;
    return rc;
}

/* Be ready for the bytes of `in`. */
static int coding_begin(struct cede__http_coding *coding, const struct cede__http_span *in)
{
    const struct coding_kind *kind = coding->kind;
    const unsigned char first = (unsigned char)in->bytes[0];
    int rc = 0;

    if (!coding->is_open) {
        rc = kind->open(coding, first);
        coding->is_open = rc == 0;
    } else if (coding->is_ended) {
        if (!kind->again || (kind->magic >= 0 && kind->magic != first))
            return coding_fail(coding, CEDE_ECODING, "bytes follow the end of its coding",
                               kind->name);
        rc = kind->again(coding);
    }
    return rc;
}

int cede__http_coding_run(struct cede__http_coding *coding, struct cede__http_span *in, char *out,
                          size_t size)
{
    int n = 0;

    while (n == 0 && (in->size > 0 || coding->has_more)) {
        const size_t before = in->size;
        const int rc = in->size > 0 ? coding_begin(coding, in) : 0;
        n = rc < 0 ? rc : coding->kind->step(coding, in, out, size);
        coding->n_in += before - in->size;
        coding->has_more = n == (int)size && !coding->is_ended;
    }
    if (n == -ENOMEM)
        return coding_fail(coding, n, "no memory for its coding", NULL);
    if (n <= 0)
        return n;
    coding->n_out += (uint64_t)n;
    if (coding->ratio > 0 && coding->n_out > RATIO_FROM &&
        coding->n_out / (unsigned)coding->ratio > coding->n_in)
        return coding_fail(coding, CEDE_ELIMIT,
                           "it decodes to more than max_coding_ratio times what came", NULL);
    return n;
}

int cede__http_coding_end(struct cede__http_coding *coding)
{
    if (!coding->is_open || coding->is_ended)
        return 0; /* no byte at all is an empty body */
    return coding_fail(coding, CEDE_EINCOMPLETE, "the body stops before its coding does",
                       coding->kind->name);
}

const char *cede__http_coding_why(const struct cede__http_coding *coding)
{
    return coding ? coding->words : "no memory for its coding";
}

void cede__http_coding_destroy(struct cede__http_coding *coding)
{
    if (coding && coding->is_open)
        coding->kind->close(coding);
    cede__free(coding);
}
