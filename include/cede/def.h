/* cede/def.h - markers that every public header uses
 *
 * They say in the declaration what the comment says in words, so that compilers and linters can
 * hold us to it.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_DEF_H
#define CEDE_DEF_H

#ifdef __cplusplus
#define CEDE_BEGIN_DECLS extern "C" {
#define CEDE_END_DECLS   }
#else
#define CEDE_BEGIN_DECLS
#define CEDE_END_DECLS
#endif

/* Part of the library's interface; everything else is hidden in the shared library. */
#define CEDE_API __attribute__((visibility("default")))

/* The result carries an error: ignoring it is a compiler warning. */
#define CEDE_CHECK __attribute__((warn_unused_result))

/* The calling task may be parked inside: other tasks run before the call returns. */
#if defined(__clang__)
#define CEDE_SUSPENDS __attribute__((annotate("cede_suspends")))
#else
#define CEDE_SUSPENDS
#endif

/* The parameter at `position` is a format `first` the first of its arguments, as printf has them;
 * counted from 1. */
#define CEDE_PRINTF(position, first) __attribute__((__format__(__printf__, position, first)))

/* One name made of two; of macros too: CEDE__PASTE(cede_scope_, __COUNTER__). */
#define CEDE__PASTE(a, b)   CEDE__PASTE_2(a, b)
#define CEDE__PASTE_2(a, b) a##b

/* A body, of a task above all: 0 or a count, or a negative code. The argument is the caller's
 * struct, and results go into it. */
typedef int cede_fn(void *arg);

/* Where a task was made, for people: its file, line, and the name of its function. */
struct cede__spawn_site {
    const char *file;
    const char *name;
    int line;
};

/* One for the use of a macro that makes something of a function. Such macros take the function's
 * argument last and as `...`, so that it may be a compound literal with commas in it. */
#define CEDE__SPAWN_SITE(fn)                                                                       \
    (__extension__({                                                                               \
        static const struct cede__spawn_site cede_spawn_here = {__FILE__, #fn, __LINE__};          \
        &cede_spawn_here;                                                                          \
    }))

#endif
