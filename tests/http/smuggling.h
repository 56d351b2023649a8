/* smuggling.h - requests that two readers might read differently: the corpus of smuggling, as data
 *
 * Each is followed on the wire by "GET /smuggled ...", a request that somebody in front of the
 * server would take for a part of the body, or for one of another client. What is expected are the
 * statuses of all replies, in order; "/smuggled" is answered only where everybody agrees that a new
 * request begins there (a status after a blank, as in "200 200"). "refused" is one status from 400
 * on: which one differs between versions of llhttp.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TESTS_SMUGGLING_H
#define CEDE_TESTS_SMUGGLING_H

#include <stddef.h>

#define HOST     "Host: h\r\n"
#define POST     "POST / HTTP/1.1\r\n" HOST
#define GET      "GET / HTTP/1.1\r\n" HOST
#define CHUNKED  "Transfer-Encoding: chunked\r\n"
#define BYTES(s) s, sizeof(s) - 1

static const struct smuggling {
    const char *what;
    const char *statuses;
    const char *bytes;
    size_t size;
} smuggling[] = {
    /* nothing wrong */
    {"no body", "200 200", BYTES(GET "\r\n")},
    {"a length of 0", "200 200", BYTES(POST "Content-Length: 0\r\n\r\n")},
    {"a length", "200 200", BYTES(POST "Content-Length: 3\r\n\r\nabc")},
    {"a length with zeros before", "200 200", BYTES(POST "Content-Length: 003\r\n\r\nabc")},
    {"a length of a GET", "200 200", BYTES(GET "Content-Length: 3\r\n\r\nabc")},
    {"a body that looks like a request", "200 200",
     BYTES(POST "Content-Length: 18\r\n\r\nGET /x HTTP/1.1\r\n\r")},
    {"an empty line before", "200 200", BYTES("\r\n" GET "\r\n")},

    /* two lengths */
    {"two lengths, the first shorter", "400",
     BYTES(POST "Content-Length: 0\r\nContent-Length: 44\r\n\r\n")},
    {"two lengths, the first longer", "400",
     BYTES(POST "Content-Length: 44\r\nContent-Length: 0\r\n\r\n")},
    {"two lengths that agree", "400", BYTES(POST "Content-Length: 0\r\nContent-Length: 0\r\n\r\n")},
    {"three lengths", "400",
     BYTES(POST "Content-Length: 0\r\nContent-Length: 0\r\nContent-Length: 1\r\n\r\n")},
    {"two lengths in one", "400", BYTES(POST "Content-Length: 0, 44\r\n\r\n")},
    {"two lengths in one that agree", "400", BYTES(POST "Content-Length: 3, 3\r\n\r\nabc")},
    {"two lengths with a blank between", "400", BYTES(POST "Content-Length: 0 44\r\n\r\n")},
    {"two lengths in other letters", "400",
     BYTES(POST "content-length: 0\r\nCONTENT-LENGTH: 44\r\n\r\n")},

    /* lengths that are none */
    {"a length with a plus", "400", BYTES(POST "Content-Length: +3\r\n\r\nabc")},
    {"a length with a minus", "400", BYTES(POST "Content-Length: -0\r\n\r\n")},
    {"a length in hexadecimal", "400", BYTES(POST "Content-Length: 0x3\r\n\r\nabc")},
    {"a length with an exponent", "400", BYTES(POST "Content-Length: 3e0\r\n\r\nabc")},
    {"a length with a point", "400", BYTES(POST "Content-Length: 3.0\r\n\r\nabc")},
    {"a length with a letter behind", "400", BYTES(POST "Content-Length: 3a\r\n\r\nabc")},
    {"a length in quotes", "400", BYTES(POST "Content-Length: \"3\"\r\n\r\nabc")},
    {"an empty length", "400", BYTES(POST "Content-Length: \r\n\r\n")},
    {"a length with a form feed", "400", BYTES(POST "Content-Length: \f3\r\n\r\nabc")},
    {"a length with a vertical tab", "400", BYTES(POST "Content-Length:\v3\r\n\r\nabc")},
    {"a length that wraps 64 bits", "400",
     BYTES(POST "Content-Length: 18446744073709551616\r\n\r\n")},
    {"a length that wraps 64 bits and a little", "400",
     BYTES(POST "Content-Length: 18446744073709551619\r\n\r\nabc")},
    {"a length that wraps 32 bits", "413", BYTES(POST "Content-Length: 4294967296\r\n\r\n")},
    {"a length that is negative in 64 bits", "413",
     BYTES(POST "Content-Length: 9223372036854775809\r\n\r\n")},

    /* a length and chunks */
    {"a length, then chunks", "400", BYTES(POST "Content-Length: 5\r\n" CHUNKED "\r\n0\r\n\r\n")},
    {"chunks, then a length", "400", BYTES(POST CHUNKED "Content-Length: 5\r\n\r\n0\r\n\r\n")},
    {"a length of 0 and chunks", "400",
     BYTES(POST "Content-Length: 0\r\n" CHUNKED "\r\n0\r\n\r\n")},
    {"a length and chunks in other letters", "400",
     BYTES(POST "Content-Length: 5\r\ntransfer-encoding: CHUNKED\r\n\r\n0\r\n\r\n")},
    {"a length and an unknown coding", "400",
     BYTES(POST "Content-Length: 5\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n")},

    /* codings that only some know */
    {"a coding with a tab before", "200 200",
     BYTES(POST "Transfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n")},
    {"a coding with a vertical tab", "400",
     BYTES(POST "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n")},
    {"a coding with a blank before the colon", "400",
     BYTES(POST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n")},
    {"a coding with a tab before the colon", "400",
     BYTES(POST "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n")},
    {"a coding with a blank before its name", "400",
     BYTES(POST " Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
    {"a coding on a line of its own", "400",
     BYTES(POST "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n")},
    {"a coding behind a folded header", "400",
     BYTES(POST "X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
    {"a coding that is nearly chunked", "refused",
     BYTES(POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")},
    {"a coding with something behind", "refused",
     BYTES(POST "Transfer-Encoding: chunkedx\r\n\r\n0\r\n\r\n")},
    {"a coding in quotes", "refused",
     BYTES(POST "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n")},
    {"chunked and then another", "refused",
     BYTES(POST "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n")},
    {"chunked twice", "refused",
     BYTES(POST "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n")},
    {"chunked with a comma before", "refused",
     BYTES(POST "Transfer-Encoding: , chunked\r\n\r\n0\r\n\r\n")},
    {"identity", "refused", BYTES(POST "Transfer-Encoding: identity\r\n\r\n")},
    {"an empty coding", "refused", BYTES(POST "Transfer-Encoding: \r\n\r\n")},
    {"two codings", "400", BYTES(POST CHUNKED "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n")},
    {"two codings, the other way", "400",
     BYTES(POST "Transfer-Encoding: identity\r\n" CHUNKED "\r\n0\r\n\r\n")},
    {"a zero byte in a coding", "400", BYTES(POST "Transfer-Encoding: chunked\0\r\n\r\n0\r\n\r\n")},
    {"a zero byte in the name of one", "400",
     BYTES(POST "Transfer-Encoding\0: chunked\r\n\r\n0\r\n\r\n")},
    {"an underscore in the name of one", "200 200",
     BYTES(GET "Transfer_Encoding: chunked\r\n\r\n")},
    {"chunks of version 1.0", "400", BYTES("POST / HTTP/1.0\r\n" HOST CHUNKED "\r\n0\r\n\r\n")},

    /* chunks: read to the letter, before anything is answered */
    {"chunks", "200 200", BYTES(POST CHUNKED "\r\n3\r\nabc\r\n0\r\n\r\n")},
    {"chunks of a GET", "200 200", BYTES(GET CHUNKED "\r\n0\r\n\r\n")},
    {"chunks with zeros before", "200 200", BYTES(POST CHUNKED "\r\n003\r\nabc\r\n000\r\n\r\n")},
    {"a chunk that looks like an end", "200 200",
     BYTES(POST CHUNKED "\r\nA\r\n0\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n")},
    {"a chunk extension", "200 200", BYTES(POST CHUNKED "\r\n3;a=b\r\nabc\r\n0\r\n\r\n")},
    {"trailers that are headers", "200 200",
     BYTES(POST CHUNKED "\r\n0\r\nContent-Length: 44\r\nHost: other\r\n\r\n")},
    {"a chunk extension with a bare LF", "400",
     BYTES(POST CHUNKED "\r\n3;a\nb\r\nabc\r\n0\r\n\r\n")},
    {"a chunk extension with a bare CR", "400",
     BYTES(POST CHUNKED "\r\n3;\rb\r\nabc\r\n0\r\n\r\n")},
    {"a chunk extension that looks like an end", "400",
     BYTES(POST CHUNKED "\r\n2;\nxx\r\n4c\r\n0\r\n\r\n")},
    {"a chunk extension with a zero byte", "400",
     BYTES(POST CHUNKED "\r\n3;\0\r\nabc\r\n0\r\n\r\n")},
    {"a chunk size with a sign", "400", BYTES(POST CHUNKED "\r\n+3\r\nabc\r\n0\r\n\r\n")},
    {"a negative chunk size", "400", BYTES(POST CHUNKED "\r\n-1\r\nabc\r\n0\r\n\r\n")},
    {"a chunk size with 0x", "400", BYTES(POST CHUNKED "\r\n0x3\r\nabc\r\n0\r\n\r\n")},
    {"a chunk size that wraps", "400",
     BYTES(POST CHUNKED "\r\n10000000000000003\r\nabc\r\n0\r\n\r\n")},
    {"a chunk size that is too much", "413", BYTES(POST CHUNKED "\r\n100001\r\nabc")},
    {"chunk sizes that are too much together", "413",
     BYTES(POST CHUNKED "\r\n1\r\na\r\n100000\r\n")},
    {"a chunk size with a blank", "400", BYTES(POST CHUNKED "\r\n3 \r\nabc\r\n0\r\n\r\n")},
    {"a chunk size with a blank before", "400", BYTES(POST CHUNKED "\r\n 3\r\nabc\r\n0\r\n\r\n")},
    {"a chunk size with an underscore", "400", BYTES(POST CHUNKED "\r\n0_3\r\nabc\r\n0\r\n\r\n")},
    {"a chunk size that is a word", "400", BYTES(GET CHUNKED "\r\nxyz\r\nabc\r\n0\r\n\r\n")},
    {"an empty chunk size", "400", BYTES(POST CHUNKED "\r\n\r\n0\r\n\r\n")},
    {"an empty chunk size with an extension", "400", BYTES(POST CHUNKED "\r\n;a\r\n0\r\n\r\n")},
    {"a chunk longer than it says", "400", BYTES(POST CHUNKED "\r\n1\r\nabc\r\n0\r\n\r\n")},
    {"a chunk without its end", "400", BYTES(POST CHUNKED "\r\n3\r\nabc0\r\n\r\n")},
    {"a chunk that ends with LF", "400", BYTES(POST CHUNKED "\r\n3\r\nabc\n0\r\n\r\n")},
    {"a chunk that ends with CR", "400", BYTES(POST CHUNKED "\r\n3\r\nabc\rX0\r\n\r\n")},
    {"chunk lines that end with LF", "400", BYTES(POST CHUNKED "\r\n3\nabc\n0\n\n")},
    {"chunk lines that end with CR", "400", BYTES(POST CHUNKED "\r\n3\r\rabc\r\n0\r\n\r\n")},
    {"a last chunk without its empty line", "400", BYTES(POST CHUNKED "\r\n0\r\n")},
    {"an empty line of LF behind the last chunk", "400", BYTES(POST CHUNKED "\r\n0\r\n\n")},
    {"an empty line of CR behind the last chunk", "400", BYTES(POST CHUNKED "\r\n0\r\n\r\r")},
    {"a trailer that goes on", "400", BYTES(POST CHUNKED "\r\n0\r\nA: b\r\n c\r\n\r\n")},
    {"a trailer without a name", "400", BYTES(POST CHUNKED "\r\n0\r\n: b\r\n\r\n")},
    {"a trailer without a colon", "400", BYTES(POST CHUNKED "\r\n0\r\nAb\r\n\r\n")},
    {"a trailer that ends with LF", "400", BYTES(POST CHUNKED "\r\n0\r\nA: b\n\r\n")},
    {"chunks that may not come", "200",
     BYTES(POST "Expect: 100-continue\r\n" CHUNKED "\r\n0\r\n\r\n")},

    /* line ends */
    {"a bare LF after the request line", "400", BYTES("GET / HTTP/1.1\n" HOST "\r\n")},
    {"a bare LF after a header", "400",
     BYTES("POST / HTTP/1.1\r\nHost: h\nContent-Length: 44\r\n\r\n")},
    {"a bare LF for the empty line", "400", BYTES("GET / HTTP/1.1\r\nHost: h\r\n\n")},
    {"two bare LF", "400", BYTES("GET / HTTP/1.1\r\nHost: h\n\n")},
    {"a bare CR between headers", "400", BYTES(GET "A: b\rContent-Length: 44\r\n\r\n")},
    {"two CR before the LF", "400", BYTES(GET "A: b\r\r\n\r\n")},
    {"a CR in the middle of the empty line", "400", BYTES(GET "\r\r\n")},
    {"a zero byte before the end", "400", BYTES(GET "A: b\0\r\n\r\n")},

    /* request lines */
    {"a request line in a header's place", "refused",
     BYTES("GET / HTTP/1.1\r\nGET /smuggled HTTP/1.1\r\n" HOST "\r\n")},
    {"two versions", "refused", BYTES("GET / HTTP/1.1 HTTP/1.0\r\n" HOST "\r\n")},
    {"a tab for a blank", "refused", BYTES("GET\t/ HTTP/1.1\r\n" HOST "\r\n")},
    {"two blanks", "refused", BYTES("GET  / HTTP/1.1\r\n" HOST "\r\n")},
    {"a blank behind the version", "refused", BYTES("GET / HTTP/1.1 \r\n" HOST "\r\n")},
    {"version 0.9", "refused", BYTES("GET /\r\n")},
    {"a version of three digits", "refused", BYTES("GET / HTTP/1.10\r\n" HOST "\r\n")},
    {"two hosts", "refused", BYTES(GET "Host: other\r\n\r\n")},
    {"a folded host", "refused", BYTES("GET / HTTP/1.1\r\nHost: h\r\n other\r\n\r\n")},
    {"a list of hosts", "refused", BYTES("GET / HTTP/1.1\r\nHost: h, other\r\n\r\n")},

    /* promises */
    {"a body that may not come", "200",
     BYTES(POST "Expect: 100-continue\r\nContent-Length: 44\r\n\r\n")},
    {"an upgrade", "200 200", BYTES(GET "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n")},
    {"a tunnel", "501", BYTES("CONNECT h:80 HTTP/1.1\r\n" HOST "\r\n")},
};

#endif
