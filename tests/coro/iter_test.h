/* iter_test.h - what tests of iterators share: items as a text, and a source that keeps watch. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TESTS_ITER_TEST_H
#define CEDE_TESTS_ITER_TEST_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cede/error.h>
#include <cede/iter.h>
#include <cede/iter_fold.h>
#include <cede/iter_join.h>
#include <cede/iter_keep.h>
#include <cede/iter_source.h>
#include <cede/itertools.h>

#include "harness/harness.h"

static char items_text[8192];

__attribute__((format(printf, 1, 2))) static inline void items_add(const char *format, ...)
{
    const size_t length = strlen(items_text);
    va_list args;

    va_start(args, format);
    vsnprintf(items_text + length, sizeof items_text - length, format, args);
    va_end(args);
}

static inline void add_int(const void *item)
{
    items_add("%" PRId64, *(const int64_t *)item);
}

static inline void add_string(const void *item)
{
    items_add("%s", (const char *)item);
}

static inline void add_double(const void *item)
{
    items_add("%g", *(const double *)item);
}

static inline void add_tuple(const void *item)
{
    const cede_tuple *tuple = item;

    for (size_t i = 0; i < tuple->n; i++) {
        items_add("%s", i > 0 ? "," : "");
        if (tuple->items[i])
            add_int(tuple->items[i]);
        else
            items_add("-");
    }
}

static inline void add_numbered(const void *item)
{
    const cede_numbered *numbered = item;

    items_add("%" PRId64 ":", numbered->number);
    add_int(numbered->item);
}

/* Up to `max` items as a text, with a blank between, an error as !NAME; leaves `it` open. */
static inline const char *some_items(cede_iter *it, size_t max, void (*add)(const void *))
{
    void *item;
    int rc = 1;

    items_text[0] = '\0';
    for (size_t i = 0; i < max && (rc = cede_iter_next(it, &item)) > 0; i++) {
        items_add("%s", i > 0 ? " " : "");
        add(item);
    }
    if (rc < 0)
        items_add("%s!%s", *items_text ? " " : "", cede_error_name(rc));
    return items_text;
}

/* All items; closes. */
static inline const char *all_items(cede_iter *it, void (*add)(const void *))
{
    some_items(it, SIZE_MAX, add);
    CHECK_EQ(cede_iter_close(it), 0);
    return items_text;
}

static inline const char *ints(cede_iter *it)
{
    return all_items(it, add_int);
}

static inline const char *tuples(cede_iter *it)
{
    return all_items(it, add_tuple);
}

/* 0, 1 ... n - 1 */
static inline cede_iter *numbers(int64_t n)
{
    return cede_iter_range(0, n, 1);
}

static inline const char *hint_of(cede_iter *it)
{
    static char text[64];
    uint64_t lo, hi;

    cede_iter_size_hint(it, &lo, &hi);
    if (hi == CEDE_ENDLESS)
        snprintf(text, sizeof text, lo == CEDE_ENDLESS ? "endless" : "%" PRIu64 "..", lo);
    else
        snprintf(text, sizeof text, "%" PRIu64 "..%" PRIu64, lo, hi);
    return text;
}

static inline const char *hint(cede_iter *it)
{
    const char *text = hint_of(it);

    CHECK_EQ(cede_iter_close(it), 0);
    return text;
}

/* A source of the user's: numbers below `n`, then `end`, 0 or an error; counts what is asked of
 * it. Its items can be kept. */
struct watched {
    cede_iter iter;
    int64_t value;
    int64_t n;
    int end;
    int n_calls;
    int n_closes;
    int (*inside)(void *arg); /* called within next, if not NULL; below 0 it is the result */
    void *arg;
};

static inline int watched_next(cede_iter *it, void **item)
{
    struct watched *watched = (struct watched *)it;
    const int rc = watched->inside ? watched->inside(watched->arg) : 0;

    watched->n_calls++;
    if (rc < 0)
        return rc;
    if (watched->value + 1 >= watched->n)
        return watched->end < 0 ? cede_raise(watched->end, "the watched source has failed") : 0;
    watched->value++;
    *item = &watched->value;
    return 1;
}

static inline void watched_close(cede_iter *it)
{
    ((struct watched *)it)->n_closes++;
}

static const cede_iter_kind watched_kind = {
    .name = "watched",
    .next = watched_next,
    .close = watched_close,
};

static inline cede_iter *watch(struct watched *watched, int64_t n)
{
    *watched = (struct watched){.value = -1, .n = n};
    cede_iter_init(&watched->iter, &watched_kind, sizeof watched->value);
    return &watched->iter;
}

/* Numbers below `n`, then -EIO. */
static inline cede_iter *watch_failing(struct watched *watched, int64_t n)
{
    watch(watched, n);
    watched->end = -EIO;
    return &watched->iter;
}

/* Callbacks. */

static inline int is_odd(void *item, void *arg)
{
    (void)arg;
    return *(const int64_t *)item & 1;
}

static inline int is_below(void *item, void *arg)
{
    return *(const int64_t *)item < *(const int64_t *)arg;
}

static inline int fail_at(void *item, void *arg)
{
    if (*(const int64_t *)item == *(const int64_t *)arg)
        return cede_raise(-EDOM, "a number that is not liked");
    return 1;
}

static inline int square(void *item, void *out, void *arg)
{
    const int64_t value = *(const int64_t *)item;

    (void)arg;
    *(int64_t *)out = value * value;
    return 0;
}

static inline int half(void *item, void *out, void *arg)
{
    (void)arg;
    *(int64_t *)out = *(const int64_t *)item / 2;
    return 0;
}

#endif
