/* cede/error.h - errors are values with a trace
 *
 * A function returns 0 or a count, or a negative code: `-errno` where errno has the word, else one
 * of CEDE_ERRORS. Beside the code travels a record: why, where it was raised, every hand-up on its
 * way, and the errors that caused it. There is one record per coroutine (and one per thread
 * outside), of fixed size; nothing allocates; the happy path never touches it.
 *
 *     if (connect(...) < 0)
 *         return cede_raise(-ECONNREFUSED, "nobody listens on port %d", port);
 *     ...
 *     CEDE_TRY(open_session(&session));        hands the error up and adds this line to its trace
 *
 * Source: src/base/error.c   Tests: tests/base/test_error.c   Guide: docs/error.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_ERROR_H
#define CEDE_ERROR_H

#include <errno.h>
#include <stddef.h>
#include <stdio.h>

#include <cede/def.h>

CEDE_BEGIN_DECLS

/* Every code that is not an errno: X(name, number, sentence). Numbers are positive here and lie
 * above every errno. */
#define CEDE_ERRORS(X)                                                                             \
    X(CEDE_EREVOKED, 5001, "what was awaited had itself been cancelled")                           \
    X(CEDE_ENOTASK, 5002, "only a task may call this")                                             \
    X(CEDE_ESHUTDOWN, 5003, "it was shut down, or its loop was closed")                            \
    X(CEDE_EFOREIGN, 5004, "it belongs to another loop and is not shared")                         \
    X(CEDE_EDONE, 5005, "it is done already and can be completed only once")                       \
    X(CEDE_ENOTDONE, 5006, "the result is not ready")                                              \
    X(CEDE_EINCOMPLETE, 5007, "the stream ended too early")                                        \
    X(CEDE_ELIMIT, 5008, "a limit was exceeded")                                                   \
    X(CEDE_ERESOLVE, 5009, "the name could not be resolved")                                       \
    X(CEDE_ETLS, 5010, "the secure connection could not be set up")                                \
    X(CEDE_EURL, 5011, "this is no URL that can be fetched")                                       \
    X(CEDE_EHTTP, 5012, "the peer does not speak proper HTTP")                                     \
    X(CEDE_EREDIRECTS, 5013, "too many redirects")                                                 \
    X(CEDE_ESTATUS, 5014, "the server answered with an error status")                              \
    X(CEDE_EGENEXIT, 5015, "the generator is being closed")                                        \
    X(CEDE_EGENIGNORED, 5016, "the generator yielded when it was to be closed")                    \
    X(CEDE_EGENSTART, 5017, "the generator has not started, so nothing can be sent to it")         \
    X(CEDE_EGENEND, 5018, "the generator ended without yielding")                                  \
    X(CEDE_ECODING, 5019, "the coding of the body is broken, or none that can be undone")          \
    X(CEDE_EINTERRUPTED, 5021, "the process was interrupted")                                      \
    X(CEDE_EWORKER, 5031, "the process that ran the job died")                                     \
    X(CEDE_EBROKEN, 5032, "it is broken: a pool without its threads, a barrier that was broken off")

enum cede_error_code {
#define CEDE_ERROR_ENUM(name, number, sentence) name = -(number),
    CEDE_ERRORS(CEDE_ERROR_ENUM)
#undef CEDE_ERROR_ENUM
};

/* Codes from here on downward are a program's own: CEDE_ERROR_USER - 1 and so on. The library has
 * none there; what they mean is said by the words they are raised with. */
#define CEDE_ERROR_USER (-10000)

/* A place in the program; the macros below make one per use, in static storage. */
typedef struct cede_site {
    const char *file;
    const char *function;
    int line;
} cede_site;

/* The record of an error: opaque, at most 16 frames, 4 causes and CEDE_ERROR_TEXT_SIZE bytes of
 * words. */
typedef struct cede_error cede_error;

#define CEDE_ERROR_TEXT_SIZE 288

#define CEDE_SITE_INIT                                                                             \
    {                                                                                              \
        __FILE__, __func__, __LINE__                                                               \
    }

/* What a raise gives is an error: compilers and analysers that know do not follow the other way. */
#define CEDE__NEGATIVE(raise)                                                                      \
    const int cede_raised = (raise);                                                               \
    if (cede_raised >= 0)                                                                          \
        __builtin_unreachable();                                                                   \
    cede_raised

