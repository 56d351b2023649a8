/* base.h - what every floor uses: allocation, assertions, reports, and small helpers. Floor 0. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_BASE_H
#define CEDE_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cede/def.h>
#include <cede/error.h>

/* Which sanitizer this is compiled with. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CEDE__ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define CEDE__TSAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define CEDE__ASAN 1
#endif
#if defined(__SANITIZE_THREAD__)
#define CEDE__TSAN 1
#endif

#define cede__likely(x)   __builtin_expect(!!(x), 1)
#define cede__unlikely(x) __builtin_expect(!!(x), 0)

/* The struct of `type` whose member `member` is at `pointer`. */
#define cede__container_of(pointer, type, member)                                                  \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

#define cede__countof(array) (sizeof(array) / sizeof((array)[0]))

/* Our own mistakes, not the caller's: kept in release, says where, aborts. */
#define cede__assert(condition)                                                                    \
    ((void)(cede__likely(condition) || (cede__assert_failed(#condition, __FILE__, __LINE__), 0)))
__attribute__((noreturn, cold)) void cede__assert_failed(const char *what, const char *file,
                                                         int line);

/* allocator.c: the only malloc of the library. NULL where there is no memory. */
void *cede__malloc(size_t size) __attribute__((malloc, warn_unused_result));
void *cede__calloc(size_t count, size_t size) __attribute__((malloc, warn_unused_result));
void *cede__realloc(void *memory, size_t size) __attribute__((warn_unused_result));
char *cede__strdup(const char *text) __attribute__((malloc, warn_unused_result));
void cede__free(void *memory); /* takes NULL */

/* report.c: hands a printf-style text to the report hook, with a newline at its end if it lacks
 * one. Never allocates; texts longer than 16 KiB are cut and say so. */
void cede__report(const char *format, ...) CEDE_PRINTF(1, 2) __attribute__((cold));

/* The same for a ready text of any length that ends in a newline. */
void cede__report_text(const char *text) __attribute__((cold));

/* Let the default hook try `print` first, which says whether it has printed the text. Called in
 * signal handlers too. */
void cede__report_set_above(bool (*print)(const char *text));

/* Give the calling thread a hook of its own; NULL: the process's again. */
void cede__report_set_here(void (*fn)(const char *text, void *arg), void *arg);

/* Likewise, but takes no lock, so a signal handler may. */
void cede__report_raw(const char *text);

/* A text being built in a caller's memory, cut to fit, always terminated; `length` is what it would
 * have been. */
struct cede__text {
    char *buffer;  /* borrowed; may be NULL if size is 0 */
    size_t size;   /* bytes of buffer */
    size_t length; /* bytes written or cut, without the terminator */
};
void cede__text_add(struct cede__text *text, const char *format, ...) CEDE_PRINTF(2, 3);
void cede__text_add_span(struct cede__text *text, int64_t nanoseconds); /* "0.3s", "20ms" */

/* What people are shown of a __FILE__: what follows its last slash. */
const char *cede__file_name(const char *path);

#endif