/**
 * Start a record: `code`, why (printf-style), and where. The record that was there is dropped.
 *
 * @param code  negative; a code that is not is itself raised as -EINVAL
 * @return code
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
#define cede_raise(code, ...)                                                                      \
    (__extension__({                                                                               \
        static const cede_site cede_site_here = CEDE_SITE_INIT;                                    \
        CEDE__NEGATIVE(cede__raise((code), &cede_site_here, __VA_ARGS__));                         \
    }))

/**
 * Start a record whose cause is the record that is there (Python: raise ... from ...). Beyond 4
 * causes the oldest are dropped.
 *
 * @param code  negative; a code that is not is itself raised as -EINVAL
 * @return code
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
#define cede_raise_from(code, ...)                                                                 \
    (__extension__({                                                                               \
        static const cede_site cede_site_here = CEDE_SITE_INIT;                                    \
        CEDE__NEGATIVE(cede__raise_from((code), &cede_site_here, __VA_ARGS__));                    \
    }))

/**
 * Evaluate `expr` once; if it is negative, add this line to the error's trace and return it from
 * the calling function. Not inside the body of CEDE_TIMEOUT, which is left by its end or `break`
 * only: CEDE_TRY_BREAK is for there.
 */
#define CEDE_TRY(expr)                                                                             \
    do {                                                                                           \
        static const cede_site cede_site_here = CEDE_SITE_INIT;                                    \
        const int cede_try_code = (expr);                                                          \
        if (__builtin_expect(cede_try_code < 0, 0)) {                                              \
            const int cede_handed_up = cede__hand_up(cede_try_code, &cede_site_here);              \
            if (cede_handed_up >= 0)                                                               \
                __builtin_unreachable();                                                           \
            return cede_handed_up;                                                                 \
        }                                                                                          \
    } while (0)

/** CEDE_TRY's twin inside a loop or CEDE_TIMEOUT: stores the value of `expr` in `rc` and, if it is
 * negative, breaks. */
#define CEDE_TRY_BREAK(rc, expr)                                                                   \
    {                                                                                              \
        static const cede_site cede_site_here = CEDE_SITE_INIT;                                    \
        (rc) = (expr);                                                                             \
        if (__builtin_expect((rc) < 0, 0)) {                                                       \
            (rc) = cede__hand_up((rc), &cede_site_here);                                           \
            break;                                                                                 \
        }                                                                                          \
    }

CEDE_API int cede__raise(int code, const cede_site *site, const char *format, ...) CEDE_PRINTF(3, 4)
    __attribute__((cold));
CEDE_API int cede__raise_from(int code, const cede_site *site, const char *format, ...)
    CEDE_PRINTF(3, 4) __attribute__((cold));
CEDE_API int cede__hand_up(int code, const cede_site *site) __attribute__((cold));

/**
 * The record of the calling coroutine or thread.
 *
 * @return the record, valid until the next raise or clear here; NULL if there is none
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API const cede_error *cede_error_last(void);

/**
 * Drop the record of the calling coroutine or thread: the error has been handled.
 *
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API void cede_error_clear(void);

/**
 * The code of a record.
 *
 * @param error  borrowed; NULL gives 0
 * @return the negative code
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API int cede_error_code(const cede_error *error);

/**
 * The words a record was raised with.
 *
 * @param error  borrowed; NULL gives ""
 * @return the words, or the code's own sentence where it was raised without; valid as long as the
 *         record Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API const char *cede_error_message(const cede_error *error);

/**
 * Write a record as a traceback: the causes first, then the error, each with the lines it passed,
 * oldest last as Python does.
 *
 * @param error  borrowed; NULL writes nothing
 * @param stream  borrowed, open for writing
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API void cede_error_print(const cede_error *error, FILE *stream);

/**
 * cede_error_print into memory, cut to fit, always terminated.
 *
 * @param error   borrowed; NULL gives ""
 * @param buffer  receives the text; may be NULL if `size` is 0
 * @param size    bytes of `buffer`
 * @return the length of the whole text, without its terminator, as snprintf does
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API size_t cede_error_format(const cede_error *error, char *buffer, size_t size);

/**
 * The sentence of a code ("connection refused").
 *
 * @param code  negative; any
 * @return a constant string
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API const char *cede_strerror(int code);

/**
 * The name of a code ("ECONNREFUSED", "CEDE_EREVOKED").
 *
 * @param code  negative; any
 * @return a constant string; "E?" for a number nobody knows
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API const char *cede_error_name(int code);

CEDE_END_DECLS

#endif
